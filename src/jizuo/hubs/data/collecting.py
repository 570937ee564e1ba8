"""Values of collection that cross its doors, and the rows behind them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import scope as scopes
from jizuo.ground.errors import NotFound
from jizuo.ground.keys import Purpose, ring

#: Who sets up connectors, and who sees them and mends what they put aside.
MANAGERS = frozenset({scopes.HEAD, scopes.DISTRICT_ADMIN, scopes.DISTRICT_STEWARD, scopes.OPERATOR})
SEERS = MANAGERS | {scopes.CLERK}
_JSON = frozenset(
    (
        "settings",
        "mapping",
        "steps",
        "constants",
        "schedule",
        "increment",
        "columns",
        "origin",
        "notes",
        "faults",
    )
)
CONNECTOR = (
    "id, unit_no, title, kind, settings::text, secrets, importer, dataset, source, mapping::text, steps::text,"
    " constants::text, schedule::text, increment::text, mark, mark_kind, is_on, is_full, applies_itself, is_retired,"
    " columns::text, sample_file, sample_said, next_at, last_ok_at, last_rows, made_at"
)
RUN = (
    "id, unit_no, connector_id, reason, state, job_id, batch_ref_id, raw_file, raw_sha256, origin::text, rows_read,"
    " quarantined, mark_after, mark_kind, has_more, is_incremental, of_run, notes::text, error, fix, started_at, ended_at"
)


class ConnectorView(msgspec.Struct, frozen=True):
    """A connector as its pages show it. secret_keys: which secrets are kept; their values are never told again."""

    connector_id: UUID
    unit_no: int
    unit_name: str
    title: str
    kind: str
    settings: dict[str, Any]
    secret_keys: list[str]
    importer: str
    dataset: str
    source: str
    mapping: dict[str, str]
    steps: dict[str, Any]
    constants: dict[str, str]
    schedule: dict[str, Any]
    increment: dict[str, Any]
    mark: str
    is_on: bool
    is_full: bool
    applies_itself: bool
    columns: list[str]
    sample_file: UUID | None
    sample_said: str
    next_at: datetime | None
    last_ok_at: datetime | None
    last_rows: int | None
    quarantined: int = 0
    troubles: int = 0
    last_state: str = ""
    last_run: UUID | None = None
    last_run_at: datetime | None = None
    last_error: str = ""


class RunView(msgspec.Struct, frozen=True):
    """One run of a connector. See `models.collecting.CollectRun`."""

    run_id: UUID
    unit_no: int
    connector_id: UUID
    reason: str
    state: str
    job_id: UUID | None
    batch_id: UUID | None
    rows_read: int
    quarantined: int
    mark_after: str
    has_more: bool
    notes: list[str]
    error: str
    fix: str
    started_at: datetime
    ended_at: datetime | None
    may_replay: bool


class QuarantinedView(msgspec.Struct, frozen=True):
    """A row put aside. cells: heading -> text as the source gave it; faults: by heading."""

    row_id: UUID
    run_id: UUID
    row_no: int
    cells: dict[str, str]
    faults: list[dict[str, str]]
    state: str
    note: str
    seen_at: datetime


class TroubleView(msgspec.Struct, frozen=True):
    """What is wrong with a source, until it is over."""

    trouble_id: UUID
    connector_id: UUID
    connector_title: str
    kind: str
    said: str
    since: datetime


class Mended(msgspec.Struct, frozen=True):
    """A row put aside with the cells a person changed: heading -> new text."""

    row_id: UUID
    cells: dict[str, str] = {}


def rows_of(sql: str, values: list[Any]) -> list[dict[str, Any]]:
    """Rows of a read by column name, JSON decoded. Inside a door only."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        names = [column.name for column in cursor.description]
        return [
            {
                name: json.loads(value) if name in _JSON and isinstance(value, str) else value
                for name, value in zip(names, row, strict=True)
            }
            for row in cursor.fetchall()
        ]


def connector_row(connector_id: UUID, *, lock: bool = False) -> dict[str, Any]:
    """The connector's row. Raises NotFound for one that is retired or out of reach."""
    found = rows_of(
        f"select {CONNECTOR} from connector where id = %s and not is_retired{' for update' if lock else ''}",
        [connector_id],
    )
    if not found:
        raise NotFound(_("没有这个连接"))
    return found[0]


def run_row(run_id: UUID, *, lock: bool = False) -> dict[str, Any]:
    """The run's row. Raises NotFound."""
    found = rows_of(f"select {RUN} from collect_run where id = %s{' for update' if lock else ''}", [run_id])
    if not found:
        raise NotFound(_("没有这次采集"))
    return found[0]


def secrets_of(row: dict[str, Any]) -> dict[str, str]:
    """The secrets of a connector's row, opened. For a fetch only: they never leave in an answer."""
    if row["secrets"] is None:
        return {}
    opened = ring().unseal(Purpose.IDENTIFIERS, row["secrets"], bound_to=secrets_place(row["id"]))
    return json.loads(opened)


def sealed_secrets(connector_id: UUID, told: dict[str, str]) -> bytes | None:
    """Secrets as they are kept; None for none."""
    if not told:
        return None
    return ring().seal(Purpose.IDENTIFIERS, json.dumps(told).encode(), bound_to=secrets_place(connector_id))


def secrets_place(connector_id: UUID) -> bytes:
    """What a connector's secrets are bound to."""
    return b"connector.secrets/" + connector_id.bytes


def seal_row(row_id: UUID, cells: dict[str, str]) -> bytes:
    """The cells of a row put aside, as they are kept."""
    text = json.dumps(cells, ensure_ascii=False).encode()
    return ring().seal(Purpose.IDENTIFIERS, text, bound_to=b"quarantined.sealed/" + row_id.bytes)


def open_row(row_id: UUID, sealed: bytes) -> dict[str, str]:
    """The cells of a row put aside."""
    opened = ring().unseal(Purpose.IDENTIFIERS, sealed, bound_to=b"quarantined.sealed/" + row_id.bytes)
    return json.loads(opened)


def print_of(cells: dict[str, str]) -> bytes:
    """The keyed hash by which the same row is known when it comes again."""
    return ring().audit_hash(json.dumps(cells, ensure_ascii=False, sort_keys=True).encode())
