"""The life of a run: started, fetched into a batch, followed to its end; rows put aside, mended, given up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from jizuo.ground import audit, jobs
from jizuo.ground import scope as scopes
from jizuo.ground.columns import write_columns
from jizuo.ground.doors import API, action, source
from jizuo.ground.errors import BadInput, Conflict, NotFound, Problem
from jizuo.ground.files import queries as file_queries
from jizuo.ground.files.actions import Received, record_file
from jizuo.ground.ids import new_id
from jizuo.hubs.data.actions import walk
from jizuo.hubs.data.actions.connecting import what_is_missing
from jizuo.hubs.data.collecting import (
    CONNECTOR,
    MANAGERS,
    SEERS,
    Mended,
    connector_row,
    open_row,
    print_of,
    rows_of,
    run_row,
    seal_row,
    secrets_of,
)
from jizuo.hubs.data.connectors import folder
from jizuo.hubs.data.connectors.raw import Raw
from jizuo.hubs.data.datasets import SENSITIVE
from jizuo.hubs.data.rules import collecting as rules
from jizuo.hubs.data.rules import walk as walk_rules
from jizuo.hubs.data.shapes import Patch
from jizuo.hubs.data.tables.importer import NAME as TABLE
from jizuo.hubs.data.tables.reading import WHOLE_ROW

COLLECT, RETRY = "data.collect", "data.retry_rows"
SCHEDULE, HAND, MORE, REPLAY, MENDED = "schedule", "hand", "more", "replay", "mended"
OPEN, RETRYING, MENDED_ROW, DISCARDED, GONE = "open", "retrying", "mended", "discarded", "gone"
#: Rows that a person mends at once.
MOST_MENDED = 500


class Given(msgspec.Struct, frozen=True):
    """What a fetch needs: the run, its connector and the connector's secrets. Never leaves the worker."""

    run: dict[str, Any]
    connector: dict[str, Any]
    secrets: dict[str, str]


class Aside(msgspec.Struct, frozen=True):
    """A row to put aside: where it stands in the raw file, its cells by heading, its faults."""

    sheet: str
    row_no: int
    cells: dict[str, str]
    faults: list[dict[str, str]]


@action(title="现在采集", roles=SEERS, reach=API)
def run_connector(*, connector_id: UUID) -> UUID:
    """Read a source now; returns the run. Raises Conflict while an earlier run has not ended or it is not set up."""
    row = connector_row(connector_id, lock=True)
    missing = what_is_missing(row)
    if missing:
        raise Conflict(_("还没有设置完：%(what)s") % {"what": "、".join(missing)}, fix=_("请先补上，再采集"))
    return start_run(row, HAND)


def start_run(row: Mapping[str, Any], reason: str, **more: Any) -> UUID:
    """Begin a run of a locked connector in the running action. Raises Conflict while one has not ended."""
    busy = rows_of("select id from collect_run where connector_id = %s and ended_at is null", [row["id"]])
    if busy:
        raise Conflict(_("上一次采集还没有结束"), fix=_("请先处理它：应用、放弃或等它做完"))
    run_id = new_id()
    kind, title = (RETRY, _("重试隔离的行")) if reason == MENDED else (COLLECT, _("采集"))
    ref = jobs.start(kind, f"{title} {row['title']}", unit_no=row["unit_no"], run_id=str(run_id))
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into collect_run (id, unit_no, connector_id, reason, state, job_id, raw_sha256, origin, rows_read,"
            " quarantined, mark_after, mark_kind, has_more, is_incremental, of_run, raw_file, notes, error, fix)"
            " values (%s, %s, %s, %s, 'fetching', %s, '', '{}', 0, 0, '', '', false, false, %s, %s, '[]', '', '')",
            [run_id, row["unit_no"], row["id"], reason, ref.job_id, more.get("of_run"), more.get("raw_file")],
        )
    audit.note(f"connector {row['id']}")
    return run_id


@action(title="重放一次采集", roles=MANAGERS, reach=API)
def replay_run(*, run_id: UUID) -> UUID:
    """Land the kept raw file of an earlier run once more, by today's mapping; returns the new run. Raises Conflict where
    nothing was kept."""
    earlier = run_row(run_id)
    if earlier["raw_file"] is None:
        raise Conflict(_("这一次没有取到内容，不能重放"), fix=_("请重新采集"))
    row = connector_row(earlier["connector_id"], lock=True)
    return start_run(row, REPLAY, of_run=run_id, raw_file=earlier["raw_file"])


@action(title="取采集的设置", roles=SEERS)
def take_run(*, run_id: UUID) -> Given | None:
    """What the fetch of a run needs; None when it has been fetched already."""
    run = run_row(run_id, lock=True)
    if run["state"] != rules.FETCHING:
        return None
    row = connector_row(run["connector_id"])
    return Given(run, row, secrets_of(row))


@action(title="取试取的设置", roles=SEERS)
def take_connector(*, connector_id: UUID) -> Given:
    """What a trial needs."""
    row = connector_row(connector_id)
    return Given({}, row, secrets_of(row))


def options_of(row: Mapping[str, Any], run_id: UUID, *, is_plain: bool) -> dict[str, Any]:
    """The options of a batch that a connector lands. A raw file that we wrote has its headings in row 1."""
    options: dict[str, Any] = {"run_id": str(run_id)}
    if row["importer"] == TABLE:
        options |= {
            "dataset": row["dataset"], "is_plain": is_plain, "steps": row["steps"], "constants": row["constants"],
            "mapping": row["mapping"],
        }  # fmt: skip
    return options


@action(title="收下采集到的文件", roles=SEERS)
def land_raw(
    *,
    run_id: UUID,
    received: Received | UUID,
    raw: Raw,
    origin: dict[str, str],
    is_plain: bool,
) -> UUID | None:
    """Land a fetched file as the run's batch; None when another worker has done so. received: its bytes, or the id of a
    file that is kept already."""
    run = run_row(run_id, lock=True)
    if run["state"] != rules.FETCHING:
        return None
    row = connector_row(run["connector_id"])
    file_id = (
        received
        if isinstance(received, UUID)
        else record_file(
            received=received, grade=SENSITIVE, owner_dataset="batch", unit_no=row["unit_no"]
        ).file_id
    )
    batch_id = walk.land_batch(
        importer=row["importer"],
        file_id=file_id,
        title=row["title"],
        source=row["source"] or "school",
        is_full=row["is_full"] and not row["increment"] and run["reason"] not in (MENDED, REPLAY),
        unit_no=row["unit_no"],
        options=options_of(row, run["id"], is_plain=is_plain),
    )
    (batch,) = rows_of("select raw_sha256 from batch where id = %s", [batch_id])
    mark_kind, mark = raw.mark or ("", "")
    write_columns(
        "collect_run",
        [run_id],
        state=rules.CHECKING,
        batch_ref_id=batch_id,
        raw_file=file_id,
        raw_sha256=batch["raw_sha256"],
        origin=origin,
        rows_read=raw.rows,
        mark_after=mark,
        mark_kind=mark_kind,
        has_more=raw.has_more,
        is_incremental=bool(row["increment"]),
        notes=Jsonb(raw.notes),
    )
    return batch_id


@action(title="结束采集", roles=SEERS)
def end_run(*, run_id: UUID, state: str, error: str = "", fix: str = "", notes: Sequence[str] = ()) -> None:
    """A run that brought no batch comes to its end. state: nothing | failed."""
    run = run_row(run_id, lock=True)
    if run["ended_at"] is not None:
        return
    write_columns(
        "collect_run", [run_id], state=state, error=error, fix=fix, notes=Jsonb([*run["notes"], *notes]),
        ended_at=datetime.now(UTC),
    )  # fmt: skip
    if state == rules.FAILED:
        raise_trouble(run, "failing", f"{error} {fix}".strip())
    else:
        close_troubles(run["connector_id"], ("failing", "silent"))
        write_columns("connector", [run["connector_id"]], last_ok_at=datetime.now(UTC))


def raise_trouble(run: Mapping[str, Any], kind: str, said: str) -> None:
    """Say what is wrong with a source, once for each kind until it is over."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into collect_trouble (id, unit_no, connector_id, kind, said) values (%s, %s, %s, %s, %s)"
            " on conflict (unit_no, connector_id, kind) where closed_at is null do update set said = excluded.said",
            [new_id(), run["unit_no"], run["connector_id"], kind, said[:1000]],
        )


def close_troubles(connector_id: UUID, kinds: Sequence[str]) -> None:
    """What was wrong is over."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update collect_trouble set closed_at = now(), changed_at = now() where connector_id = %s and kind = any(%s)"
            " and closed_at is null",
            [connector_id, list(kinds)],
        )


@action(title="记下来源的问题", roles=SEERS)
def note_trouble(*, run_id: UUID, kind: str, said: str) -> None:
    """Say what a fetch noticed about its source."""
    raise_trouble(run_row(run_id), kind, said)


@source(title="留着的采集", roles=SEERS)
def kept_run(*, run_id: UUID) -> dict[str, Any]:
    """An earlier run whose file is kept."""
    return run_row(run_id)


@action(title="来源问题已处理", roles=MANAGERS, reach=API)
def close_trouble(*, trouble_id: UUID) -> None:
    """A person has looked at what was wrong with a source."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update collect_trouble set closed_at = now(), closed_by = %s, changed_at = now()"
            " where id = %s and closed_at is null",
            [scopes.current().grant_no, trouble_id],
        )
        if not cursor.rowcount:
            raise NotFound(_("没有这个问题，或已经处理"))


@action(title="把坏行放到一边", roles=SEERS)
def put_aside(*, run_id: UUID, rows: list[Aside]) -> int:
    """Keep bad rows of a run apart and check the rest of its batch without them; returns how many are open now. A row
    that was given up before stays so."""
    run = run_row(run_id, lock=True)
    batch = walk.locked(run["batch_ref_id"])
    if batch["state"] != walk_rules.FAULTY:
        return run["quarantined"]
    opened = 0
    with connection.cursor() as cursor:
        for row in rows:
            row_id = new_id()
            told: list[Any] = [
                row_id, run["unit_no"], run["connector_id"], run_id, row.sheet[:80], row.row_no,
                seal_row(row_id, row.cells), print_of(row.cells), Jsonb(row.faults),
            ]  # fmt: skip
            # A row known from an earlier run keeps its id, to which its cells are bound.
            cursor.execute(
                "insert into quarantined as q (id, unit_no, connector_id, run_id, sheet, row_no, sealed, print, faults, state,"
                " note) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'open', '')"
                " on conflict (unit_no, connector_id, print) do update set run_id = excluded.run_id, sheet = excluded.sheet,"
                " row_no = excluded.row_no, faults = excluded.faults, seen_at = now(), changed_at = now(),"
                " state = case q.state when 'discarded' then 'discarded' else 'open' end returning q.state",
                told,
            )
            opened += cursor.fetchone()[0] == OPEN
    write_columns("collect_run", [run_id], quarantined=run["quarantined"] + opened)
    walk.mend_batch(
        batch_id=batch["id"], patches=[Patch(row.sheet, row.row_no, WHOLE_ROW, "") for row in rows]
    )
    return opened


@action(title="跟进采集的批次", roles=SEERS)
def follow_run(*, run_id: UUID, stopped: str = "") -> str:
    """Bring a run to where its batch stands, and go on: apply by itself where that is wished and nothing speaks against
    it. stopped: why bad rows could not be put aside. Returns the run's state. Safe to repeat."""
    run = run_row(run_id, lock=True)
    if run["ended_at"] is not None or run["batch_ref_id"] is None:
        return run["state"]
    try:
        row = connector_row(run["connector_id"], lock=True)
    except NotFound:
        row = None
    batch = walk.locked(run["batch_ref_id"])
    state = batch["state"]
    if not run["rows_read"]:
        # A file of a folder is counted by whoever reads it, not by whoever fetches it.
        run = run | {"rows_read": walk.rows_read(batch["id"])}
        write_columns("collect_run", [run_id], rows_read=run["rows_read"])
    if state == walk_rules.APPLIED:
        return _applied(run, row, batch)
    if state in (walk_rules.DISCARDED, walk_rules.UNDONE):
        return _ended(run, rules.DISCARDED)
    if state == walk_rules.FAILED:
        (held,) = rows_of("select error from batch where id = %s", [batch["id"]])
        raise_trouble(run, "failing", held["error"] or _("检查没有完成"))
        return _ended(run, rules.FAILED, error=held["error"])
    if state == walk_rules.FAULTY:
        if not stopped:
            return run["state"]
        raise_trouble(run, "faulty", stopped)
        write_columns("collect_run", [run_id], state=rules.WAITING, error=stopped)
        return rules.WAITING
    if state == walk_rules.HELD:
        raise_trouble(run, "held", batch["hold_reason"])
        write_columns("collect_run", [run_id], state=rules.WAITING)
        return rules.WAITING
    if state == walk_rules.READY:
        return _ready(run, row, batch)
    return run["state"]


def _ready(run: dict[str, Any], row: dict[str, Any] | None, batch: dict[str, Any]) -> str:
    found = objections(run, row, batch)
    for kind, said in found:
        raise_trouble(run, kind, said)
    if found or row is None or not row["applies_itself"]:
        write_columns("collect_run", [run["id"]], state=rules.WAITING)
        return rules.WAITING
    write_columns("collect_run", [run["id"]], state=rules.APPLYING)
    walk.apply_batch(batch_id=batch["id"])
    return rules.APPLYING


def objections(
    run: Mapping[str, Any], row: Mapping[str, Any] | None, batch: Mapping[str, Any]
) -> list[tuple[str, str]]:
    """(kind, words) of what speaks against applying a batch unseen: a list that shrank, keys that changed."""
    if row is None or run["is_incremental"] or run["reason"] in (REPLAY, MENDED):
        return []
    if row["kind"] == folder.NAME and not row["is_full"]:
        # Each file of such a folder brings what it brings; none is the list of all.
        return []
    found = []
    before, rows = row["last_rows"], run["rows_read"]
    if rules.has_shrunk(before, rows):
        found.append(("shrunk", _("来源从 %(before)s 行少到 %(rows)s 行") % {"before": before, "rows": rows}))
    counts = list(batch["counts"].values())
    new = max((count.get("new", 0) for count in counts), default=0)
    if before is not None and rules.keys_changed(before, rows, new):
        found.append(("keys", _("%(rows)s 行里有 %(new)s 行是新的：来源用来认人认物的号码可能变了") % {
            "rows": rows, "new": new}))  # fmt: skip
    return found


def _applied(run: dict[str, Any], row: dict[str, Any] | None, batch: dict[str, Any]) -> str:
    is_nothing = bool((batch["receipt"] or {}).get("is_nothing"))
    _ended(run, rules.NOTHING if is_nothing else rules.APPLIED)
    close_troubles(run["connector_id"], ("failing", "silent", "shrunk", "keys", "held", "faulty", "columns"))
    if run["reason"] == MENDED:
        with connection.cursor() as cursor:
            cursor.execute(
                "update quarantined set state = 'mended', settled_at = now(), changed_at = now()"
                " where retry_run = %s and state = 'retrying'",
                [run["id"]],
            )
    if row is None:
        return rules.APPLIED
    values: dict[str, Any] = {"last_ok_at": datetime.now(UTC)}
    if run["reason"] not in (MENDED, REPLAY):
        if not run["is_incremental"]:
            values["last_rows"] = run["rows_read"]
            _gone(run)
        if run["mark_after"] and _goes_on(row, run):
            values |= {"mark": run["mark_after"], "mark_kind": run["mark_kind"]}
    write_columns("connector", [row["id"]], **values)
    if run["has_more"] and run["reason"] not in (MENDED, REPLAY):
        start_run(row, MORE)
    return rules.APPLIED


def _goes_on(row: Mapping[str, Any], run: Mapping[str, Any]) -> bool:
    if not row["mark"] or row["mark_kind"] != run["mark_kind"]:
        return True
    return rules.later(run["mark_kind"], run["mark_after"], row["mark"])


def _gone(run: Mapping[str, Any]) -> None:
    """Rows put aside that a full list no longer brings so: the source has mended them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update quarantined set state = 'gone', settled_at = now(), changed_at = now()"
            " where connector_id = %s and state = 'open' and run_id <> %s",
            [run["connector_id"], run["id"]],
        )


def _ended(run: Mapping[str, Any], state: str, *, error: str = "") -> str:
    values: dict[str, Any] = {"error": error} if error else {}
    write_columns("collect_run", [run["id"]], state=state, ended_at=datetime.now(UTC), **values)
    if run["reason"] == MENDED and state not in (rules.APPLIED, rules.NOTHING):
        with connection.cursor() as cursor:
            cursor.execute(
                "update quarantined set state = 'open', retry_run = null where retry_run = %s and state = 'retrying'",
                [run["id"]],
            )
    return state


@action(title="重试隔离的行", roles=SEERS, reach=API)
def retry_rows(*, connector_id: UUID, rows: list[Mended]) -> UUID:
    """Send rows put aside through the walk again, with the cells that were mended; returns the run. Raises BadInput for
    none or too many, NotFound for a row that is not open here."""
    row = connector_row(connector_id, lock=True)
    if not 1 <= len(rows) <= MOST_MENDED:
        raise BadInput(
            _("请选 1 到 %(most)s 行") % {"most": MOST_MENDED}, problems=[Problem("rows", str(len(rows)))]
        )
    held = {
        one["id"]: one
        for one in rows_of(
            "select id, sealed, sheet from quarantined where connector_id = %s and state = 'open' and id = any(%s) for update",
            [connector_id, [one.row_id for one in rows]],
        )
    }
    if len(held) != len({one.row_id for one in rows}):
        raise NotFound(_("有的行已经处理过了"), fix=_("请刷新页面"))
    run_id = start_run(row, MENDED)
    with connection.cursor() as cursor:
        for one in rows:
            cells = open_row(one.row_id, held[one.row_id]["sealed"])
            unknown = [name for name in one.cells if name not in cells]
            if unknown:
                raise BadInput(_("没有这一列"), problems=[Problem(name[:60], "") for name in unknown])
            cells |= {name: text.strip()[:4000] for name, text in one.cells.items()}
            cursor.execute(
                "update quarantined set sealed = %s, print = %s, state = 'retrying', retry_run = %s, changed_at = now()"
                " where id = %s",
                [seal_row(one.row_id, cells), print_of(cells), run_id, one.row_id],
            )
    return run_id


@action(title="取要重试的行", roles=SEERS)
def retried_cells(*, run_id: UUID) -> list[dict[str, str]]:
    """The cells of the rows that a run tries again, in the order of the source."""
    held = rows_of(
        "select id, sealed from quarantined where retry_run = %s and state = 'retrying' order by row_no, id",
        [run_id],
    )
    return [open_row(one["id"], one["sealed"]) for one in held]


@action(title="放弃隔离的行", roles=SEERS, reach=API)
def discard_rows(*, connector_id: UUID, row_ids: list[UUID], reason: str) -> int:
    """Give rows up for good, with the reason; they are not put aside again when they come the same. Returns how many."""
    connector_row(connector_id)
    if not reason.strip():
        raise BadInput(_("没有写原因"), problems=[Problem(_("原因"), _("请写一句为什么不要"))])
    with connection.cursor() as cursor:
        cursor.execute(
            "update quarantined set state = 'discarded', note = %s, settled_by = %s, settled_at = now(), changed_at = now()"
            " where connector_id = %s and state = 'open' and id = any(%s)",
            [reason.strip()[:500], scopes.current().grant_no, connector_id, list(row_ids)],
        )
        return cursor.rowcount


@action(title="到时间的来源", roles=[scopes.OPERATOR])
def start_due(*, connector_id: UUID, now: datetime) -> UUID | None:
    """Start a source whose turn has come and set its next one; None when another worker did, or its last run has not
    ended. Raises a trouble for a source that has been silent for three turns."""
    held = rows_of(
        "select id, next_at from connector where id = %s and is_on and not is_retired and next_at <= %s"
        " for update skip locked",
        [connector_id, now],
    )
    if not held:
        return None
    row = connector_row(connector_id)
    write_columns("connector", [connector_id], next_at=rules.next_due(row["schedule"], now))
    since = row["last_ok_at"] or row["made_at"]
    if rules.is_silent(row["schedule"], since, now):
        raise_trouble(
            {"unit_no": row["unit_no"], "connector_id": connector_id}, "silent",
            _("从 %(since)s 起没有成功取到过，已超过三个周期") % {"since": timezone.localtime(since).strftime("%m-%d %H:%M")},
        )  # fmt: skip
    busy = rows_of("select id from collect_run where connector_id = %s and ended_at is null", [connector_id])
    return None if busy or what_is_missing(row) else start_run(row, SCHEDULE)


@source(title="采集的待办", roles=[scopes.OPERATOR])
def round_of(*, now: datetime) -> tuple[list[UUID], list[UUID], list[UUID]]:
    """(connectors whose turn has come, runs whose job ended without a batch, runs whose batch went on without them)."""
    due = rows_of(
        "select id from connector where is_on and not is_retired and next_at <= %s order by next_at", [now]
    )
    stuck = rows_of(
        "select r.id from collect_run r join job j on j.id = r.job_id where r.ended_at is null and r.state = 'fetching'"
        " and j.state in ('failed', 'cancelled', 'done')", [],
    )  # fmt: skip
    left = rows_of(
        "select r.id from collect_run r join batch b on b.id = r.batch_ref_id where r.ended_at is null"
        " and b.state in ('applied', 'discarded', 'undone', 'failed')", [],
    )  # fmt: skip
    return [one["id"] for one in due], [one["id"] for one in stuck], [one["id"] for one in left]


@source(title="批次是哪次采集的", roles=walk.IMPORTING_ROLES)
def run_of_batch(*, batch_id: UUID) -> UUID | None:
    """The run that landed a batch; None for a person's own file."""
    found = rows_of("select id from collect_run where batch_ref_id = %s", [batch_id])
    return found[0]["id"] if found else None


@source(title="跟进要知道的", roles=walk.IMPORTING_ROLES)
def followed(*, run_id: UUID) -> dict[str, Any]:
    """A run with its batch's state, faults that name a row, those that name none, and its raw file."""
    run = run_row(run_id)
    (batch,) = rows_of(
        "select state, rows_read, importer, unit_no from batch where id = %s", [run["batch_ref_id"]]
    )
    faults = rows_of(
        'select sheet, row_no, "column", field, code, reason, fix, suggestion from batch_problem'
        " where batch_ref_id = %s and severity = 'error' order by ordinal",
        [run["batch_ref_id"]],
    )
    connector = rows_of(f"select {CONNECTOR} from connector where id = %s", [run["connector_id"]])[0]
    file = file_queries.get_checked_file(file_id=run["raw_file"])
    return {
        "run": run, "batch": batch, "faults": faults, "connector": connector | {"secrets": None},
        "sha256": file.sha256, "name": file.name,
    }  # fmt: skip
