"""Whether the columns, tests and words that a pack names of its own datasets are there and fit: for blocks, indicators and
alerts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from jizuo.ground import made
from jizuo.ground.errors import Problem
from jizuo.ground.packs.checking import near
from jizuo.ground.packs.parts import Pack
from jizuo.ground.packs.shapes import MOMENTS, Where
from jizuo.hubs.data import codes
from jizuo.hubs.data.parts import SceneStandard
from jizuo.hubs.data.standards import Element

#: Words of a moment by the types they may be held against.
WORDS_OF: Mapping[str, frozenset[str]] = {
    "date": frozenset({"$today", "$yesterday", "$week_begin", "$month_begin", "$term_begin", "$year_begin"}),
    "timestamptz": frozenset({"$now"}),
    "person": frozenset({"$me", "$my_children"}),
    "org": frozenset({"$my_class"}),
}
TYPE_WORDS = {
    "date": "日期", "timestamptz": "时间", "person": "人", "org": "班级或部门", "code": "代码", "text": "文字",
    "integer": "整数", "decimal": "小数", "boolean": "是否", "file": "附件",
}  # fmt: skip


def standard_of(pack: Pack, name: str) -> SceneStandard | None:
    """A standard of the pack."""
    return pack.part("standards").get(name)


def data_problems(pack: Pack, name: str, where: str) -> list[Problem]:
    """What is wrong with naming a dataset."""
    if name in pack.part("standards"):
        return []
    what = _("包里没有数据集：%(name)s") % {"name": name[:60]} if name else _("没有写数据集")
    return [Problem(where, what, near(name, pack.part("standards")))]


def column_problems(
    standard: SceneStandard, keys: Iterable[str], where: str, types: Iterable[str] = ()
) -> list[Problem]:
    """What is wrong with naming columns. types: what they may be, any when empty."""
    known = {one.key: one for one in standard.body.elements}
    wanted, found = frozenset(types), []
    for key in keys:
        if key not in known:
            found.append(Problem(where, _("没有这一列：%(name)s") % {"name": key[:60]}, near(key, known)))
        elif wanted and known[key].type not in wanted:
            fitting = [one.key for one in known.values() if one.type in wanted]
            words = _("“%(title)s”应为%(type)s") % {
                "title": known[key].title,
                "type": "、".join(TYPE_WORDS[one] for one in sorted(wanted)),
            }
            found.append(Problem(where, words, near(key, fitting)))
    return found


def where_problems(
    pack: Pack, standard: SceneStandard, tests: Sequence[Where], where: str, more: Iterable[str] = ()
) -> list[Problem]:
    """What is wrong with tests on columns. more: words of a moment that are known here beyond those of the column's type."""
    known = {one.key: one for one in standard.body.elements}
    found: list[Problem] = []
    for place, test in enumerate(tests):
        at = f"{where}[{place}]"
        element = known.get(test.column)
        if element is None:
            found.append(
                Problem(at, _("没有这一列：%(name)s") % {"name": test.column[:60]}, near(test.column, known))
            )
            continue
        found += value_problems(pack, element, test, at, frozenset(more))
    return found


def value_problems(pack: Pack, element: Element, test: Where, at: str, more: frozenset[str]) -> list[Problem]:
    """What is wrong with the value of one test."""
    value: Any = test.value
    if test.op == "empty":
        return [] if isinstance(value, bool) else [Problem(at, _("empty 的值应为 true 或 false"))]
    if isinstance(value, str) and value.startswith("$"):
        fitting = WORDS_OF.get(element.type, frozenset()) | more
        if value in fitting:
            return []
        what = _("“%(title)s”不能和 %(word)s 比") % {"title": element.title, "word": value[:30]}
        return [Problem(at, what, near(value, fitting or MOMENTS))]
    if test.op == "prefix" and element.type not in ("text", "code"):
        return [Problem(at, _("“%(title)s”不能用 prefix") % {"title": element.title}, "eq")]
    if test.op == "in" and not isinstance(value, list):
        return [Problem(at, _("in 的值应为列表"), "[a, b]")]
    found = []
    for one in value if isinstance(value, list) else [value]:
        try:
            made.value_of(element.column(), one)
        except ValueError as error:
            found.append(Problem(at, str(error), element.title))
            continue
        table = code_table(pack, element.code)
        if element.type == "code" and table and test.op in ("eq", "ne", "in") and one not in table:
            what = _("代码表里没有：%(code)s") % {"code": str(one)[:20]}
            found.append(Problem(at, what, near(str(one), table)))
    return found


def code_table(pack: Pack, name: str) -> dict[str, str]:
    """code -> word of a code table of the pack, else of the base."""
    if name in pack.part("codes"):
        return {one.code: one.name for one in pack.part("codes")[name].rows}
    known = codes.tables().get(name)
    return {one.code: one.name for one in known} if known is not None else {}
