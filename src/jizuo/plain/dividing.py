"""阳光分班: pupils into classes, even in number and sex, drawn by a published seed and replayable.

Chance comes from HMAC-SHA256 with the seed as key, so the same list, rule and seed give the same classes on every
machine, whatever the order of the input. Sizes are settled first, then sexes within them: both are as even as the
places that are not drawn (fixed places, twins kept together) allow, and differ by at most one where none of those
fills a class above the even share.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

TOGETHER, APART, NO_WISH = "together", "apart", ""
DRAWN, FIXED, BOUND, SPREAD = "drawn", "fixed", "bound", "spread"
BOY, GIRL = "1", "2"
#: Version of the method; part of every hash, so that a list drawn by another method never looks replayed.
METHOD = "jizuo-dividing-1"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One pupil of the draw.

    key: unlike any other's, what chance is drawn for. sex: "1" or "2". siblings: the mark that 多胞胎 of one birth share,
    "" for none; wish: together | apart | "" (the same for all of one birth). fixed: number of the class given before the
    draw, 0 for none. is_spread: one of those who are shared evenly among the classes. band: score band, senior secondary
    only, "" for none.
    """

    key: str
    sex: str
    siblings: str = ""
    wish: str = NO_WISH
    fixed: int = 0
    is_spread: bool = False
    band: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a school decides before the draw. classes: numbers of the classes; most: pupils in a class at most; held:
    class -> (boys, girls) who sit there already."""

    classes: tuple[int, ...]
    most: int
    held: Mapping[int, tuple[int, int]]


class Place(NamedTuple):
    """Where a pupil comes to sit and by what: drawn | fixed | bound (with a sibling) | spread."""

    class_no: int
    way: str


class Refusal(NamedTuple):
    """One reason why a list cannot be divided. code: classes | most | sex | wish | twice | fixed | together | apart; keys:
    whom it is about; number: the least that would do, where that is known."""

    code: str
    keys: tuple[str, ...] = ()
    number: int = 0


class CannotDivide(ValueError):
    """The list contradicts the rule. refusals: every reason."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__(", ".join(one.code for one in refusals))
        self.refusals = tuple(refusals)


def chance(seed: str, *what: object) -> bytes:
    """The lot of `what`: 32 bytes that only the seed decides."""
    return hmac.new(seed.encode(), "\x1f".join(map(str, what)).encode(), hashlib.sha256).digest()


def input_hash(candidates: Sequence[Candidate], rule: Rule) -> str:
    """SHA-256 (hex) of list, rule and method: published before the seed is drawn."""
    rows = sorted(
        [one.key, one.sex, one.siblings, one.wish, one.fixed, one.is_spread, one.band] for one in candidates
    )
    held = sorted([number, *counts] for number, counts in rule.held.items())
    told = [METHOD, rows, sorted(rule.classes), rule.most, held]
    return _hash(told)


def result_hash(seed: str, inputs: str, places: Mapping[str, Place]) -> str:
    """SHA-256 (hex) of what came out: equal exactly when a replay gave the same lists from the same input and seed."""
    return _hash([METHOD, seed, inputs, sorted([key, *place] for key, place in places.items())])


def _hash(told: object) -> str:
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def faults(candidates: Sequence[Candidate], rule: Rule) -> list[Refusal]:
    """Every reason why `candidates` cannot be divided by `rule`; empty when they can."""
    found = []
    classes = set(rule.classes)
    if not classes or len(classes) != len(rule.classes):
        return [Refusal("classes")]
    twice = tuple(sorted(key for key, count in Counter(one.key for one in candidates).items() if count > 1))
    if twice:
        found.append(Refusal("twice", twice))
    sexless = tuple(sorted(one.key for one in candidates if one.sex not in (BOY, GIRL)))
    if sexless:
        found.append(Refusal("sex", sexless))
    astray = tuple(sorted(one.key for one in candidates if one.fixed and one.fixed not in classes))
    if astray:
        found.append(Refusal("fixed", astray))
    count = len(candidates) + sum(map(sum, rule.held.values()))
    if count > rule.most * len(classes):
        found.append(Refusal("most", number=-(-count // max(rule.most, 1))))
    fixed = Counter(one.fixed for one in candidates if one.fixed in classes)
    for number in sorted(classes):
        if fixed[number] + sum(rule.held.get(number, (0, 0))) > rule.most:
            found.append(Refusal("most", tuple(sorted(one.key for one in candidates if one.fixed == number))))
    for births in _births(candidates).values():
        keys = tuple(one.key for one in births)
        wishes = {one.wish for one in births}
        given = [one.fixed for one in births if one.fixed]
        if len(wishes) > 1 or not wishes <= {TOGETHER, APART, NO_WISH}:
            found.append(Refusal("wish", keys))
        elif wishes == {TOGETHER} and len(set(given)) > 1:
            found.append(Refusal("together", keys))
        elif wishes == {APART} and (len(births) > len(classes) or len(set(given)) < len(given)):
            found.append(Refusal("apart", keys, len(births)))
    return found


def _births(candidates: Sequence[Candidate]) -> dict[str, list[Candidate]]:
    """Siblings of one birth, by their mark, in the order of their keys."""
    found: dict[str, list[Candidate]] = defaultdict(list)
    for one in sorted(candidates, key=lambda one: one.key):
        if one.siblings:
            found[one.siblings].append(one)
    return found


def divide(candidates: Sequence[Candidate], rule: Rule, seed: str) -> dict[str, Place]:
    """key -> place of every candidate. Pure and the same for any order of `candidates`. Raises CannotDivide."""
    refused = faults(candidates, rule)
    if refused:
        raise CannotDivide(refused)
    return _Draw(candidates, rule, seed).run()


class _Draw:
    """One draw: places that are not open to chance first, then the shares of each class, then the lots."""

    def __init__(self, candidates: Sequence[Candidate], rule: Rule, seed: str) -> None:
        self.rule, self.seed = rule, seed
        self.classes = sorted(rule.classes, key=lambda number: chance(seed, "class", number))
        self.rank = {number: place for place, number in enumerate(self.classes)}
        self.candidates = sorted(candidates, key=lambda one: (chance(seed, "pupil", one.key), one.key))
        self.places: dict[str, Place] = {}
        self.load: dict[str, Counter[int]] = {BOY: Counter(), GIRL: Counter()}
        self.spread: Counter[int] = Counter()
        self.births = _births(candidates)
        for number in self.classes:
            boys, girls = rule.held.get(number, (0, 0))
            self.load[BOY][number], self.load[GIRL][number] = boys, girls

    def run(self) -> dict[str, Place]:
        for one in self.candidates:
            if one.fixed:
                self.put(one, one.fixed, FIXED)
        self.bind()
        for one in self.candidates:
            if one.is_spread and one.key not in self.places:
                self.put(one, self.lightest([one], self.free_of(one), by_spread=True), SPREAD)
        self.deal()
        return self.places

    def put(self, one: Candidate, number: int, way: str) -> None:
        self.places[one.key] = Place(number, way)
        self.load[one.sex][number] += 1
        self.spread[number] += one.is_spread

    def size(self, number: int) -> int:
        return self.load[BOY][number] + self.load[GIRL][number]

    def free_of(self, one: Candidate) -> list[int]:
        """Classes in which no sibling sits from whom `one` is to be apart."""
        if one.wish != APART or not one.siblings:
            return self.classes
        taken = {
            self.places[other.key].class_no for other in self.births[one.siblings] if other.key in self.places
        }
        return [number for number in self.classes if number not in taken]

    def lightest(self, block: Sequence[Candidate], among: Sequence[int], *, by_spread: bool = False) -> int:
        """The class of `among` with room where `block` tips the balance least."""
        sexes = Counter(one.sex for one in block)
        room = [number for number in among if self.size(number) + len(block) <= self.rule.most]
        if not room:
            code = "together" if len(block) > 1 else "apart"
            raise CannotDivide([Refusal(code, tuple(sorted(one.key for one in block)))])
        return min(
            room,
            key=lambda number: (
                self.spread[number] if by_spread else 0,
                max(self.load[sex][number] + count for sex, count in sexes.items()),
                self.size(number),
                self.rank[number],
            ),
        )

    def bind(self) -> None:
        """Siblings as the family wished, the larger births first."""
        order = sorted(
            self.births.items(),
            key=lambda birth: (-len(birth[1]), chance(self.seed, "birth", birth[1][0].key)),
        )
        for _mark, births in order:
            if len(births) < 2:
                continue
            waiting = [one for one in births if one.key not in self.places]
            if births[0].wish == TOGETHER and waiting:
                given = [self.places[one.key].class_no for one in births if one.key in self.places]
                number = self.lightest(
                    waiting, given[:1] or self.classes, by_spread=any(one.is_spread for one in waiting)
                )
                for one in waiting:
                    self.put(one, number, BOUND)
            elif births[0].wish == APART:
                for one in waiting:
                    self.put(one, self.lightest([one], self.free_of(one), by_spread=one.is_spread), BOUND)

    def deal(self) -> None:
        """Everybody whom only chance places: shares first, then lots, band after band."""
        waiting = [one for one in self.candidates if one.key not in self.places]
        boys = self.shares(waiting)
        left = {BOY: Counter(boys), GIRL: Counter()}
        sizes = self.sizes(len(waiting))
        for number in self.classes:
            left[BOY][number] -= self.load[BOY][number]
            left[GIRL][number] = sizes[number] - boys[number] - self.load[GIRL][number]
        banded: dict[str, Counter[int]] = defaultdict(Counter)
        for one in self.candidates:
            if one.key in self.places:
                banded[one.band][self.places[one.key].class_no] += 1
        for one in sorted(waiting, key=lambda one: (one.sex, one.band)):
            quota, count = left[one.sex], banded[one.band]
            number = min(
                (number for number in self.classes if quota[number] > 0),
                key=lambda number: (count[number], -quota[number], self.rank[number]),
            )
            self.put(one, number, DRAWN)
            quota[number] -= 1
            count[number] += 1

    def sizes(self, count: int) -> dict[int, int]:
        """How many sit in each class at the end, as even as can be."""
        return self.level(
            {number: self.size(number) for number in self.classes}, count, lambda number: (self.rank[number],)
        )

    def shares(self, waiting: Sequence[Candidate]) -> dict[int, int]:
        """How many boys sit in each class at the end: as even as the sizes and the girls who sit already allow."""
        sizes = self.sizes(len(waiting))
        boys = sum(one.sex == BOY for one in waiting)
        caps = {number: sizes[number] - self.load[GIRL][number] for number in self.classes}
        return self.level(
            {number: self.load[BOY][number] for number in self.classes}, boys,
            lambda number: (-sizes[number], self.rank[number]), caps,
        )  # fmt: skip

    def level(
        self,
        held: Mapping[int, int],
        count: int,
        tie: Callable[[int], tuple[int, ...]],
        caps: Mapping[int, int] | None = None,
    ) -> dict[int, int]:
        """`count` more, each to the class that has least; where several have, to the first by `tie`."""
        found = dict(held)
        for _one in range(count):
            open_to = [number for number in self.classes if caps is None or found[number] < caps[number]]
            number = min(open_to, key=lambda number: (found[number], *tie(number)))
            found[number] += 1
        return found
