"""Which column of a foreign sheet feeds which field: proposals with reasons, and a key for the answer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from jizuo.plain.workbook import words
from jizuo.plain.workbook.shape import Table

Checker = Callable[[str], bool]

SAMPLE = 60


@dataclass(frozen=True)
class Field:
    """One wanted value. `titles`: the shown title first, then other names, Chinese and English.

    `initials` is the pinyin-initial name of the standard (XM, CSRQ). `checker` says whether one text could be
    such a value (a document number, a date, 男/女); None when anything could be.
    """

    key: str
    titles: tuple[str, ...]
    initials: str = ""
    checker: Checker | None = None
    required: bool = False


@dataclass(frozen=True)
class Proposal:
    """`place` is the column's place in `table.columns`. `score` runs from 0 to 1; from `SURE` on a person
    need only look. `reason` is said in Chinese; `doubts` tells what speaks against it, or is ""."""

    key: str
    place: int
    letter: str
    heading: str
    score: float
    reason: str
    doubts: str = ""


SURE = 0.85
LEAST = 0.45


def propose(fields: Sequence[Field], table: Table) -> list[Proposal]:
    """At most one column for a field and one field for a column, best pairs first, in the order of `fields`.

    Headings are compared after half-width, case, spaces, stars and bracketed remarks are gone: equal to the
    title, to another name or to the initials, then one containing the other; then the values of up to
    `SAMPLE` rows are tried. A pupil's 姓名 and a guardian's are told apart by the group
    (监护人一/姓名). Nothing under `LEAST` is proposed.
    """
    pairs: list[tuple[float, int, int, str, str]] = []
    exact = {words.normal(title) for field in fields for title in field.titles}
    samples = [_sample(table, place) for place in range(len(table.columns))]
    for number, field in enumerate(fields):
        for place, column in enumerate(table.columns):
            score, reason = _by_heading(field, column.heading, exact)
            score, reason, doubts = _by_content(field, samples[place], score, reason)
            if score >= LEAST:
                pairs.append((score, number, place, reason, doubts))
    pairs.sort(key=lambda pair: (-pair[0], pair[2], pair[1]))
    taken_fields: set[int] = set()
    taken_columns: set[int] = set()
    chosen: list[tuple[int, Proposal]] = []
    for score, number, place, reason, doubts in pairs:
        if number in taken_fields or place in taken_columns:
            continue
        taken_fields.add(number)
        taken_columns.add(place)
        column = table.columns[place]
        proposal = Proposal(
            fields[number].key, place, column.letter, column.heading, round(score, 2), reason, doubts
        )
        chosen.append((number, proposal))
    return [proposal for _, proposal in sorted(chosen, key=lambda one: one[0])]


def missing(fields: Iterable[Field], proposals: Iterable[Proposal]) -> list[Field]:
    """The required fields that no column feeds."""
    fed = {proposal.key for proposal in proposals}
    return [field for field in fields if field.required and field.key not in fed]


def left_over(table: Table, proposals: Iterable[Proposal]) -> list[int]:
    """Places of the columns that feed nothing; the preview names them so that nothing vanishes silently."""
    used = {proposal.place for proposal in proposals}
    return [place for place in range(len(table.columns)) if place not in used]


def fingerprint(table: Table) -> str:
    """The same for every table with the same headings in the same order, whatever spaces, stars or bracketed
    remarks they carry: the key under which a confirmed mapping is remembered. 32 hexadecimal digits."""
    headings = "\x1f".join("/".join(map(words.normal, column.heading.split("/"))) for column in table.columns)
    return hashlib.sha256(headings.encode()).hexdigest()[:32]


def _sample(table: Table, place: int) -> list[str]:
    step = max(1, len(table.rows) // SAMPLE)
    texts = (row.cells[place].text for row in table.rows[::step])
    return [text for text in texts if text][:SAMPLE]


def _by_heading(field: Field, heading: str, exact: set[str]) -> tuple[float, str]:
    if not heading:
        return 0.0, ""
    whole = words.normal(heading)
    last = words.normal(heading.rsplit("/", 1)[-1])
    grouped = "/" in heading
    names = [words.normal(title) for title in field.titles]
    if whole == names[0]:
        return 1.0, f"标题就是“{field.titles[0]}”"
    if whole in names:
        return 0.96, f"“{heading}”是“{field.titles[0]}”的另一种叫法"
    if field.initials and whole == field.initials.casefold():
        return 0.94, f"“{heading}”是“{field.titles[0]}”的拼音首字母代码"
    if grouped and last in names:
        # A group the field does not know of: 监护人一/姓名 is weak evidence for the pupil's own name.
        return 0.55, f"“{heading}”的下一级标题是“{field.titles[0]}”"
    if whole in exact:
        return 0.0, ""  # it is the very name of another field
    best, reason = 0.0, ""
    for title, name in zip(field.titles, names, strict=True):
        if len(name) < 2 or len(whole) < 2:
            continue
        if name in whole:
            score = 0.6 + 0.25 * len(name) / len(whole) + (0.02 if whole.endswith(name) else 0)
        elif whole in name:
            score = 0.5 + 0.25 * len(whole) / len(name)
        else:
            continue
        if score > best:
            best, reason = score, f"标题“{heading}”与“{title}”相近"
    return best, reason


def _by_content(field: Field, sample: list[str], score: float, reason: str) -> tuple[float, str, str]:
    if field.checker is None or not sample:
        return score, reason, ""
    fit = sum(bool(field.checker(text)) for text in sample) / len(sample)
    if fit >= 0.9:
        if score:
            return min(1.0, score + 0.1), f"{reason}，内容也符合", ""
        if len(sample) >= 3:
            return 0.5, f"标题看不出，但内容像“{field.titles[0]}”", "请确认这一列"
        return 0.0, "", ""
    if not score:
        return 0.0, "", ""
    if fit < 0.3:
        wrong = next(text for text in sample if not field.checker(text))
        return score - 0.3, reason, f"多数内容不像“{field.titles[0]}”，例如“{wrong[:20]}”"
    return score, reason, f"有 {1 - fit:.0%} 的内容不像“{field.titles[0]}”" if fit < 0.7 else ""
