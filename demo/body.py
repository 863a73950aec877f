"""What a certification body does before it audits: competence, declarations, interests, applications."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from audit.competence import operations as competence
from audit.competence.rules import InterestKind
from audit.planning.models import Audit
from audit.planning.rules import AuditKind
from certification.applications import operations as applications
from certification.applications import queries
from certification.applications.rules import ApplicationState
from core.clock import add_months, local_date
from core.permissions import Role
from demo import cast
from demo.stage import Line, Script, Stage

S = ApplicationState
AREAS = ("service-operations", "information-security", "data-analysis", "service-people")
HELD = {
    "zhoumin": AREAS,
    "gunian": AREAS,
    "chenli": AREAS[:3],
    "wutong": (AREAS[0], AREAS[3]),
}
DECLARATION = (
    "本人与本机构的任何客户没有投资、亲属、雇佣或咨询关系；如有变化，将在三个工作日内申报。"
)


@dataclass
class Deal:
    """What a provider and a body have with each other; filled while it is played."""

    client: str
    body: str
    level: int
    scope_zh: str
    scope_en: str
    application_id: int = 0
    engagement_id: int = 0
    certificate_id: int = 0
    findings: dict[str, int] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)

    @property
    def planner(self) -> str:
        """Give who plans for the body."""
        return cast.first_of(self.body, Role.PLANNER).key

    @property
    def manager(self) -> str:
        """Give who speaks for the provider."""
        return cast.first_of(self.client, Role.MANAGER).key

    def audit_id(self, stage: Stage, kind: AuditKind, nth: int = 0) -> int:
        """Give the nth audit of a kind, in the order they were planned."""
        query = select(Audit.id).where(
            Audit.engagement_id == self.engagement_id, Audit.kind == kind
        )
        return stage.session.scalars(query.order_by(Audit.id)).all()[nth]


def staff(script: Script, first: int) -> None:
    """Let both bodies grant competences, and everybody declare their interests each year."""
    line = script.line()
    line.at(first, "10:00", _grant_all)
    for key in HELD:
        last = -358 if key == "zhoumin" else -120
        years = range(last, first, -350)
        story = script.line()
        for day in sorted(years):
            story.at(day, "08:40", _declare, key)
        story = script.line()
        story.at(first + 3, "08:50", _declare, key)
    line.at(-400, "11:00", _declare_interest)


def _grant_all(stage: Stage) -> None:
    today = local_date(stage.now)
    for body, by in (("HH", "hejing"), ("BC", "baiyu")):
        for person in cast.crew(body):
            for n, area in enumerate(HELD[person.key]):
                ends = add_months(stage.today, 14 + 3 * n)
                if person.key == "wutong" and n == 0:
                    ends = stage.day(45)
                competence.grant(
                    stage.session,
                    stage.actor(by),
                    person_id=stage.people[person.key],
                    scheme_id=stage.scheme_id,
                    area=area,
                    evidence="专业背景、两年以上从业经历和三次见证评价均符合要求，见人员档案。",
                    valid_from=today,
                    valid_until=ends,
                    now=stage.now,
                )


def _declare(stage: Stage, key: str) -> None:
    person = cast.PEOPLE[key]
    for body in filter(None, (person.at, person.also)):
        actor = stage.actor(key, body)
        competence.declare(stage.session, actor, statement=DECLARATION, now=stage.now)


def _declare_interest(stage: Stage) -> None:
    today = local_date(stage.now)
    competence.declare_interest(
        stage.session,
        stage.actor("chenli"),
        person_id=stage.people["chenli"],
        client_id=stage.organisations["lanwan"],
        kind=InterestKind.CONSULTANCY,
        from_on=today - timedelta(days=420),
        until_on=today - timedelta(days=60),
        note="加入本机构之前，为该公司做过服务台流程咨询。",
        now=stage.now,
    )


# -- applications ------------------------------------------------------------------------------


def apply(line: Line, deal: Deal, day: int, until: ApplicationState = S.CLOSED) -> None:
    """Let a provider apply and the body review, up to a state."""
    planner, manager = deal.planner, deal.manager
    line.at(day, "09:20", _draft, deal)
    if until is S.DRAFT:
        return
    line.at(day, "11:00", _take, deal, "submit", manager)
    if until in (S.SUBMITTED, S.WITHDRAWN):
        if until is S.WITHDRAWN:
            line.at(day + 4, "14:00", _withdraw, deal)
        return
    line.at(day + 2, "10:10", _take, deal, "start_review", planner)
    if until in _ASIDE:
        line.at(day + 3, "10:40", _ASIDE[until], deal)
        return
    if until is S.IN_REVIEW:
        return
    line.at(day + 4, "10:00", _review, deal)
    line.at(day + 4, "10:30", _take, deal, "accept", planner)
    line.at(day + 6, "09:00", _confirm, deal, "body", planner)
    if until is S.ACCEPTED:
        return
    line.at(day + 7, "15:00", _confirm, deal, "client", manager)
    if until is S.CLOSED:
        line.at(day + 8, "09:30", _take, deal, "close", planner)


def _page(stage: Stage, deal: Deal, who: str) -> queries.ApplicationPage:
    return queries.page(stage.session, stage.actor(who), deal.application_id)


def _draft(stage: Stage, deal: Deal) -> None:
    values = {
        "body_id": stage.organisations[deal.body],
        "scheme_version_id": stage.scheme_version_id,
        "level_sought": deal.level,
        "scope_zh": deal.scope_zh,
        "scope_en": deal.scope_en,
        "outsourcing": "备份介质的异地运输外包给有资质的物流公司；其他服务均由本公司完成。",
        "consultancy": "没有使用咨询机构。",
        "consultancy_ended_on": None,
        "remarks": "",
        "site_ids": stage.sites[deal.client],
        "service_ids": stage.services[deal.client],
    }
    made = applications.draft(stage.session, stage.actor(deal.manager), values, now=stage.now)
    deal.application_id = made.id


def _take(stage: Stage, deal: Deal, action: str, who: str) -> None:
    operation = getattr(applications, action)
    operation(stage.session, stage.actor(who), _page(stage, deal, who), now=stage.now)


def _review(stage: Stage, deal: Deal) -> None:
    page = _page(stage, deal, deal.planner)
    values = {
        "competence_ok": True,
        "competence_note": "审核组长与审核员覆盖方案的四个专业领域，决定人具备同类经验。",
        "impartiality_ok": True,
        "impartiality_note": "两年内没有为申请人提供咨询；拟派人员均已申报利益关系。",
        "differences_note": "申请范围与营业执照、服务目录一致。",
        "audit_days": Decimal(str(page.table_days)),
        "time_note": "按方案人日表，未作增减。",
    }
    applications.review(
        stage.session, stage.actor(deal.planner), page, values, revision=None, now=stage.now
    )


def _confirm(stage: Stage, deal: Deal, side: str, who: str) -> None:
    page = _page(stage, deal, who)
    applications.confirm(stage.session, stage.actor(who), page, side=side, now=stage.now)
    deal.engagement_id = page.application.engagement_id or 0


def _ask(stage: Stage, deal: Deal) -> None:
    question = (
        "服务目录列有“数据库代维”，申请范围没有写明。请说明是否纳入，并补充该服务的协议样本。"
    )
    page = _page(stage, deal, deal.planner)
    applications.ask(
        stage.session, stage.actor(deal.planner), page, question=question, now=stage.now
    )


def _decline(stage: Stage, deal: Deal) -> None:
    reason = "申请范围内的服务上线不足三个月，没有可以评定的服务记录。运行满六个月后欢迎再次申请。"
    page = _page(stage, deal, deal.planner)
    applications.decline(
        stage.session, stage.actor(deal.planner), page, reason=reason, now=stage.now
    )


def _withdraw(stage: Stage, deal: Deal) -> None:
    reason = "公司正在调整组织结构，明年再申请。"
    page = _page(stage, deal, deal.manager)
    applications.withdraw(
        stage.session, stage.actor(deal.manager), page, reason=reason, now=stage.now
    )


_ASIDE = {S.INFORMATION_REQUESTED: _ask, S.DECLINED: _decline}
