"""The blocks of a scene's page that show numbers: one beside another, and as a chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from jizuo.engines.evaluation.numbers import NumberCell, NumberView, number, numbers_by
from jizuo.engines.evaluation.shapes import Indicator
from jizuo.ground.errors import Problem
from jizuo.ground.packs import blocks
from jizuo.ground.packs.blocks import BlockKind, PageAsk, word_of
from jizuo.ground.packs.checking import near
from jizuo.ground.packs.parts import Pack
from jizuo.ground.packs.shapes import Block, BlockPage
from jizuo.ground.pages.charts import Chart, Series
from jizuo.ground.pages.parts import Number
from jizuo.hubs.data.parts import marked_of

MOST_NUMBERS = 4
MOST_SERIES = 5
MOST_BARS = 40


def names_of(block: Block) -> tuple[str, ...]:
    """The indicators of a block."""
    return block.numbers or ((block.number,) if block.number else ())


def card(view: NumberView, page: PageAsk, title: str = "") -> Number:
    """A number as it is drawn."""
    here = view.page and view.page != page.name
    return Number(
        title or view.title, view.value, view.unit, href=page.to(view.page) if here else "",
        definition=view.definition, source=view.source, at=view.at, decimals=view.decimals,
        detail=_("人数太少，不显示") if view.is_small else view.missing if view.value is None else "",
        better=view.better,
    )  # fmt: skip


def ask_number(block: Block, page: PageAsk) -> dict[str, Any] | None:
    """Numbers with what stands behind them."""
    title = word_of(block.title, block.english)
    return {
        "numbers": [
            card(number(scene=page.scene, number=name), page, title if len(names_of(block)) == 1 else "")
            for name in names_of(block)
        ]
    }


def ask_chart(block: Block, page: PageAsk) -> dict[str, Any] | None:
    """A number divided: by org or code, per period, or both."""
    told = page.pack.part("indicators")[block.number]
    cells = numbers_by(scene=page.scene, number=block.number, by=block.by, period=block.period)
    title = word_of(block.title, block.english) or word_of(told.title, told.english)
    return {
        "chart": chart_of(f"c{page.place}", title, block, told, cells),
        "hidden": sum(one.is_small for one in cells),
    }


def chart_of(
    name: str, title: str, block: Block, told: Indicator, cells: Sequence[NumberCell]
) -> Chart | None:
    """The chart of cells; None without any."""
    if not cells:
        return None
    common: dict[str, Any] = {
        "unit": told.unit or ("%" if told.measure == "share" else ""),
        "definition": told.definition,
        "decimals": told.decimals,
    }
    if block.period:
        begins = sorted({one.begin for one in cells if one.begin})
        labels = [period_word(block.period, one) for one in begins]
        keys = list(dict.fromkeys(one.key for one in cells))[:MOST_SERIES]
        at = {(one.key, one.begin): one for one in cells}
        series = [
            Series(
                next(one.label for one in cells if one.key == key) or word_of(told.title, told.english),
                [at[key, begin].value if (key, begin) in at else None for begin in begins],
            )
            for key in keys
        ]
        return Chart(name, title, "line" if block.chart == "line" else "bar", labels, series, **common)
    shown = list(cells)[:MOST_BARS]
    is_pie = block.chart == "pie" and len(shown) <= MOST_SERIES
    return Chart(
        name, title, "pie" if is_pie else "bar", [one.label or _("没有填") for one in shown],
        [Series(word_of(told.title, told.english), [one.value for one in shown])],
        is_lying=not is_pie and len(shown) > 6, **common,
    )  # fmt: skip


def period_word(period: str, begin: date) -> str:
    """What a period is called on an axis."""
    if period in ("day", "week"):
        return f"{begin:%m-%d}"
    if period == "month":
        return f"{begin:%Y-%m}"
    year = begin.year if begin.month >= 9 else begin.year - 1
    if period == "year":
        return f"{year}–{year + 1}"
    return (_("%(year)s 上") if begin.month >= 9 else _("%(year)s 下")) % {"year": f"{year}–{year + 1}"}


def check_number(pack: Pack, block: Block, page: BlockPage, where: str) -> list[Problem]:
    """Indicators that are not there, or too many."""
    found = []
    for name in names_of(block) or ("",):
        found += indicator_known(pack, name, where)
    if len(names_of(block)) > MOST_NUMBERS:
        found.append(
            Problem(f"{where}.numbers", _("一块最多 %(n)s 个数") % {"n": MOST_NUMBERS}, _("分成几块"))
        )
    return found + shown_to_all(pack, block, page, where)


def indicator_known(pack: Pack, name: str, where: str) -> list[Problem]:
    """An indicator that is not there."""
    known = pack.part("indicators")
    if name in known:
        return []
    what = _("包里没有指标：%(name)s") % {"name": name[:60]} if name else _("没有写指标")
    return [Problem(f"{where}.number", what, near(name, known))]


def shown_to_all(pack: Pack, block: Block, page: BlockPage, where: str) -> list[Problem]:
    """Numbers over marked fields on a page for everybody."""
    if page.place != "public":
        return []
    found = []
    for name in names_of(block):
        told = pack.part("indicators").get(name)
        standard = pack.part("standards").get(told.of) if told else None
        if told is None or standard is None:
            continue
        used = {told.column, *(one.column for one in (*told.where, *told.part))} & set(marked_of(standard))
        if used:
            found.append(
                Problem(
                    where, _("这个数不能给所有人看：%(name)s") % {"name": name}, _("换一个，或改页面的 place")
                )
            )
    return found


def check_chart(pack: Pack, block: Block, page: BlockPage, where: str) -> list[Problem]:
    """A chart of what cannot be divided so."""
    found = indicator_known(pack, block.number, where)
    told = pack.part("indicators").get(block.number)
    if told is None:
        return found
    standard = pack.part("standards").get(told.of)
    is_class = standard is not None and block.by == "class" and standard.klass in told.by
    if block.by and block.by not in told.by and not is_class:
        found.append(
            Problem(
                f"{where}.by", _("这个数不能按“%(by)s”分") % {"by": block.by[:40]}, near(block.by, told.by)
            )
        )
    if not block.by and not block.period:
        found.append(Problem(f"{where}.by", _("没有写怎么分"), _("写 by 或 period")))
    if block.period not in ("", "day", "week", "month", "term", "year"):
        found.append(Problem(f"{where}.period", _("没有这种时间段"), "day / week / month / term / year"))
    if block.period and not told.on:
        found.append(Problem(f"{where}.period", _("这个数没有日期，不能按时间分"), _("在指标里写 on")))
    return found + shown_to_all(pack, block, page, where)


def sample_number(pack: Pack, block: Block) -> Mapping[str, Any]:
    """Numbers with an invented value."""
    known = pack.part("indicators")
    told = [known[name] for name in names_of(block) if name in known]
    return {"numbers": [Number(one.title, 12, one.unit, definition=one.definition) for one in told]}


def sample_chart(pack: Pack, block: Block) -> Mapping[str, Any]:
    """Three invented bars."""
    told = pack.part("indicators").get(block.number)
    if told is None:
        return {"chart": None, "hidden": 0}
    title = block.title or told.title
    return {
        "chart": Chart("sample", title, "bar", ["A", "B", "C"], [Series(told.title, [12, 8, 15])]),
        "hidden": 0,
    }


KINDS = {
    "number": BlockKind(
        ask_number, "evaluation/blocks/_number.html", frozenset({"number", "numbers"}), check_number, reads=1,
        sample=sample_number,
    ),
    "chart": BlockKind(
        ask_chart, "evaluation/blocks/_chart.html", frozenset({"number", "by", "period", "chart"}), check_chart, reads=2,
        sample=sample_chart,
    ),
}  # fmt: skip


def offer() -> None:
    """Offer the kinds; called on the plate."""
    for name, kind in KINDS.items():
        blocks.offer(name, kind)
