"""Measures and computed ratings as stored."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, Versioned, digest, document, key_of, prose, short
from core.events import append_only


class Measure(Versioned, Model):
    """A metric's value as entered, with source, population and sample.

    A value metric has ``value``; a proportion ``successes`` of ``total``; a net promoter score the three counts.
    ``census``: the whole population was counted, not a sample.
    """

    __tablename__ = "measures"
    __table_args__ = (
        UniqueConstraint("audit_id", "metric"),
        CheckConstraint("window_to >= window_from", name="window_ends_after_start"),
        CheckConstraint(
            "successes IS NULL OR (successes >= 0 AND successes <= total)",
            name="share_within_total",
        ),
        CheckConstraint(
            "value IS NOT NULL OR successes IS NOT NULL OR promoters IS NOT NULL",
            name="has_a_figure",
        ),
    )

    audit_id: Mapped[int] = key_of("audits", index=False)
    metric: Mapped[short]
    value: Mapped[Decimal | None] = mapped_column(Numeric(14, 4))
    successes: Mapped[int | None]
    total: Mapped[int | None]
    promoters: Mapped[int | None]
    passives: Mapped[int | None]
    detractors: Mapped[int | None]
    census: Mapped[bool] = mapped_column(default=False)
    window_from: Mapped[date]
    window_to: Mapped[date]
    source: Mapped[prose]
    population: Mapped[prose]
    entered_by_id: Mapped[int] = key_of("people", index=False)
    entered_at: Mapped[datetime]


class RatingRecord(Model):
    """A rating as computed: every input, the result, and the scheme version. Never changed."""

    __tablename__ = "ratings"

    audit_id: Mapped[int] = key_of("audits")
    scheme_version_id: Mapped[int] = key_of("scheme_versions", index=False)
    level: Mapped[int | None]
    total: Mapped[Decimal | None] = mapped_column(Numeric(9, 4))
    inputs: Mapped[document]
    result: Mapped[document]
    inputs_sha256: Mapped[digest]
    computed_by_id: Mapped[int] = key_of("people", index=False)
    computed_at: Mapped[datetime]


append_only("ratings")
