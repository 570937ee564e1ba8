"""Reads of collection: connectors, runs, rows put aside, troubles of sources."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, source
from jizuo.ground.errors import NotFound
from jizuo.ground.files import queries as file_queries
from jizuo.hubs.data import importers
from jizuo.hubs.data.actions.collecting import options_of
from jizuo.hubs.data.collecting import (
    CONNECTOR,
    RUN,
    SEERS,
    ConnectorView,
    QuarantinedView,
    RunView,
    TroubleView,
    connector_row,
    open_row,
    rows_of,
    secrets_of,
)
from jizuo.hubs.data.connectors import folder
from jizuo.hubs.data.importers import CheckInput
from jizuo.hubs.data.mends import SheetSeen
from jizuo.hubs.data.tables.importer import NAME as TABLE

MOST = 200
LISTED = f"""
select {", ".join("c." + part.strip() for part in CONNECTOR.split(","))}, u.short_name,
    (select count(*) from quarantined q where q.connector_id = c.id and q.state = 'open'),
    (select count(*) from collect_trouble t where t.connector_id = c.id and t.closed_at is null),
    r.state, r.id, r.started_at, r.error
from connector c join unit u on u.unit_no = c.unit_no
left join lateral (select id, state, started_at, error from collect_run r where r.connector_id = c.id
    order by started_at desc limit 1) r on true
where not c.is_retired
"""


class Sampled(msgspec.Struct, frozen=True):
    """The first rows of a source as they would arrive. sheets: its columns and what each feeds; heads, rows: mapped and
    cleaned, `was` the originals of changed cells by (row, column); faults: (row, column, words); total: rows looked at."""

    sheets: list[SheetSeen]
    heads: list[str]
    rows: list[list[str]]
    was: dict[str, str]
    faults: list[tuple[str, str]]
    fault_count: int
    total: int


@source(title="连接列表", roles=SEERS, reach=API)
def connectors() -> list[ConnectorView]:
    """The sources of the units in reach, those with trouble first; secrets are named, never told."""
    return _views(
        LISTED + " order by (select count(*) from collect_trouble t where t.connector_id = c.id and t.closed_at is null)"
        " desc, c.title, c.id limit %s",
        [MOST],
    )  # fmt: skip


@source(title="一个连接", roles=SEERS, reach=API)
def connector(*, connector_id: UUID) -> ConnectorView:
    """One source. Raises NotFound."""
    found = _views(LISTED + " and c.id = %s", [connector_id])
    if not found:
        raise NotFound(_("没有这个连接"))
    return found[0]


def _views(statement: str, values: Sequence[Any]) -> list[ConnectorView]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found = cursor.fetchall()
    views = []
    for row in found:
        (key, unit_no, title, kind, settings, secrets, importer, dataset, source_, mapping, steps, constants, schedule,
         increment, mark, _mark_kind, is_on, is_full, applies_itself, _retired, columns, sample_file, sample_said, next_at,
         last_ok_at, last_rows, _made_at, unit_name, quarantined, troubles, state, run_id, run_at, error) = row  # fmt: skip
        views.append(
            ConnectorView(
                key, unit_no, unit_name, title, kind, json.loads(settings), sorted(secrets_of({"id": key, "secrets": secrets})),
                importer, dataset, source_, json.loads(mapping), json.loads(steps), json.loads(constants),
                json.loads(schedule), json.loads(increment), mark, is_on, is_full, applies_itself, json.loads(columns),
                sample_file, sample_said, next_at, last_ok_at, last_rows, quarantined, troubles, state or "", run_id,
                run_at, error or "",
            )
        )  # fmt: skip
    return views


def _run(row: dict[str, Any]) -> RunView:
    return RunView(
        row["id"], row["unit_no"], row["connector_id"], row["reason"], row["state"], row["job_id"], row["batch_ref_id"],
        row["rows_read"], row["quarantined"], row["mark_after"], row["has_more"], row["notes"], row["error"], row["fix"],
        row["started_at"], row["ended_at"], row["raw_file"] is not None and row["ended_at"] is not None,
    )  # fmt: skip


@source(title="采集记录", roles=SEERS, reach=API)
def collect_runs(*, connector_id: UUID, limit: int = 30) -> list[RunView]:
    """Runs of a source, newest first. Raises NotFound."""
    connector_row(connector_id)
    found = rows_of(
        f"select {RUN} from collect_run where connector_id = %s order by started_at desc limit %s",
        [connector_id, min(max(limit, 1), MOST)],
    )
    return [_run(row) for row in found]


@source(title="一次采集", roles=SEERS, reach=API)
def collect_run(*, run_id: UUID) -> RunView:
    """One run. Raises NotFound."""
    found = rows_of(f"select {RUN} from collect_run where id = %s", [run_id])
    if not found:
        raise NotFound(_("没有这次采集"))
    return _run(found[0])


@source(title="隔离的行", roles=SEERS, reach=API)
def quarantined_rows(
    *, connector_id: UUID, state: str = "open", after: UUID | None = None, limit: int = 50
) -> list[QuarantinedView]:
    """Rows put aside, in the order they came, with their cells: whoever mends them must see them. Raises NotFound."""
    connector_row(connector_id)
    found = rows_of(
        "select id, run_id, row_no, sealed, faults::text, state, note, seen_at from quarantined where connector_id = %s"
        " and state = %s and (%s::uuid is null or id > %s) order by id limit %s",
        [connector_id, state, after, after, min(max(limit, 1), MOST)],
    )
    if found:
        audit.disclose(["quarantined.cells"], [], count=len(found))
    return [
        QuarantinedView(
            row["id"], row["run_id"], row["row_no"], open_row(row["id"], row["sealed"]), row["faults"], row["state"],
            row["note"], row["seen_at"],
        )
        for row in found
    ]  # fmt: skip


@source(title="来源的问题", roles=SEERS, reach=API)
def collect_troubles(*, connector_id: UUID | None = None) -> list[TroubleView]:
    """What is wrong with the sources in reach and not over yet, the oldest first."""
    found = rows_of(
        "select t.id, t.connector_id, c.title, t.kind, t.said, t.since from collect_trouble t"
        " join connector c on c.id = t.connector_id where t.closed_at is null and not c.is_retired"
        " and (%s::uuid is null or t.connector_id = %s) order by t.since limit %s",
        [connector_id, connector_id, MOST],
    )
    return [
        TroubleView(row["id"], row["connector_id"], row["title"], row["kind"], row["said"], row["since"])
        for row in found
    ]


@source(title="样本文件", roles=SEERS)
def sample_of(*, connector_id: UUID) -> tuple[dict[str, Any], str, str]:
    """(connector, address, name) of the first rows of a source. Raises NotFound before a trial."""
    row = connector_row(connector_id)
    if row["sample_file"] is None:
        raise NotFound(_("还没有试取过"), fix=_("请先试取一次"))
    file = file_queries.get_checked_file(file_id=row["sample_file"])
    return row | {"secrets": None}, file.sha256, file.name


def sampled(connector_id: UUID, *, shown: int = 20) -> Sampled:
    """The first rows of a source, mapped and cleaned as they would arrive; opens its own doors and writes nothing. Raises
    NotFound before a trial, BadInput for a file or a target that cannot be."""
    from jizuo.hubs.data import mends, stages
    from jizuo.hubs.data.tables import checking

    row, sha256, name = sample_of(connector_id=connector_id)
    importer = importers.get(row["importer"])
    offered = mends.columns_of(row["importer"])
    is_plain = row["kind"] != folder.NAME
    options = options_of(row, row["id"], is_plain=is_plain)
    options.pop("run_id")
    with stages.opened(sha256, PurePath(name).suffix) as path:
        given = CheckInput(
            path=path, name=name, unit_no=row["unit_no"], source=row["source"] or "school", options=options, patches={},
            today=scopes.current().today, tell=_silent,
        )  # fmt: skip
        # What is proposed is shown beside what was chosen.
        bare = replace(given, options={key: held for key, held in options.items() if key != "mapping"})
        sheets = offered.seen(bare) if offered is not None else []
        checked = importer.check(given)
    errors = [fault for fault in checked.faults if fault.severity == importers.ERROR]
    faults = [
        (_("第 %(row)s 行 %(field)s") % {"row": fault.row_no, "field": fault.field}, fault.reason) for fault in errors[:shown]
    ]  # fmt: skip
    heads: list[str] = []
    rows: list[list[str]] = []
    was: dict[str, str] = {}
    if row["importer"] == TABLE:
        heads, rows, was = _cleaned(checked.stage, row["dataset"], shown, checking)
    return Sampled(sheets, heads, rows, was, faults, len(errors), checked.rows_read)


def _silent(_done: int, _total: int, _word: str) -> None:
    """A sample is too short to be watched."""


def _cleaned(
    stage: Any, name: str, shown: int, checking: Any
) -> tuple[list[str], list[list[str]], dict[str, str]]:
    from jizuo.hubs.data import codes, datasets
    from jizuo.hubs.data.tables.wanted import refers_of

    dataset = datasets.get(name)
    frame = stage[checking.ROWS].head(shown)
    fields = [dataset.fields[key] for key in frame.columns if key in dataset.fields]
    originals = {
        (f"{one['sheet']}!{one['row_no']}", one["field"]): one["original"]
        for one in stage[checking.ORIGINALS].iter_rows(named=True)
    }
    rows, was = [], {}
    for number, line in enumerate(frame.iter_rows(named=True)):
        cells = []
        for at, field in enumerate(fields):
            value = line[field.key]
            if refers_of(field):
                value = line[checking.LABEL] or (_("认出来了") if value else None)
            elif value and field.code_table in codes.tables():
                value = f"{codes.name_of(field.code_table, value)}（{value}）"
            cells.append(value or "")
            before = originals.get((line[checking.PLACE], field.key))
            if before is not None and before != value:
                was[f"{number}.{at}"] = before
        rows.append(cells)
    return [field.word for field in fields], rows, was
