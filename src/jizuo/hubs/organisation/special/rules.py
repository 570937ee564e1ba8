"""Kinds of special identity, where each comes from, who may be entrusted, what a list says; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizuo.ground import scope as scopes
from jizuo.ground.errors import Problem
from jizuo.hubs.data import codes
from jizuo.hubs.organisation.definitions import SMALLEST_GROUP
from jizuo.plain import dates
from jizuo.plain.codes import UnknownCode
from jizuo.plain.text import clean
from jizuo.plain.workbook.words import normal

DRAFT, LIVE, CLOSED = "draft", "live", "closed"
STATE_TITLES: Mapping[str, Any] = {
    DRAFT: gettext_lazy("待另一人批准"), LIVE: gettext_lazy("进行中"), CLOSED: gettext_lazy("已结束"),
}  # fmt: skip
#: Who a duty may entrust with its records.
ENTRUSTED = frozenset({scopes.HEAD, scopes.CLERK, scopes.HOMEROOM_TEACHER})
SETTERS = frozenset({scopes.DISTRICT_ADMIN, scopes.DISTRICT_STEWARD})
#: The longest a duty may last before it is set anew, in days.
MOST_DAYS = 731
MOST_ROWS = 2_000

CIVIL, DISABLED, RURAL, VETERANS, AID, POLICE = (
    "civil_affairs", "disabled_federation", "rural_revitalisation", "veterans", "student_aid", "police",
)  # fmt: skip
SOURCES: Mapping[str, Any] = {
    CIVIL: gettext_lazy("民政部门"), DISABLED: gettext_lazy("残联"), RURAL: gettext_lazy("乡村振兴部门"),
    VETERANS: gettext_lazy("退役军人事务部门"), AID: gettext_lazy("学生资助管理机构"),
    POLICE: gettext_lazy("公安或居住证管理部门"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind. sources: who may speak of it, the usual one first; has_certificate: carries a number of its own."""

    key: str
    title: Any
    sources: tuple[str, ...]
    words: tuple[str, ...] = ()
    has_certificate: bool = False


KINDS: Mapping[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind(
            "migrant",
            gettext_lazy("随迁子女"),
            (POLICE, CIVIL),
            ("进城务工人员随迁子女", "随迁"),
            has_certificate=True,
        ),
        Kind("left_behind", gettext_lazy("留守儿童"), (CIVIL,), ("留守",)),
        Kind("orphan", gettext_lazy("孤儿"), (CIVIL,), (), has_certificate=True),
        Kind("unsupported", gettext_lazy("事实无人抚养儿童"), (CIVIL,), ("事实无人抚养",)),
        Kind("disabled", gettext_lazy("残疾"), (DISABLED,), ("残疾学生", "残疾儿童"), has_certificate=True),
        Kind("minimum", gettext_lazy("低保家庭"), (CIVIL,), ("低保", "最低生活保障"), has_certificate=True),
        Kind("lifted", gettext_lazy("脱贫家庭"), (RURAL,), ("脱贫", "原建档立卡", "建档立卡")),
        Kind(
            "preferential",
            gettext_lazy("优抚对象子女"),
            (VETERANS,),
            ("优抚", "烈士子女", "军人子女"),
            has_certificate=True,
        ),
        Kind("aided", gettext_lazy("受资助"), (AID,), ("资助", "受助")),
    )
}

HEADS: Mapping[str, tuple[str, ...]] = {
    "name": ("姓名", "学生姓名"),
    "local_no": ("学号", "校内学号"),
    "base_no": ("基座号",),
    "class": ("班级", "所在班级"),
    "kind": ("类别", "身份类别", "特殊身份"),
    "certificate": ("证件号", "证号", "残疾证号", "证书号"),
    "disability": ("残疾类别", "残疾类型"),
    "level": ("残疾等级",),
    "inclusion": ("随班就读", "就读方式"),
    "expires_on": ("有效期至", "有效期", "到期日"),
}
_HEAD_OF = {normal(word): key for key, words in HEADS.items() for word in words}
#: Columns of the grid on the page, in order.
GRID = tuple(HEADS[key][0] for key in ("name", "local_no", "class", "kind", "certificate", "disability", "level",
                                      "inclusion", "expires_on"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list as written. place: its number, counted from 1 under the heading."""

    place: int
    said: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """What a line says beside who it is about, as it will be kept."""

    kind: str
    certificate: str
    disability: str
    level: str
    inclusion: str
    expires_on: date


def kind_of(text: str) -> str:
    """The key of a kind as people write it, '' for none."""
    told = normal(text)
    for kind in KINDS.values():
        if told in {normal(word) for word in (str(kind.title), kind.key, *kind.words)}:
            return kind.key
    return ""


def lines_of(text: str) -> tuple[list[Line], list[Problem]]:
    """The lines of a pasted list, tabs between cells, headings first; the faults of the list itself."""
    rows = [[clean(cell) for cell in row.split("\t")] for row in text.splitlines()]
    rows = [row for row in rows if any(row)]
    if not rows:
        return [], [Problem(_("名单"), _("是空的"), _("从 WPS 里复制后粘贴，第一行是表头"))]
    if len(rows) - 1 > MOST_ROWS:
        return [], [Problem(_("名单"), _("超过 %(n)s 行") % {"n": MOST_ROWS}, _("分几次登记"))]
    heads = [_HEAD_OF.get(normal(cell), "") for cell in rows[0]]
    faults = []
    for key in ("name", "kind", "expires_on"):
        if key not in heads:
            faults.append(Problem(_("表头"), _("没有“%(head)s”这一列") % {"head": HEADS[key][0]}))
    strange = [cell for cell, key in zip(rows[0], heads, strict=True) if cell and not key]
    if strange:
        said = "、".join(cell[:20] for cell in strange[:5])
        faults.append(
            Problem(
                _("表头"),
                _("不收这些列：%(heads)s") % {"heads": said},
                _("删掉后再粘贴，专责事项只收必需的列"),
            )
        )
    lines = [
        Line(place, {key: cell for key, cell in zip(heads, row, strict=False) if key and cell})
        for place, row in enumerate(rows[1:], 1)
    ]
    return lines, faults


def read(line: Line, kinds: Sequence[str], source: str, today: date, until: date) -> Told | Problem:
    """What a line says, or its first fault. kinds: that the duty switches on; until: a record never outlives its duty."""
    said = line.said
    where = _("第 %(n)s 行") % {"n": line.place}
    kind = kind_of(said.get("kind", ""))
    if not kind:
        return Problem(where, _("没有“%(kind)s”这一类") % {"kind": said.get("kind", "")[:20]}, "、".join(
            str(KINDS[key].title) for key in kinds))  # fmt: skip
    if kind not in kinds:
        return Problem(
            where,
            _("这个专责事项不收“%(kind)s”") % {"kind": KINDS[kind].title},
            _("另设专责事项，或删掉这一行"),
        )
    if source not in KINDS[kind].sources:
        return Problem(
            where, _("“%(kind)s”不能由%(source)s认定") % {"kind": KINDS[kind].title, "source": SOURCES.get(source, source)},
            "、".join(str(SOURCES[one]) for one in KINDS[kind].sources),
        )  # fmt: skip
    certificate = said.get("certificate", "").upper().replace(" ", "")
    if certificate and ("E+" in certificate or not KINDS[kind].has_certificate or len(certificate) > 40):
        fix = _("被 Excel 改坏，请用文本格式重填") if "E+" in certificate else _("这一类不收证号，请清空")
        return Problem(where, _("证号不能这样收"), fix)
    try:
        expires = dates.read(said.get("expires_on", "")).value
    except dates.BadDate as error:
        return Problem(where, error.reason, _("有效期写成 2027-08-31"))
    if expires <= today:
        return Problem(where, _("已经过期"), _("请核对有效期，过期的不登记"))
    parts = {}
    for key, table in (
        ("disability", "disability"),
        ("level", "disability_level"),
        ("inclusion", "inclusion"),
    ):
        parts[key] = ""
        if key in said:
            if kind != "disabled":
                return Problem(
                    where, _("只有残疾一类填“%(head)s”") % {"head": HEADS[key][0]}, _("请清空这一格")
                )
            try:
                parts[key] = codes.tables()[table].find(said[key]).code
            except UnknownCode as error:
                return Problem(where, error.reason, _("请改成代码表里的说法"))
    return Told(
        kind, certificate, parts["disability"], parts["level"], parts["inclusion"], min(expires, until)
    )


def shown(counts: Mapping[int, int]) -> tuple[dict[int, int | None], int | None]:
    """Numbers by school, and their sum, as they may be shown: a school with fewer than the small-group limit shows
    nothing, and neither does a sum from which a hidden number could be worked out."""
    hidden = [count for count in counts.values() if 0 < count < SMALLEST_GROUP]
    cells = {unit: None if 0 < count < SMALLEST_GROUP else count for unit, count in counts.items()}
    is_safe = not hidden or (len(hidden) > 1 and sum(hidden) >= SMALLEST_GROUP)
    return cells, sum(counts.values()) if is_safe else None
