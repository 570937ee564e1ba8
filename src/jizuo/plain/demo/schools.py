"""The plan of schools: which there are, their classes and how many pupils and teachers each has.

The district plan gives exactly 105 schools, 57,171 pupils, 7,435 staff, 5,453 of them full-time teachers, and
by stage 8,655 / 24,602 / 15,320 / 8,594 (senior and vocational together); four schools have fixed numbers.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date

from jizuo.plain.demo import places
from jizuo.plain.demo.shapes import Class, Unit
from jizuo.plain.school_year import graduation_year

# kind -> (办学类型, 学制 as said, stages)
_K, _P, _J, _S, _V = "kindergarten", "primary", "junior", "senior", "vocational"
KINDS: dict[str, tuple[str, str, str, tuple[tuple[str, int, int], ...]]] = {
    "bureau": ("bureau", "", "", ()),
    "centre": ("centre", "", "", ()),
    "k": ("kindergarten", "111", "幼儿园", ((_K, -2, 0),)),
    "p63": ("primary", "211", "六三", ((_P, 1, 6),)),
    "p54": ("primary", "211", "五四", ((_P, 1, 5),)),
    "j63": ("junior", "311", "六三", ((_J, 7, 9),)),
    "j54": ("junior", "311", "五四", ((_J, 6, 9),)),
    "n54": ("nine_year", "312", "九年一贯（五四）", ((_P, 1, 5), (_J, 6, 9))),
    "t54": ("twelve_year", "345", "十二年一贯（五四）", ((_P, 1, 5), (_J, 6, 9), (_S, 10, 12))),
    "c63": ("complete", "341", "完中", ((_J, 7, 9), (_S, 10, 12))),
    "s": ("senior", "342", "高中", ((_S, 10, 12),)),
    "v": ("vocational", "365", "中职", ((_V, 10, 12),)),
}

# (stage, first grade, last grade) -> code of school_year.SCHEMES
_SCHEMES = {
    (_K, -2, 0): "kinder-3",
    (_P, 1, 6): "6",
    (_P, 1, 5): "5",
    (_J, 7, 9): "3",
    (_J, 6, 9): "4",
    (_S, 10, 12): "senior-3",
    (_V, 10, 12): "vocational-3",
}

SIZES = {  # stage -> (fewest, most) pupils in a class
    _K: (25, 35),
    _P: (25, 48),
    _J: (26, 50),
    _S: (28, 52),
    _V: (25, 48),
}
_TEACHERS_A_CLASS = {_K: 2.3, _P: 2.75, _J: 3.75, _S: 4.5, _V: 4.0}


@dataclass(slots=True)
class Fixed:
    """Numbers a named school must have: pupils and classes by grade for each stage, full-time teachers."""

    classes: dict[str, tuple[int, ...]]
    pupils: dict[str, int]
    teachers: int


@dataclass(slots=True)
class Size:
    """One size of district: totals and the list of (kind, name)."""

    pupils: dict[str, int]
    classes: dict[str, int]
    full_time: int
    others: int  # staff of schools who are not full-time teachers
    offices: tuple[int, ...]  # staff of bureau and centre
    shared: dict[str, int]
    lent: int
    borrowed: int
    fixed: dict[str, Fixed]
    names: list[tuple[str, str]]


_OFFICES = [("bureau", "澜江区教育局"), ("centre", "澜江区教育学院")]
_NAMED = [
    ("k", "新泾第三幼儿园"),
    ("p54", "启明小学"),
    ("n54", "澜江实验九年一贯制学校"),
    ("c63", "松原中学"),
]

_SMALL_NAMES = [
    *_OFFICES,
    *_NAMED[:2],
    ("p63", "汀兰小学"),
    ("j54", "松雪初级中学"),
    _NAMED[2],
    _NAMED[3],
    ("v", "澜州市信息技术学校"),
]


def _series(kind: str, names: str, ending: str) -> list[tuple[str, str]]:
    return [(kind, name + ending) for name in names.split()]


_DISTRICT_NAMES = [
    *_OFFICES,
    *_NAMED,
    *_series(
        "k",
        "新泾第一 新泾第二 江心 启明 松雪 剑河 南浦 柳港 书院 观澜 北桥镇中心 芦汀镇中心 石湖镇中心 棠梨 "
        "青禾 云杉 听涛 晴川 "
        "竹影 白鹭 沧浪 澄湖 梧桐 麦田 星河 小月亮 童心 彩虹 蓝贝壳 春笋 蒲公英 金果果 汀兰 望江",
        "幼儿园",
    ),
    *_series(
        "p63",
        "汀兰 江心 剑河路 南浦 柳港 北桥镇中心 芦汀镇中心 石湖镇中心 棠梨 云杉 听涛 竹影 白鹭 澄湖 麦田 "
        "望江路",
        "小学",
    ),
    *_series(
        "p54",
        "松雪 书院 观澜 新泾第一 新泾第二 青禾 晴川 沧浪 梧桐 星河 江心第二 育才 澜江外国语附属",
        "小学",
    ),
    *_series("j54", "松雪 书院 观澜 新泾 青禾 晴川 沧浪 梧桐 星河 育才", "初级中学"),
    *_series("j63", "汀兰 江心 剑河 南浦 柳港 北桥 芦汀 石湖 棠梨", "中学"),
    *_series("n54", "启明 云杉 听涛 白鹭 望江 澄湖", "九年一贯制学校"),
    ("t54", "澜江外国语学校"),
    *_series("c63", "澜州市第三 澜州市第七 柳港第二 竹影", "中学"),
    *_series("s", "澜州 澜江高级 观澜高级 北桥高级", "中学"),
    *_series("v", "澜州市信息技术 澜州市商贸旅游 澜州市工业技术 澜州市学前教育", "学校"),
]

SIZES_OF_DISTRICT: dict[str, Size] = {
    "small": Size(
        pupils={_K: 262, _P: 1010, _J: 720, _S: 268, _V: 240},
        classes={_K: 9, _P: 27, _J: 18, _S: 6, _V: 6},
        full_time=228,
        others=56,
        offices=(9, 7),
        shared={"交流轮岗": 6, "支教": 2, "借调": 2, "走教": 6},
        lent=14,
        borrowed=9,
        fixed={"启明小学": Fixed({_P: (2, 2, 2, 2, 2)}, {_P: 380}, 28)},
        names=_SMALL_NAMES,
    ),
    "district": Size(
        pupils={_K: 8655, _P: 24602, _J: 15320, _S: 6150, _V: 2444},
        classes={_K: 318, _P: 672, _J: 410, _S: 152, _V: 66},
        full_time=5453,
        others=1862,
        offices=(64, 56),
        shared={"交流轮岗": 190, "支教": 30, "借调": 40, "走教": 152},
        lent=319,
        borrowed=212,
        fixed={
            "新泾第三幼儿园": Fixed({_K: (4, 4, 4)}, {_K: 338}, 27),
            "启明小学": Fixed({_P: (8, 7, 7, 7, 7)}, {_P: 1412}, 98),
            "松原中学": Fixed({_J: (8, 8, 8), _S: (8, 8, 8)}, {_J: 1008, _S: 1028}, 171),
            "澜江实验九年一贯制学校": Fixed(
                {_P: (7, 7, 7, 7, 7), _J: (7, 7, 7, 6)}, {_P: 1330, _J: 1058}, 189
            ),
        },
        names=_DISTRICT_NAMES,
    ),
}


def share_out(total: int, weights: list[float], least: list[int] | int = 0) -> list[int]:
    """Whole numbers in proportion to *weights*, each at least *least*, that sum to *total* (largest
    remainder).

    Raises ValueError when the least numbers already pass the total.
    """
    floors = [least] * len(weights) if isinstance(least, int) else list(least)
    spare = total - sum(floors)
    if spare < 0:
        raise ValueError(f"cannot share out {total} among {len(weights)} with at least {sum(floors)}")
    whole = sum(weights) or 1.0
    ideal = [max(0.0, total * w / whole - f) for w, f in zip(weights, floors, strict=True)]
    scale = spare / (sum(ideal) or 1.0)
    exact = [x * scale for x in ideal]
    counts = [int(x) for x in exact]
    order = sorted(range(len(exact)), key=lambda i: (counts[i] - exact[i], i))
    for i in order[: spare - sum(counts)]:
        counts[i] += 1
    return [c + f for c, f in zip(counts, floors, strict=True)]


def class_sizes(rng: random.Random, total: int, means: list[float], bounds: tuple[int, int]) -> list[int]:
    """Class sizes around *means* (pupils, one a class), inside *bounds*, that sum to *total*."""
    low, high = bounds
    sizes = [min(high, max(low, round(rng.gauss(m, 1.8)))) for m in means]
    gap = total - sum(sizes)
    step = 1 if gap > 0 else -1
    while gap:
        i = int(rng.random() * len(sizes))
        if low <= sizes[i] + step <= high:
            sizes[i] += step
            gap -= step
    return sizes


def make_units(size: Size, rng: random.Random) -> list[Unit]:
    """The bureau, the centre and the schools, without classes."""
    units = []
    for number, (plan, name) in enumerate(size.names):
        kind, type_code, system, stages = KINDS[plan]
        street = next((i for i, s in enumerate(places.STREETS) if s[:2] in name), number * 5 % 12)
        private = kind == "kindergarten" and name[:3] in ("小月亮", "彩虹幼", "蓝贝壳", "金果果")
        private = private or "外国语" in name
        campuses = ("北校区", "南校区") if name in ("松原中学", "启明小学", "澜州市第三中学") else ("",)
        units.append(
            Unit(
                id=number,
                code=f"99{number * 37 + 10004:08d}",
                name=name,
                short=name.replace("九年一贯制学校", "").replace("澜江区", "").replace("初级中学", "初中"),
                kind=kind,
                type_code=type_code,
                ownership_code=("12" if private else "11") if stages else "",
                area_code=("111" if street < 9 else "121") if stages else "",
                system=system,
                stages=stages,
                street=street,
                address=places.school_address(number, street),
                phone=f"0190-6{number * 1409 % 10**6 + 100000:07d}",
                founded_on=date(1905 + int(rng.random() ** 0.5 * 115), 9, 1),
                campuses=campuses,
            )
        )
    return units


def make_classes(
    size: Size, units: list[Unit], year: int, rng: random.Random
) -> tuple[list[Class], list[int]]:
    """All classes and, in the same order, how many pupils are registered in each."""
    counts = _class_counts(size, units, rng)
    crowding = {unit.id: rng.gauss(0, 2.2) for unit in units}
    classes: list[Class] = []
    for unit in units:
        for stage, first, last in unit.stages:
            for grade, count in zip(range(first, last + 1), counts[unit.id, stage], strict=True):
                for number in range(1, count + 1):
                    entry = year - (grade - first)
                    classes.append(
                        Class(
                            id=len(classes),
                            unit=unit.id,
                            stage=stage,
                            scheme=_SCHEMES[stage, first, last],
                            year=year,
                            entry_year=entry,
                            leaving_year=graduation_year(_SCHEMES[stage, first, last], entry),
                            number=number,
                            grade=grade,
                            campus=int(len(unit.campuses) > 1 and grade in (last, last - 1)),
                            room=f"{(grade + 2) % 5 + 1}{number:02d}",
                        )
                    )
                    unit.classes.append(classes[-1].id)
    registered = [0] * len(classes)
    for stage, total in size.pupils.items():
        left, open_classes = total, []
        for unit in units:
            own = [c for c in unit.classes if classes[c].stage == stage]
            fixed = size.fixed.get(unit.name)
            if fixed and own:
                left -= fixed.pupils[stage]
                _fill(rng, registered, own, fixed.pupils[stage], stage, {})
            else:
                open_classes += own
        _fill(
            rng, registered, open_classes, left, stage, {c: crowding[classes[c].unit] for c in open_classes}
        )
    return classes, registered


def _fill(
    rng: random.Random,
    registered: list[int],
    ids: list[int],
    total: int,
    stage: str,
    crowding: dict[int, float],
) -> None:
    mean = total / len(ids)
    sizes = class_sizes(rng, total, [mean + crowding.get(i, 0.0) for i in ids], SIZES[stage])
    for i, n in zip(ids, sizes, strict=True):
        registered[i] = n


def _class_counts(size: Size, units: list[Unit], rng: random.Random) -> dict[tuple[int, str], list[int]]:
    counts: dict[tuple[int, str], list[int]] = {}
    for stage, total in size.classes.items():
        left, free, weights, least = total, [], [], []
        for unit in units:
            for own, first, last in unit.stages:
                if own != stage:
                    continue
                fixed = size.fixed.get(unit.name)
                if fixed:
                    counts[unit.id, stage] = list(fixed.classes[stage])
                    left -= sum(fixed.classes[stage])
                else:
                    grades = last - first + 1
                    free.append((unit.id, grades))
                    weights.append(grades * rng.choice((0.7, 0.9, 1.0, 1.2, 1.6)))
                    least.append(grades)
        for (unit_id, grades), n in zip(free, share_out(left, weights, least), strict=True):
            row = [n // grades] * grades
            for i in rng.sample(range(grades), n % grades):
                row[i] += 1
            counts[unit_id, stage] = row
    return counts


def teacher_counts(size: Size, units: list[Unit], classes: list[Class]) -> dict[tuple[int, str], int]:
    """Full-time teachers by (unit, stage), exact in all and for the named schools."""
    result: dict[tuple[int, str], int] = {}
    left, keys, weights, least = size.full_time, [], [], []
    for unit in units:
        if not unit.stages:
            continue
        wanted = []
        for stage, _, _ in unit.stages:
            n = sum(1 for c in unit.classes if classes[c].stage == stage)
            wanted.append(n * _TEACHERS_A_CLASS[stage])
        fixed = size.fixed.get(unit.name)
        if fixed:
            left -= fixed.teachers
            for (stage, _, _), n in zip(unit.stages, share_out(fixed.teachers, wanted), strict=True):
                result[unit.id, stage] = n
            continue
        for (stage, _, _), weight in zip(unit.stages, wanted, strict=True):
            keys.append((unit.id, stage))
            weights.append(weight)
            least.append(max(4, int(weight * 0.7)))
    result.update(zip(keys, share_out(left, weights, least), strict=True))
    return result
