"""What can be printed, which words of it a school may change, check codes, and the road of a seal. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy

from jizuo.plain import signs

CLASS_LIST, SEAT_CARDS, DOOR_SIGN = "class_list", "seat_cards", "door_sign"
ENROLMENT, TRANSFER, NOTICE = "enrolment", "transfer", "notice"
OF_A_CLASS = (CLASS_LIST, SEAT_CARDS, DOOR_SIGN)
PAPERS = ("a4", "a3")
MOST_LETTERS = 600
MOST_COPIES = 200


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of text that a school may write in its own words. fields: placeholders that may stand in it."""

    title: Any
    usual: Any
    fields: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Paper:
    """A kind of printed thing. papers: the sizes it is set for."""

    title: Any
    blocks: Mapping[str, Block]
    papers: tuple[str, ...] = PAPERS


#: What a person writes between braces -> the value it stands for.
FIELDS: Mapping[str, str] = {
    "姓名": "name", "性别": "sex", "出生日期": "born", "班级": "class", "入学年月": "entered", "学校": "school",
    "用途": "reason", "有效期": "until", "对方学校": "other", "日期": "day", "班主任": "teacher", "人数": "count",
}  # fmt: skip
_CLASS = frozenset({"class", "school", "teacher", "count", "day"})
_PUPIL = frozenset({"name", "sex", "born", "class", "entered", "school", "day"})

KINDS: Mapping[str, Paper] = {
    CLASS_LIST: Paper(gettext_lazy("班级名单"), {
        "title": Block(gettext_lazy("标题"), gettext_lazy("{班级}学生名单"), _CLASS),
        "foot": Block(gettext_lazy("表下的话"), gettext_lazy("班主任：{班主任}　共 {人数} 人"), _CLASS),
    }),
    SEAT_CARDS: Paper(gettext_lazy("座位卡"), {
        "foot": Block(gettext_lazy("卡片下的话"), gettext_lazy("{学校}　{班级}"), _CLASS),
    }, ("a4",)),
    DOOR_SIGN: Paper(gettext_lazy("门贴"), {
        "title": Block(gettext_lazy("大字"), gettext_lazy("{班级}"), _CLASS),
        "foot": Block(gettext_lazy("下面的话"), gettext_lazy("班主任：{班主任}"), _CLASS),
    }),
    ENROLMENT: Paper(gettext_lazy("在读证明"), {
        "title": Block(gettext_lazy("标题"), gettext_lazy("在读证明")),
        "text": Block(
            gettext_lazy("正文"),
            gettext_lazy("兹证明 {姓名}，{性别}，{出生日期}出生，现为我校{班级}在读学生。"), _PUPIL | {"reason", "until"},
        ),
        "end": Block(gettext_lazy("结尾"), gettext_lazy("特此证明。")),
        "use": Block(gettext_lazy("用途"), gettext_lazy("本证明仅用于：{用途}。有效期至 {有效期}。"),
            frozenset({"reason", "until"})),
    }, ("a4",)),
    TRANSFER: Paper(gettext_lazy("转学联系表"), {
        "title": Block(gettext_lazy("标题"), gettext_lazy("学生转学联系表")),
        "foot": Block(
            gettext_lazy("表下的话"),
            gettext_lazy("本表由转入学校先办，两校和两地教育行政部门各在十个工作日内办结；学籍以学籍系统为准。"),
        ),
    }, ("a4",)),
    NOTICE: Paper(gettext_lazy("告家长书"), {
        "foot": Block(gettext_lazy("落款上面的话"), gettext_lazy("感谢您的支持与配合。"), frozenset({"school", "day"})),
    }),
}  # fmt: skip
_PLACEHOLDER = re.compile(r"\{([^{}\n]{0,20})\}")


def strange_fields(block: Block, text: str) -> list[str]:
    """The placeholders of `text` that the block does not know."""
    return [told for told in _PLACEHOLDER.findall(text) if FIELDS.get(told.strip()) not in block.fields]


def known_fields(block: Block) -> list[str]:
    """The placeholders that may stand in a block, as they are typed."""
    return [f"{{{word}}}" for word, field in FIELDS.items() if field in block.fields]


def fill(text: str, values: Mapping[str, str]) -> str:
    """`text` with its placeholders filled; one without a value becomes empty, an unknown one stays as typed."""

    def value_of(found: re.Match[str]) -> str:
        field = FIELDS.get(found[1].strip())
        return found[0] if field is None else values.get(field, "")

    return _PLACEHOLDER.sub(value_of, text)


UNIT_SIGNS, CODE_LENGTH = 4, 16


def new_code(unit_no: int) -> str:
    """A check code: the unit in four signs, eleven by chance (54 bits), a check sign."""
    body = signs.written(unit_no, UNIT_SIGNS) + signs.draw(CODE_LENGTH - UNIT_SIGNS)[:-1]
    return body + signs.check_sign(body)


def read_code(text: str) -> tuple[int, str] | None:
    """(unit, code) of a typed code; None for what cannot be one."""
    code = signs.tidy(text[:60])
    if len(code) != CODE_LENGTH or any(sign not in signs.VALUE for sign in code):
        return None
    if signs.check_sign(code[:-1]) != code[-1]:
        return None
    return signs.number_of(code[:UNIT_SIGNS]), code


def show_code(code: str) -> str:
    """In groups of four, as printed."""
    return "-".join(code[place : place + 4] for place in range(0, len(code), 4))


#: The check page: tries of one address within one window.
TRIES, WINDOW = 30, timedelta(minutes=10)


def is_over(tries: int, begun_at: datetime, now: datetime) -> bool:
    """True when an address that has asked `tries` times since `begun_at` must wait."""
    return tries > TRIES and now - begun_at < WINDOW


ASKED, APPROVED, REFUSED, SEALED = "asked", "approved", "refused", "sealed"
STATE_TITLES = {
    ASKED: gettext_lazy("待校长批"), APPROVED: gettext_lazy("已批，待用印"), REFUSED: gettext_lazy("没有批"),
    SEALED: gettext_lazy("已用印"),
}  # fmt: skip
SEALS = (gettext_lazy("学校公章"), gettext_lazy("教务处章"), gettext_lazy("学籍专用章"))
#: state -> states it may go to.
ROADS: Mapping[str, frozenset[str]] = {
    ASKED: frozenset({APPROVED, REFUSED}), APPROVED: frozenset({SEALED, REFUSED}),
}  # fmt: skip


def may_move(state: str, to: str) -> bool:
    """Whether a seal use may go from one state to another."""
    return to in ROADS.get(state, frozenset())


def seal_number(year: int, serial: int) -> str:
    """用印〔2026〕第 12 号."""
    return f"用印〔{year}〕第 {serial} 号"
