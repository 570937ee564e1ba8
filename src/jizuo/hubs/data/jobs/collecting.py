"""What the worker does for collection: fetch a source into a batch, follow the batch to its end, look at the clock."""

from __future__ import annotations

import csv
import functools
import io
import logging
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any, BinaryIO
from uuid import UUID

import procrastinate
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import jobs
from jizuo.ground import scope as scopes
from jizuo.ground.errors import BadInput, DoorError
from jizuo.ground.files import actions as files
from jizuo.ground.files.jobs import whole_base
from jizuo.ground.jobs import Run
from jizuo.hubs.data import importers, mends, stages
from jizuo.hubs.data.actions import collecting, connecting
from jizuo.hubs.data.actions.collecting import Aside, Given
from jizuo.hubs.data.connectors import addresses, folder, kinds, raw
from jizuo.hubs.data.connectors.feeds import Ask, SourceError
from jizuo.hubs.data.connectors.raw import Raw
from jizuo.hubs.data.datasets import SENSITIVE
from jizuo.hubs.data.jobs.walk import is_interrupted
from jizuo.hubs.data.rules import collecting as rules
from jizuo.hubs.data.rules import walk as walk_rules
from jizuo.hubs.data.tables import reading
from jizuo.hubs.data.tables.importer import NAME as TABLE
from jizuo.plain.workbook import read, shape

log = logging.getLogger(__name__)
TICK = "data.collect_tick"
#: Rows of a trial, and how long it may take.
SAMPLE_ROWS, SAMPLE_SECONDS = 200, 30
#: Faults that are the file's and not a row's.
WHOLE = frozenset(("no_column", "no_table"))


def collect(run: Run, *, run_id: str) -> dict[str, Any]:
    """Fetch a run's source and land what came as a batch. Nothing is left of a fetch that did not come to its end."""
    given = collecting.take_run(run_id=UUID(run_id))
    if given is None:
        return {"state": "fetched"}
    try:
        if given.run["reason"] == collecting.REPLAY:
            return replay(run, given)
        if given.connector["kind"] == folder.NAME:
            return take_file(run, given)
        return fetch(run, given)
    except SourceError as bad:
        fail(given, bad.reason, bad.fix)
        raise BadInput(bad.reason, fix=bad.fix) from None
    except DoorError as error:
        fail(given, str(error.detail), str(error.fix))
        raise
    except Exception as error:
        if not is_interrupted(error):
            fail(given, _("程序出错，没有取成"), type(error).__name__)
        raise


def fail(given: Given, reason: str, fix: str) -> None:
    """The run ends without a batch."""
    collecting.end_run(run_id=given.run["id"], state=rules.FAILED, error=reason, fix=fix)


def ask_of(given: Given, run: Run | None = None, *, most: int = 0) -> Ask:
    """What is asked of the source: everything, what is new since the mark, or the first few rows."""
    row = given.connector
    mark = None
    if row["increment"] and row["mark"] and not most:
        overlap = (
            0 if given.run.get("reason") == collecting.MORE else int(row["increment"].get("overlap") or 0)
        )
        mark = rules.with_overlap(row["mark_kind"], row["mark"], overlap)
    return Ask(
        row["settings"], given.secrets, row["unit_no"], row["increment"], mark, most,
        SAMPLE_SECONDS if most else 300, pause_of(run),
    )  # fmt: skip


def pause_of(run: Run | None) -> Callable[[float], None]:
    """Waiting with a sign of life, so that a waiting job is not taken for dead."""
    import time

    def pause(seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            time.sleep(min(left, 5.0))
            if run is not None:
                run.tell(0)

    return pause


def headings_of(row: Mapping[str, Any]) -> dict[str, str] | None:
    """Column of the source -> heading in the raw file: a list that has its own importer gets that importer's headings;
    None where the source's own are kept."""
    if row["importer"] == TABLE or not row["mapping"]:
        return None
    offered = mends.columns_of(row["importer"])
    title_of = dict(offered.fields_for({})) if offered else {}
    return {name: title_of.get(key, key) for name, key in row["mapping"].items()}


def fetch(run: Run, given: Given) -> dict[str, Any]:
    """Read the source to its end into a file, then land that file."""
    row = given.connector
    kind = kinds.get(row["kind"])
    with tempfile.TemporaryFile() as out:
        with kind.read(ask_of(given, run)) as feed:
            found = raw.write(
                feed, out, increment=row["increment"], heading=headings_of(row),
                tell=lambda rows: run.tell(rows, None, _("行")),
            )  # fmt: skip
        missing = [name for name in row["mapping"] if name not in found.columns]
        if missing and found.rows:
            raise SourceError(
                "columns", _("来源少了这些列：%(names)s") % {"names": "、".join(missing)[:200]},
                _("来源可能改了列名；请试取一次，重新对应"),
            )  # fmt: skip
        notice(given, found)
        if not found.rows:
            return nothing(given, found)
        return land(run, given, out, f"{row['title']}.csv", found, {}, is_plain=True)


def notice(given: Given, found: Raw) -> None:
    """What a source says of time that cannot be."""
    row = given.connector
    if not row["increment"] or found.mark is None:
        return
    kind, text = found.mark
    now = datetime.now(UTC)
    if rules.is_ahead(kind, text, now):
        collecting.note_trouble(run_id=given.run["id"], kind="future", said=_(
            "增量列里有将来的时间 %(mark)s；已按现在记，不会漏掉之后的行") % {"mark": text})  # fmt: skip
        at = now if kind == "moment" and rules.value_of(kind, text).tzinfo else now.replace(tzinfo=None)
        found.mark = (kind, at.isoformat() if kind == "moment" else at.date().isoformat())
    if row["mark"] and row["mark_kind"] != kind:
        collecting.note_trouble(
            run_id=given.run["id"], kind="backwards", said=_("增量列的类型变了，已从头比对")
        )
    elif row["mark"] and rules.later(kind, row["mark"], text):
        collecting.note_trouble(run_id=given.run["id"], kind="backwards", said=_(
            "来源最新的是 %(now)s，早于上次的 %(before)s：来源可能被还原过，或时钟倒退") % {
            "now": text, "before": row["mark"]})  # fmt: skip
    if found.backwards and kind != "text":
        found.notes.append(_("有 %(n)s 行的增量列没有按次序来") % {"n": found.backwards})
    if found.unmarked:
        found.notes.append(_("有 %(n)s 行的增量列是空的，只在从头取时读得到") % {"n": found.unmarked})


def nothing(given: Given, found: Raw) -> dict[str, Any]:
    """A source that gave no row: nothing new for an incremental one, a fault for a list."""
    row = given.connector
    if row["increment"] and row["mark"]:
        if row["kind"] in kinds.SQL:
            collecting.note_trouble(run_id=given.run["id"], kind="backwards", said=_(
                "来源里已没有上次最后的记录（%(mark)s）：可能被清空、还原或换过") % {"mark": row["mark"]})  # fmt: skip
        collecting.end_run(run_id=given.run["id"], state=rules.NOTHING, notes=found.notes)
        return {"state": rules.NOTHING}
    raise SourceError("none", _("来源一行也没有给"), _("请核对查询或路径；来源真的清空了，请先停用这个连接"))


def take_file(run: Run, given: Given) -> dict[str, Any]:
    """Take the oldest file of a folder that has stopped growing."""
    row = given.connector
    ready = folder.look(row["settings"], row["unit_no"], pause_of(run))
    if ready is None:
        collecting.end_run(run_id=given.run["id"], state=rules.NOTHING, notes=[_("文件夹里没有放好的文件")])
        return {"state": rules.NOTHING}
    found = Raw(has_more=bool(ready.others))
    origin = {"name": ready.path.name, "sha256": ready.sha256}
    try:
        with ready.path.open("rb") as stream:
            return land(run, given, stream, ready.path.name, found, origin, is_plain=False)
    except BadInput as error:
        # A file that is no list at all would be taken again and again.
        stow(row, origin, f"{error.detail} {error.fix}".strip())
        raise


def land(
    run: Run,
    given: Given,
    stream: BinaryIO,
    name: str,
    found: Raw,
    origin: Mapping[str, str],
    *,
    is_plain: bool,
) -> dict[str, Any]:
    """Keep a fetched file and land it, in one transaction with the run."""
    stream.seek(0)
    received = files.receive(stream, name=name, kind=importers.get(given.connector["importer"]).file_kind)
    run.tell(found.rows, found.rows, _("行"), now=True)
    collecting.land_raw(
        run_id=given.run["id"], received=received, raw=found, origin=dict(origin), is_plain=is_plain
    )
    return {"state": rules.CHECKING, "rows": found.rows}


def replay(run: Run, given: Given) -> dict[str, Any]:
    """Land the kept file of an earlier run again."""
    earlier = collecting.kept_run(run_id=given.run["of_run"])
    found = Raw(rows=earlier["rows_read"])
    is_plain = given.connector["kind"] != folder.NAME
    run.tell(found.rows, found.rows, _("行"), now=True)
    collecting.land_raw(
        run_id=given.run["id"], received=given.run["raw_file"], raw=found, origin={}, is_plain=is_plain
    )
    return {"state": rules.CHECKING, "rows": found.rows}


def retry_rows(run: Run, *, run_id: str) -> dict[str, Any]:
    """Land the mended rows as a file of their own."""
    given = collecting.take_run(run_id=UUID(run_id))
    if given is None:
        return {"state": "fetched"}
    try:
        cells = collecting.retried_cells(run_id=UUID(run_id))
        names = list(dict.fromkeys(name for row in cells for name in row))
        out = io.BytesIO()
        text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
        writer = csv.writer(text)
        writer.writerow(names)
        writer.writerows([row.get(name, "") for name in names] for row in cells)
        text.detach()
        return land(
            run, given, out, f"{given.connector['title']}.csv", Raw(names, len(cells)), {}, is_plain=True
        )
    except DoorError as error:
        fail(given, str(error.detail), str(error.fix))
        raise


def try_source(run: Run, *, connector_id: str) -> dict[str, Any]:
    """Read the first rows of a source and keep them, sealed, for its mapping; no dataset is touched."""
    key = UUID(connector_id)
    given = collecting.take_connector(connector_id=key)
    try:
        columns, ref = sample(given, run)
    except SourceError as bad:
        connecting.note_sample(connector_id=key, said=f"{bad.reason}。{bad.fix}".strip("。"))
        return {"state": "failed", "code": bad.code}
    connecting.note_sample(connector_id=key, said="", columns=columns, sample_file=ref)
    return {"state": "done", "columns": len(columns)}


def sample(given: Given, run: Run | None) -> tuple[list[str], UUID]:
    """(columns, kept file) of the first rows of a source. Raises SourceError."""
    row = given.connector
    kind = kinds.get(row["kind"])
    if not kind.gives_rows:
        ready = folder.look(row["settings"], row["unit_no"], pause_of(run))
        if ready is None:
            raise SourceError("none", _("文件夹里没有放好的文件"), _("先放一个文件进去，等几秒再试"))
        with ready.path.open("rb") as stream:
            return [], kept(stream, ready.path.name, row["unit_no"])
    with tempfile.TemporaryFile() as out:
        with kind.read(ask_of(given, most=SAMPLE_ROWS)) as feed:
            found = raw.write(feed, out, increment={}, only=SAMPLE_ROWS)
        if not found.rows:
            raise SourceError("none", _("来源一行也没有给"), _("请核对查询或路径"))
        return found.columns, kept(out, f"{row['title']}.csv", row["unit_no"])


def kept(stream: BinaryIO, name: str, unit_no: int) -> UUID:
    """A sample in the store. Raises SourceError for a file that may not come in."""
    stream.seek(0)
    try:
        ref = files.keep(
            stream, name=name, kind="roster", grade=SENSITIVE, owner_dataset="batch", unit_no=unit_no
        )
    except BadInput as error:
        raise SourceError("file", str(error.detail), str(error.fix)) from None
    return ref.file_id


def following(body: Callable[..., Any]) -> Callable[..., Any]:
    """A job of the import walk that tells the run of its batch, if it has one, how it went."""

    @functools.wraps(body)
    def told(run: Run, *, batch_id: str) -> Any:
        try:
            answer = body(run, batch_id=batch_id)
        except Exception as error:
            if not is_interrupted(error):
                follow_batch(UUID(batch_id))
            raise
        follow_batch(UUID(batch_id))
        return answer

    return told


def follow_batch(batch_id: UUID) -> None:
    """Bring the run of a batch on; nothing to do for a person's own file."""
    run_id = collecting.run_of_batch(batch_id=batch_id)
    if run_id is not None:
        follow(run_id)


def follow(run_id: UUID) -> str:
    """Put bad rows aside, go on, and clear the folder when a run has ended. Safe to repeat."""
    about = collecting.followed(run_id=run_id)
    stopped = ""
    if about["batch"]["state"] == walk_rules.FAULTY:
        stopped = why_stopped(about)
        if not stopped:
            collecting.put_aside(run_id=run_id, rows=asides(about))
    state = collecting.follow_run(run_id=run_id, stopped=stopped)
    if state in rules.ENDED and about["run"]["origin"]:
        note = "" if state in (rules.APPLIED, rules.NOTHING) else about["run"]["error"] or _("没有采用")
        stow(about["connector"], about["run"]["origin"], note)
    return state


def why_stopped(about: Mapping[str, Any]) -> str:
    """Why the bad rows of a batch cannot be put aside and the rest go on; '' when they can."""
    for fault in about["faults"]:
        if fault["row_no"] is None or fault["code"] in WHOLE:
            return f"{fault['reason']}。{fault['fix']}".strip("。")
    bad = len({(fault["sheet"], fault["row_no"]) for fault in about["faults"]})
    rows = about["batch"]["rows_read"]
    if rules.too_bad(rows, bad):
        return _("%(rows)s 行里有 %(bad)s 行要改，像是整批有问题，没有逐行放开") % {"rows": rows, "bad": bad}
    return ""


def asides(about: Mapping[str, Any]) -> list[Aside]:
    """The bad rows of a batch with their cells as the source gave them."""
    faults: dict[tuple[str, int], list[dict[str, str]]] = {}
    for fault in about["faults"]:
        told = {key: fault[key] for key in ("column", "field", "code", "reason", "fix", "suggestion")}
        faults.setdefault((fault["sheet"], fault["row_no"]), []).append(told)
    is_plain = about["connector"]["kind"] != folder.NAME or about["run"]["reason"] == collecting.MENDED
    wanted = list(about["connector"]["mapping"])
    offered = mends.columns_of(about["batch"]["importer"])
    if offered is not None:
        wanted += [title for _key, title in offered.fields_for({"dataset": about["connector"]["dataset"]})]
    with stages.opened(about["sha256"], PurePath(about["name"]).suffix) as path:
        book = read.read(path, about["name"])
    found = []
    for sheet in book.sheets:
        for table in [reading.plain_table(sheet)] if is_plain else shape.find_tables(sheet, wanted):
            heading_of = {column.letter: column.heading or column.letter for column in table.columns}
            for row in table.rows:
                found_wrong = faults.pop((table.sheet, row.number), None)
                if found_wrong is None:
                    continue
                cells = {
                    heading_of[column.letter]: cell.text
                    for column, cell in zip(table.columns, row.cells, strict=True)
                }
                named = [fault | {"column": heading_of.get(fault["column"], "")} for fault in found_wrong]
                found.append(Aside(table.sheet, row.number, cells, named))
    return found


def stow(row: Mapping[str, Any], origin: Mapping[str, str], note: str) -> None:
    """Put a taken file away; a folder that is gone meanwhile is not worth a failed job."""
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    try:
        place = addresses.folder(str(row["settings"].get("path") or ""), row["unit_no"])
        folder.put_away(place, origin["name"], origin["sha256"], stamp=stamp, note=note)
    except (SourceError, OSError) as error:
        log.warning("connector %s: a file could not be put away: %s", row["id"], type(error).__name__)


def look_at_clock(timestamp: int) -> int:
    """The worker's round, once a minute: start what is due, end what got stuck; returns how many were started."""
    try:
        with scopes.use(whole_base()):
            return go_round(datetime.now(UTC))
    finally:
        connection.close()


def go_round(now: datetime) -> int:
    """`look_at_clock` at a given moment, in a scope over every unit."""
    due, stuck, left = collecting.round_of(now=now)
    for run_id in stuck:
        collecting.end_run(
            run_id=run_id, state=rules.FAILED, error=_("采集中断，没有做完"), fix=_("会按计划再试")
        )
    for run_id in left:
        with guarded("run", run_id):
            follow(run_id)
    started = 0
    for connector_id in due:
        with guarded("connector", connector_id):
            started += collecting.start_due(connector_id=connector_id, now=now) is not None
    return started


@contextmanager
def guarded(what: str, key: UUID) -> Iterator[None]:
    """One source's trouble does not keep the others waiting."""
    try:
        yield
    except DoorError as error:
        log.warning("%s %s: %s", what, key, error)


def register() -> None:
    """Register the round with the queue; called once Django is ready."""
    from procrastinate.contrib.django import app

    task: procrastinate.tasks.Task = app.task(
        name=TICK, queue="bulk", queueing_lock=TICK, lock=TICK, pass_context=False
    )(look_at_clock)
    app.periodic(cron="* * * * *")(task)


def register_kinds() -> None:
    """The kinds of jobs of collection; called on the room's plate."""
    jobs.register(collecting.COLLECT, collect, queue="bulk")
    jobs.register(collecting.RETRY, retry_rows, queue="people")
    jobs.register(connecting.TRY, try_source, queue="people")
