"""The page that rates an audit under another version; it reads and writes nothing."""

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from audit.level.rules import CapKind, NoLevel, Rating, decimals_to_show
from audit.trial import queries
from audit.trial.rules import RATED_BY, Effect, Side, Trial, attempt
from checklists.scheme_parts.rules import part_of
from checklists.schemes import queries as schemes
from checklists.schemes.rules import SchemeRules, read_scheme
from core.permissions import Permission
from core.pictures import strip, strip_axis
from core.speech import name_of, number, say
from core.web import actor, db, requires
from core.words import N_, T_, Text

bp = Blueprint("trial", __name__, url_prefix="/schemes/<int:version_id>/trial")
REASONS = {
    NoLevel.INCOMPLETE: N_("a dimension cannot be scored"),
    NoLevel.BELOW_FIRST_CUT: N_("below the first cut"),
    NoLevel.SHORT_WINDOW: N_("the window of data is too short"),
}


@bp.get("/")
@requires(Permission.SCHEME_EDIT, Permission.SCHEME_REVIEW, Permission.SCHEME_PUBLISH)
def show(version_id: int) -> ResponseReturnValue:
    """Choose an audit, and see its rating as kept beside the one under this version."""
    version, scheme, _standard, _body = schemes.version(db(), actor(), version_id)
    rules, problems = read_scheme(version.content)
    wrong = [one for one in problems if part_of(one.pointer) in RATED_BY]
    audits = queries.audits(db(), actor())
    chosen = request.args.get("audit", type=int)
    case = queries.case(db(), actor(), chosen) if chosen and not wrong else None
    trial = attempt(case.scheme, rules, case.inputs, case.kept) if case else None
    return render_template(
        "audit/trial/show.html",
        version=version,
        scheme=scheme,
        wrong=len(wrong),
        audits=[(audit.id, f"{audit.number} {name_of(client)}") for audit, client in audits],
        chosen=chosen,
        case=case,
        trial=trial,
        before=_result(case.scheme, trial.before) if case and trial else None,
        after=_result(rules, trial.after) if trial else None,
        sides=[_side(case.scheme, rules, one) for one in trial.sides] if case and trial else [],
        effects=[_effect(case.scheme, trial, one) for one in trial.effects]
        if case and trial
        else [],
        axis=strip_axis([one.cut for one in rules.levels], _bands(rules)) if trial else None,
    )


def _bands(rules: SchemeRules) -> list[str]:
    return [gettext("none"), *(str(one.number) for one in rules.levels)]


def _shown(rules: SchemeRules, score: float | None) -> str:
    return "–" if score is None else number(score, decimals_to_show(score, rules.levels))


def _result(rules: SchemeRules, rating: Rating) -> dict[str, Any]:
    level = rules.level(rating.level) if rating.level else None
    return {
        "label": f"{rules.code} {rules.version}",
        "level": level,
        "of": len(rules.levels),
        "total": _shown(rules, rating.total),
        "why": None if level else REASONS.get(rating.reason or NoLevel.INCOMPLETE),
        "caps": [_cap(rules, rating, one.kind, one.level) for one in rating.caps if one.binds],
    }


def _cap(rules: SchemeRules, rating: Rating, kind: CapKind, level: int) -> Text:
    if kind is CapKind.WEAKEST and rating.weakest is not None:
        words = N_("The weakest dimension, %(dimension)s, holds it at level %(n)s")
        return T_(words, dimension=rules.dimension(rating.weakest).title, n=level)
    if kind is CapKind.WINDOW:
        return T_(
            "The window of data, %(days)s days, holds it at level %(n)s",
            days=rating.window_days,
            n=level,
        )
    return T_("A dimension below the first cut allows no level")


def _side(old: SchemeRules, new: SchemeRules, one: Side) -> dict[str, Any]:
    was = one.before.score if one.before else None
    now = one.after.score if one.after else None
    title = say(one.title)
    difference = one.difference
    return {
        "title": title,
        "was": _shown(old, was),
        "now": _shown(new, now),
        "was_level": one.before.level if one.before else None,
        "now_level": one.after.level if one.after else None,
        "difference": "–" if difference is None else _signed(difference),
        "came": one.before is None,
        "went": one.after is None,
        "strip": strip(
            now, [level.cut for level in new.levels], f"{title} {_shown(new, now)}", before=was
        ),
    }


def _effect(old: SchemeRules, trial: Trial, one: Effect) -> dict[str, Any]:
    rating = one.rating
    change = None
    if rating is not None and rating.total is not None and trial.before.total is not None:
        change = _signed(rating.total - trial.before.total)
    return {
        "title": one.title,
        "same": one.same,
        "alone": rating is not None,
        "total": _shown(old, rating.total) if rating else "–",
        "change": change,
        "level": rating.level if rating else None,
        "decides": rating is not None and rating.level != trial.before.level,
    }


def _signed(value: float) -> str:
    words = number(abs(value), 1)
    return words if words == number(0.0, 1) else f"{'+' if value > 0 else '−'}{words}"
