"""Where a field and a value come from and who reads them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import PurePath
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, PAGE, source
from jizuo.ground.errors import NotFound
from jizuo.ground.files import queries as file_queries
from jizuo.hubs.data import catalogue, codes, datasets, importers, masking, mends, owners, stages
from jizuo.hubs.data.actions.walk import IMPORTING_ROLES
from jizuo.hubs.data.datasets import Dataset, Field
from jizuo.hubs.data.importers import CheckInput
from jizuo.hubs.data.queries import catalogue as catalogued
from jizuo.hubs.data.rules import lineage as rules
from jizuo.plain.workbook import read
from jizuo.plain.workbook.cells import column_index

VALUERS = frozenset(
    {scopes.DISTRICT_STEWARD, scopes.DISTRICT_ADMIN, scopes.OPERATOR, scopes.HEAD, scopes.CLERK}
)
SHUT = masking.Lens(frozenset(), opens_plain=False)
#: A cell of so many digits is shown to nobody beside the value asked about.
NUMBER_DIGITS = 8
#: Records that the page of a field leads to.
MOST_RECORDS = 12
MOST_HISTORY = 100
#: Values of history that are looked at for one page.
MOST_IMAGES = 500
BATCHES = """
select importer, source, count(*), max(applied_at) from batch
where state = 'applied' and counts ? %s group by importer, source order by 3 desc, 1, 2
"""
WORDS = """
select c.source, c.fields ->> %(field)s, c.said_at, c.batch_id, coalesce(b.title, ''), c.unit_no,
       b.importer = 'typed' from claim c
left join batch b on b.id = c.batch_id
where c.record_id = %(record)s and c.dataset = %(dataset)s and c.fields ? %(field)s order by c.said_at desc, c.source
"""
IMAGES = """
select h.valid_from, h.valid_to, h.old ->> %s, coalesce(h.door, ''), h.op from {twin} h
where h.row_id = %s order by h.valid_to desc limit %s
"""


class Came(msgspec.Struct, frozen=True):
    """One way by which a field is fed: files of one kind from one source. batches: how many were applied."""

    importer: str
    importer_title: str
    source: str
    source_title: str
    batches: int
    last_at: datetime | None


class FieldLineage(msgspec.Struct, frozen=True):
    """A field with what feeds it and who reads it. readers: (kind, title); terms: (key, title) of numbers that count
    it; came, readers are empty for those who do not answer for data."""

    dataset: str
    dataset_title: str
    field: str
    title: str
    owner: str
    grade: int
    came: list[Came]
    readers: list[tuple[str, str]]
    terms: list[tuple[str, str]]


class Word(msgspec.Struct, frozen=True):
    """What one source says of a value, masked as the value is. is_held: its word is the one that counts; is_typed: it was
    filled in at a page, not brought by a file; batch_title: '' for an import out of the reader's reach."""

    source: str
    source_title: str
    value: str
    said_at: datetime
    batch_id: UUID | None
    batch_title: str
    is_held: bool
    is_typed: bool


class Was(msgspec.Struct, frozen=True):
    """What a value was from `since` until `until` (None: still), masked as the value is. door: by which it ended."""

    value: str
    since: datetime
    until: datetime | None
    door: str


class ValueLineage(msgspec.Struct, frozen=True):
    """A value of one record: what it is, whose word, since when, what others say, what it was. is_masked: the acting role
    does not see it in clear, nor any of the others."""

    dataset: str
    dataset_title: str
    record_id: UUID
    label: str
    field: str
    title: str
    value: str
    is_masked: bool
    owner: str
    holder: str
    since: datetime
    words: list[Word]
    was: list[Was]
    batch_id: UUID | None
    unit_no: int | None


class RowCell(msgspec.Struct, frozen=True):
    """One cell of the row of a file. is_it: of the field asked about."""

    letter: str
    heading: str
    text: str
    is_it: bool


class Origin(msgspec.Struct, frozen=True):
    """The row of the file that a value came from; cells are empty where the file is not a sheet."""

    batch_id: UUID
    batch_title: str
    file: str
    sheet: str
    row_no: int
    cells: list[RowCell]


@source(title="字段的来龙去脉", roles=catalogued.EVERYBODY, reach=API)
def field_lineage(*, dataset: str, field: str) -> FieldLineage:
    """Where a field comes from and who reads it. Raises NotFound, also for what the reader may not know of."""
    found, one = catalogued.known_field(dataset, field)
    role = scopes.current().role
    is_watcher = role in catalogued.WATCHERS
    terms = [
        (term.key, term.word)
        for term in catalogue.terms()
        if catalogued.rules.may_know(role, term.known_to) and (dataset, field) in term.counts
    ]
    numbers = {title for _key, title in terms}
    readers = catalogued.readers_of(dataset) if is_watcher else []
    owner = owners.owner_of(dataset, field, scopes.current().unit_no)
    return FieldLineage(
        dataset,
        found.word,
        field,
        one.word,
        owners.title_of(owner) if owner else "",
        one.grade,
        came_of(dataset) if is_watcher else [],
        [
            (each.kind, each.title)
            for each in readers
            if (not each.fields or field in each.fields) and each.title not in numbers
        ],
        terms,
    )


def came_of(dataset: str) -> list[Came]:
    """What brought rows of a dataset, within the reach."""
    with connection.cursor() as cursor:
        cursor.execute(BATCHES, [dataset])
        rows = cursor.fetchall()
    known = importers.all_importers()
    return [
        Came(
            name,
            str(known[name].title) if name in known else name,
            told,
            owners.title_of(told),
            count,
            last_at,
        )
        for name, told, count, last_at in rows
    ]


@source(title="一个字段最近的几条记录", roles=VALUERS, reach=PAGE)
def field_records(*, dataset: str, field: str) -> list[tuple[UUID, str]]:
    """(id, label) of the few newest records in reach, each of which leads to its value. Raises NotFound."""
    known, one = catalogued.known_field(dataset, field)
    if not one.is_claimed:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("select t.id, {label} from {table} t order by t.id desc limit %s").format(
                label=sql.SQL(known.label), table=sql.Identifier(known.table)
            ),
            [MOST_RECORDS],
        )
        found = cursor.fetchall()
    audit.counted(len(found))
    return [(record_id, label) for record_id, label in found]


@source(title="一个值的来龙去脉", roles=VALUERS, reach=API)
def value_lineage(*, dataset: str, record_id: UUID, field: str) -> ValueLineage:
    """A value with its claims and its history. Raises NotFound, also for a record out of reach."""
    known, one = catalogued.known_field(dataset, field)
    if not one.is_claimed:
        raise NotFound(_("这个字段不能逐条追溯"), fix=_("编号和密封的号码只在原处保存"))
    row = record(known, record_id, field)
    value, holder, since, batch_id, unit_no, label = row
    lens = masking.lens_of(scopes.current().role)
    how = masking.decide(one, lens)
    register = owners.of(dataset)
    words = [
        Word(
            told,
            owners.title_of(told),
            shown(one, how, said),
            said_at,
            batch,
            title,
            told == holder,
            bool(is_typed),
        )
        for told, said, said_at, batch, title, _unit, is_typed in claims(dataset, record_id, field)
    ]
    owner = register.owner(field, unit_no)
    if how == masking.CLEAR:
        audit.disclose([f"{dataset}.{field}"], [record_id])
    return ValueLineage(
        dataset, known.word, record_id, label, field, one.word, shown(one, how, value), how != masking.CLEAR,
        owners.title_of(owner) if owner else "", owners.title_of(holder) if holder else "", since, words,
        history(known, record_id, one, how, value, since), batch_id, unit_no,
    )  # fmt: skip


def record(known: Dataset, record_id: UUID, field: str) -> tuple[Any, ...]:
    """(value, whose word, since, batch, unit, label) of a record. Raises NotFound."""
    parts = {
        "table": sql.Identifier(known.table),
        "field": sql.Identifier(field),
        "key": sql.Literal(field),
        "holder": sql.SQL("t.held_by ->> {}").format(sql.Literal(field))
        if known.is_master
        else sql.SQL("''"),
        "unit": sql.SQL("t.unit_no" if known.has_unit else "null::int"),
        "label": sql.SQL(known.label),
    }
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(
                "select to_jsonb(t.{field}) #>> '{{}}', coalesce({holder}, ''), t.changed_at, t.batch_id, {unit}, {label}"
                " from {table} t where t.id = %s"
            ).format(**parts),
            [record_id],
        )
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("没有这条记录"), fix=_("它可能已被移走，或不在您的范围内"))
    return row


def claims(dataset: str, record_id: UUID, field: str) -> list[tuple[Any, ...]]:
    """What every visible source says of a field of a record, the latest word first. Inside a door."""
    with connection.cursor() as cursor:
        cursor.execute(WORDS, {"dataset": dataset, "record": record_id, "field": field})
        return cursor.fetchall()


def history(
    known: Dataset, record_id: UUID, field: Field, how: str, value: Any, since: datetime
) -> list[Was]:
    """What a value was, the present first, at most `MOST_HISTORY` changes. Inside a door."""
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(IMAGES).format(twin=sql.Identifier(f"{known.table}_history")),
            [field.key, record_id, MOST_IMAGES],
        )
        images = [rules.Image(*row) for row in cursor.fetchall()]
    spans = rules.spans(images, value, since)
    return [Was(shown(field, how, one.value), one.since, one.until, one.door) for one in spans[:MOST_HISTORY]]


def shown(field: Field, how: str, value: Any) -> str:
    """A stored value as a person reads it: the name of a code, else as the mask shows it."""
    text = "" if value is None else str(value)
    if how == masking.CLEAR and text:
        if field.code_table in codes.tables():
            return codes.name_of(field.code_table, text)
        if field.db_type == "boolean":
            return str(_("是") if text == "true" else _("否"))
    return masking.shown(how, text)


@source(title="一个值在文件里的那一行", roles=VALUERS, reach=API)
def value_origin(*, dataset: str, record_id: UUID, field: str, source: str = "") -> Origin | None:
    """The row of the file from which a value came, masked by grade, its cell marked; None where no file brought it or
    its row is not told apart. source: whose word, the one that counts without it. Raises NotFound."""
    known, one = catalogued.known_field(dataset, field)
    _value, holder, _since, batch_id, _unit_no, _label = record(known, record_id, field)
    wanted = source or holder
    said = [row for row in claims(dataset, record_id, field) if not wanted or row[0] == wanted]
    batch_id = next((row[3] for row in said if row[3] is not None), batch_id if not said else None)
    if batch_id is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "select importer, title, raw_file, stage_file, options::text, unit_no, source, counts::text from batch"
            " where id = %s",
            [batch_id],
        )
        row = cursor.fetchone()
    if row is None or row[2] is None or row[3] is None:
        return None
    importer, title, raw_id, stage_id, options, batch_unit, told, counts = row
    raw, stage = (file_queries.get_checked_file(file_id=each) for each in (raw_id, stage_id))
    place = importers.located(importer, stages.load(stage.sha256), dataset, record_id, batch_unit)
    if place is None:
        return None
    cells: list[RowCell] = []
    if not place.file:
        given = {
            "importer": importer,
            "options": msgspec.json.decode(options),
            "unit_no": batch_unit,
            "source": told,
            "written": msgspec.json.decode(counts),
        }
        cells = row_cells(raw, given, place.sheet, place.row_no, one)
    # The row is shown masked: only the field asked about is read as `value_lineage` gives it.
    audit.counted(1)
    return Origin(batch_id, title, place.file or raw.name, place.sheet, place.row_no, cells)


def row_cells(raw: Any, given: dict[str, Any], sheet: str, row_no: int, field: Field) -> list[RowCell]:
    """The cells of a row with their headings, each masked by the grade of the field it feeds; what feeds none is not
    shown."""
    with stages.opened(raw.sha256, PurePath(raw.name).suffix) as path:
        book = read.read(path, raw.name)
        columns = mends.columns_of(given["importer"])
        asked = CheckInput(
            path=path, name=raw.name, unit_no=given["unit_no"], source=given["source"], options=given["options"],
            patches={}, today=scopes.current().today, tell=lambda _done, _total, _word: None,
        )  # fmt: skip
        seen = columns.seen(asked) if columns is not None else []
    table = next((one for one in book.sheets if one.name == sheet), None)
    if table is None or not 1 <= row_no <= len(table.rows):
        return []
    row, lens = table.rows[row_no - 1], masking.lens_of(scopes.current().role)
    graded = by_key(given["written"])
    found = []
    for column in next((one.columns for one in seen if one.sheet == sheet), ()):
        place = column_index(column.letter)
        text = row[place].text if place < len(row) else ""
        is_this = column.field == field.key
        known = field if is_this else graded.get(column.field)
        # Beside the value asked about nothing sensitive is shown, whatever the role opens elsewhere.
        through = lens if is_this or (known is not None and known.grade < datasets.SENSITIVE) else SHUT
        how = masking.decide(known, through) if known is not None else masking.STARS
        if not is_this and known is not None and known.kind != "date" and looks_like_a_number(text):
            how = masking.STARS
        found.append(RowCell(column.letter, column.heading, masking.shown(how, text), is_this))
    return found


def looks_like_a_number(text: str) -> bool:
    """Whether a cell may hold the number of a document or a phone, whatever its heading says."""
    return sum(char.isdigit() for char in text) >= NUMBER_DIGITS


def by_key(written: Iterable[str]) -> dict[str, Field]:
    """Key of a field -> the most sensitive field of that name in the datasets a batch wrote."""
    found: dict[str, Field] = {}
    for one in (datasets.get(name) for name in written if name in datasets.all_datasets()):
        for key, field in one.fields.items():
            if key not in found or found[key].grade < field.grade:
                found[key] = field
    return found


@source(title="一次导入的血缘", roles=IMPORTING_ROLES, reach=API)
def batch_lineage(*, batch_id: UUID) -> list[dict[str, Any]]:
    """The lineage of a batch as OpenLineage 2-0-2 run events (START, then COMPLETE, ABORT or FAIL): the file, the
    datasets it wrote, and for each of their fields the column of the file it was read from. No values. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, importer, source, title, state, asked_at, coalesce(applied_at, undone_at, changed_at), raw_sha256,"
            " counts::text, rows_read, options::text, unit_no from batch where id = %s",
            [batch_id],
        )
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("没有这次导入"))
    *told, counts, rows_read, options, unit_no = row
    written = [name for name in msgspec.json.decode(counts) if name in datasets.all_datasets()]
    chosen = msgspec.json.decode(options).get("columns") or {}
    audit.counted(len(written))
    return rules.events(
        rules.Brought(*[*told, rows_read, unit_no]),
        [datasets.get(name) for name in written],
        fed_by(chosen.values()),
    )


def fed_by(chosen: Iterable[Any]) -> dict[str, str]:
    """Field -> the letter of the column that a person said feeds it."""
    return {
        key: letter
        for columns in chosen
        if isinstance(columns, dict)
        for letter, key in columns.items()
        if key
    }


@source(title="记录的数据集", roles=VALUERS, reach=PAGE)
def record_fields(*, dataset: str) -> list[tuple[str, str]]:
    """(key, title) of the fields of a dataset whose values can be walked back."""
    known = catalogued.known(dataset)
    return [(key, known.fields[key].word) for key in known.fields if known.fields[key].is_claimed]
