import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizuo.plain.demo.schools import KINDS, SIZES_OF_DISTRICT, class_sizes, share_out
from jizuo.plain.demo.shapes import District


@given(
    st.lists(st.floats(0.1, 100), min_size=1, max_size=40),
    st.integers(0, 3),
    st.integers(0, 500),
)
def test_share_out_is_exact(weights: list[float], least: int, extra: int) -> None:
    total = least * len(weights) + extra
    shares = share_out(total, weights, least)
    assert sum(shares) == total
    assert min(shares) >= least


def test_share_out_is_fair() -> None:
    assert share_out(10, [1.0, 1.0, 2.0]) == [3, 2, 5]
    assert share_out(5, [1.0, 0.0], [1, 2]) == [3, 2]


def test_share_out_refuses_too_little() -> None:
    with pytest.raises(ValueError, match="share out 3"):
        share_out(3, [1.0, 1.0], 2)


@given(st.integers(1, 60), st.floats(0, 1), st.integers(0, 99))
def test_class_sizes_fill_exactly(count: int, fill: float, seed: int) -> None:
    total = count * 25 + round(fill * count * 25)
    sizes = class_sizes(random.Random(seed), total, [total / count] * count, (25, 50))
    assert sum(sizes) == total
    assert all(25 <= n <= 50 for n in sizes)


@pytest.mark.parametrize("size", SIZES_OF_DISTRICT.values(), ids=list(SIZES_OF_DISTRICT))
def test_plans_name_each_school_once(size: object) -> None:
    names = [name for _, name in size.names]  # type: ignore[attr-defined]
    assert len(set(names)) == len(names)
    assert all(kind in KINDS for kind, _ in size.names)  # type: ignore[attr-defined]


def test_units_have_codes_and_classes(small: District) -> None:
    assert len({u.code for u in small.units}) == len(small.units)
    assert all(len(u.code) == 10 for u in small.units)
    for unit in small.schools:
        grades = {small.classes[c].grade for c in unit.classes}
        wanted = {g for _, first, last in unit.stages for g in range(first, last + 1)}
        assert grades == wanted


def test_campuses_are_named_in_classes(small: District) -> None:
    assert all(c.campus < len(small.units[c.unit].campuses) for c in small.classes)
    assert {c.campus for c in small.classes if small.units[c.unit].name == "启明小学"} == {0, 1}
