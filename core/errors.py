"""Every error a rule can raise; ``core.web`` turns them into pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.words import N_, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.lifecycle import Reason


class DomainError(Exception):
    """A request that the rules refuse; ``text`` tells the person why and what to do."""

    status = 422

    def __init__(self, text: Text | str) -> None:
        self.text = text if isinstance(text, Text) else Text(text)
        super().__init__(str(self.text))


class Invalid(DomainError):
    """A value is wrong; ``field`` names the form field it stands in, if any."""

    def __init__(self, text: Text | str, field: str | None = None) -> None:
        super().__init__(text)
        self.field = field


class NotAllowed(DomainError):
    """The actor may not do this (403)."""

    status = 403


class NotFound(DomainError):
    """No such object, or not one the actor may know of (404): the two look the same."""

    status = 404

    def __init__(self) -> None:
        super().__init__(N_("There is nothing here that you can see."))


class StepRefused(DomainError):
    """A step is not possible now (409); ``reasons`` lists each condition that is not met."""

    status = 409

    def __init__(self, text: Text | str, reasons: Sequence[Reason] = ()) -> None:
        super().__init__(text)
        self.reasons = tuple(reasons)


class Stale(DomainError):
    """Somebody else changed the object since it was read (409)."""

    status = 409


class TooMany(DomainError):
    """Tried too often (429); ``seconds`` until the next try counts."""

    status = 429

    def __init__(self, text: Text | str, seconds: int) -> None:
        super().__init__(text)
        self.seconds = seconds


class Unavailable(DomainError):
    """Something this needs is missing on the machine or out of reach (503)."""

    status = 503
