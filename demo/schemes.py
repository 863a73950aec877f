"""Schemes that the bodies make for themselves: one is being drafted, one waits for its review."""

from checklists.scheme_editor import operations as editor
from checklists.scheme_editor.rules import digest_of
from checklists.scheme_parts.rules import Part
from checklists.schemes import operations, queries
from core.permissions import Role
from demo.stage import Script, Stage

OWN = {
    "HH": ("HH-ITSL", "华衡信息技术服务等级方案", "Huaheng IT service level scheme"),
    "BC": ("BC-ITSL", "北辰信息技术服务等级方案", "Beichen IT service level scheme"),
}
WEIGHTS = {"availability": 0.3, "improvement": 0.1}


def write(script: Script) -> None:
    """Write the stories of both schemes."""
    line = script.line()
    line.at(-20, "10:00", _begin, "HH")
    line.at(-12, "15:30", _weigh, "HH")
    other = script.line()
    other.at(-9, "09:40", _begin, "BC")
    other.at(-8, "11:10", _weigh, "BC")
    other.at(-7, "16:20", _submit, "BC")


def _begin(stage: Stage, body: str) -> None:
    planner = stage.holder(body, Role.PLANNER)
    code, zh, en = OWN[body]
    row = queries.version(stage.session, planner, stage.scheme_version_id)
    operations.make_own(stage.session, planner, row, code=code, title=(zh, en), now=stage.now)


def _weigh(stage: Stage, body: str) -> None:
    planner = stage.holder(body, Role.PLANNER)
    row = queries.own(stage.session, planner, _draft(stage, body))
    rows = [
        {**one, "weight": WEIGHTS.get(one["code"], one["weight"])}
        for one in row[0].content["dimensions"]
    ]
    editor.save(
        stage.session, planner, row, Part.DIMENSIONS, {"dimensions": rows},
        seen=digest_of(row[0].content, Part.DIMENSIONS), now=stage.now,
    )  # fmt: skip


def _submit(stage: Stage, body: str) -> None:
    planner = stage.holder(body, Role.PLANNER)
    row = queries.own(stage.session, planner, _draft(stage, body))
    operations.take_step(stage.session, planner, row, "submit", now=stage.now)


def _draft(stage: Stage, body: str) -> int:
    planner = stage.holder(body, Role.PLANNER)
    query = queries.listing(planner, words=OWN[body][0], whose="own")
    return stage.session.execute(query).one()[0].id
