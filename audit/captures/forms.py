"""What a device sends: shape only. The fields are those of the desk's forms, and so are their limits."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from wtforms import StringField
from wtforms.validators import Length

from audit.assessment.forms import AnswerForm
from audit.findings.forms import DraftForm
from audit.meetings.forms import MeetingForm
from audit.offline.operations import Entry
from audit.offline.rules import MOST_ENTRIES, CaptureKind, known_name
from core.errors import Invalid
from core.forms import Form, choice, prose
from core.words import N_, T_

HOW_NAMES = {
    "mine": N_("Put what was written on the device in place"),
    "theirs": N_("Keep what is on the server"),
    "merged": N_("Keep both, as written below"),
    "noted": N_("Noted: nothing of it is needed any more"),
}
SETTLED = ("mine", "theirs", "merged", "noted", "")
BROKEN = T_("What the device sent could not be read. It stays on the device.")


class SettleForm(Form):
    """What becomes of something captured that came back."""

    how = choice(N_("What stays"), HOW_NAMES)
    revision = StringField(validators=[Length(max=20)])
    notes = prose(N_("Both, in one text"), required=False)


def entries_of(data: Any) -> list[Entry]:
    """Read a batch of entries; raises ``Invalid`` where it is no batch."""
    raw = data.get("entries") if isinstance(data, Mapping) else None
    if not isinstance(raw, list) or len(raw) > MOST_ENTRIES:
        raise Invalid(BROKEN)
    return [entry_of(one) for one in raw]


def entry_of(raw: Any) -> Entry:
    """Read one entry."""
    try:
        entry = Entry(
            uuid=raw["uuid"],
            sequence=int(raw["seq"]),
            kind=CaptureKind(raw["kind"]),
            captured_at=datetime.fromisoformat(raw["captured_at"]),
            offset_ms=int(raw.get("offset_ms") or 0),
            body=raw.get("body") or {},
            after=raw.get("after") or None,
            settles=raw.get("settles") or None,
            how=raw.get("how") or "",
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise Invalid(BROKEN) from None
    if not _sound(entry):
        raise Invalid(BROKEN)
    return entry


def _sound(entry: Entry) -> bool:
    names = (entry.uuid, *(name for name in (entry.after, entry.settles) if name))
    return (
        all(known_name(name) for name in names)
        and entry.captured_at.tzinfo is not None
        and isinstance(entry.body, Mapping)
        and entry.how in SETTLED
        and 0 <= entry.sequence < 2**31
        and abs(entry.offset_ms) < 2**53
    )


def whole_number(body: Mapping[str, Any], name: str) -> int:
    """Give a key out of a body; raises ``Invalid`` where there is none."""
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise Invalid(BROKEN)
    return value


def answer_form(body: Mapping[str, Any]) -> AnswerForm:
    """Read an answer as the desk's form does."""
    return AnswerForm(formdata=_flat(body))


def finding_form(body: Mapping[str, Any]) -> DraftForm:
    """Read a finding as the desk's form does."""
    return DraftForm(formdata=_flat(body))


def meeting_form(body: Mapping[str, Any], zone: str) -> MeetingForm:
    """Read a meeting as the desk's form does; the device tells an instant, the form a local time."""
    try:
        held = datetime.fromisoformat(str(body.get("held_at")))
    except ValueError:
        raise Invalid(BROKEN) from None
    if held.tzinfo is None:
        raise Invalid(BROKEN)
    local = held.astimezone(UTC).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")
    return MeetingForm(formdata=_flat({**body, "held_at": local}))


def first_error(form: Form) -> Invalid:
    """Give the first thing that is wrong with a form, with its field."""
    for name, errors in form.errors.items():
        return Invalid(str(_leaf(errors)), name or None)
    return Invalid(BROKEN)


def _leaf(errors: Any) -> Any:
    while isinstance(errors, Mapping | list | tuple) and errors:
        errors = next(iter(errors.values())) if isinstance(errors, Mapping) else errors[0]
    return errors or BROKEN.message


def _flat(body: Mapping[str, Any]) -> ImmutableMultiDict[str, str]:
    """Write a body as a browser would send the form."""
    return ImmutableMultiDict(MultiDict(list(_pairs(body))))


def _pairs(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in body.items():
        if isinstance(value, list):
            for number, one in enumerate(value):
                if isinstance(one, Mapping):
                    yield from ((f"{name}-{number}-{key}", text) for key, text in _pairs(one))
                else:
                    yield name, str(one)
        elif value is True:
            yield name, "y"
        elif value is not None and value is not False:
            yield name, str(value)
