"""One town's pupils in two lists that share no number, with the mistakes of two hands: what matching is tried on.

Each list holds most of the town. Both are drawn from the same families (siblings and twins share a surname, a phone and
a home), and many children share a whole name. Between the lists some have moved house or school, changed the phone, or
were written down wrongly: a homophone, another character, two characters turned round, one left out, one digit of the
birth date, day and month exchanged, the wrong sex; addresses are shortened. `SHARES` names how often.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from jizuo.plain import pinyin
from jizuo.plain.demo import places
from jizuo.plain.demo.names import Names, given_table, surname_table

#: How often something differs between the two records of one child.
SHARES = {
    "homophone": 0.040,
    "other_char": 0.025,
    "turned_round": 0.010,
    "left_out": 0.010,
    "renamed": 0.006,
    "birth_digit": 0.020,
    "birth_turned": 0.010,
    "birth_missing": 0.020,
    "sex_wrong": 0.005,
    "phone_changed": 0.300,
    "phone_missing": 0.100,
    "moved_house": 0.200,
    "address_shortened": 0.300,
    "address_missing": 0.100,
    "moved_school": 0.200,
    "kin_missing": 0.200,
    "kin_differs": 0.060,
}
#: Of the town, how many are in each list.
IN_LIST = 0.92
TWINS, SIBLINGS = 0.014, 0.14
PUPILS_IN_SCHOOL, CLASS_SIZE = 600, 40
#: A first list's year of oldest and youngest.
BORN = (2008, 2019)


@dataclass(frozen=True, slots=True)
class Child:
    """One record. number: of the child in the town, the same in both lists; kin: names of guardians."""

    number: int
    name: str
    sex: str
    birth_on: date | None
    phone: str
    address: str
    school: str
    klass: str
    kin: tuple[str, ...]
    former_name: str = ""


def two_lists(size: int, *, seed: int = 2026) -> tuple[list[Child], list[Child]]:
    """Two lists of `size` records each, in no order; some `IN_LIST` of each are in the other too."""
    rng = random.Random(seed)  # noqa: S311
    town = _town(round(size / IN_LIST) + 1, rng)
    first = rng.sample(town, size)
    second = [_written_again(one, rng) for one in rng.sample(town, size)]
    return first, second


def _town(count: int, rng: random.Random) -> list[Child]:
    """Every child once, family by family."""
    names = Names(rng)
    found: list[Child] = []
    schools = max(2, count // PUPILS_IN_SCHOOL)
    while len(found) < count:
        surname, street = names.surname(), rng.randrange(12)
        home, phone = places.address(rng, street), _phone(rng)
        kin = (surname + names.given(1985, "1"), names.surname() + names.given(1987, "2"))
        birth = date(BORN[0], 9, 1) + timedelta(days=rng.randrange((BORN[1] - BORN[0]) * 365))
        births = [birth]
        if rng.random() < TWINS:
            births.append(birth)
        elif rng.random() < SIBLINGS:
            births.append(birth + timedelta(days=rng.randrange(450, 2500)))
        given = ""
        for born in births:
            sex = "1" if rng.random() < 0.528 else "2"
            given = _given(names, born.year, sex, given, rng)
            entry = born.year + 6 + (born.month >= 9)
            school, klass = rng.randrange(schools), rng.randrange(1, 5)
            if len(births) > 1 and born == birth and found and found[-1].kin == kin:
                school = int(found[-1].school)
            found.append(
                Child(
                    len(found), surname + given, sex, born, phone, home, str(school), f"{entry}-{klass}", kin
                )
            )
    return found[:count]


def _given(names: Names, year: int, sex: str, sibling: str, rng: random.Random) -> str:
    """A given name; a second child often shares a character with the first, and never the whole name."""
    while True:
        given = names.given(year, sex)
        if sibling and len(sibling) == 2 and rng.random() < 0.35:
            given = sibling[0] + given[-1]
        if given != sibling:
            return given


def _phone(rng: random.Random) -> str:
    return f"194{rng.randrange(10**8):08d}"


def _written_again(one: Child, rng: random.Random) -> Child:
    """The same child as another hand wrote it, maybe years later."""

    def happens(what: str) -> bool:
        return rng.random() < SHARES[what]

    for what, change in (
        ("homophone", _homophone),
        ("other_char", _other_char),
        ("turned_round", _turned_round),
        ("left_out", _left_out),
    ):
        if happens(what):
            one = replace(one, name=change(one.name, rng))
            break
    else:
        if happens("renamed"):
            one = replace(one, name=one.name[0] + Names(rng, 1).given(2014, one.sex), former_name=one.name)
    born_on = one.birth_on
    if born_on is not None:
        if happens("birth_missing"):
            one = replace(one, birth_on=None)
        elif happens("birth_turned"):
            one = replace(one, birth_on=_turned_day(born_on, rng))
        elif happens("birth_digit"):
            one = replace(one, birth_on=_other_digit(born_on, rng))
    if happens("sex_wrong"):
        one = replace(one, sex="2" if one.sex == "1" else "1")
    if happens("phone_missing"):
        one = replace(one, phone="")
    elif happens("phone_changed"):
        one = replace(one, phone=_phone(rng))
    if happens("address_missing"):
        one = replace(one, address="")
    elif happens("moved_house"):
        one = replace(one, address=places.address(rng, rng.randrange(12)))
    elif happens("address_shortened"):
        one = replace(one, address=_shortened(one.address, rng))
    if happens("moved_school"):
        one = replace(one, school=str(rng.randrange(10_000)), klass=f"{one.klass[:4]}-{rng.randrange(1, 5)}")
    if happens("kin_missing"):
        one = replace(one, kin=())
    elif happens("kin_differs"):
        one = replace(one, kin=tuple(_other_char(name, rng) for name in one.kin))
    return one


@cache
def _by_sound() -> dict[str, tuple[str, ...]]:
    """Sound without tone -> the characters of given names and surnames that have it."""
    found: dict[str, set[str]] = defaultdict(set)
    texts = set("".join(surname_table()[0]))
    for sex in ("1", "2"):
        texts |= set("".join(given_table("pupils", sex)[0]))
    for char in texts:
        for reading in pinyin.readings(char):
            found[reading].add(char)
    return {sound: tuple(sorted(chars)) for sound, chars in found.items()}


@cache
def _chars() -> tuple[str, ...]:
    return tuple(sorted({char for chars in _by_sound().values() for char in chars}))


def _homophone(name: str, rng: random.Random) -> str:
    place = rng.randrange(1, len(name))
    alike = [c for c in _by_sound().get(pinyin.readings(name)[place], ()) if c != name[place]]
    return name[:place] + rng.choice(alike) + name[place + 1 :] if alike else _other_char(name, rng)


def _other_char(name: str, rng: random.Random) -> str:
    place = rng.randrange(1, len(name))
    return name[:place] + rng.choice(_chars()) + name[place + 1 :]


def _turned_round(name: str, rng: random.Random) -> str:
    return name[:-2] + name[-1] + name[-2] if len(name) > 2 else _homophone(name, rng)


def _left_out(name: str, rng: random.Random) -> str:
    return name[:-1] if len(name) > 2 else name + rng.choice(_chars())


def _turned_day(day: date, rng: random.Random) -> date:
    return day.replace(month=day.day, day=day.month) if day.day <= 12 else _other_digit(day, rng)


def _other_digit(day: date, rng: random.Random) -> date:
    """The date with one digit wrong, still a date."""
    text = day.strftime("%Y%m%d")
    while True:
        place = rng.randrange(3, 8)
        wrong = text[:place] + rng.choice("0123456789") + text[place + 1 :]
        try:
            found = date(int(wrong[:4]), int(wrong[4:6]), int(wrong[6:]))
        except ValueError:
            continue
        if found != day:
            return found


def _shortened(address: str, rng: random.Random) -> str:
    """An address as people write it for a neighbour."""
    short = address.removeprefix(places.CITY)
    if rng.random() < 0.6:
        short = short.removeprefix(places.DISTRICT)
    return short.removesuffix("室") if rng.random() < 0.5 else short.replace("号", "号楼", 1)


def offered(people: list[Child], group: int, *, with_kin: bool = True) -> Any:
    """The records as a frame that matching takes; all of one group."""
    import polars as pl

    return pl.DataFrame(
        {
            "key": [f"{one.number}" for one in people],
            "group": [group] * len(people),
            "name": [one.name for one in people],
            "former_name": [one.former_name for one in people],
            "sex": [one.sex for one in people],
            "birth_on": [one.birth_on for one in people],
            "phones": [[one.phone] if one.phone else [] for one in people],
            "address": [one.address for one in people],
            "school": [one.school for one in people],
            "klass": [one.klass for one in people],
            "kin": [list(one.kin) if with_kin else [] for one in people],
        },
        schema_overrides={
            "group": pl.Int64, "birth_on": pl.Date, "phones": pl.List(pl.String), "kin": pl.List(pl.String)
        },
    )  # fmt: skip
