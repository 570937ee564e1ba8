import itertools
import random
from collections import Counter

import pytest

from jizuo.plain import names as plain_names
from jizuo.plain.demo.names import (
    DOTTED,
    RARE_GIVEN,
    READINGS,
    UNSPLIT,
    Names,
    generation,
    given_table,
    surname_table,
)


@pytest.mark.parametrize(
    ("year", "era"),
    [
        (1950, "elder"),
        (1966, "elder"),
        (1967, "seventies"),
        (1985, "eighties"),
        (1999, "nineties"),
        (2018, "pupils"),
    ],
)
def test_generation(year: int, era: str) -> None:
    assert generation(year) == era


def test_surnames_come_by_weight() -> None:
    names = Names(random.Random(1))
    seen = Counter(names.surname() for _ in range(20000))
    assert seen["王"] > seen["陈"] > seen["沈"] > seen["单"] > 0
    assert sum(len(s) == 2 for s in seen) >= 3


@pytest.mark.parametrize("era", ["elder", "seventies", "eighties", "nineties", "pupils"])
@pytest.mark.parametrize("sex", ["1", "2"])
def test_given_names_are_well_formed(era: str, sex: str) -> None:
    given, weights = given_table(era, sex)
    assert len(given) == len(weights) == len(set(given))
    assert all(b > a for a, b in itertools.pairwise(weights))
    assert all(len(g) in (1, 2) and plain_names.is_han(g) for g in given)


def test_grandparents_and_pupils_do_not_share_fashions() -> None:
    assert len(set(given_table("elder", "2")[0]) & set(given_table("pupils", "2")[0])) < 10


def test_every_special_name_is_taken_by_the_name_reader() -> None:
    whole = [
        n for kinds in (DOTTED, UNSPLIT) for by_sex in kinds.values() for g in by_sex.values() for n in g
    ]
    whole += ["李" + given for _, given in RARE_GIVEN]
    for name in whole:
        assert plain_names.read(name) == plain_names.NameRead(name)


def test_readings_are_of_surnames_in_the_table() -> None:
    assert set(READINGS) <= set(surname_table()[0])
