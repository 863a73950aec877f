"""Walking through the demonstration as each of its accounts: every link leads somewhere, no page is costly."""

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from urllib.parse import urljoin, urlsplit

import pytest

from tests.pages import Reader

pytestmark = pytest.mark.demonstration
ACCOUNTS = (
    "admin",
    "planner",
    "lead",
    "auditor",
    "decider",
    "officer",
    "manager",
    "member",
    "inspector",
)
OF_EACH_KIND = 3  # pages that differ only in their number are alike
MOST_STATEMENTS = 8
MOST_USED = (
    "home.show", "workspace.index", "workspace.show", "fieldwork.index", "fieldwork.show", "findings.index",
    "findings.show", "certificates.index", "certificates.show", "conclusion.show",
)  # fmt: skip
Counting = Callable[[], AbstractContextManager[list[str]]]


@pytest.mark.parametrize("account", ACCOUNTS)
def test_every_link_leads_somewhere(
    client: Reader, account: str, count_statements: Counting, record_property
) -> None:
    """S-32: what a page offers its reader exists, may be seen, and takes at most eight statements."""
    client.sign_in(f"{account}@demo.example")
    waiting, seen, kinds = ["/"], {"/"}, Counter[str]()
    wrong, costly, used = [], [], {}
    while waiting:
        url = waiting.pop(0)
        kind = _kind(client, url)
        if kinds[kind] >= OF_EACH_KIND:
            continue
        kinds[kind] += 1
        with count_statements() as sent:
            answer = client.get(url)
        if answer.status_code in {404, 405} or answer.status_code == 500:
            wrong.append((url, answer.status_code))
        if len(sent) > MOST_STATEMENTS:
            costly.append((url, len(sent)))
        used[kind] = max(used.get(kind, 0), len(sent))
        for link in _links(client, url) if answer.mimetype == "text/html" else ():
            if link not in seen:
                seen.add(link)
                waiting.append(link)
        answer.close()
    for page in MOST_USED:
        record_property(page, used.get(page))
    assert not wrong, wrong
    assert not costly, costly
    assert len(seen) > 20


def _kind(client: Reader, url: str) -> str:
    adapter = client.application.url_map.bind("localhost")
    endpoint, _values = adapter.match(urlsplit(url).path)
    return str(endpoint)


def _links(client: Reader, url: str) -> list[str]:
    found = []
    for tag, each in client.page.elements:
        href = each.get("href", "") if tag == "a" else ""
        if href and not href.startswith(("http", "mailto:", "#", "data:")):
            found.append(urljoin(url, href).partition("#")[0])
    return [one for one in found if not one.startswith("/static")]
