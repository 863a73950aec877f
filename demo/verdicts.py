"""How decisions are played, and what becomes of certificates afterwards."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from certification.certificates import operations as certificates
from certification.certificates import queries as held
from certification.certificates.models import Certificate
from certification.decisions import operations as decisions
from certification.decisions import queries as files
from certification.decisions.operations import Choice
from certification.decisions.rules import DecisionOutcome
from core.permissions import Role
from demo import cast, words
from demo.audits import Visit, person
from demo.audits import step as audit_step
from demo.body import Deal
from demo.stage import Line, Stage

O = DecisionOutcome  # noqa: E741 -- reads as the word
REASONS = {
    O.GRANT: "档案齐备：发现均已回复，严重不符合已核实；评定结果支持所定等级。同意颁发证书。",
    O.RENEW: "周期内表现稳定，再认证审核没有未解决的问题，评定结果支持原等级。同意换发证书。",
    O.MAINTAIN: "监督审核没有影响认证的问题，以前的整改有效。维持认证。",
    O.REFUSE: "评定结果没有达到任何一级，差距在可用性与改进。待改进后可以再次申请。",
}


@dataclass(frozen=True)
class Verdict:
    """A decision on an audit: by whom, and on which day after the file was sent."""

    visit: Visit
    outcome: DecisionOutcome
    day: int
    close: bool = True


def verdict(line: Line, one: Verdict) -> None:
    """Play a decision, and the closing of the audit."""
    line.at(one.day, "10:45", _decide, one)
    if one.close:
        line.at(one.day + 2, "09:25", audit_step, one.visit, "close", one.visit.deal.planner)


def _decide(stage: Stage, one: Verdict) -> None:
    deal = one.visit.deal
    decider = person(stage, one.visit, cast.first_of(deal.body, Role.DECIDER).key)
    audit_id = deal.audit_id(stage, one.visit.kind, one.visit.nth)
    file = files.file(stage.session, decider, audit_id, now=stage.now)
    rated = file.facts.rated_level or 0
    level = min(rated, deal.level) or None
    with_level = one.outcome in (O.GRANT, O.RENEW)
    choice = Choice(
        outcome=one.outcome,
        reasons=REASONS[one.outcome],
        level=level if with_level else None,
        level_reason="申请的等级为准。" if with_level and level != rated else "",
    )
    decisions.decide(stage.session, decider, file, choice, password=words.PASSWORD, now=stage.now)


def newest(stage: Stage, deal: Deal) -> Certificate:
    """Give the deal's newest certificate."""
    query = select(Certificate).where(Certificate.engagement_id == deal.engagement_id)
    return stage.session.scalars(query.order_by(Certificate.id.desc()).limit(1)).one()


def rule(
    stage: Stage, deal: Deal, outcome: DecisionOutcome, reasons: str, until: date | None = None
) -> None:
    """Decide about a certificate without an audit."""
    decider = stage.holder(deal.body, Role.DECIDER)
    found = files.certificate_case(stage.session, decider, newest(stage, deal).id, now=stage.now)
    choice = Choice(outcome=outcome, reasons=reasons, until=until)
    decisions.decide_certificate(
        stage.session, decider, found, choice, password=words.PASSWORD, now=stage.now
    )


def give_up(stage: Stage, deal: Deal, reason: str) -> None:
    """Let the holder give its certificate up."""
    manager = stage.actor(deal.manager)
    one = held.certificate(stage.session, manager, newest(stage, deal).id)
    certificates.cancel(
        stage.session, manager, one, reason=reason, password=words.PASSWORD, now=stage.now
    )
