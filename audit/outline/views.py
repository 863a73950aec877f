"""The outline on its page: the conditions it is shown under, its sending in pieces, and the pulse."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, request, stream_with_context
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from audit.assessment import queries as assessment
from audit.outline import queries, rules
from audit.outline.queries import Part
from audit.outline.rules import Line, Reader, Show
from audit.presence import operations as presence
from audit.presence import queries as presences
from core.clock import utc_now
from core.permissions import Permission
from core.speech import language, zone
from core.web import actor, db, requires, search_words

bp = Blueprint("outline", __name__, url_prefix="/audits/<int:audit_id>/fieldwork")
CONDITIONS = ("show", "q", "since")
OVERLAP = timedelta(seconds=20)  # changes are told twice rather than never
CRITICAL = "critical"
FEW = 3  # fewer sections than this stand open


@bp.post("/pulse")
@requires(Permission.AUDIT_ASSESS, Permission.AUDIT_PLAN)
def pulse(audit_id: int) -> ResponseReturnValue:
    """Say that somebody looks at an answer; tell who else is here and what changed since they asked last."""
    place = assessment.place(db(), actor(), audit_id)
    now = utc_now()
    if place.on_team:
        answer_id = request.form.get("answer", type=int)
        presence.look(db(), actor(), audit_id, answer_id, now=now)
    around = presences.around(db(), actor(), audit_id, now)
    since = _moment(request.form.get("since", "")) or now
    answered, excluded, total = queries.totals(db(), audit_id)
    return {
        "at": now.isoformat(),
        "here": [[one.name, one.answer_id] for one in around.others],
        "changed": [
            told_line(key, conformity, rating, revision, excluded=out) | {"who": who}
            for key, conformity, rating, out, revision, who in queries.changed(
                db(), audit_id, since - OVERLAP
            )
        ],
        "totals": {"answered": answered, "excluded": excluded, "all": total},
    }


def told_line(
    key: int, conformity: Any, rating: int | None, revision: int, *, excluded: bool
) -> dict[str, Any]:
    """Describe an answer to the script as its line in the outline shows it."""
    state = rules.state_of(conformity, excluded=excluded)
    return {"id": key, "state": state, "rating": rating, "revision": revision}


# -- what is asked -----------------------------------------------------------------------------


def asked() -> dict[str, Any]:
    """Give the conditions on the outline that links carry along; nothing else of the query."""
    return {name: request.args[name][:200] for name in CONDITIONS if request.args.get(name)}


def wanted() -> Show | None:
    """Give the filter that is asked for; none for a word that is no filter."""
    given = request.args.get("show", "")
    return next((show for show in Show if show.value == given), None)


def lines(audit_id: int, last_visit: datetime | None) -> list[Line]:
    """Read the lines, marked by the search and by what changed since a moment or the last visit."""
    moment = _moment(request.args.get("since", ""))
    return queries.lines(
        db(), actor(), audit_id,
        chinese=language().startswith("zh"), words=search_words(),
        since=moment or last_visit, all_changes=moment is not None,
    )  # fmt: skip


def parts_of(audit_id: int, lines: Iterable[Line]) -> dict[int, Part]:
    """Read the sections that lines stand in."""
    return queries.parts(db(), audit_id, {line.section_id for line in lines})


def reader(parts: Mapping[int, Part]) -> Reader:
    """Give who looks, with the sections shared to them."""
    me = actor().person_id
    return Reader(me, {one.id for one in parts.values() if one.person_id == me})


def _moment(text: str) -> datetime | None:
    """Read a moment: with its zone, or as the reader's clock shows it."""
    try:
        given = datetime.fromisoformat(text)
        if given.tzinfo is None:
            given = given.replace(tzinfo=ZoneInfo(zone()))
        return given.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


# -- sending -----------------------------------------------------------------------------------


def pieces(
    frame: tuple[str, str],
    seen: Sequence[Line],
    parts: Mapping[int, Part],
    here: int,
    beside: Mapping[int | None, str],
) -> Iterator[str]:
    """Send the head of a page, the outline section by section, and the tail; nothing more is read meanwhile.

    ``here`` is the answer in hand, ``beside`` names who looks at which.
    """
    made: Any = current_app.jinja_env.get_template("audit/outline/_section.html").module
    marks = {state: str(made.mark(badge)) for state, badge in rules.STATES.items()}
    marks[CRITICAL] = str(made.critical())
    suffix = f"?{urlencode(asked())}" if asked() else ""
    groups: dict[int, list[Line]] = {}
    for line in seen:
        groups.setdefault(line.section_id, []).append(line)
    spread = len(groups) < FEW or bool(suffix)

    def sent() -> Iterator[str]:
        yield frame[0]
        for key, group in groups.items():
            rows = _rows(group, here, beside, marks, suffix)
            done = sum(one.answered for one in group)
            opened = spread or any(one.id == here for one in group)
            yield made.part(parts[key], rows, len(group), done, opened)
        yield frame[1]

    return stream_with_context(sent())


def _rows(
    group: Sequence[Line],
    here: int,
    beside: Mapping[int | None, str],
    marks: Mapping[str, str],
    suffix: str,
) -> Markup:
    """Write the lines of a section. Not in a template: for a thousand lines that takes four times as long."""
    made = []
    end = escape(suffix)
    for one in group:
        now = ' aria-current="true"' if one.id == here else ""
        who = f'<em class="who-now">{escape(beside[one.id])}</em>' if one.id in beside else ""
        made.append(
            f'<li><a href="{one.id}{end}" data-s="{one.state}"{now}>{marks[one.state]}'
            f'<span class="code">{escape(one.code)}</span>'
            f"<span>{marks[CRITICAL] if one.critical else ''}{escape(one.title)}</span>{who}"
            f'<span class="num">{"" if one.rating is None else one.rating}</span></a></li>\n'
        )
    return Markup("".join(made))  # noqa: S704 -- every text above is escaped
