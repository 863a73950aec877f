"""Certificates as read, scoped to who asks."""

from sqlalchemy import ColumnElement, true

from certification.certificates.models import Certificate
from core.permissions import Actor, OrganisationKind


def visible(actor: Actor) -> ColumnElement[bool]:
    """Give the condition on ``Certificate`` for what the actor may see."""
    if actor.organisation_kind is OrganisationKind.REGULATOR:
        return true()
    if actor.organisation_kind is OrganisationKind.PROVIDER:
        return Certificate.client_id == actor.organisation_id
    return Certificate.body_id == actor.organisation_id
