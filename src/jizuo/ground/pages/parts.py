"""Typed values that the parts of a page are drawn from; the template tags of ``{% load pages %}`` draw them.

A tone is one of ``""``, ``qing`` (can be done), ``zhu`` (wrong or late), ``huang`` (due today), ``lv``
(good), ``lan`` (information). Colour never carries meaning alone: the words say it too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

TONES = frozenset({"", "qing", "zhu", "huang", "lv", "lan"})

#: The import walk, in the words of the people who use it: (key, word).
WALK = (
    ("land", _("收下原表")),
    ("check", _("检查")),
    ("preview", _("预览与修改")),
    ("approve", _("批准")),
    ("apply", _("应用")),
    ("receipt", _("回执")),
)


@dataclass(frozen=True, slots=True)
class Action:
    """Something a person can do: a link (`href`), a post (`post`, with `fields`), or a dialog (`opens`).

    because: why it cannot be done now; drawn as a disabled button with the reason, never hidden in silence.
    """

    label: Any
    href: str = ""
    post: str = ""
    opens: str = ""
    tone: str = ""
    because: Any = ""
    fields: tuple[tuple[str, str], ...] = ()
    is_download: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a walk. state: done, now, stuck (something is wrong here) or ahead."""

    word: Any
    state: str = "ahead"
    href: str = ""
    detail: Any = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a long job is. percent 0-100, None before it is known; left_seconds None when not yet known.

    state: waiting, running, done, failed or cancelled. poll: the address that answers with this part again,
    asked every two seconds while waiting or running. cancel: the address that stops it, empty if it cannot.
    """

    words: Any
    percent: int | None = None
    left_seconds: float | None = None
    state: str = "running"
    poll: str = ""
    cancel: str = ""
    href: str = ""
    href_word: Any = ""
    detail: Any = ""

    @property
    def is_live(self) -> bool:
        return self.state in ("waiting", "running")


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab; the views of one thing, each with its own address. count_from: an address that answers with the count
    alone, asked once the page stands."""

    label: Any
    href: str
    is_current: bool = False
    count: int | None = None
    count_from: str = ""


@dataclass(frozen=True, slots=True)
class Todo:
    """One matter that waits for the reader: what, how urgent (tag), and the one thing to do. count: how many things it
    stands for."""

    words: Any
    tag: Any = ""
    tone: str = ""
    detail: Any = ""
    href: str = ""
    href_word: Any = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing the base holds about a person or thing. value None or "" is written 无数据.

    owner: who owns the value (学籍系统, 学校, 家长本人). side: a short remark at the end, such as since when.
    """

    label: Any
    value: Any = None
    owner: Any = ""
    side: Any = ""
    href: str = ""
    href_word: Any = ""
    was: Any = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a problem row; is_wrong marks it in place."""

    text: Any
    is_wrong: bool = False


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """A row of somebody's file that needs mending: where it stands, its cells, what is wrong, what to do."""

    where: str
    cells: Sequence[Cell]
    what: Any
    fix: Any = ""
    actions: Sequence[Action] = ()


@dataclass(frozen=True, slots=True)
class Tile:
    """A large target on a phone: one character in a washed square and a word under it."""

    mark: str
    word: Any
    href: str
    tone: str = "qing"


@dataclass(frozen=True, slots=True)
class Number:
    """One big number with what stands behind it. value None is 无数据.

    shift: change against an earlier time, in the number's own unit; better: "up", "down" or "" says which
    direction is good news and so its colour. definition, source and at stand behind the "?"; more: the address
    where the definition stands among the others.
    """

    label: Any
    value: Any = None
    unit: Any = ""
    href: str = ""
    definition: Any = ""
    source: Any = ""
    at: datetime | None = None
    detail: Any = ""
    tone: str = ""
    decimals: int = 0
    shift: float | None = None
    shift_word: Any = ""
    better: str = ""
    more: str = ""

    @property
    def shift_way(self) -> str:
        return "level" if not self.shift else "up" if self.shift > 0 else "down"

    @property
    def shift_tone(self) -> str:
        if not self.better or not self.shift:
            return ""
        return "lv" if self.shift_way == self.better else "zhu"


@dataclass(frozen=True, slots=True)
class Sheet:
    """Head and foot of a printed page. check_code lets the school compare paper and base.

    A page prints on A4; with ``{% block body_class %}sheet-a3{% endblock %}`` on A3, lying.
    """

    title: Any
    unit: Any
    check_code: str = ""
    printed_by: Any = ""
    printed_at: datetime | None = None


def walk(at: str, *, is_stuck: bool = False, hrefs: dict[str, str] | None = None) -> list[Step]:
    """The import walk with everything before `at` done. at: a key of `WALK`, or "done" after the receipt.

    is_stuck marks the present step as needing a person. hrefs: addresses of steps one can look back at.
    """
    keys = [key for key, _word in WALK]
    if at != "done" and at not in keys:
        raise ValueError(f"no step {at!r}; one of {keys}")
    now = len(keys) if at == "done" else keys.index(at)
    steps = []
    for place, (key, word) in enumerate(WALK):
        state = "done" if place < now else "ahead" if place > now else "stuck" if is_stuck else "now"
        steps.append(Step(word, state, (hrefs or {}).get(key, "")))
    return steps
