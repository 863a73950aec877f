"""The stories of the demonstration: who deals with whom, and how far it has come today."""

from dataclasses import dataclass
from decimal import Decimal

from audit.casefile.rules import FindingState
from audit.engagements import operations as engagements
from audit.engagements import queries as engaged
from audit.findings import operations
from audit.planning.rules import AuditKind, AuditState
from certification.applications.rules import ApplicationState
from certification.clock import operations as clock
from certification.decisions.rules import DecisionOutcome
from core.clock import local_date
from demo import body, complaints, findings, schemes, verdicts
from demo.audits import Visit, conclude, halt, person, visit
from demo.body import Deal, apply
from demo.findings import Matter, matter
from demo.stage import Line, Script, Stage
from demo.verdicts import Verdict, verdict

A, K, F, D = AuditState, AuditKind, FindingState, DecisionOutcome
FIRST = -1330
EXCLUDED = {"CAP-1.3": "范围内的服务没有可预见的业务高峰，近两年的负荷曲线平稳。"}


@dataclass(frozen=True)
class Crew:
    """Who audits."""

    leader: str
    member: str = ""


HH, HH2, BC = Crew("zhoumin", "chenli"), Crew("zhoumin", "wutong"), Crew("gunian", "zhoumin")


def write(script: Script) -> None:
    """Write every story into the script."""
    body.staff(script, FIRST + 5)
    for story in (
        _yunling, _yunling_at_beichen, _jianghai, _lanwan, _xinghe, _qingyuan, _lancang, _songtao,
        _beian, _beian_again, _cancelled, _withdrawn,
    ):  # fmt: skip
        story(script.line())
    _applications(script)
    complaints.write(script)
    schemes.write(script)
    _clock(script.line())


# -- parts that many stories share -------------------------------------------------------------


def certified(
    line: Line,
    deal: Deal,
    decided: int,
    crew: Crew,
    matters: tuple[str, ...] = (),
    *,
    better: int = 0,
) -> Visit:
    """Play an initial certification that ends with a certificate on a day; gives its stage 2."""
    apply(line, deal, decided - 150)
    first = Visit(deal, K.STAGE_1, decided - 105, leader=crew.leader, member=crew.member)
    visit(line, first)
    conclude(line, first, comment=False)
    return _decided(line, deal, K.STAGE_2, decided, D.GRANT, crew, matters, better=better)


def surveilled(
    line: Line, deal: Deal, nth: int, decided: int, crew: Crew, matters: tuple[str, ...] = ()
) -> Visit:
    """Play a surveillance that lets the certificate stand; ``nth`` counts from 0."""
    return _decided(line, deal, K.SURVEILLANCE, decided, D.MAINTAIN, crew, matters, nth=nth)


def _decided(  # noqa: PLR0913, PLR0917 -- an audit has this many parts
    line: Line,
    deal: Deal,
    kind: AuditKind,
    decided: int,
    outcome: DecisionOutcome,
    crew: Crew,
    matters: tuple[str, ...],
    *,
    nth: int = 0,
    better: int = 0,
) -> Visit:
    one = Visit(
        deal, kind, decided - 55, nth=nth, better=better, faults=_faults(matters), excluded=EXCLUDED,
        leader=crew.leader, member=crew.member,
    )  # fmt: skip
    visit(line, one)
    for key in matters:
        matter(line.beside(), Matter(one, key, one.first))
    conclude(line, one)
    verdict(line, Verdict(one, outcome, decided))
    return one


def _faults(matters: tuple[str, ...]) -> dict[str, str]:
    return {findings.TEXTS[key]["code"]: findings.TEXTS[key]["grade"] for key in matters}


def _clock(line: Line) -> None:
    """Let the clock run: once a month in the past, each day of the last five weeks."""
    for day in (*range(FIRST + 30, -36, 30), *range(-35, 0)):
        line.at(day, "06:00", _run_clock)


def _run_clock(stage: Stage) -> None:
    today = local_date(stage.now)
    if today in clock.waiting_days(stage.session, today)[-1:]:
        clock.run_day(stage.session, today, now=stage.now)


# -- the stories -------------------------------------------------------------------------------


def _yunling(line: Line) -> None:
    """Tell of the first certification at Huaheng: stage 2 is going on, with findings in many states."""
    deal = Deal(
        "yunling", "HH", 3,
        "面向政府与金融客户的托管、服务台与备份服务",
        "Managed hosting, service desk and backup for government and finance",
    )  # fmt: skip
    apply(line, deal, -110, ApplicationState.CONTRACTED)
    first = Visit(deal, K.STAGE_1, -62)
    visit(line, first)
    conclude(line, first)
    second = Visit(
        deal, K.STAGE_2, -9, until=A.IN_PROGRESS, days=11, share=0.72, excluded=EXCLUDED,
        faults=_faults(("urgent", "drill", "third", "peak", "traces", "survey")),
    )  # fmt: skip
    visit(line, second)
    urgent = Matter(second, "urgent", -8, F.RETURNED, pace=(0, 1, 3, 4))
    side = line.beside()
    matter(side, urgent)
    side.at(-2, "12:26", findings.draft_again, urgent)
    drill = Matter(second, "drill", -8, F.ACCEPTED, pace=(0, 1, 2, 3))
    side = line.beside()
    matter(side, drill)
    side.at(-3, "14:30", _in_progress, drill)
    side.at(-2, "15:00", findings.ask_for_time, drill, 120, "演练窗口要避开客户的年终结算。")
    matter(line.beside(), Matter(second, "third", -7, F.RESPONSE_SUBMITTED, pace=(0, 1, 4)))
    matter(line.beside(), Matter(second, "peak", -7, F.DISPUTED, by="chenli", pace=(0, 1, 3)))
    matter(line.beside(), Matter(second, "traces", -4, F.ACKNOWLEDGED, by="chenli", pace=(0, 2)))
    matter(line.beside(), Matter(second, "survey", -2, F.RAISED))
    for key, day in (("trend", -6), ("night", -5)):
        matter(line.beside(), Matter(second, key, day))
    matter(line.beside(), Matter(second, "wrong", -6, F.VOID, by="chenli"))
    matter(line.beside(), Matter(second, "lists", -1, F.DRAFT, by="chenli"))


def _in_progress(stage: Stage, one: Matter) -> None:
    who = stage.actor(one.owner)
    findings.report_on(stage, one, findings.actions_of(stage, one, who)[0], hand_in=False)


def _yunling_at_beichen(line: Line) -> None:
    """Tell of the same provider's certificate of Beichen; its surveillance is being prepared."""
    deal = Deal(
        "yunling", "BC", 2, "面向政府客户的托管服务", "Managed hosting for government customers"
    )
    certified(line, deal, -330, BC, ("third",))
    soon = Visit(deal, K.SURVEILLANCE, 24, until=A.TEAM_PROPOSED, leader="gunian", member="zhoumin")
    visit(line, soon)


def _jianghai(line: Line) -> None:
    """Tell of an active certificate: one surveillance behind, one with its report out for comment."""
    deal = Deal(
        "jianghai", "HH", 3,
        "面向制造与物流企业的云主机托管与运维服务台",
        "Cloud hosting and operations desk for manufacturing and logistics",
    )  # fmt: skip
    initial = certified(line, deal, -700, HH, ("rights", "drill"), better=1)
    _more_time(line, Matter(initial, "drill", initial.first), approve=True)
    earlier = surveilled(line, deal, 0, -350, HH)
    line.beside().at(earlier.first + 1, "13:30", _judge, Matter(initial, "rights", 0))
    line.at(-200, "10:00", verdicts.rule, deal, D.MAINTAIN, "总部门牌变更，按现址换发。")
    now = Visit(
        deal, K.SURVEILLANCE, -16, until=A.REPORT_DRAFT, nth=1, faults=_faults(("survey", "night")),
        better=1,
    )  # fmt: skip
    visit(line, now)
    survey = Matter(now, "survey", -15, F.IMPLEMENTED, pace=(0, 1, 3, 5, 10, 11))
    matter(line.beside(), survey)
    matter(line.beside(), Matter(now, "night", -15))
    conclude(line, now)
    special = Visit(deal, K.SPECIAL, 3, until=A.PLAN_ACCEPTED, days=1, lead_time=12)
    side = line.beside()
    side.at(
        -10, "10:00", _special, deal, "投诉反映一次持续9小时的中断没有通知客户。", short_notice=True
    )
    visit(side, special)


def _more_time(line: Line, one: Matter, *, approve: bool) -> None:
    """Let the client ask for more time, and the leader decide."""
    side = line.beside()
    reason = "供应商到货推迟，需要多一些时间。"
    side.at(one.day + 11, "16:30", findings.ask_for_time, one, one.day + 130, reason)
    note = "理由充分。" if approve else "措施不依赖该设备，请按原期限完成。"
    side.at(one.day + 13, "17:00", findings.decide_on_time, one, approve=approve, note=note)


def _judge(stage: Stage, one: Matter) -> None:
    actor = person(stage, one.visit, one.visit.leader)
    given = findings.case(stage, one, actor)
    operations.judge(
        stage.session, actor, given, effective=True, note="措施仍在执行，抽查没有再次发生。",
        now=stage.now,
    )  # fmt: skip


def _special(stage: Stage, deal: Deal, occasion: str, *, short_notice: bool) -> None:
    actor = stage.actor(deal.planner)
    engagement = engaged.head(stage.session, actor, deal.engagement_id).engagement
    days = max(engagement.audit_days // 4, Decimal(1))
    engagements.plan_outside(
        stage.session, actor, engagement, kind=K.SPECIAL, occasion=occasion,
        due_on=stage.day(12), days=days, short_notice=short_notice, now=stage.now,
    )  # fmt: skip


def _lanwan(line: Line) -> None:
    """Tell of a surveillance whose fieldwork ended yesterday; one auditor is barred from this client."""
    deal = Deal("lanwan", "HH", 2, "驻场与远程桌面运维服务", "On-site and remote desktop support")
    certified(line, deal, -380, HH2, ("survey",))
    now = Visit(
        deal, K.SURVEILLANCE, -3, until=A.FIELDWORK_DONE, member="wutong",
        faults=_faults(("traces", "lists")),
    )  # fmt: skip
    visit(line, now)
    matter(line.beside(), Matter(now, "traces", -3, F.ACKNOWLEDGED, pace=(0, 1)))


def _xinghe(line: Line) -> None:
    """Tell of a certificate near its end: the recertification's plan waits for the client."""
    deal = Deal(
        "xinghe",
        "HH",
        3,
        "三地机房托管与网络运维服务",
        "Colocation and network operations at three sites",
    )
    initial = certified(line, deal, -1040, HH, ("third", "drill"), better=1)
    _more_time(line, Matter(initial, "third", initial.first), approve=False)
    surveilled(line, deal, 0, -690, HH)
    surveilled(line, deal, 1, -330, HH, ("urgent",))
    again = Visit(deal, K.RECERTIFICATION, 12, until=A.PLAN_ISSUED, days=3, lead_time=18)
    visit(line, again)


def _qingyuan(line: Line) -> None:
    """Tell of a file that waits for its decision, with every condition met."""
    deal = Deal("qingyuan", "HH", 3, "政务应用的运行维护", "Support of government applications")
    apply(line, deal, -150, ApplicationState.CONTRACTED)
    first = Visit(deal, K.STAGE_1, -105)
    visit(line, first)
    conclude(line, first, comment=False)
    second = Visit(
        deal, K.STAGE_2, -52, until=A.UNDER_DECISION, faults=_faults(("rights", "traces", "survey")),
    )  # fmt: skip
    visit(line, second)
    matter(line.beside(), Matter(second, "rights", -52))
    matter(line.beside(), Matter(second, "traces", -51, F.ACCEPTED))
    matter(line.beside(), Matter(second, "survey", -51, F.VERIFIED))
    matter(line.beside(), Matter(second, "night", -51))
    conclude(line, second)


def _lancang(line: Line) -> None:
    """Tell of a certificate that the clock suspended: the surveillance did not take place."""
    deal = Deal(
        "lancang", "HH", 3, "医院与学校的私有云运维", "Private clouds of hospitals and schools"
    )
    second = certified(line, deal, -420, HH, ("rights",))
    drill = Matter(second, "drill", second.first, F.ACCEPTED)
    never = line.beside()
    matter(never, drill)
    never.at(second.first + 20, "14:10", findings.report_all, drill)
    why = "演练报告没有写明恢复用时，看不出是否达到目标。请补充后再提交。"
    never.at(second.first + 25, "10:10", findings.refuse_first, drill, why)
    side = line.beside()
    side.at(
        -18, "10:00", _special, deal, "证书因监督逾期被暂停；核实恢复的条件。", short_notice=False
    )
    visit(side, Visit(deal, K.SPECIAL, 16, until=A.TEAM_CONFIRMED, days=1, lead_time=32))


def _songtao(line: Line) -> None:
    """Tell of a renewal: the old certificate is superseded, the audit is decided and not closed yet."""
    deal = Deal("songtao", "BC", 2, "集成系统交付后的运行维护", "Support of integrated systems")
    certified(line, deal, -1090, BC, ("third",))
    surveilled(line, deal, 0, -745, BC)
    surveilled(line, deal, 1, -385, BC)
    one = Visit(deal, K.RECERTIFICATION, -62, until=A.DECIDED, leader="gunian", member="zhoumin")
    visit(line, one)
    conclude(line, one)
    verdict(line, Verdict(one, D.RENEW, -12, close=False))


def _beian(line: Line) -> None:
    """Tell of a certificate that expired: the recertification was postponed too long."""
    deal = Deal(
        "beian", "BC", 1, "园区网络与终端的驻场运维", "On-site operations of campus networks"
    )
    certified(line, deal, -1150, BC)
    surveilled(line, deal, 0, -810, BC)
    surveilled(line, deal, 1, -450, BC)
    again = Visit(deal, K.RECERTIFICATION, -100, until=A.PLANNED, leader="gunian", member="zhoumin")
    halt(line, again, -128, "postpone", "公司搬迁办公场所，请求推迟两个月。")


def _beian_again(line: Line) -> None:
    """Tell of a new beginning at Huaheng: stage 1 left concerns."""
    deal = Deal("beian", "HH", 2, "园区网络与终端的运维服务", "Operations of campus networks")
    apply(line, deal, -80, ApplicationState.CONTRACTED)
    first = Visit(deal, K.STAGE_1, -24, until=A.REPORT_ISSUED, days=1, concerns=True)
    visit(line, first)
    conclude(line, first, comment=False)


def _cancelled(line: Line) -> None:
    """Tell of a holder who gave a certificate up."""
    deal = Deal("lanwan", "BC", 1, "桌面运维服务", "Desktop support")
    certified(line, deal, -500, BC)
    reason = "业务已全部由华衡认证的证书覆盖，不再需要第二张证书。"
    line.at(-200, "16:00", verdicts.give_up, deal, reason)
    gone = Visit(deal, K.SURVEILLANCE, -150, until=A.PLANNED)
    halt(line, gone, -195, "cancel", "证书已由持有人注销。")


def _withdrawn(line: Line) -> None:
    """Tell of a certificate taken back for cause."""
    deal = Deal("lancang", "BC", 1, "私有云运维", "Private cloud operations")
    certified(line, deal, -900, BC)
    line.at(
        -800, "11:00", verdicts.rule, deal, D.SUSPEND, "一次重大数据丢失没有报告，暂停并要求说明。"
    )
    line.at(-640, "11:00", verdicts.rule, deal, D.WITHDRAW, "暂停期内没有提交原因分析和整改证据。")


def _applications(script: Script) -> None:
    """Leave an application in every other state."""
    state = ApplicationState
    told: tuple[tuple[str, str, int, ApplicationState, str, str], ...] = (
        (
            "yunling",
            "HH",
            -2,
            state.DRAFT,
            "曲江服务台的多语言服务",
            "Multilingual service desk at Qujiang",
        ),
        ("songtao", "HH", -3, state.SUBMITTED, "集成系统运维", "Support of integrated systems"),
        ("qingyuan", "BC", -6, state.IN_REVIEW, "应用运维", "Application support"),
        (
            "xinghe",
            "HH",
            -5,
            state.IN_REVIEW,
            "客户服务中心的服务台",
            "Service desk of the customer centre",
        ),
        ("lanwan", "HH", -7, state.INFORMATION_REQUESTED, "云桌面服务", "Virtual desktops"),
        ("jianghai", "HH", -12, state.ACCEPTED, "数据库代维", "Database operations"),
        ("beian", "BC", -210, state.DECLINED, "数据中心代维", "Data centre operations"),
        ("xinghe", "BC", -160, state.WITHDRAWN, "网络运维", "Network operations"),
    )
    for client, where, day, until, zh, en in told:
        apply(script.line(), Deal(client, where, 2, zh, en), day, until)
