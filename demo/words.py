"""What people write in the demonstration: notes, figures, plans, reports. Pure but for the standard's criteria."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.people.rules import DEMO_PASSWORD
from audit.assessment.rules import Conformity, Judgement, SampleChoice
from audit.conclusion.rules import Recommendation
from audit.meetings.rules import MeetingKind
from audit.planning.rules import AuditKind
from audit.sampling.rules import Taken
from checklists.standards.models import Criterion

PASSWORD = DEMO_PASSWORD
MEETING = {
    MeetingKind.OPENING: (
        "介绍了双方人员、审核目的与范围、方法和日程，说明了抽样的局限、发现的分级和申诉途径；确认了保密与现场安全要求。"
    ),
    MeetingKind.CLOSING: (
        "逐条说明了发现和证据，双方对事实没有异议；说明了回复期限和下一步。客户感谢审核组，并提出希望报告尽早送达。"
    ),
}
COMMENT = "第二部分提到的监测平台名称有误，应为“观澜”，不是“观海”。其余没有意见。"
REPLY = "已核对，按你的更正修改。对结论没有影响。"

_AIMS = {
    AuditKind.STAGE_1: "了解管理体系文件、服务目录和服务记录是否齐备，判断第二阶段能否进行，确定其重点。",
    AuditKind.STAGE_2: "判断服务是否符合标准，体系是否得到实施并有效，证据支持哪一级。",
    AuditKind.SURVEILLANCE: "判断获证服务是否持续符合，以前的整改是否有效，等级是否仍有证据支持。",
    AuditKind.RECERTIFICATION: "回顾整个周期的表现，判断服务与体系是否持续有效，能否再次认证。",
    AuditKind.SPECIAL: "针对报告的事件核实事实、影响和已采取的措施，判断是否影响认证。",
}
_SAMPLE = Taken(
    "紧急请求", 1842, 32, SampleChoice.RANDOM,
    "最近6个月的全部紧急请求中随机抽取，覆盖各班次。", seed=20261116,
)  # fmt: skip
SAMPLES = {
    "RSP-2.2": _SAMPLE,
    "AVL-2.2": Taken(
        "中断记录", 26, 8, SampleChoice.JUDGEMENT, "时间最长的4次，其余按月份分散选取。"
    ),
    "CAP-2.1": Taken(
        "变更单", 317, 20, SampleChoice.JUDGEMENT, "按风险等级分层选取，各层至少4份。"
    ),
}

_SEEN = {
    4: "审阅了{what}。记录齐全，抽查与系统数据一致；每季度分析效果，并据此作过改进。",
    3: "审阅了{what}。抽查12份，要素齐全，执行与规定一致，记录可以核实。",
    2: "审阅了{what}。有规定并在执行，但部分记录缺少日期或复核人，覆盖不完整。",
    1: "审阅了{what}。做法靠个人经验，规定没有写明，多数记录无法核实。",
    0: "没有见到{what}，访谈中也没有人能说明做法。",
}
_MADE_OF = {"major": 1, "minor": 2}


def judgement_of(
    criterion: Criterion, excluded: Mapping[str, str], faults: Mapping[str, str], better: int
) -> Judgement:
    """Judge a criterion: excluded, at fault as a finding says, or as the provider usually does."""
    if criterion.code in excluded:
        return Judgement(excluded=True, exclusion_reason=excluded[criterion.code])
    rating = _MADE_OF.get(faults.get(criterion.code, ""), _usual(criterion.position, better))
    conformity = (
        Conformity.CONFORMS if rating >= 3 else Conformity.PARTLY if rating == 2 else Conformity.NOT
    )
    what = criterion.evidence_zh.rstrip("。").replace("；", "、")
    return Judgement(
        conformity=conformity,
        rating=rating,
        methods=tuple(criterion.methods),
        notes=_SEEN[rating].format(what=what),
    )


def _usual(position: int, better: int) -> int:
    mark = (position * 7) % 10
    if mark < 3 + 2 * better:
        return 4
    return 2 if mark == 9 and better < 1 else 3


def plan_of(kind: AuditKind) -> dict[str, str]:
    """Give the texts of a plan."""
    return {
        "objectives": _AIMS[kind],
        "methods": "访谈、查阅文件和记录、在系统中现场抽查；分场所进行，部分记录远程核查。",
        "tools": "核查表、工单系统只读账号、监测数据导出、抽样程序（保留种子）。",
        "logistics": "需要一间可以投影的会议室；进入机房由客户陪同；工作语言为中文。",
    }


def agenda_of(days: int, leader: str, member: str) -> list[tuple[str, int, str, str]]:
    """List the agenda: day and hour, minutes, topic, who."""
    rows = [
        ("first 09:00", 30, "首次会议", ""),
        ("first 10:00", 110, "服务协议、可用性与恢复", leader),
        ("first 14:00", 150, "事件、请求与值班", leader),
    ]
    if member:
        rows.append(("first 10:00", 110, "变更、容量与人员", member))
    if days > 1:
        rows.append(("last 09:30", 120, "满意度、数据保护与改进", leader))
    rows.append(("last 16:30", 40, "末次会议", ""))
    return rows


def measures(better: int, window: tuple[date, date]) -> dict[str, dict[str, Any]]:
    """Give the nine measures; ``better`` above 0 is a stronger provider, below it a weaker one."""

    def one(source: str, population: str, *, census: bool, **figures: Any) -> dict[str, Any]:
        blank = dict.fromkeys(
            ("value", "successes", "total", "promoters", "passives", "detractors")
        )
        about = {"census": census, "source": source, "population": population}
        return blank | figures | about | {"window_from": window[0], "window_to": window[1]}

    tickets = "统计期内工单41,207张，随机抽取200张，种子20261116"
    less = -better
    return {
        "availability": one(
            "监测平台导出，按协议时段重算", "全部服务时段", census=True,
            value=Decimal("99.93") + Decimal("0.02") * better,
        ),
        "mean_recovery": one(
            "中断记录26次", "全部中断", census=True, value=Decimal(3) + Decimal("0.8") * less
        ),
        "answered_in_time": one("工单系统", tickets, census=False, successes=194 + better, total=200),
        "resolved_in_time": one(
            "工单系统", tickets, census=False, successes=186 + 3 * better, total=200
        ),
        "error_rate": one("工单系统，关闭后30天", tickets, census=False, successes=4 - better, total=200),
        "net_promoter": one(
            "季度调查原始答卷", "客户412家，收回150份", census=False,
            promoters=78 + 6 * better, passives=54, detractors=18 - 6 * better,
        ),
        "satisfied": one(
            "季度调查原始答卷", "客户412家，收回150份", census=False,
            successes=132 + 4 * better, total=150,
        ),
        "improvement_on_time": one("改进计划台账", "到期措施18项", census=True, successes=17, total=18),
        "mean_rectification": one(
            "整改台账", "统计期内验证的整改31项", census=True, value=Decimal(38 - 5 * better)
        ),
    }  # fmt: skip


def report_of(kind: AuditKind, level: int | None, *, concerns: bool) -> dict[str, Any]:
    """Give the leader's text of a report."""
    recommendation = {
        AuditKind.STAGE_1: Recommendation.DO_NOT_PROCEED if concerns else Recommendation.PROCEED,
        AuditKind.STAGE_2: Recommendation.CERTIFY_AFTER_CORRECTION,
        AuditKind.RECERTIFICATION: Recommendation.CERTIFY,
    }.get(kind, Recommendation.MAINTAIN)
    return {
        "summary": (
            "审核按计划完成。管理体系覆盖申请范围内的全部服务，服务记录由系统产生，可以追溯；"
            "事件与请求的处理有章可循，客户反馈渠道畅通。主要差距在记录的完整性和复核。"
        ),
        "deviations": "",
        "significant_changes": "没有影响认证的重大变化。" if kind is not AuditKind.STAGE_1 else "",
        "unresolved": "两份第三方合同没有写明响应时限，须在第二阶段前补充。" if concerns else "",
        "sampling_note": (
            "审核以抽样为基础，未抽到的部分仍可能存在不符合；样本的总体、数量和选取方法见附录。"
        ),
        "use_of_marks": "核查了网站、投标文件和名片，认证标志的使用符合规定。",
        "earlier_actions": "上次审核的整改已逐项核实，措施仍在执行，没有再次发生。"
        if kind not in (AuditKind.STAGE_1, AuditKind.STAGE_2)
        else "",
        "advice": "建议把工单时间字段的修改权限收归系统管理员，并把恢复演练纳入年度计划，由质量经理按季检查。",
        "conclusion": "在抽样所及的范围内，服务与管理体系总体符合标准，证据支持所建议的等级。"
        if not concerns
        else "文件基本齐备；第三方合同的时限补充之前，不建议进行第二阶段。",
        "recommendation": recommendation,
        "recommended_level": level,
        "open_concerns": concerns,
    }
