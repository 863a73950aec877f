"""Appeals and complaints of the demonstration."""

from dataclasses import dataclass

from sqlalchemy import select

from certification.appeals import operations as appeals
from certification.appeals import queries
from certification.certificates.models import Certificate
from certification.decisions.models import Decision
from demo.stage import Script, Stage

CASE_DAYS = 30


@dataclass
class Matter:
    """A case as it is told; ``case_id`` is filled while it is played."""

    subject: str
    text: str
    client: str
    case_id: int = 0


def write(script: Script) -> None:
    """Write the cases into the script: a new one, one under investigation, an appeal, a closed one."""
    new = Matter(
        "宣传用语超出认证范围",
        "该公司在投标文件中称“全部业务通过最高等级认证”，与证书上的范围和等级不符。",
        "lanwan",
    )
    line = script.line()
    line.at(-2, "13:40", _complain, new)

    outage = Matter(
        "中断9小时没有通知客户",
        "上月12日我们的系统中断9小时，服务商没有按协议通知，事后也没有说明原因。请核实其认证是否仍然符合要求。",
        "jianghai",
    )
    line = script.line()
    line.at(-13, "09:15", _complain, outage)
    line.at(-12, "10:30", _acknowledge, outage, "zhenghuaiyuan")
    line.at(-11, "11:00", _take, outage, "validate", "zhenghuaiyuan")
    line.at(-11, "15:00", _take, outage, "investigate", "zhenghuaiyuan")

    level = Matter(
        "对监督决定理由的申诉",
        "决定书没有说明第二项发现为何影响等级，请复核并补充理由。",
        "jianghai",
    )
    line = script.line()
    line.at(-6, "16:20", _appeal, level, "qianjun")
    line.at(-4, "09:30", _acknowledge, level, "zhenghuaiyuan")

    over = Matter(
        "审核员迟到一小时",
        "第二阶段审核第二天，审核员迟到一小时，没有事先说明。",
        "xinghe",
    )
    line = script.line()
    line.at(-300, "10:10", _complain, over)
    line.at(-298, "10:30", _acknowledge, over, "zhenghuaiyuan")
    line.at(-296, "10:30", _take, over, "validate", "zhenghuaiyuan")
    line.at(-296, "11:30", _take, over, "investigate", "zhenghuaiyuan")
    line.at(-288, "14:00", _investigate, over)
    line.at(-285, "09:50", _take, over, "approve", "liangwenbo")
    line.at(-284, "10:00", _take, over, "notify", "zhenghuaiyuan")
    line.at(-270, "10:00", _take, over, "close", "zhenghuaiyuan")


def _complain(stage: Stage, one: Matter) -> None:
    client = stage.organisations[one.client]
    body = stage.organisations["HH"]
    query = select(Certificate.number).where(
        Certificate.client_id == client, Certificate.body_id == body
    )
    values = {
        "body_id": body,
        "subject": one.subject,
        "text": one.text,
        "from_name": "一位客户",
        "from_email": f"customer{len(one.subject)}@visitor.example",
        "certificate_number": stage.session.scalars(query).first() or "",
    }
    made, _code = appeals.complain(
        stage.session, values, address=f"demo-{one.client}", language="zh_CN", now=stage.now
    )
    one.case_id = made.id


def _appeal(stage: Stage, one: Matter, who: str) -> None:
    actor = stage.actor(who)
    certificate = (
        select(Certificate.engagement_id)
        .where(Certificate.client_id == actor.organisation_id)
        .limit(1)
        .scalar_subquery()
    )
    query = select(Decision.id).where(Decision.engagement_id == certificate)
    decision_id = stage.session.scalars(query.order_by(Decision.id.desc())).first() or 0
    made = appeals.appeal(
        stage.session,
        actor,
        decision_id=decision_id,
        subject=one.subject,
        text=one.text,
        now=stage.now,
    )
    one.case_id = made.id


def _page(stage: Stage, one: Matter, who: str) -> queries.CasePage:
    return queries.page(stage.session, stage.actor(who), one.case_id)


def _acknowledge(stage: Stage, one: Matter, who: str) -> None:
    ends = (stage.now.date() - stage.today).days + CASE_DAYS
    appeals.acknowledge(
        stage.session,
        stage.actor(who),
        _page(stage, one, who),
        due_on=stage.day(ends),
        revision=None,
        now=stage.now,
    )


def _take(stage: Stage, one: Matter, action: str, who: str) -> None:
    appeals.take(stage.session, stage.actor(who), _page(stage, one, who), action, now=stage.now)


def _investigate(stage: Stage, one: Matter) -> None:
    who = "zhenghuaiyuan"
    values = {
        "investigation": "询问了组长与客户，核对了签到：当天铁路晚点，审核员电话通知了前台，前台没有转告。",
        "outcome": "投诉成立一半：迟到属实，通知方式不当。已要求审核员同时通知客户联系人。",
    }
    appeals.write(
        stage.session,
        stage.actor(who),
        _page(stage, one, who),
        values,
        revision=None,
        now=stage.now,
    )
