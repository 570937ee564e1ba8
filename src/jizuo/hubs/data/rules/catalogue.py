"""Who may know that a dataset exists, and what a typed text finds, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

from jizuo.ground import scope as scopes
from jizuo.hubs.data import searching
from jizuo.plain.workbook.words import normal

DATASET, FIELD, CODES, TERM = "dataset", "field", "codes", "term"
KINDS: Mapping[str, Any] = {
    DATASET: gettext_lazy("数据集"),
    FIELD: gettext_lazy("字段"),
    CODES: gettext_lazy("代码表"),
    TERM: gettext_lazy("术语"),
}
#: Circles from the narrowest to the widest: a dataset known to one circle is known to those before it.
CIRCLES = ("district", "office", "teacher", "family")
CIRCLE_TITLES: Mapping[str, Any] = {
    "district": gettext_lazy("只有区里管数据的人"),
    "office": gettext_lazy("还有校长和教务"),
    "teacher": gettext_lazy("还有老师"),
    "family": gettext_lazy("还有学生和家长"),
}
_ROLES: Mapping[str, frozenset[str]] = {
    "office": frozenset({scopes.HEAD, scopes.CLERK}),
    "teacher": frozenset({scopes.HOMEROOM_TEACHER, scopes.TEACHER}),
    "family": frozenset({scopes.PUPIL, scopes.GUARDIAN}),
}
#: How often a dataset is renewed.
CYCLES: Mapping[str, Any] = {
    "real_time": gettext_lazy("随时"),
    "day": gettext_lazy("每天"),
    "week": gettext_lazy("每周"),
    "month": gettext_lazy("每月"),
    "term": gettext_lazy("每学期"),
    "year": gettext_lazy("每学年"),
    "once": gettext_lazy("不再更新"),
}
MOST_FOUND = 60


def circle_of(role: str) -> str:
    """The circle of a role."""
    return next((circle for circle, roles in _ROLES.items() if role in roles), "district")


def may_know(role: str, known_to: str) -> bool:
    """Whether somebody in `role` may know of what is known to a circle."""
    return CIRCLES.index(circle_of(role)) <= CIRCLES.index(known_to)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that is found. keys: of its words, see `keys_of`; all_keys: every one of them, to look through at once;
    place: what it belongs to; path: below the acting role. Made by `entry`."""

    kind: str
    key: str
    title: str
    keys: tuple[tuple[str, ...], ...]
    all_keys: str
    place: str = ""
    path: str = ""
    dataset: str = ""
    meaning: str = ""


def entry(kind: str, key: str, title: str, words: Iterable[str], **more: str) -> Entry:
    """An entry that is found under `words`."""
    keys = tuple(dict.fromkeys(keys_of(word) for word in words if word))
    return Entry(kind, key, title, keys, "\n".join(one for many in keys for one in many), **more)


def keys_of(word: str) -> tuple[str, ...]:
    """Under what a word is found: letters and digits of a Latin one (``roll status`` and ``roll_status`` are one); of a
    Chinese one itself, its whole pinyin, its initials."""
    if word.isascii():
        return (latin(word),)
    plain = normal(word)
    # Character by character: a title has no surname that would be read in a way of its own.
    sounds = [searching.keys_of(char) for char in plain]
    return (
        plain,
        "".join(one[1] if len(one) > 1 else one[0] for one in sounds),
        "".join(one[-1] for one in sounds),
    )


def latin(word: str) -> str:
    """Letters and digits of a word of Latin letters, in lower case."""
    return "".join(char for char in word.casefold() if char.isalnum())


def find(entries: Iterable[Entry], text: str, most: int = MOST_FOUND) -> tuple[list[Entry], int]:
    """(the entries that answer to a typed text, the likeliest first and at most `most`, how many there are). Equal ones
    stay in their order; nothing for an empty text."""
    typed = latin(text) if text.isascii() else normal(text)
    if not typed:
        return [], 0
    scored: list[tuple[int, int, Entry]] = []
    for place, one in enumerate(entries):
        if typed in one.all_keys and (score := min(likeness(keys, typed) for keys in one.keys)) < MISS:
            scored.append((score, place, one))
    scored.sort(key=lambda found: found[:2])
    return [one for _score, _place, one in scored[:most]], len(scored)


MISS = 9


def likeness(keys: Sequence[str], typed: str) -> int:
    """0 the word itself, 1 its initials, 2 its whole pinyin, 3 its beginning, 4 the beginning of either sound, 5 somewhere
    in the word; `MISS` when it does not answer."""
    plain, *sounds = keys
    if plain == typed:
        return 0
    if sounds and typed in (sounds[-1], sounds[0]):
        return 1 if typed == sounds[-1] else 2
    if plain.startswith(typed):
        return 3
    if any(key.startswith(typed) for key in sounds):
        return 4
    return 5 if typed in plain else MISS
