"""Devices that carry an audit, and what was captured on them, as stored."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from audit.offline.rules import CaptureKind, Outcome
from core.db import Model, document, key_of, line, short


class Device(Model):
    """One audit on one device of one person. ``token`` is the device's own secret name, the same for all its audits.

    ``waiting`` is how much was not on the server at the last contact; ``sign_in_id`` the session of that contact.
    """

    __tablename__ = "devices"
    __table_args__ = (
        UniqueConstraint("token", "audit_id"),
        CheckConstraint("waiting >= 0", name="waiting_is_not_negative"),
        CheckConstraint(
            "(wipe_asked_at IS NULL) = (wipe_asked_by_id IS NULL)", name="wipe_names_who_asked"
        ),
    )

    token: Mapped[short]
    person_id: Mapped[int] = key_of("people")
    audit_id: Mapped[int] = key_of("audits")
    sign_in_id: Mapped[int] = key_of("sign_ins", index=False)
    label: Mapped[line]
    agent: Mapped[line]
    taken_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    waiting: Mapped[int] = mapped_column(default=0)
    wipe_asked_at: Mapped[datetime | None]
    wipe_asked_by_id: Mapped[int | None] = key_of("people", index=False)
    wiped_at: Mapped[datetime | None]


class Capture(Model):
    """One entry of a device's queue as it reached the server: exactly once, with what became of it.

    ``captured_at`` is the device's time set right by ``offset_ms``; ``clock`` says where it could not be believed.
    A conflict or a refusal keeps the person's words in ``payload`` until somebody settles it.
    """

    __tablename__ = "captures"
    __table_args__ = (
        CheckConstraint(
            "(settled_at IS NULL) = (settled_by_id IS NULL) AND "
            "(settled_at IS NULL) = (settled_how IS NULL)",
            name="settled_wholly",
        ),
        CheckConstraint(
            "settled_at IS NULL OR outcome IN ('conflict', 'refused')",
            name="only_open_ones_are_settled",
        ),
        Index(None, "audit_id", "outcome"),
    )

    uuid: Mapped[short] = mapped_column(unique=True)
    device_id: Mapped[int] = key_of("devices")
    audit_id: Mapped[int] = key_of("audits", index=False)
    person_id: Mapped[int] = key_of("people", index=False)
    sequence: Mapped[int]
    kind: Mapped[CaptureKind]
    captured_at: Mapped[datetime]
    offset_ms: Mapped[int] = mapped_column(BigInteger)
    clock: Mapped[short] = mapped_column(default="")
    received_at: Mapped[datetime]
    payload: Mapped[document]
    outcome: Mapped[Outcome]
    result: Mapped[document] = mapped_column(default=dict)
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = key_of("people", index=False)
    settled_how: Mapped[short | None]
