"""Organisations, their sites and services: what changes them."""

from datetime import datetime

from sqlalchemy import insert, literal, select
from sqlalchemy.orm import Session

from accounts.organisations.models import ClientLink


def link_client(session: Session, body_id: int, client_id: int, now: datetime) -> None:
    """Let a body see a provider that applied to it; again does nothing."""
    known = select(ClientLink.id).where(
        ClientLink.body_id == body_id, ClientLink.client_id == client_id
    )
    row = select(literal(body_id), literal(client_id), literal(now, ClientLink.created_at.type))
    session.execute(
        insert(ClientLink).from_select(
            ["body_id", "client_id", "created_at"], row.where(~known.exists())
        )
    )
