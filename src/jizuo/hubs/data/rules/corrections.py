"""Corrections: states, clocks, who answers, which papers; no database, no clock of its own.

A ticket is open at its owner's people, waits at the national register, or is disputed at the district; else it is
answered, decided, mended or withdrawn. Days and papers are data and to be checked against the city's rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizuo.ground import scope as scopes
from jizuo.hubs.data import codes
from jizuo.hubs.data.datasets import Field
from jizuo.plain import dates, workdays
from jizuo.plain.codes import UnknownCode
from jizuo.plain.text import clean

OPEN, WAITING, DISPUTED = "open", "waiting", "disputed"
ANSWERED, DECIDED, MENDED, WITHDRAWN = "answered", "decided", "mended", "withdrawn"
LIVE = (OPEN, WAITING, DISPUTED)
DONE = (ANSWERED, DECIDED, MENDED, WITHDRAWN)
STATE_TITLES: Mapping[str, Any] = {
    OPEN: gettext_lazy("待答复"),
    WAITING: gettext_lazy("等学籍（教师）系统更正"),
    DISPUTED: gettext_lazy("有争议，区里核定"),
    ANSWERED: gettext_lazy("已答复"),
    DECIDED: gettext_lazy("区里已核定"),
    MENDED: gettext_lazy("已按提出的改好"),
    WITHDRAWN: gettext_lazy("已撤回"),
}
STATE_TONES = {
    OPEN: "huang", WAITING: "lan", DISPUTED: "zhu", ANSWERED: "", DECIDED: "", MENDED: "lv", WITHDRAWN: "",
}  # fmt: skip

#: state -> where it may go.
ROADS: Mapping[str, frozenset[str]] = {
    OPEN: frozenset({ANSWERED, WAITING, MENDED, WITHDRAWN}),
    WAITING: frozenset({ANSWERED, MENDED, WITHDRAWN}),
    ANSWERED: frozenset({DISPUTED}),
    DISPUTED: frozenset({DECIDED, MENDED, WITHDRAWN}),
    DECIDED: frozenset(),
    MENDED: frozenset(),
    WITHDRAWN: frozenset(),
}

SCHOOL, DISTRICT = "school", "district"
#: Who answers at a level, and who therefore reads the words of a ticket there.
ANSWERERS: Mapping[str, frozenset[str]] = {
    SCHOOL: frozenset({scopes.CLERK, scopes.HEAD}),
    DISTRICT: frozenset({scopes.DISTRICT_ADMIN, scopes.DISTRICT_STEWARD}),
}
ANSWERING_ROLES = ANSWERERS[SCHOOL] | ANSWERERS[DISTRICT]

#: Working days of each step (to check): an answer; at the register; the district's decision; how long an answer may be
#: disputed; how long before the last day somebody is reminded.
ANSWER, REGISTER, DECIDE, DISPUTE, REMIND = "answer", "register", "decide", "dispute", "remind"
CLOCKS: Mapping[str, int] = {ANSWER: 10, REGISTER: 20, DECIDE: 10, DISPUTE: 15, REMIND: 2}
CLOCK_TITLES: Mapping[str, Any] = {
    ANSWER: gettext_lazy("答复"),
    REGISTER: gettext_lazy("在学籍（教师）系统里更正"),
    DECIDE: gettext_lazy("区里核定"),
    DISPUTE: gettext_lazy("不接受答复的期限"),
    REMIND: gettext_lazy("到期前提醒"),
}
LEAST_DAYS, MOST_DAYS = 1, 90

#: The national registers as a source of record: their facts are mended there, on paper.
AT_REGISTER = "register"

#: Kinds of sources (`sources.KINDS`) whose word the school may write down itself.
MENDED_HERE = frozenset({"unit", "person"})

HOUSEHOLD, BIRTH, ID_CARD = "household", "birth", "id_card"
PAPERS: Mapping[str, Any] = {
    HOUSEHOLD: gettext_lazy("户口簿首页和本人页（原件和复印件）"),
    BIRTH: gettext_lazy("出生医学证明（原件和复印件）"),
    ID_CARD: gettext_lazy("居民身份证（原件和复印件）"),
    "police": gettext_lazy("公安机关的变更证明"),
    "asked": gettext_lazy("监护人（本人）书面申请"),
    "form": gettext_lazy("关键信息变更申请表（学校盖章）"),
    "diploma": gettext_lazy("学历、学位证书"),
    "title_paper": gettext_lazy("职称证书或聘任文件"),
    "certificate": gettext_lazy("教师资格证书"),
    "archive": gettext_lazy("人事档案摘录（人事部门盖章）"),
}
#: The papers of a correction at the register, by field; other facts of the register need the written request alone.
PAPERS_OF: Mapping[str, tuple[str, ...]] = {
    "name": ("asked", HOUSEHOLD, "police", "form"),
    "former_name": ("asked", HOUSEHOLD, "form"),
    "sex": ("asked", HOUSEHOLD, BIRTH, "form"),
    "birth_on": ("asked", HOUSEHOLD, BIRTH, "police", "form"),
    "id_kind": ("asked", HOUSEHOLD, ID_CARD, "form"),
    "ethnic": ("asked", HOUSEHOLD, "police"),
    "nationality": ("asked", HOUSEHOLD),
    "overseas": ("asked", HOUSEHOLD),
    "native_place": ("asked", HOUSEHOLD),
    "birth_place": ("asked", HOUSEHOLD, BIRTH),
    "household_place": ("asked", HOUSEHOLD),
    "household_kind": ("asked", HOUSEHOLD),
    "education": ("asked", "diploma"),
    "degree": ("asked", "diploma"),
    "title": ("asked", "title_paper"),
    "title_on": ("asked", "title_paper"),
    "certificate": ("asked", "certificate"),
    "work_since": ("asked", "archive"),
}


def may_move(state: str, to: str) -> bool:
    """True when a ticket may go from `state` to `to`."""
    return to in ROADS[state]


def level_of(owner: str) -> str:
    """Who answers for a source of record first: what a district keeps, the district; everything else is brought
    about by the record's own school."""
    return DISTRICT if owner == "district" else SCHOOL


def may_answer(role: str, owner: str, level: str, state: str) -> bool:
    """True when `role` answers a ticket: the district what is its own, disputed or gone up; the school everything else,
    also after it has gone up."""
    if role in ANSWERERS[DISTRICT]:
        return level == DISTRICT
    return role in ANSWERERS[SCHOOL] and state != DISPUTED and level_of(owner) == SCHOOL


def papers_for(field: str) -> list[str]:
    """The papers the register wants for a correction of `field`, in words."""
    return [str(PAPERS[key]) for key in PAPERS_OF.get(field, ("asked",))]


def due(today: date, step: str, clocks: Mapping[str, int]) -> date:
    """The last day of a step that begins today."""
    return workdays.add(today, clocks[step])


def days_left(due_on: date, today: date) -> int:
    """Working days left; below zero when the day has passed."""
    return workdays.between(today, due_on)


def stored(field: Field, text: str) -> str:
    """A value as a person writes it, in the form the table holds it, as text. ValueError with words for a value that
    the field cannot hold."""
    told = clean(text)
    if not told:
        return ""
    if field.code_table:
        try:
            return codes.tables()[field.code_table].find(told).code
        except UnknownCode as error:
            near = "、".join(one.name for one in error.nearest[:3])
            raise ValueError(_("没有这一种；相近的有：%(near)s") % {"near": near}) from error
    if field.db_type == "date":
        try:
            return dates.read(told).value.isoformat()
        except dates.BadDate as error:
            raise ValueError(error.reason) from error
    if field.db_type == "boolean":
        known = {"是": "true", "有": "true", "yes": "true", "true": "true", "否": "false", "无": "false",
                 "不是": "false", "没有": "false", "no": "false", "false": "false"}  # fmt: skip
        if told.lower() not in known:
            raise ValueError(_("请写 是 或 否"))
        return known[told.lower()]
    if not field.is_text:
        try:
            number = Decimal(told)
            if field.db_type in ("integer", "smallint", "bigint") and number != int(number):
                raise ValueError(_("请写整数"))
        except InvalidOperation:
            raise ValueError(_("请写数字")) from None
        return f"{number.normalize():f}"
    return told


def same(field: Field, held: Any, wanted: str) -> bool:
    """True when what the table holds (as JSON gives it) is the stored form `wanted`. '' asks that nothing stands."""
    if held is None or held == "":
        return wanted == ""
    if isinstance(held, bool):
        return ("true" if held else "false") == wanted
    if isinstance(held, int | float | Decimal):
        try:
            return Decimal(str(held)) == Decimal(wanted)
        except InvalidOperation:
            return False
    return str(held).strip() == wanted


def yes_no(value: str) -> str:
    """A stored truth in words; '' for none."""
    return {"true": _("是"), "false": _("否")}.get(value, "")
