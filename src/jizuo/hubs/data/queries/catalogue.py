"""Reads of the catalogue: what there is, within what the reader may know exists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, PAGE, source
from jizuo.ground.errors import NotFound
from jizuo.hubs.data import catalogue, datasets, owners, standards
from jizuo.hubs.data.datasets import Dataset
from jizuo.hubs.data.queries import sharing
from jizuo.hubs.data.rules import catalogue as rules
from jizuo.hubs.data.rules.catalogue import Entry, entry
from jizuo.hubs.data.rules.quality import scoring
from jizuo.hubs.data.standards import Reader

EVERYBODY = scopes.ROLES
KEEPERS = frozenset({scopes.DISTRICT_STEWARD, scopes.DISTRICT_ADMIN, scopes.OPERATOR})
#: Who sees numbers and readers beside names: those who answer for data.
WATCHERS = KEEPERS | {scopes.DISTRICT_LEADER, scopes.SECURITY_OFFICER, scopes.HEAD, scopes.CLERK}
NEWEST_SCORES = """
select q.dataset, sum(q.score * q.records) / nullif(sum(q.records), 0) from (
    select distinct on (unit_no, dataset) dataset, score, records from quality_score
    where source = '' and dimension = '' order by unit_no, dataset, day desc) q group by q.dataset
"""
SHARE_TYPES = """
select distinct on (dataset) dataset, share_type from share_type where unit_no = any(%s)
order by dataset, unit_no = 0, unit_no = %s desc
"""


class Found(msgspec.Struct, frozen=True):
    """One thing that a search found. kind: dataset | field | codes | term; path: its page, '' for none."""

    kind: str
    key: str
    title: str
    place: str
    path: str
    meaning: str


class Answer(msgspec.Struct, frozen=True):
    """What a search found, the likeliest first; count: of all of them."""

    found: list[Found]
    count: int


class DatasetLine(msgspec.Struct, frozen=True):
    """One dataset of the list. rows, fresh_at: of the reach when last counted, None before; grade: the highest of its
    fields; score None where nothing was checked; stars: the quality grade; readers: contracts in force and others that
    rooms told; owners: sources of record of its fields. Numbers are None for those who do not answer for data."""

    name: str
    title: str
    version: str
    is_master: bool
    is_made: bool
    fields: int
    grade: int
    cycle: str
    share_type: str
    owners: list[str]
    rows: int | None
    fresh_at: datetime | None
    score: float | None
    stars: str
    readers: int | None


class FieldLine(msgspec.Struct, frozen=True):
    """One element of a dataset. owner: the word for its source of record, '' for none."""

    key: str
    title: str
    initials: str
    grade: int
    purpose: str
    owner: str
    code_table: str
    rule: str


class DatasetView(msgspec.Struct, frozen=True):
    """A dataset with its elements, who reads it, and the words that are worked out from it."""

    line: DatasetLine
    elements: list[FieldLine]
    readers: list[tuple[str, str]]
    terms: list[tuple[str, str]]


class TermView(msgspec.Struct, frozen=True):
    """A word with its meaning. counts: (dataset, its title, field, its title)."""

    key: str
    title: str
    meaning: str
    source: str
    path: str
    counts: list[tuple[str, str, str, str]]
    is_own: bool


class Asset(msgspec.Struct, frozen=True):
    """One entry of the register of data assets, as the model `DataAsset` keeps it."""

    number: str
    dataset: str
    title: str
    owner: str
    steward: str
    source: str
    cycle: str
    grade: int
    share_type: str
    rows: int
    registered_on: date
    retired_on: date | None
    note: str


def known(name: str) -> Dataset:
    """The dataset `name`, as far as the reader may know of it. Raises NotFound, also where she may not."""
    found = datasets.all_datasets().get(name)
    if found is None or not catalogue.knows(scopes.current().role, found):
        raise NotFound(_("没有这个数据集"), fix=_("到数据目录里查找"))
    return found


def known_field(name: str, key: str) -> tuple[Dataset, datasets.Field]:
    """A field of a dataset that the reader may know of. Raises NotFound."""
    found = known(name)
    if key not in catalogue.fields_known(scopes.current().role, found):
        raise NotFound(_("没有这个字段"), fix=_("到数据目录里查找"))
    return found, found.fields[key]


def own_terms() -> list[tuple[Any, ...]]:
    """The words that stewards explained: (title, english, meaning, source, dataset, field). Inside a door."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select title, english, meaning, source, dataset, field from glossary_term order by title"
        )
        return cursor.fetchall()


def searched() -> Iterable[Entry]:
    """Everything the reader may find; a steward's word stands before a shipped one of the same title. Inside a door."""
    own = {row[0]: row for row in own_terms()}
    for title, english, meaning, *_rest in own.values():
        yield entry(
            rules.TERM, title, title, tuple(filter(None, (title, english.casefold()))),
            path=f"catalogue/terms/{title}", meaning=meaning,
        )  # fmt: skip
    for one in catalogue.entries(scopes.current().role):
        if one.kind != rules.TERM or one.title not in own:
            yield one


@source(title="查数据目录", roles=EVERYBODY, reach=API)
def catalogue_search(*, text: str, kind: str = "", limit: int = 50) -> Answer:
    """Datasets, fields, code tables and words by Chinese, pinyin, initials or English name. kind: one of them only."""
    entries = searched() if not kind else (one for one in searched() if one.kind == kind)
    found, count = rules.find(entries, text[:80], min(max(limit, 1), 200))
    return Answer(
        [Found(one.kind, one.key, one.title, one.place, one.path, one.meaning) for one in found], count
    )


@source(title="数据目录", roles=EVERYBODY, reach=API)
def catalogue_list() -> list[DatasetLine]:
    """Every dataset that the reader may know of, by room and name."""
    role = scopes.current().role
    seen = [one for one in datasets.all_datasets().values() if catalogue.knows(role, one)]
    return lines_of(seen)


def lines_of(seen: Iterable[Dataset], *, readers: Mapping[str, int] | None = None) -> list[DatasetLine]:
    """Datasets with their numbers, each kind of number read once. Inside a door."""
    scope = scopes.current()
    is_watcher = scope.role in WATCHERS
    counts: dict[str, tuple[int, datetime | None]] = {}
    scores: dict[str, float] = {}
    contracts: Mapping[str, int] = readers or {}
    with connection.cursor() as cursor:
        if is_watcher:
            cursor.execute(
                "select dataset, sum(rows)::bigint, max(fresh_at) from dataset_count group by dataset"
            )
            counts = {name: (rows, fresh_at) for name, rows, fresh_at in cursor.fetchall()}
            cursor.execute(NEWEST_SCORES)
            scores = {name: float(score) for name, score in cursor.fetchall() if score is not None}
            cursor.execute(
                "select dataset, count(*) from share_contract where ended_at is null and begin_on <= %(today)s"
                " and end_on > %(today)s and (owner_no = any(%(units)s) or reader_no = any(%(units)s)) group by dataset",
                {"today": scope.today, "units": own_units()},
            )
            contracts = dict(cursor.fetchall())
        cursor.execute(SHARE_TYPES, [[0, scope.unit_no], scope.unit_no])
        share_types = dict(cursor.fetchall())
        titles = {name: one.word for name, one in owners.known_sources().items()}
    lines = []
    for one in seen:
        rows, fresh_at = counts.get(one.name, (None, None))
        score = scores.get(one.name)
        stars = scoring.grade(score)
        told = dict.fromkeys(field.owner for field in one.fields.values() if field.owner)
        lines.append(
            DatasetLine(
                one.name, one.word, one.version, one.is_master, one.made is not None, len(one.fields),
                max((field.grade for field in one.fields.values()), default=1), one.cycle,
                share_types.get(one.name, sharing.rules.CONDITIONAL), [titles.get(name, name) for name in told],
                rows, fresh_at, score, str(stars.word) if stars else "",
                contracts.get(one.name, 0) if is_watcher else None,
            )
        )  # fmt: skip
    return lines


def own_units() -> list[int]:
    """The units of the reach."""
    return [unit for unit in scopes.current().units if unit]


@source(title="一个数据集", roles=EVERYBODY, reach=API)
def catalogue_dataset(*, name: str) -> DatasetView:
    """One dataset. Raises NotFound, also for one that the reader may not know of."""
    found = known(name)
    scope = scopes.current()
    register = owners.of(name)
    titles = {key: one.word for key, one in register.sources.items()}
    elements = []
    for key in catalogue.fields_known(scope.role, found):
        field = found.fields[key]
        owner = register.owner(key, scope.unit_no)
        elements.append(
            FieldLine(
                key, field.word, field.initials, field.grade, field.purpose, titles.get(owner, owner), field.code_table,
                field.rule,
            )
        )  # fmt: skip
    words = [
        (term.key, term.word)
        for term in catalogue.terms()
        if rules.may_know(scope.role, term.known_to)
        and any(dataset == name for dataset, _field in term.counts)
    ]
    readers = [(one.kind, one.title) for one in readers_of(name)] if scope.role in WATCHERS else []
    return DatasetView(lines_of([found])[0], elements, readers, words)


def readers_of(name: str) -> list[Reader]:
    """Who reads a dataset, within the reach. Inside a door."""
    units = set(own_units())
    return [one for one in standards.readers_of(name) if one.unit_no is None or one.unit_no in units]


def contract_readers(name: str) -> Iterable[Reader]:
    """The contracts in force by which a dataset is read, of which a unit of the reach is a side. Inside a door."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.number, u.name, c.fields from share_contract c join unit u on u.unit_no = c.reader_no"
            " where c.dataset = %(name)s and c.ended_at is null and c.begin_on <= %(today)s and c.end_on > %(today)s"
            " and (c.owner_no = any(%(units)s) or c.reader_no = any(%(units)s)) order by c.number",
            {"name": name, "today": scopes.current().today, "units": own_units()},
        )
        for number, reader, fields in cursor.fetchall():
            yield Reader(_("合约"), f"{reader} {number}", tuple(fields))


@source(title="一个术语", roles=EVERYBODY, reach=API)
def catalogue_term(*, key: str) -> TermView:
    """A word with what it is worked out from. Raises NotFound."""
    role = scopes.current().role
    for title, _english, meaning, source_, dataset, field in own_terms():
        if title == key:
            return TermView(key, title, meaning, source_, "", counted([(dataset, field)]), True)
    term = catalogue.term_of(key)
    if term is None or not rules.may_know(role, term.known_to):
        raise NotFound(_("没有这个术语"), fix=_("到数据目录里查找"))
    return TermView(key, term.word, term.means, term.source, term.path, counted(term.counts), False)


def counted(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str, str, str]]:
    """(dataset, title, field, title) of those that the reader may know of."""
    role, every = scopes.current().role, datasets.all_datasets()
    return [
        (name, every[name].word, key, every[name].fields[key].word)
        for name, key in pairs
        if name in every
        and catalogue.knows(role, every[name])
        and key in catalogue.fields_known(role, every[name])
    ]


@source(title="数据资产登记簿", roles=WATCHERS, reach=API)
def asset_list(*, with_retired: bool = False) -> list[Asset]:
    """The register of data assets of the reach, by number."""
    columns = ", ".join(f'"{name}"' for name in Asset.__struct_fields__)
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {columns} from data_asset where %s or retired_on is null order by unit_no, number",
            [with_retired],
        )
        return [Asset(*row) for row in cursor.fetchall()]


@source(title="数据资产登记前的样子", roles=KEEPERS, reach=PAGE)
def asset_draft(*, name: str) -> DatasetLine:
    """What the register would say of a dataset today. Raises NotFound."""
    return lines_of([known(name)])[0]
