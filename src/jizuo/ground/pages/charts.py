"""Charts: one question each, drawn by ECharts from the option made here, with a table twin.

Colours are written "@token", so that one option serves the light theme, the dark one and paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jizuo.ground.pages import format

#: 青, light 青, 蓝, 黄, 绿. 朱 is kept for what is wrong.
COLOURS = ("@qing", "@chart-2", "@lan", "@huang", "@lv")
KINDS = frozenset({"bar", "line", "pie"})


@dataclass(frozen=True, slots=True)
class Series:
    """One line or one set of bars. values: one for each label, None where there is no data (a gap)."""

    name: Any
    values: Sequence[float | None]
    is_wrong: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """Previous years as a grey band behind a line. low and high: one for each label."""

    name: Any
    low: Sequence[float]
    high: Sequence[float]


@dataclass(frozen=True)
class Chart:
    """A chart whose title is the question it answers.

    kind: bar, line, pie. labels: along the axis (pie: one for each part). unit follows each number. hrefs:
    where a bar or part leads, one for each label. Bars stand on zero; a line may start at `floor` and end at `ceiling`. At
    most five series. size: "", short or tall. Raises ValueError when values and labels do not fit.
    """

    name: str
    title: Any
    kind: str
    labels: Sequence[str]
    series: Sequence[Series]
    unit: Any = ""
    definition: Any = ""
    source: Any = ""
    at: datetime | None = None
    is_stacked: bool = False
    is_lying: bool = False
    band: Band | None = None
    floor: float | None = None
    ceiling: float | None = None
    hrefs: Sequence[str] = ()
    href: str = ""
    href_word: Any = ""
    size: str = ""
    decimals: int = 0
    label_head: Any = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"chart {self.name!r}: no kind {self.kind!r}; one of {sorted(KINDS)}")
        if not 1 <= len(self.series) <= len(COLOURS):
            raise ValueError(f"chart {self.name!r}: one to {len(COLOURS)} series, not {len(self.series)}")
        if self.kind == "pie" and (len(self.series) != 1 or len(self.labels) > len(COLOURS)):
            raise ValueError(f"chart {self.name!r}: a pie has one series of at most {len(COLOURS)} parts")
        for series in self.series:
            if len(series.values) != len(self.labels):
                raise ValueError(f"chart {self.name!r}: {series.name} has {len(series.values)} values")

    @property
    def is_empty(self) -> bool:
        return all(value is None for series in self.series for value in series.values)

    def _points(self, values: Sequence[float | None]) -> list[Any]:
        if not self.hrefs:
            return list(values)
        return [{"value": value, "href": href} for value, href in zip(values, self.hrefs, strict=True)]

    def option(self) -> dict[str, Any]:
        """The ECharts option, JSON-safe."""
        common: dict[str, Any] = {"unit": str(self.unit), "color": list(COLOURS)}
        if self.kind == "pie":
            return common | self._pie()
        return common | self._on_axes()

    def _pie(self) -> dict[str, Any]:
        points = [
            {"name": label, "value": value, "href": href}
            for label, value, href in zip(
                self.labels, self.series[0].values, self.hrefs or [""] * len(self.labels), strict=True
            )
            if value is not None
        ]
        return {
            "tooltip": {"trigger": "item"},
            "series": [
                {
                    "type": "pie",
                    "name": str(self.series[0].name),
                    "radius": ["42%", "66%"],
                    "startAngle": 90,
                    "percentPrecision": 1,
                    "data": points,
                    "itemStyle": {"borderColor": "@card", "borderWidth": 2},
                    "label": {"color": "@ink", "fontSize": 13, "formatter": "{b}\n{d}%", "overflow": "none"},
                    "labelLine": {"lineStyle": {"color": "@edge"}},
                }
            ],
        }

    def _on_axes(self) -> dict[str, Any]:
        is_bar = self.kind == "bar"
        names: dict[str, Any] = {
            "type": "category",
            "data": list(self.labels),
            "axisTick": {"show": False},
            "axisLine": {"lineStyle": {"color": "@edge"}},
            "axisLabel": {"color": "@ink-2", "fontSize": 12},
            "boundaryGap": is_bar,
            "inverse": self.is_lying,
        }
        if is_bar:
            # A bar without its name says nothing: the browser turns the names rather than leave one out.
            names["axisLabel"]["interval"] = 0
        values: dict[str, Any] = {
            "type": "value",
            "axisLabel": {
                "color": "@ink-2",
                "fontSize": 12,
                "show": not (self.is_lying and len(self.series) == 1),
            },
            "splitLine": {"lineStyle": {"color": "@line"}, "show": not self.is_lying},
            "splitNumber": 5,
        }
        if is_bar:
            values["min"] = 0
        elif self.floor is not None:
            values["min"] = self.floor
        else:
            values["scale"] = True
        if self.ceiling is not None:
            values["max"] = self.ceiling
        many = len(self.series) > 1
        has_end_labels = many and not is_bar
        return {
            "grid": {
                "left": 4,
                "right": 72 if has_end_labels else 44 if self.is_lying else 8,
                "top": 36 if many and is_bar else 20,
                "bottom": 4,
                "outerBoundsMode": "same",
            },
            "legend": {
                "show": many and is_bar,
                "top": 0,
                "itemWidth": 10,
                "itemHeight": 10,
                "itemGap": 16,
                "textStyle": {"color": "@ink-2", "fontSize": 12},
            },
            "tooltip": {
                "trigger": "axis",
                "backgroundColor": "@card",
                "borderColor": "@line",
                "textStyle": {"color": "@ink", "fontSize": 12},
                "axisPointer": {"type": "shadow" if is_bar else "line"},
            },
            "xAxis": values if self.is_lying else names,
            "yAxis": names if self.is_lying else values,
            "series": [
                *self._band(),
                *(self._one(series, place) for place, series in enumerate(self.series)),
            ],
        }

    def _one(self, series: Series, place: int) -> dict[str, Any]:
        many = len(self.series) > 1
        colour = "@zhu" if series.is_wrong else COLOURS[place]
        drawn: dict[str, Any] = {
            "type": self.kind,
            "name": str(series.name),
            "data": self._points(series.values),
            "emphasis": {"disabled": True},
            "itemStyle": {"color": colour},
        }
        if self.kind == "bar":
            drawn["barMaxWidth"] = 16 if self.is_lying else 36
            if self.is_stacked:
                drawn["stack"] = "all"
            if not many:
                drawn["itemStyle"] = {"color": colour, "borderRadius": 2}
                side = "right" if self.is_lying else "top"
                drawn["label"] = {"show": True, "position": side, "color": "@ink", "fontSize": 12}
        else:
            drawn |= {"symbol": "circle", "symbolSize": 5, "lineStyle": {"width": 2}, "connectNulls": False}
            drawn["showSymbol"] = len(self.labels) <= 12
            if many:
                drawn["endLabel"] = {"show": True, "formatter": "{a}", "color": "@ink", "fontSize": 12}
        return drawn

    def _band(self) -> list[dict[str, Any]]:
        if self.band is None:
            return []
        plain = {
            "type": "line",
            "stack": "band",
            "symbol": "none",
            "silent": True,
            "lineStyle": {"opacity": 0},
            "tooltip": {"show": False},
            "emphasis": {"disabled": True},
            "itemStyle": {"decal": {"symbol": "none"}},
        }
        width = [high - low for low, high in zip(self.band.low, self.band.high, strict=True)]
        return [
            plain | {"name": f"{self.band.name} low", "data": list(self.band.low)},
            plain
            | {
                "name": str(self.band.name),
                "data": width,
                "areaStyle": {"color": "@band", "opacity": 1},
            },
        ]

    def twin(self) -> dict[str, Any]:
        """The same values as a table: heads and rows of text, for screen readers and for copying."""
        heads = [str(self.label_head), *(str(series.name) for series in self.series)]
        rows = [
            [label, *(format.figure(series.values[place], self.decimals) for series in self.series)]
            for place, label in enumerate(self.labels)
        ]
        return {"heads": heads, "rows": rows}
