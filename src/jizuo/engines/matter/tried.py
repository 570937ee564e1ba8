"""A flow of a draft walked for the studio: what would happen, in words; nothing is asked of anybody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from jizuo.engines.matter import deciding, rules
from jizuo.engines.matter.forms import asked, computing
from jizuo.engines.matter.shapes import Flow, Step
from jizuo.ground.doors import role_title
from jizuo.ground.errors import BadInput
from jizuo.ground.packs.parts import Pack
from jizuo.ground.packs.studio.drawing.flow import people
from jizuo.ground.packs.studio.trying import TriedLine
from jizuo.plain.expression import BadExpression


def walk(
    pack: Pack, flow: str, answers: Mapping[str, Any], role: str, verbs: Mapping[str, str], today: date
) -> list[TriedLine]:
    """The lines of a matter that begins with these answers. Raises BadInput for an expression that cannot be worked out."""
    told: Flow = pack.part("flows")[flow]
    known = _known(pack, told, answers, role, today)

    def decide(step: Step, now: Mapping[str, Any]) -> Mapping[str, Any]:
        table = pack.part("decisions").get(step.by)
        return deciding.decided(table, now) if table is not None else {}

    try:
        lines = rules.simulate(told, known, verbs, decide)
    except BadExpression as error:
        raise BadInput(_("有一步的条件算不出来：%(what)s") % {"what": error.what}, fix=error.fix) from None
    titles = {key: str(word) for key, word in people(pack.files, told.form)}
    subject = str(known["subject"]["name"] or "")
    who = role_title(role) if role else _("申请人")
    begin = TriedLine(f"{subject}：{told.title}" if subject else told.title, _("提交"), who, "qing")
    return [begin, *(_line(one, titles, role) for one in lines)]


def _known(pack: Pack, flow: Flow, answers: Mapping[str, Any], role: str, today: date) -> dict[str, Any]:
    settings = {key: one.value for key, one in pack.head.settings.items()}
    around: dict[str, Any] = {
        "steps": {}, "subject": {"name": str(answers.get(flow.subject) or ""), "class_id": None},
        "applicant": {"role": role, "person_id": None}, "settings": settings, "today": today.isoformat(),
    }  # fmt: skip
    values = dict(answers)
    form = pack.part("forms").get(flow.form)
    if form is not None:
        pages = asked.asked_of(form, asked.elements_of(pack, form))
        values, _shown = computing.settled(pages, values, around, {})
    return {**around, "form": values}


def _line(line: rules.Line, titles: Mapping[str, str], role: str) -> TriedLine:
    ends = {
        "done": (_("办结"), "lv"), "refused": (_("不同意，结束"), "zhu"), "waiting": (_("退回申请人补正"), "huang"),
        "open": (_("停在这里"), "huang"), "ended": (_("结束"), ""),
    }  # fmt: skip
    if not line.key:
        words, tone = ends.get(line.deed, (line.deed, ""))
        return TriedLine("", words, "", tone)
    deeds = {
        "approve": (_("同意"), "lv"), "sign": (_("签字"), "lv"), "done": (_("办好"), "lv"), "refuse": (_("不同意"), "zhu"),
        "return": (_("退回补正"), "huang"), "skip": (_("不用走这一步"), ""), "write": (_("自动记入"), "lan"),
        "tell": (_("自动发消息"), "lan"), "decide": (_("自动判断"), "lan"), "start": (_("开始子流程"), "lan"),
        "wait": (_("等子流程办完"), "lan"), "document": (_("出证明"), "lan"), "publish": (_("自动公示"), "lan"),
        "call": (_("自动调用"), "lan"), "end": (_("结束"), ""),
    }  # fmt: skip
    words, tone = deeds.get(line.deed, (line.deed, ""))
    who = "" if line.deed == "skip" else "、".join(titles.get(one, one) for one in line.who)
    return TriedLine(line.title or line.key, words, who, tone)
