"""The clock's record as stored."""

from datetime import date, datetime

from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, document


class ClockRun(Model):
    """The clock ran for a day; ``changed`` counts what it brought about by kind."""

    __tablename__ = "clock_runs"

    day: Mapped[date] = mapped_column(unique=True)
    ran_at: Mapped[datetime]
    changed: Mapped[document]
