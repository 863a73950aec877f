"""Who is told what: the table itself."""

from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec

import pytest

from core.speech import SAYINGS
from notifications.rules import AUDIENCES, MOST_ATTEMPTS, Audience, Thing, To, pause, place

FEATURES = (
    "audit.planning", "audit.team", "audit.casefile", "audit.findings", "audit.actions",
    "audit.conclusion", "certification.applications", "certification.appeals",
    "certification.certificates", "certification.decisions", "checklists.schemes",
)  # fmt: skip


def sayings():
    known = dict(SAYINGS)
    for feature in FEATURES:
        if find_spec(f"{feature}.rules"):
            known |= getattr(import_module(f"{feature}.rules"), "SAYINGS", {})
    return known


@pytest.mark.parametrize("name", AUDIENCES)
def test_every_row_is_about_an_event_that_happens(name):
    """S-25: a message about an event nobody records would never be sent."""
    assert name in sayings()


@pytest.mark.parametrize(("name", "audience"), AUDIENCES.items())
def test_every_row_is_whole(name: str, audience: Audience):
    """S-25: somebody is told, in words that name the thing."""
    assert audience.to
    assert len(set(audience.to)) == len(audience.to)
    assert "%(label)s" in audience.subject
    assert audience.body.endswith(".")
    assert not audience.subject.endswith(".")
    values = {"label": "X-1", "actor": "Li"}
    assert "%(" not in audience.subject % values + audience.body % values


@pytest.mark.parametrize("name", [name for name in AUDIENCES if name.startswith("case:")])
def test_no_message_of_a_case_goes_to_the_provider_complained_about(name):
    """I-18: only officers, handler and sender hear of a case; nothing gives the sender away."""
    assert set(AUDIENCES[name].to) <= {To.OFFICERS, To.HANDLER, To.SENDER}


@pytest.mark.parametrize(
    ("name", "thing", "expected"),
    [
        ("audit:plan_issued", Thing("audit", 7, None, None), ("workspace.show", {"audit_id": 7})),
        (
            "audit:plan_issued",
            Thing("audit", 7, "engagement", 3),
            ("workspace.show", {"audit_id": 7}),
        ),
        ("report:signed", Thing("report", 2, "audit", 7), ("conclusion.show", {"audit_id": 7})),
        (
            "finding:raised",
            Thing("finding", 5, "audit", 7),
            ("findings.show", {"audit_id": 7, "finding_id": 5}),
        ),
        (
            "corrective_action:found_not_effective",
            Thing("corrective_action", 5, "audit", 7),
            ("workspace.show", {"audit_id": 7}),
        ),
        ("team_objection:raised", Thing("team_objection", 4, None, None), None),
        ("case:decided", Thing("case", 9, None, None), ("appeals.show", {"case_id": 9})),
        ("decision:taken", Thing("decision", 9, None, None), None),
        (
            "scheme:submitted",
            Thing("scheme_version", 3, None, None),
            ("schemes.show", {"version_id": 3}),
        ),
    ],
)
def test_a_message_leads_to_its_thing(name, thing, expected):
    """S-25: the link opens what the message is about."""
    assert place(name, thing) == expected


def test_pauses_grow_and_end():
    """S-25: a mail server that is away is asked less and less often, eight times in all."""
    pauses = [pause(attempts) for attempts in range(1, MOST_ATTEMPTS + 1)]
    assert pauses == sorted(pauses)
    assert pauses[0] == timedelta(minutes=2)
    assert pauses[-1] == timedelta(hours=4)
    assert MOST_ATTEMPTS == 8
