"""The draw of classes: even, replayable, true to every wish."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jizuo.plain.dividing import (
    APART,
    BOY,
    DRAWN,
    GIRL,
    TOGETHER,
    Candidate,
    CannotDivide,
    Rule,
    divide,
    faults,
    input_hash,
    result_hash,
)


def rule(count: int, most: int = 1000, **held: tuple[int, int]) -> Rule:
    return Rule(tuple(range(1, count + 1)), most, {int(key[1:]): counts for key, counts in held.items()})


@st.composite
def lists(draw, *, with_fixed: bool = True):
    """(candidates, rule): some twins with wishes, some fixed, some shared evenly, some bands."""
    classes = draw(st.integers(1, 7))
    count = draw(st.integers(0, 60))
    found = []
    births = 0
    while len(found) < count:
        many = draw(st.sampled_from([1] * 8 + [2, 2, 3]))
        wish = draw(st.sampled_from([TOGETHER, APART, ""])) if many > 1 else ""
        if wish == APART and many > classes:
            wish = TOGETHER
        births += many > 1
        given_class = draw(st.integers(1, classes)) if with_fixed and draw(st.integers(0, 9)) == 0 else 0
        for place in range(many):
            found.append(
                Candidate(
                    f"k{len(found)}", draw(st.sampled_from([BOY, GIRL])), f"b{births}" if many > 1 else "", wish,
                    given_class if place == 0 else 0, draw(st.integers(0, 9)) == 0, draw(st.sampled_from(["", "A", "B"])),
                )
            )  # fmt: skip
    return found, rule(classes)


def counts(candidates, told, places, sex=None):
    found = Counter(dict.fromkeys(told.classes, 0))
    for number, (boys, girls) in told.held.items():
        found[number] += boys * (sex != GIRL) + girls * (sex != BOY)
    found.update(places[one.key].class_no for one in candidates if sex in (None, one.sex))
    return found


def gap(found: Counter) -> int:
    return max(found.values()) - min(found.values())


@given(lists(), st.text(max_size=12))
@settings(max_examples=300, deadline=None)
def test_nobody_is_lost_wishes_hold_and_no_better_balance_is_left(made, seed):
    candidates, told = made
    places = divide(candidates, told, seed)
    assert set(places) == {one.key for one in candidates} and len(candidates) == len(places)
    births: dict[str, list[Candidate]] = {}
    for one in candidates:
        assert not one.fixed or places[one.key].class_no == one.fixed
        if one.siblings:
            births.setdefault(one.siblings, []).append(one)
    for many in births.values():
        numbers = {places[one.key].class_no for one in many}
        assert many[0].wish != TOGETHER or len(numbers) == 1
        assert many[0].wish != APART or len(numbers) == len(many)
    # The bound: nobody whom chance placed could move, and no boy and girl change places, to a more even end.
    sizes, boys = counts(candidates, told, places), counts(candidates, told, places, BOY)
    drawn = {
        sex: {
            places[one.key].class_no for one in candidates if one.sex == sex and places[one.key].way == DRAWN
        }
        for sex in (BOY, GIRL)
    }
    for full in told.classes:
        for slim in told.classes:
            if sizes[full] >= sizes[slim] + 2:
                assert full not in drawn[BOY] | drawn[GIRL]
            if boys[full] >= boys[slim] + 2:
                assert full not in drawn[BOY] or slim not in drawn[GIRL]


@given(lists(with_fixed=False), st.text(max_size=12))
@settings(max_examples=300, deadline=None)
def test_sizes_and_sexes_differ_by_one_where_no_place_is_given_above_the_even_share(made, seed):
    candidates, told = made
    places = divide(candidates, told, seed)
    bound = [one for one in candidates if places[one.key].way != DRAWN]
    for sex in (BOY, GIRL):
        share = sum(one.sex == sex for one in candidates) // len(told.classes)
        if max(counts(bound, told, places, sex).values()) > share:
            return
    for sex in (None, BOY, GIRL):
        assert gap(counts(candidates, told, places, sex)) <= 1


@given(lists(), st.text(max_size=12), st.randoms())
@settings(max_examples=150, deadline=None)
def test_the_same_seed_gives_the_same_lists_whatever_the_order(made, seed, chance):
    candidates, told = made
    places, inputs = divide(candidates, told, seed), input_hash(candidates, told)
    mixed = list(candidates)
    chance.shuffle(mixed)
    backwards = Rule(told.classes[::-1], told.most, told.held)
    assert divide(mixed, backwards, seed) == places
    assert input_hash(mixed, backwards) == inputs
    assert result_hash(seed, inputs, divide(mixed, told, seed)) == result_hash(seed, inputs, places)


@given(st.integers(2, 6), st.lists(st.sampled_from(["A", "B", "C"]), max_size=60), st.integers())
@settings(deadline=None)
def test_bands_and_shared_ones_are_even_too(classes, bands, seed):
    told = rule(classes)
    candidates = [Candidate(f"k{at}", "12"[at % 2], band=band) for at, band in enumerate(bands)]
    places = divide(candidates, told, str(seed))
    for band in set(bands):
        assert gap(counts([one for one in candidates if one.band == band], told, places)) <= 2
    shared = [Candidate(f"k{at}", "12"[at % 2], is_spread=at < 7) for at in range(40)]
    places = divide(shared, told, str(seed))
    assert gap(counts(shared[:7], told, places)) <= 1
    assert gap(counts(shared, told, places)) <= 1


def test_who_comes_late_fills_up_what_is_there():
    told = rule(3, most=10, c1=(3, 3), c2=(2, 3), c3=(3, 2))
    candidates = [Candidate("x", BOY), Candidate("y", GIRL)]
    places = divide(candidates, told, "7")
    assert places["x"].class_no == 2 and places["y"].class_no == 3


def test_another_seed_gives_other_lists_and_every_class_is_as_likely():
    candidates = [Candidate(f"k{at}", "12"[at % 2]) for at in range(24)]
    assert divide(candidates, rule(4), "a") != divide(candidates, rule(4), "b")
    found = Counter(divide(candidates, rule(4), str(seed))["k0"].class_no for seed in range(2000))
    assert all(400 < found[number] < 600 for number in (1, 2, 3, 4)), found


@pytest.mark.parametrize(
    ("candidates", "told", "code"),
    [
        ([Candidate("a", BOY)], Rule((), 45, {}), "classes"),
        ([Candidate("a", BOY), Candidate("a", GIRL)], rule(2), "twice"),
        ([Candidate("a", "9")], rule(2), "sex"),
        ([Candidate("a", BOY, fixed=3)], rule(2), "fixed"),
        ([Candidate(f"{at}", BOY) for at in range(5)], rule(2, most=2), "most"),
        ([Candidate(f"{at}", BOY, fixed=1) for at in range(3)], rule(2, most=2), "most"),
        ([Candidate("a", BOY, "t", TOGETHER), Candidate("b", BOY, "t", APART)], rule(2), "wish"),
        ([Candidate("a", BOY, "t", TOGETHER, 1), Candidate("b", BOY, "t", TOGETHER, 2)], rule(2), "together"),
        ([Candidate("a", BOY, "t", APART, 1), Candidate("b", BOY, "t", APART, 1)], rule(2), "apart"),
        ([Candidate("a", BOY, "t", APART), Candidate("b", BOY, "t", APART)], rule(1), "apart"),
    ],
)
def test_what_contradicts_the_rule_is_refused_by_name(candidates, told, code):
    assert code in {one.code for one in faults(candidates, told)}
    with pytest.raises(CannotDivide) as told_off:
        divide(candidates, told, "1")
    assert code in str(told_off.value)


def test_any_change_of_the_list_changes_its_hash():
    base = [Candidate("a", BOY), Candidate("b", GIRL)]
    hashes = {
        input_hash(base, rule(2)), input_hash(base, rule(3)), input_hash(base, rule(2, most=45)),
        input_hash(base, rule(2, c1=(1, 0))), input_hash(base[:1], rule(2)),
        input_hash([Candidate("a", GIRL), base[1]], rule(2)), input_hash([Candidate("a", BOY, fixed=1), base[1]], rule(2)),
    }  # fmt: skip
    assert len(hashes) == 7


def test_six_hundred_into_twelve():
    chance = random.Random(600)
    candidates = [
        Candidate(f"k{at}", chance.choice("12"), f"t{at // 2}" if at < 24 else "", (TOGETHER, APART)[at // 12] if at < 24 else "")
        for at in range(600)
    ]  # fmt: skip
    places = divide(candidates, rule(12, most=50), "2026-08-25 03 17 21")
    for sex in (None, BOY, GIRL):
        assert gap(counts(candidates, rule(12), places, sex)) <= 1
