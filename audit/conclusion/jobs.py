"""Printing signed reports, in both languages."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from flask import current_app
from flask_babel import force_locale, gettext

from audit.conclusion import documents as sheets
from audit.conclusion.models import Report, SignedReport
from audit.conclusion.operations import DOCUMENT
from audit.conclusion.rules import RECOMMENDATION_NAMES, Recommendation
from audit.findings.rules import FindingGrade
from audit.level.rules import Rating
from audit.meetings.rules import (
    MEETING_NAMES,
    PARTY_NAMES,
    MeetingKind,
    Party,
    flag_words,
    position_words,
)
from audit.planning.models import Audit
from audit.planning.rules import KIND_NAMES, ROLE_NAMES, AuditKind, TeamRole
from checklists.standards.rules import NOT_ASSIGNED
from core.clock import utc_now
from core.jobs import Handler, Work
from core.pictures import Axis, radar
from core.speech import LANGUAGES, say
from evidence.issued import operations as issued

Pair = Mapping[str, str]


def print_report(work: Work) -> None:
    """Render a signed report in every language and keep the files; done again, it keeps what is there."""
    with work.reading() as session:
        signed = session.get_one(SignedReport, work.payload["signed_report_id"])
        report = session.get_one(Report, signed.report_id)
        audit = session.get_one(Audit, report.audit_id)
    store = issued.document_store(work.settings)
    environment = current_app.jinja_env
    for number, language in enumerate(LANGUAGES, 1):
        with force_locale(language):
            sheet = sheet_of(signed.content, language, signed.content_sha256)
            data = sheets.report_pdf(
                sheet,
                lambda name, **values: environment.get_template(name).render(**values),
                created_at=signed.signed_at,
            )
        stored = issued.put(store, data)
        with work.changing() as session:
            issued.keep(
                session,
                stored,
                signed,
                kind="report",
                language=language,
                file_name=f"{report.number}-{language}.pdf",
                owner_id=audit.body_id,
                now=utc_now(),
            )
        work.progress(number, len(LANGUAGES))


def sheet_of(content: Mapping[str, Any], language: str, sha256: str) -> sheets.ReportSheet:
    """Put a report's plain data into a language, as the printed sheet wants it."""

    def word(pair: Pair) -> str:
        first, second = ("zh", "en") if language.startswith("zh") else ("en", "zh")
        return pair.get(first) or pair.get(second) or ""

    audit, texts = content["audit"], content["texts"]
    rating = _rating(content, word)
    return sheets.ReportSheet(
        language=language,
        number=content["number"],
        version=1,
        audit_number=audit["number"],
        body=word(content["body"]["name"]),
        body_address=word(content["body"]["address"]),
        client=word(content["client"]["name"]),
        client_code=content["client"]["credit_code"] or "",
        client_address=word(content["client"]["address"]),
        kind=say(KIND_NAMES[AuditKind(audit["kind"])]),
        criteria=f"{word(content['standard']['title'])} {content['standard']['version']}",
        level_sought=_level_name(content, audit["level_sought"], word),
        objectives=audit["objectives"],
        scope=word(content["scope"]),
        starts_on=date.fromisoformat(audit["starts_on"]),
        ends_on=date.fromisoformat(audit["ends_on"]),
        places=tuple(
            sheets.PlaceLine(name=word(one["name"]), address=word(one["address"]))
            for one in content["sites"]
        ),
        methods=audit["methods"],
        remote_share=audit["remote_share"],
        days=f"{audit['days']:g}",
        team=tuple(
            sheets.TeamLine(name=one["name"], role=say(ROLE_NAMES[TeamRole(one["role"])]))
            for one in content["team"]
        ),
        meetings=tuple(_meeting(one) for one in content["meetings"]),
        summary=texts["summary"],
        deviations=texts["deviations"],
        significant_changes=texts["significant_changes"],
        unresolved=texts["unresolved"],
        dimensions=_dimensions(content, word),
        rating=rating,
        radar=_radar(content, word) if rating else "",
        findings=tuple(_finding(one, word) for one in content["findings"]),
        advice=texts["advice"],
        earlier_actions=texts["earlier_actions"],
        samples=tuple(
            sheets.SampleLine(
                what=f"{one['criterion']} {one['what']}",
                population=f"{one['population']:,}",
                size=f"{one['size']:,}",
                rationale=one["rationale"],
            )
            for one in content["samples"]
        ),
        sampling_note=texts["sampling_note"],
        use_of_marks=texts["use_of_marks"],
        recommendation=_recommendation(content, word),
        conclusion=texts["conclusion"],
        comments=tuple(
            sheets.CommentLine(
                person=one["person"],
                made_at=datetime.fromisoformat(one["made_at"]),
                text=one["text"],
                reply=one["reply"],
            )
            for one in content["comments"]
        ),
        signature=sheets.SignatureBlock(
            name=content["signature"]["name"],
            role=gettext("Team leader"),
            signed_at=datetime.fromisoformat(content["signature"]["signed_at"]),
            method=gettext("second sign-in"),
            digest=sha256,
        ),
    )


def _meeting(one: Mapping[str, Any]) -> sheets.MeetingLine:
    return sheets.MeetingLine(
        title=say(MEETING_NAMES[MeetingKind(one["kind"])]),
        held_at=datetime.fromisoformat(one["held_at"]),
        place=one["place"],
        people=tuple(
            (person["name"], person["position"], say(PARTY_NAMES[Party(person["party"])]))
            for person in one["people"]
        ),
        signatures=tuple(person.get("signature", "") for person in one["people"]),
        position=_position(one),
        flags=tuple(say(flag_words(flag)) for flag in one.get("flags", ())),
        note=one["deviation"],
    )


def _position(one: Mapping[str, Any]) -> str:
    """Say where the meeting was held; reports signed before positions were taken say nothing."""
    if "position" not in one:
        return ""
    at = one["position"] or {}
    return say(position_words(at.get("latitude"), at.get("longitude"), at.get("accuracy_m")))


def _finding(one: Mapping[str, Any], word: Callable[[Pair], str]) -> sheets.FindingLine:
    return sheets.FindingLine(
        number=one["number"],
        grade=FindingGrade(one["grade"]),
        criterion=one["criterion"],
        requirement=word(one["requirement"]),
        statement=one["statement"],
        evidence=one["evidence"],
        due_on=date.fromisoformat(one["response_due_on"]) if one["response_due_on"] else None,
        correction=one["correction"],
        cause=one["cause"],
        actions=tuple(
            sheets.ActionLine(
                text=action["measure"],
                owner=action["owner"],
                due_on=date.fromisoformat(action["due_on"]),
                verification=action["verification"],
            )
            for action in one["actions"]
        ),
    )


def _titles(content: Mapping[str, Any], word: Callable[[Pair], str]) -> dict[str, str]:
    return {one["code"]: word(one["title"]) for one in content["scheme"]["dimensions"]}


def _level_name(content: Mapping[str, Any], number: int | None, word: Callable[[Pair], str]) -> str:
    for one in content["scheme"]["levels"]:
        if one["number"] == number:
            return f"{number} {word(one['title'])}"
    return str(gettext("no level"))


def _dimensions(
    content: Mapping[str, Any], word: Callable[[Pair], str]
) -> tuple[sheets.DimensionLine, ...]:
    titles = _titles(content, word) | {"": say(NOT_ASSIGNED)}
    weights = {one["code"]: one["weight"] * 100 for one in content["scheme"]["dimensions"]}
    scored = (
        {one.dimension: one for one in Rating.from_json(content["rating"]["result"]).dimensions}
        if content["rating"]
        else {}
    )
    lines = []
    for row in content["results"]:
        one = scored.get(row["dimension"])
        lines.append(
            sheets.DimensionLine(
                name=titles.get(row["dimension"], row["dimension"]),
                weight=weights.get(row["dimension"], 0),
                answers=row["answered"],
                excluded=row["excluded"],
                rating=row["mean"],
                c=one.criteria if one else None,
                q=one.quantity if one else None,
                score=one.score if one else None,
                level=_level_name(content, one.level, word) if one and one.level else "",
            )
        )
    return tuple(lines)


def _rating(content: Mapping[str, Any], word: Callable[[Pair], str]) -> sheets.RatingPart | None:
    given = content["rating"]
    if not given:
        return None
    scheme = content["scheme"]
    return sheets.RatingPart(
        level=_level_name(content, given["level"], word),
        total=given["total"],
        rule_version=f"{scheme['code']} {scheme['version']}",
        digest=given["inputs_sha256"],
    )


def _radar(content: Mapping[str, Any], word: Callable[[Pair], str]) -> str:
    titles = _titles(content, word)
    rating = Rating.from_json(content["rating"]["result"])
    axes = [
        Axis(
            titles.get(one.dimension, one.dimension),
            "–" if one.score is None else f"{one.score:.1f}",
            one.score,
        )
        for one in rating.dimensions
    ]
    label = "; ".join(f"{axis.title} {axis.shown}" for axis in axes)
    cuts = [one["cut"] for one in content["scheme"]["levels"]]
    return radar(axes, cuts, label, standalone=True)


def _recommendation(content: Mapping[str, Any], word: Callable[[Pair], str]) -> str:
    texts = content["texts"]
    if not texts["recommendation"]:
        return ""
    name = say(RECOMMENDATION_NAMES[Recommendation(texts["recommendation"])])
    if texts["recommended_level"]:
        level = _level_name(content, texts["recommended_level"], word)
        return str(gettext("%(what)s, level %(level)s", what=name, level=level))
    return name


HANDLERS: dict[str, Handler] = {DOCUMENT: print_report}
