import gc
import hashlib
import os
import subprocess
import sys
import time
from collections import Counter
from dataclasses import asdict
from datetime import date

import pytest

from jizuo.plain.demo.district import make, not_collecting
from jizuo.plain.demo.shapes import District

STAGES = {"kindergarten": 8655, "primary": 24602, "junior": 15320, "senior": 6150, "vocational": 2444}


@pytest.fixture(scope="module")
def whole() -> District:
    return make("district", seed=2026)


def test_the_same_seed_gives_the_same_district(small: District) -> None:
    assert asdict(make("small", seed=2026)) == asdict(small)


@pytest.mark.parametrize("salt", ["1", "2"])
def test_no_order_of_sets_leaks_in(small: District, salt: str) -> None:
    code = (
        "import hashlib; from jizuo.plain.demo.district import make;"
        "print(hashlib.sha256(repr(make('small', seed=2026)).encode()).hexdigest())"
    )
    told = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": salt},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == hashlib.sha256(repr(small).encode()).hexdigest()


@pytest.mark.parametrize("seed", [1, 3, 99])
def test_other_seeds_keep_the_numbers(seed: int) -> None:
    district = make("small", seed=seed)
    assert sum(p.unit >= 0 for p in district.pupils) == 2500
    assert sum(s.is_full_time for s in district.staff) == 228
    assert len({c.homeroom for c in district.classes}) == len(district.classes)
    assert district.cases["named:陈以宁"]


def test_another_seed_gives_other_people(small: District) -> None:
    other = make("small", seed=7)
    assert (len(other.pupils), len(other.staff)) == (len(small.pupils), len(small.staff))
    assert sum(a.name == b.name for a, b in zip(small.pupils, other.pupils, strict=True)) < 100


def test_a_day_of_the_same_school_year_changes_only_the_day(small: District) -> None:
    later = asdict(make("small", seed=2026, today=date(2027, 5, 4)))
    assert later.pop("today") == date(2027, 5, 4)
    now = asdict(small)
    now.pop("today")
    assert later == now


def test_a_later_school_year_moves_everybody() -> None:
    later = make("small", seed=2026, today=date(2030, 9, 1))
    assert later.year == 2030
    assert {c.entry_year for c in later.classes if c.grade == 1} == {2030}


def test_the_collector_runs_again_afterwards() -> None:
    with not_collecting():
        assert not gc.isenabled()
    assert gc.isenabled()


@pytest.mark.parametrize("arguments", [{"size": "huge"}, {"today": date(2019, 9, 1)}])
def test_what_it_cannot_make(arguments: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="演示"):
        make(**arguments)  # type: ignore[arg-type]


def test_small_numbers(small: District) -> None:
    assert [u.kind for u in small.units] == [
        "bureau",
        "centre",
        "kindergarten",
        "primary",
        "primary",
        "junior",
        "nine_year",
        "complete",
        "vocational",
    ]
    assert sum(p.unit >= 0 for p in small.pupils) == 2500
    assert len(small.staff) == 300
    assert sum(s.is_full_time for s in small.staff) == 228


def test_small_is_made_in_a_moment() -> None:
    begin = time.process_time()
    make("small", seed=1)
    assert time.process_time() - begin < 1.5


def test_district_numbers(whole: District) -> None:
    assert len(whole.schools) == 105
    assert len(whole.units) == 107
    registered = [p for p in whole.pupils if p.unit >= 0]
    assert len(registered) == 57171
    assert Counter(whole.classes[p.register_class].stage for p in registered) == STAGES
    assert len(whole.staff) == 7435
    assert sum(s.is_full_time for s in whole.staff) == 5453
    # 在校 = 在籍 + 借入 - 借出
    assert sum(p.attend >= 0 for p in whole.pupils) == 57171 + 212 - 319
    assert len({p.staff for p in whole.posts if p.kind != "本校"}) == 412
    assert 1.5 < len(whole.guardianships) / len(whole.pupils) < 1.7


@pytest.mark.parametrize(
    ("name", "pupils", "classes", "teachers"),
    [
        ("启明小学", 1412, 36, 98),
        ("松原中学", 2036, 48, 171),
        ("澜江实验九年一贯制学校", 2388, 62, 189),
        ("新泾第三幼儿园", 338, 12, 27),
    ],
)
def test_the_schools_of_the_pictures(
    whole: District, name: str, pupils: int, classes: int, teachers: int
) -> None:
    unit = next(u for u in whole.units if u.name == name)
    full_time = sum(whole.staff[i].is_full_time for i in unit.staff)
    assert (len(unit.pupils), len(unit.classes), full_time) == (pupils, classes, teachers)


def test_no_number_comes_twice_in_the_whole_district(whole: District) -> None:
    people = [*whole.pupils, *whole.staff, *(g for g in whole.guardians if g.staff < 0)]
    numbers = [p.id_number for p in people if p.id_number]
    assert len(set(numbers)) == len(numbers)
    register = [p.register_no for p in whole.pupils if p.register_no]
    assert len(set(register)) == len(register)


def test_classes_of_the_whole_district(whole: District) -> None:
    registered = Counter(p.register_class for p in whole.pupils if p.unit >= 0)
    assert len(registered) == len(whole.classes)
    assert min(registered.values()) >= 25
    assert max(registered.values()) <= 52
    assert all(24 <= len(c.pupils) <= 52 for c in whole.classes)
    assert len({c.homeroom for c in whole.classes}) == len(whole.classes)
    assert len({(c.unit, c.scheme, c.entry_year, c.number) for c in whole.classes}) == len(whole.classes)


def test_groupings_name_schools_of_the_district(whole: District) -> None:
    assert {g.kind for g in whole.groupings} == {"教育集团", "学区"}
    for group in whole.groupings:
        assert group.lead in group.members
        assert all(whole.units[u].is_school for u in group.members)
