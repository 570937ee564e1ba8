"""What can be found: datasets, their fields, code tables and words, and what the nouns of this hub say of a dataset.

Rooms add words with `terms_by`, and how rows of people's tables are counted with `count_by`. The index is kept for a
process until the catalogue moves on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import get_language

from jizuo.ground import catalogue_state
from jizuo.hubs.data import codes, datasets
from jizuo.hubs.data.datasets import Dataset
from jizuo.hubs.data.rules import catalogue as rules
from jizuo.hubs.data.rules.catalogue import Entry, entry


@dataclass(frozen=True, slots=True)
class Term:
    """A word with its meaning. counts: (dataset, field) it is worked out from; path: the page behind it; known_to: a
    circle of `rules.catalogue`."""

    key: str
    title: str
    english: str
    meaning: str
    meaning_english: str = ""
    source: str = ""
    counts: tuple[tuple[str, str], ...] = ()
    path: str = ""
    known_to: str = "office"

    @property
    def word(self) -> str:
        """The title in the language in force."""
        return self.title if _is_chinese() else self.english or self.title

    @property
    def means(self) -> str:
        """The meaning in the language in force."""
        return self.meaning if _is_chinese() else self.meaning_english or self.meaning


def _is_chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


_terms: list[Callable[[], Iterable[Term]]] = []
_counts: dict[str, str] = {}


def terms_by(terms: Callable[[], Iterable[Term]]) -> None:
    """Let a room ship words with their meaning."""
    if terms not in _terms:
        _terms.append(terms)


def terms() -> list[Term]:
    """Every word that rooms ship, in order."""
    return [term for told in _terms for term in told()]


def term_of(key: str) -> Term | None:
    """The word called `key`, None when no room ships it."""
    return next((term for term in terms() if term.key == key), None)


def count_by(dataset: str, sql: str) -> None:
    """How the rows of a dataset are counted where that is not plain: SQL of (unit_no, rows, newest change) for the reach."""
    _counts[dataset] = sql


def count_sql(dataset: Dataset) -> str:
    """SQL of (unit_no, rows, newest change) of the reach; '' where nobody said how."""
    if dataset.name in _counts or not dataset.has_unit:
        return _counts.get(dataset.name, "")
    return f'select unit_no, count(*), max(changed_at) from "{dataset.table}" group by unit_no'


_kept: dict[tuple[str, str, str], tuple[int, tuple[Entry, ...]]] = {}


def entries(role: str) -> tuple[Entry, ...]:
    """Everything shipped or made that somebody in `role` may know exists: datasets, words, code tables, then fields."""
    circle, language = rules.circle_of(role), (get_language() or "zh")[:2]
    state = catalogue_state.seen()
    known = datasets.all_datasets()
    # A room may register more while a process starts.
    size = len(known) + len(_terms)
    held = _kept.get((circle, language, state))
    if held is None or held[0] != size:
        for stale in [key for key in _kept if key[2] != state]:
            del _kept[stale]
        held = _kept[circle, language, state] = (size, tuple(_entries(known, role)))
    return held[1]


def knows(role: str, dataset: Dataset) -> bool:
    """Whether somebody in `role` may know of a dataset."""
    return rules.may_know(role, dataset.known_to)


def fields_known(role: str, dataset: Dataset) -> list[str]:
    """The fields that somebody in `role` may know of: keys and sealed ones are the offices' business."""
    is_office = rules.may_know(role, "office")
    return [key for key, field in dataset.fields.items() if is_office or field.kind not in ("id", "sealed")]


def _entries(known: Mapping[str, Dataset], role: str) -> Iterable[Entry]:
    seen = [one for one in known.values() if knows(role, one)]
    for one in seen:
        yield entry(
            rules.DATASET, one.name, one.word, (one.title, one.english.casefold(), one.name),
            path=f"catalogue/{one.name}", dataset=one.name,
        )  # fmt: skip
    for term in terms():
        if rules.may_know(role, term.known_to):
            yield entry(
                rules.TERM, term.key, term.word, (term.title, term.english.casefold()),
                path=f"catalogue/terms/{term.key}", meaning=term.means,
            )  # fmt: skip
    used = {one.fields[key].code_table for one in seen for key in fields_known(role, one)}
    for name, table in codes.tables().items():
        if rules.may_know(role, "office") or name in used:
            path = f"standards/codes/{name}" if rules.may_know(role, "office") else ""
            yield entry(rules.CODES, name, table.name, (table.name, name), path=path, place=table.standard)
    for one in seen:
        for key in fields_known(role, one):
            field = one.fields[key]
            words = (field.title, field.english.casefold(), key, field.initials.casefold(), *field.aliases)
            yield entry(
                rules.FIELD, f"{one.name}.{key}", field.word, tuple(filter(None, words)), place=one.word,
                path=f"lineage/{one.name}/{key}", dataset=one.name,
            )  # fmt: skip
