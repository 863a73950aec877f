"""The pages of the bulk exclusion."""

import re

import pytest

from audit.assessment.models import AnswerVersion


def where(running):
    return f"{running.url}/fieldwork/exclude/"


def test_one_chooses_looks_and_excludes(running, count_statements):
    """S-05: ticked ones and whole sections; what it means is told before; few statements at any number."""
    client = running.as_("leader")
    page = client.get(where(running) + "?show=unanswered")
    assert page.status_code == 200
    assert f'value="{running.keys[0]}"' in page.text
    section = next(
        each["value"] for tag, each in client.page.elements if each.get("name") == "section"
    )
    client.send(
        f"{running.url}/fieldwork/{running.keys[0]}",
        {"conformity": "conforms", "rating": "3", "revision": "1", "evidence_verified": "y"},
    )
    page = client.send(
        where(running),
        {"answer": [running.keys[-1]], "section": [section], "reason": "Not offered."},
    )
    assert page.status_code == 200
    assert "leave the rating" in page.text
    assert "1 of them has an answer" in page.text
    assert running.count(AnswerVersion) == 1
    chosen = [each["value"] for tag, each in client.page.elements if each.get("name") == "chosen"]
    assert len(chosen) > 2
    back = client.send(where(running), {"chosen": chosen, "reason": "Not offered.", "back": "1"})
    ticked = re.findall(r'name="answer" value="\d+" checked', back.text)
    assert len(ticked) == len(chosen)
    assert "Not offered." in back.text
    with count_statements() as sent:
        done = client.send(
            where(running), {"chosen": chosen, "reason": "Not offered.", "confirmed": "1"}
        )
    assert done.status_code == 302
    assert len(sent) <= 6, "\n\n".join(sent)
    assert running.count(AnswerVersion) == 1 + len(chosen)
    assert running.events("answer").count("answer:excluded") == len(chosen)
    assert running.stored(running.keys[0]).excluded


def test_nothing_is_excluded_from_an_old_list(running):
    """S-05: an answer given meanwhile answers 409 with its code; the list stands, to be confirmed anew."""
    client = running.as_("leader")
    client.send(
        f"{running.url}/fieldwork/{running.keys[0]}",
        {"conformity": "conforms", "rating": "3", "revision": "1", "evidence_verified": "y"},
    )
    page = client.send(
        where(running),
        {"chosen": [f"{key}:1" for key in running.keys[:3]], "reason": "x", "confirmed": "1"},
    )
    assert page.status_code == 409
    assert "Nothing was excluded" in page.text
    assert f'value="{running.keys[0]}:2"' in page.text
    assert running.count(AnswerVersion) == 1


def test_bad_input_is_told(running):
    """S-32: no tick, no reason, nonsense: told, nothing written."""
    client = running.as_("leader")
    page = client.send(where(running), {"reason": "Not offered."})
    assert page.status_code == 422
    assert "Tick at least one" in page.text
    page = client.send(where(running), {"answer": [running.keys[0]], "reason": ""})
    assert page.status_code == 422
    assert f'value="{running.keys[0]}" checked' in page.text
    for chosen in ("x", "1:x", "999999:1", f"{'9' * 40}:1"):
        page = client.send(where(running), {"chosen": chosen, "reason": "x", "confirmed": "1"})
        assert page.status_code == 404
    assert running.count(AnswerVersion) == 0


@pytest.mark.parametrize(
    ("name", "status"),
    [("manager", 403), ("planner", 403), ("decider", 403), ("inspector", 403), ("outsider", 404)],
)
def test_only_the_team_excludes(running, name, status):
    """I-05, I-32: others get no page and change nothing."""
    client = running.as_(name)
    assert client.get(where(running)).status_code == status
    chosen = {"chosen": f"{running.keys[0]}:1", "reason": "x", "confirmed": "1"}
    assert client.send(where(running), chosen).status_code == status
    assert not running.stored(running.keys[0]).excluded
