"""Who sees which value how: one decision, compiled into the SELECT list.

`decide` is the only place that turns grade, kind, purpose and grant into how a value is shown. Doors compile its answer
with `expression`, so that what is not open never leaves the database; `shown` says the same of a value that a room
holds already (a claim, an older state), and a test holds the two together. `explaining` asks `decide` too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from jizuo.ground import scope as scopes
from jizuo.hubs.data.datasets import PERSONAL, SENSITIVE, Dataset, Field
from jizuo.plain import phones

CLEAR, PHONE, YEAR, NAME, TAIL, STARS, NOTHING = (
    "clear",
    "phone",
    "year",
    "name",
    "tail",
    "stars",
    "nothing",
)
STAR, MASK = "＊", "＊＊＊"

#: What a value looks like, by the pinyin-initial name of its element (to check), where its kind does not say.
_LOOKS = {
    "XM": "name", "CYM": "name", "YWXM": "name", "JHRXM": "name", "LXDH": "phone", "SJHM": "phone", "DHHM": "phone",
    "SFZJH": "document", "XJH": "document",
}  # fmt: skip
#: What a text that holds a phone is called, by title or by pinyin-initial name.
PHONE_NAMED = re.compile(r"电话|手机|^(LX|YD)?DH$|^SJHM?$")
#: Document numbers are given by their end, or not at all; no purpose opens them.
_NEVER_OPEN = frozenset({"sealed", "document"})

_duties: dict[str, frozenset[str]] = {}
_purposes: dict[str, Any] = {}


def register_duties(open_to: Mapping[str, Collection[str]], purposes: Mapping[str, Any]) -> None:
    """Keep which purposes each role's duty opens, and what a purpose is called. One table for the whole base: the
    lowest room that knows the roles' duties registers it."""
    _duties.clear()
    _duties.update({role: frozenset(one) for role, one in open_to.items()})
    _purposes.clear()
    _purposes.update(purposes)


def purposes_of(role: str) -> frozenset[str]:
    """The purposes a role's duty opens."""
    return _duties.get(role, frozenset())


def purposes() -> Mapping[str, Any]:
    """Every purpose by key with its title."""
    return _purposes


@dataclass(frozen=True, slots=True)
class Lens:
    """Through which somebody reads. purposes: what the duty or the contract opens; masked: fields that stay masked
    all the same; opens_plain: personal fields without a purpose are open up to the sensitive grade, as to a role."""

    purposes: frozenset[str]
    masked: frozenset[str] = frozenset()
    opens_plain: bool = True


def lens_of(role: str) -> Lens:
    """The lens of an acting role."""
    return Lens(purposes_of(role))


def is_open(field: Field, lens: Lens) -> bool:
    """True when the value is shown in clear."""
    if field.key in lens.masked and field.grade >= PERSONAL:
        return False
    if field.grade < PERSONAL:
        return True
    if looks(field) in _NEVER_OPEN:
        return False
    if field.purpose:
        return field.purpose in lens.purposes
    return lens.opens_plain and field.grade < SENSITIVE


def decide(field: Field, lens: Lens) -> str:
    """How a value of `field` is shown through `lens`: one of the words above."""
    return CLEAR if is_open(field, lens) else masked_as(field)


def masked_as(field: Field) -> str:
    """How a value that is not open is shown."""
    return _SHOWN_AS.get(looks(field), STARS)


_SHOWN_AS = {
    "sealed": NOTHING, "id": NOTHING, "phone": PHONE, "date": YEAR, "moment": YEAR, "name": NAME, "document": TAIL,
}  # fmt: skip


def looks(field: Field) -> str:
    """What values of `field` look like: its kind, or what its pinyin-initial name or its title says of a text."""
    if field.kind != "text":
        return field.kind
    if field.initials in _LOOKS:
        return _LOOKS[field.initials]
    return "phone" if PHONE_NAMED.search(field.title) or PHONE_NAMED.search(field.initials) else field.kind


def shown(how: str, value: Any) -> str:
    """A text value that a room holds already, as `how` shows it; '' stays ''."""
    text = "" if value is None else str(value)
    if how == CLEAR or not text:
        return text
    if how == PHONE:
        return phones.mask(text)
    if how == YEAR:
        return f"{text[:4]}-{MASK}"
    if how == NAME:
        return f"{text[:1]}{STAR}"
    if how == TAIL:
        return f"{MASK}{text[-4:]}"
    return MASK if how == STARS else ""


#: A phone by its shape, as `plain.phones.mask` cuts it: a mobile, a landline with area code, anything else. Without a
#: brace: doors put masks into templates of psycopg.
_PHONE = (
    r"case when {0} ~ '^1[3-9][0-9]+$' and length({0}) = 11 then left({0}, 3) || '****' || right({0}, 4)"
    r" when position('-' in {0}) > 0 then split_part({0}, '-', 1) || '-' ||"
    r" repeat('*', length(split_part({0}, '-', 2)) - least(4, length(split_part({0}, '-', 2)) / 2)) ||"
    r" right(split_part({0}, '-', 2), least(4, length(split_part({0}, '-', 2)) / 2)) ||"
    r" case when split_part({0}, '-', 3) <> ''"
    r" then '-' || repeat('*', length({0}) - length(split_part({0}, '-', 1)) - length(split_part({0}, '-', 2)) - 2)"
    r" else '' end"
    r" else repeat('*', length({0}) - least(4, length({0}) / 2)) || right({0}, least(4, length({0}) / 2)) end"
)


def expression(how: str, value: str) -> str:
    """SQL of `value` (an SQL expression of the code, never of a caller) as `how` shows it. Text, except CLEAR and
    NOTHING; an unsaid value stays null or ''."""
    if how == CLEAR:
        return value
    if how == NOTHING:
        return "null"
    text = f"({value})::text"
    masked = {
        PHONE: _PHONE.format(text),
        YEAR: f"left({text}, 4) || '-{MASK}'",
        NAME: f"left({text}, 1) || '{STAR}'",
        TAIL: f"'{MASK}' || right({text}, 4)",
        STARS: f"'{MASK}'",
    }[how]
    return f"case when {value} is null then null when {text} = '' then '' else {masked} end"


def column(field: Field, lens: Lens, value: str) -> str:
    """SQL of one field's `value` through `lens`."""
    return expression(decide(field, lens), value)


def select_list(
    dataset: Dataset, columns: Iterable[str], *, alias: str = "t", lens: Lens | None = None
) -> str:
    """The SELECT list of `columns` of a dataset's table, masked for `lens` (by default the acting role's), each named
    by its key. The keys must be fields of the dataset: KeyError."""
    seen = lens or lens_of(scopes.current().role)
    return ", ".join(
        f"{column(dataset.fields[key], seen, f'{alias}.{quoted(key)}')} as {quoted(key)}" for key in columns
    )


def given_in_clear(fields: Iterable[Field], lens: Lens) -> set[str]:
    """Keys of the fields of grade 3 and up that `lens` gives in clear: what the audit must name."""
    return {field.key for field in fields if field.grade >= PERSONAL and is_open(field, lens)}


def quoted(name: str) -> str:
    """An identifier of the code or the catalogue in SQL."""
    return '"' + name.replace('"', '""').replace("%", "%%") + '"'
