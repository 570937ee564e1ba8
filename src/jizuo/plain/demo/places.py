"""The fictional city 澜州市 and its district 澜江区: divisions, streets, roads, addresses."""

from __future__ import annotations

import random
from itertools import accumulate

CITY_CODE, CITY = "339900", "澜州市"
DISTRICT_CODE, DISTRICT = "339904", "澜江区"

DIVISIONS = {
    "339904": ("澜州市澜江区", 640),
    "339902": ("澜州市汀兰区", 60),
    "339905": ("澜州市松屏区", 50),
    "339922": ("澜州市青岑县", 45),
    "339981": ("望川市", 35),
    "329902": ("屿城市海棠区", 40),
    "329924": ("屿城市白鹭县", 30),
    "349902": ("岑阳市北固区", 25),
    "349923": ("岑阳市石溪县", 25),
    "419921": ("云麓市竹泉县", 25),
    "419981": ("栖禾市", 25),
}
"""Division code -> (full name, weight among the pupils' registered residences).

The third and fourth digit are 99, a city number that GB/T 2260 gives in no province: no real person's id
number has such a region, and a checker that knows the provinces still takes it.
"""

STREETS = (
    "江心街道",
    "启明街道",
    "松原街道",
    "新泾街道",
    "剑河街道",
    "南浦街道",
    "柳港街道",
    "书院街道",
    "观澜街道",
    "北桥镇",
    "芦汀镇",
    "石湖镇",
)
"""Sub-districts; a school, a family and its siblings' schools share one. The last three are towns."""

_ROADS = [
    "松雪路",
    "剑河路",
    "启明路",
    "新泾路",
    "松原大道",
    "观澜路",
    "书院街",
    "柳港路",
    "南浦路",
    "芦汀路",
    "石湖路",
    "望江路",
    "棠梨路",
    "青禾路",
    "云杉路",
    "听涛路",
    "晴川路",
    "竹影路",
    "白鹭路",
    "沧浪路",
    "澄湖路",
    "梧桐里",
    "麦田路",
    "星河路",
]
_ESTATES = [
    "剑河新村",
    "松雪苑",
    "澜江花园",
    "汀兰家园",
    "书香名邸",
    "南浦公寓",
    "柳港小区",
    "观澜一号",
    "启明坊",
    "新泾佳园",
]


def household_table() -> tuple[list[str], list[int]]:
    """Division codes of registered residence with cumulative weights."""
    return list(DIVISIONS), list(accumulate(w for _, w in DIVISIONS.values()))


def address(rng: random.Random, street: int) -> str:
    """A home address in sub-district number *street*."""
    pick = rng.random
    head = f"{CITY}{DISTRICT}{STREETS[street]}"
    lane, house = int(pick() * 900) + 8, int(pick() * 60) + 1
    room = f"{int(pick() * 18) + 1}{int(pick() * 4) + 1:02d}室"
    if pick() < 0.6:
        return f"{head}{_ROADS[int(pick() * len(_ROADS))]}{lane}弄{house}号{room}"
    return f"{head}{_ESTATES[int(pick() * len(_ESTATES))]}{house}号{room}"


def household_address(rng: random.Random, region: str) -> str:
    """An address of registered residence in division *region*, another place than 澜江区."""
    pick = rng.random
    road = _ROADS[int(pick() * len(_ROADS))]
    return f"{DIVISIONS[region][0]}{road}{int(pick() * 400) + 1}号"


def school_address(number: int, street: int) -> str:
    """A school's address; *number* is its place in the list of schools."""
    return f"{CITY}{DISTRICT}{STREETS[street]}{_ROADS[number * 7 % len(_ROADS)]}{number * 13 % 680 + 20}号"
