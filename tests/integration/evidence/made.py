"""What the tests of evidence stand on: a store, a content, two sides and a stranger."""

import hashlib
from datetime import UTC, datetime, timedelta

from core.permissions import OrganisationKind, Role
from evidence.files import operations
from evidence.files.rules import EvidenceClass
from tests.factories.accounts import NOW, acting, organisation, person

CONTENT = b"words that matter\n" * 1000
DIGEST = hashlib.sha256(CONTENT).hexdigest()
LATER = datetime.now(UTC) + timedelta(days=2)


def put(store, content=CONTENT):
    incoming = store.begin()
    incoming.write(content)
    stored = store.keep(incoming)
    incoming.close()
    return stored


def files_of(store) -> list[str]:
    """Every file of the store but its lock."""
    found = (path for path in store.root.rglob("*") if path.is_file())
    return sorted(str(path.relative_to(store.root)) for path in found if path.name != "lock")


class World:
    """Two providers, two bodies, a regulator and somebody for each."""

    def __init__(self, session) -> None:
        self.session = session
        who = person(session, password=None, name="Li Lei")
        kinds = OrganisationKind
        self.client, self.other_client = organisation(session), organisation(session)
        self.body, self.other_body = (organisation(session, kinds.BODY) for _ in range(2))
        self.regulator = organisation(session, kinds.REGULATOR)
        self.manager = acting(who, self.client)
        self.other_manager = acting(who, self.other_client)
        self.auditor = acting(who, self.body, Role.AUDITOR)
        self.other_auditor = acting(who, self.other_body, Role.AUDITOR)
        self.inspector = acting(who, self.regulator)
        session.commit()

    def hand_over(self, store, actor=None, content=CONTENT, **values):
        incoming = store.begin()
        incoming.write(content)
        given = {
            "file_name": "../工单.txt",
            "title": "Tickets of October",
            "shows": "Every ticket with its times",
            "confidentiality": EvidenceClass.INTERNAL,
            "client_id": self.client.id,
            "body_id": self.body.id,
            "now": NOW,
        }
        try:
            return operations.hand_over(
                self.session, actor or self.manager, store, incoming, **(given | values)
            )
        finally:
            incoming.close()
