"""Sheets with plausible content."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from audit.conclusion.documents import (
    ActionLine,
    AnswerLine,
    CommentLine,
    DimensionLine,
    FindingLine,
    MeasureLine,
    MeetingLine,
    PlaceLine,
    RatingPart,
    ReportSheet,
    SampleLine,
    SignatureBlock,
    TeamLine,
)
from audit.findings.rules import FindingGrade
from audit.planning.documents import PlanMember, PlanSheet, PlanSite, PlanSlot
from certification.certificates.documents import CertificateSheet, SiteLine
from core.words import Words

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)

CERTIFICATE = CertificateSheet(
    number="HHC-2025-SL-00087",
    revision=2,
    holder=Words("江海云服科技有限公司", "Jianghai Cloud Operations Co., Ltd."),
    uscc="91320100MA1XK2P90N",
    address=Words("南京市雨花台区云栖路 18 号", "18 Yunqi Road, Nanjing, China"),
    scope=Words("面向政府客户的托管与备份服务。", "Hosting and backup for government customers."),
    standard=Words("IT 服务级别 2025", "IT Service Level 2025"),
    standard_version="1",
    level=3,
    levels=5,
    level_name=Words("卓越级", "Excellent"),
    effective_on=date(2025, 6, 20),
    expires_on=date(2028, 6, 19),
    issued_on=date(2026, 3, 2),
    body=Words("华衡认证有限公司", "Huaheng Certification Co., Ltd."),
    body_code="HHC",
    signatory=Words("梁文博", "Liang Wenbo"),
    verify_url="https://verify.example.org/verify/7Q4MXK2P9TRBW6HD5FNJ8C",
    token_short="7Q4M-XK2P",
    sites=(
        SiteLine(Words("南京总部", "Nanjing head office"), Words("云栖路 18 号", "18 Yunqi Road")),
    ),
    accreditation=Words("认可编号 C999-M", "Accreditation C999-M"),
    previous_revision=1,
    previous_issued_on=date(2025, 6, 20),
)


def certificate(**changes: Any) -> CertificateSheet:
    return replace(CERTIFICATE, **changes)


def sites(count: int) -> tuple[SiteLine, ...]:
    return tuple(
        SiteLine(
            Words(f"第{k}数据中心", f"Data centre {k}"), Words(f"云栖路 {k} 号", f"{k} Yunqi Road")
        )
        for k in range(1, count + 1)
    )


def finding(number: int, grade: FindingGrade = FindingGrade.MINOR, **changes: Any) -> FindingLine:
    line = FindingLine(
        number=f"F-2026-0148-{number:02}",
        grade=grade,
        criterion="SL-4.2.3",
        requirement="重大事件的恢复时间有记录",
        statement="抽查的12起重大事件中，有3起没有恢复时间的记录。",
        evidence="事件单21007、21112与20931",
        state="已接受",
        due_on=date(2027, 1, 18),
        correction="补录恢复时间。",
        cause="交接没有检查表。",
        actions=(
            ActionLine(
                text="制定检查表", owner="王敏", due_on=date(2027, 1, 10), verification="抽样"
            ),
        ),
    )
    return replace(line, **changes)


REPORT = ReportSheet(
    language="zh_CN",
    number="R-2026-0148",
    version=2,
    audit_number="A-2026-0148",
    body="华衡认证有限公司",
    body_address="北京市海淀区",
    client="江海云服科技有限公司",
    client_code="91320100MA1XK2P90N",
    client_address="南京市雨花台区",
    kind="第二阶段",
    criteria="服务级别2025第1版",
    level_sought="第三级",
    objectives="确认实施与有效性。",
    scope="托管与备份服务。",
    starts_on=date(2026, 11, 18),
    ends_on=date(2026, 11, 20),
    days="7.5人日",
    places=(
        PlaceLine(name="南京总部", address="云栖路18号", how="现场", first_on=date(2026, 11, 18)),
    ),
    methods="访谈与文件审查。",
    remote_share=20,
    team=(TeamLine(name="陈立", role="组长", areas="备份"),),
    meetings=(
        MeetingLine(
            title="首次会议", held_at=AT, place="301室", people=(("王敏", "总经理", "客户"),)
        ),
    ),
    summary="总体有效。",
    deviations="增加半天。",
    significant_changes="新增一个数据中心。",
    unresolved="一处数据待核。",
    dimensions=(
        DimensionLine(
            name="可用性",
            weight=25,
            answers=41,
            excluded=2,
            rating=3.2,
            c=80,
            q=75.5,
            score=76.9,
            level="第三级",
            before=70.1,
        ),
    ),
    rating=RatingPart(
        level="第三级",
        total=73.7,
        rule_version="1.0",
        steps=("加权总分73.7，达到第三级。",),
        measures=(
            MeasureLine(
                dimension="可用性",
                name="可用率",
                seen="99.93%",
                counts="99.91%",
                basis="抽样",
                score=75.5,
            ),
        ),
        digest="9f2c41",
    ),
    findings=(
        finding(1),
        finding(2, FindingGrade.MAJOR),
        finding(3, FindingGrade.STRENGTH, statement="改进计划清楚。", actions=()),
        finding(4, FindingGrade.OPPORTUNITY, statement="可统一阈值。", actions=()),
    ),
    advice="先补齐复盘。",
    earlier_actions="上次的措施有效。",
    samples=(SampleLine(what="事件单", population="148", size="12", rationale="按月分层"),),
    sampling_note="抽样随机。",
    use_of_marks="使用符合规则。",
    recommendation="纠正后推荐认证",
    conclusion="体系符合准则。",
    comments=(
        CommentLine(
            person="王敏", made_at=AT, text="数量应为3起。", reply="已更正。", replied_by="陈立"
        ),
    ),
    signature=SignatureBlock(
        name="陈立", role="组长", signed_at=AT, method="再次登录", digest="40d1" * 16
    ),
)


def report(**changes: Any) -> ReportSheet:
    return replace(REPORT, **changes)


def answers(count: int) -> tuple[AnswerLine, ...]:
    return tuple(
        AnswerLine(
            code=f"{k // 40 + 1}.{k % 40 + 1}", text="请求有受理与验证的记录", rating=str(k % 5)
        )
        for k in range(count)
    )


PLAN = PlanSheet(
    language="zh_CN",
    number="A-2026-0148",
    version=1,
    body="华衡认证有限公司",
    client="江海云服科技有限公司",
    client_code="91320100MA1XK2P90N",
    kind="第二阶段",
    criteria="服务级别2025第1版",
    level_sought="第三级",
    objectives="确认实施与有效性。",
    scope="托管与备份服务。",
    starts_on=date(2026, 11, 18),
    ends_on=date(2026, 11, 19),
    days="7.5人日",
    sites=(
        PlanSite(name="南京总部", address="云栖路18号", how="现场", chosen="中心职能", days="2天"),
    ),
    methods="访谈与文件审查。",
    remote_share=20,
    tools="只读账号。",
    team=(PlanMember(name="陈立", role="组长", duties="主持会议", areas="备份"),),
    agenda=(
        PlanSlot(
            starts_at=datetime(2026, 11, 19, 1, 0, tzinfo=UTC),
            minutes=90,
            topic="访谈",
            who="陈立",
            where="301室",
        ),
        PlanSlot(
            starts_at=datetime(2026, 11, 17, 23, 30, tzinfo=UTC), minutes=60, topic="首次会议"
        ),
    ),
    contact="王敏",
    logistics="所见均予保密。",
    issued=("陈立", AT),
)


def plan(**changes: Any) -> PlanSheet:
    return replace(PLAN, **changes)
