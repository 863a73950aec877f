"""Deliveries as stored."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, key_of, line, prose, short
from notifications.rules import DeliveryState


class Delivery(Model):
    """One message about one event to one address: never two. ``organisation_id`` is whom the person acts for."""

    __tablename__ = "deliveries"
    __table_args__ = (UniqueConstraint("event_id", "email"), Index(None, "state", "next_at"))

    event_id: Mapped[int] = key_of("events", index=False)
    person_id: Mapped[int | None] = key_of("people")
    organisation_id: Mapped[int | None] = key_of("organisations", index=False)
    email: Mapped[line]
    language: Mapped[short]
    state: Mapped[DeliveryState] = mapped_column(default=DeliveryState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    error: Mapped[prose] = mapped_column(default="")
