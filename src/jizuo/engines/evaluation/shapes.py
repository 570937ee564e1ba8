"""What the files of a pack say that this room reads: indicators."""

from __future__ import annotations

from typing import Literal

from jizuo.ground.packs.shapes import Said, Where


class Indicator(Said, frozen=True):
    """indicators/*.yaml. of: a dataset of the pack; measure of `column` (count needs none) over the rows of `where`; share:
    those of `part` among them, in per cent. percentile: 1-99. by: how it may be divided (unit, a field of type org, code or
    person's class); on: the date field that `period` divides. missing: what no row means, in words; zero: then it is 0."""

    title: str
    of: str
    measure: Literal["count", "sum", "share", "mean", "median", "percentile"]
    definition: str
    missing: str = ""
    english: str = ""
    unit: str = ""
    column: str = ""
    distinct: str = ""
    percentile: int = 0
    where: tuple[Where, ...] = ()
    part: tuple[Where, ...] = ()
    by: tuple[str, ...] = ()
    on: str = ""
    period: Literal["", "day", "week", "month", "term", "year"] = ""
    decimals: int = 0
    better: Literal["", "up", "down"] = ""
    zero: bool = False
