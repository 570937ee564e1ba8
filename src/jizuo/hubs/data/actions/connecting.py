"""Setting up outside sources: make, change, switch on, try, retire."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from jizuo.ground import audit, jobs
from jizuo.ground import scope as scopes
from jizuo.ground.columns import write_columns
from jizuo.ground.doors import API, action
from jizuo.ground.errors import BadInput, Conflict, NotFound, Problem
from jizuo.ground.ids import new_id
from jizuo.ground.shapes import JobRef
from jizuo.hubs.data import importers, owners
from jizuo.hubs.data.collecting import MANAGERS, connector_row, sealed_secrets, secrets_of
from jizuo.hubs.data.connectors import kinds
from jizuo.hubs.data.connectors.feeds import SourceError
from jizuo.hubs.data.rules import collecting as rules
from jizuo.hubs.data.rules.collecting import BadSchedule
from jizuo.hubs.data.sources import SETTLED
from jizuo.hubs.data.tables.importer import NAME as TABLE
from jizuo.hubs.data.tables.wanted import dataset_called, wanted_of

TRY = "data.try_source"
#: Settings that say where a secret goes: when one changes, the secrets must be typed anew.
_WHERE = ("host", "port", "url", "token_url", "user", "client_id")
MOST_TEXT = 20_000


@action(title="新建连接", roles=MANAGERS, reach=API)
def add_connector(*, kind: str, title: str, unit_no: int | None = None) -> UUID:
    """A new source of a unit, switched off; returns its id. Raises BadInput for an unknown kind or no title, NotFound
    for a unit out of reach."""
    scope = scopes.current()
    unit_no = scope.unit_no if unit_no is None else unit_no
    if unit_no not in scope.units:
        raise NotFound(_("没有这个单位"))
    problems = []
    if kind not in kinds.KINDS:
        problems.append(Problem("kind", _("没有“%(kind)s”这种来源") % {"kind": kind[:20]}, _("请选一种")))
    if not title.strip():
        problems.append(Problem("title", _("没有名称"), _("起一个认得出的名称，例如 学籍系统")))
    if problems:
        raise BadInput(_("还不能新建"), problems=problems)
    connector_id = new_id()
    usual = {one.key: one.usual for one in kinds.get(kind).settings if one.usual and one.kind != "secret"}
    told: list[Any] = [connector_id, unit_no, title.strip()[:120], kind, Jsonb(usual), scope.grant_no]
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into connector (id, unit_no, title, kind, settings, importer, dataset, source, mapping, steps,"
            " constants, schedule, increment, mark, mark_kind, is_on, is_full, applies_itself, is_retired, columns,"
            " sample_said, made_by) values (%s, %s, %s, %s, %s, 'table', '', '', '{}', '{}', '{}', '{}', '{}', '', '',"
            " false, false, false, false, '[]', '', %s)",
            told,
        )
    audit.note(f"connector {connector_id}")
    return connector_id


@action(title="修改连接", roles=MANAGERS, reach=API)
def save_connector(
    *,
    connector_id: UUID,
    title: str | None = None,
    settings: dict[str, Any] | None = None,
    secrets: dict[str, str | None] | None = None,
    importer: str | None = None,
    dataset: str | None = None,
    source: str | None = None,
    mapping: dict[str, str] | None = None,
    steps: dict[str, list[Any]] | None = None,
    constants: dict[str, str] | None = None,
    schedule: dict[str, Any] | None = None,
    increment: dict[str, Any] | None = None,
    is_full: bool | None = None,
    applies_itself: bool | None = None,
) -> None:
    """Change what is named. settings: those given replace those kept; secrets: key -> new value, None takes one away, ''
    leaves it. A change of where the source stands drops its secrets unless they come along: they never go to another
    address than they were typed for. mapping: column of the source -> field. Raises BadInput naming each fault.
    """
    row = connector_row(connector_id, lock=True)
    values: dict[str, Any] = {}
    if title is not None:
        if not title.strip():
            raise BadInput(_("没有名称"), problems=[Problem("title", _("请起一个认得出的名称"))])
        values["title"] = title.strip()[:120]
    if settings is not None or secrets is not None:
        values |= _reaching(row, settings or {}, secrets or {})
    if importer is not None or dataset is not None:
        values |= _target(importer or row["importer"], row["dataset"] if dataset is None else dataset)
    if source is not None:
        if source and (source not in owners.known_sources() or source == SETTLED):
            what = _("没有登记过这个来源：%(name)s") % {"name": source[:40]}
            fix = _("请从列出的来源里选，或先在“一数一源”里登记")
            raise BadInput(what, problems=[Problem("source", what, fix)])
        values["source"] = source
    if mapping is not None:
        values["mapping"] = {str(name)[:200]: str(key)[:120] for name, key in mapping.items() if key}
        _once(values["mapping"])
    for key, told in (("steps", steps), ("constants", constants)):
        if told is not None:
            values[key] = told
    if steps is not None:
        target = values.get("dataset", row["dataset"])
        if values.get("importer", row["importer"]) == TABLE and target:
            wanted_of(dataset_called(target), steps)
    if schedule is not None:
        values |= _timed(row, schedule)
    if increment is not None:
        values |= _incremental(row, increment)
    for key, told_flag in (("is_full", is_full), ("applies_itself", applies_itself)):
        if told_flag is not None:
            values[key] = told_flag
    if values:
        write_columns("connector", [connector_id], **values)


def _reaching(
    row: dict[str, Any], settings: Mapping[str, Any], secrets: Mapping[str, str | None]
) -> dict[str, Any]:
    kind = kinds.get(row["kind"])
    known = {one.key: one for one in kind.settings}
    problems = [
        Problem(str(key)[:40], _("没有这一项设置"))
        for key in settings
        if key not in known or key in kind.secrets
    ]
    problems += [Problem(str(key)[:40], _("没有这一项设置")) for key in secrets if key not in kind.secrets]
    merged = dict(row["settings"])
    for key, value in settings.items():
        if key not in known:
            continue
        text = str(value).strip() if not isinstance(value, bool) else value
        if isinstance(text, str) and len(text) > MOST_TEXT:
            problems.append(Problem(key, _("太长了")))
        options = [name for name, _title in known[key].options]
        if options and text not in options:
            problems.append(Problem(str(known[key].title), _("不在可选的里面"), "、".join(options)))
        if known[key].kind == "whole" and text and not str(text).isdecimal():
            problems.append(Problem(str(known[key].title), _("这里应是整数")))
        merged[key] = text
    try:
        kind.check(merged)
    except SourceError as bad:
        problems.append(Problem(kind.name, bad.reason, bad.fix))
    if problems:
        raise BadInput(_("设置有误"), problems=problems)
    has_moved = any(str(merged.get(key, "")) != str(row["settings"].get(key, "")) for key in _WHERE)
    kept = {} if has_moved else secrets_of(row)
    for key, value in secrets.items():
        if value is None:
            kept.pop(key, None)
        elif value:
            kept[key] = value
    return {"settings": merged, "secrets": sealed_secrets(row["id"], kept)}


def _target(importer: str, dataset: str) -> dict[str, Any]:
    if importer not in importers.all_importers():
        raise BadInput(
            _("没有“%(name)s”这种导入") % {"name": importer[:40]},
            problems=[Problem("importer", importer[:40])],
        )
    if importer == TABLE and dataset:
        dataset_called(dataset)
    return {"importer": importer, "dataset": dataset if importer == TABLE else ""}


def _once(mapping: Mapping[str, str]) -> None:
    fed = list(mapping.values())
    twice = sorted({key for key in fed if fed.count(key) > 1})
    if twice:
        raise BadInput(
            _("列对应有重复"),
            problems=[Problem(key, _("指给了两列"), _("只留一列，另一列选“不读这一列”")) for key in twice],
        )


def _timed(row: dict[str, Any], schedule: Mapping[str, Any]) -> dict[str, Any]:
    try:
        rules.check_schedule(schedule)
    except BadSchedule as bad:
        raise BadInput(_("时间安排有误"), problems=[Problem("schedule", bad.reason)]) from None
    due = rules.next_due(schedule, datetime.now(UTC)) if row["is_on"] else None
    return {"schedule": dict(schedule), "next_at": due}


def _incremental(row: dict[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    overlap = told.get("overlap", 0)
    if isinstance(overlap, bool) or not isinstance(overlap, int) or not 0 <= overlap <= 10**6:
        raise BadInput(_("重叠应是不小于 0 的整数"), problems=[Problem("overlap", str(overlap)[:20])])
    column = str(told.get("column") or "").strip()[:120]
    kept = (
        {"column": column, "overlap": overlap, "param": str(told.get("param") or "").strip()[:60]}
        if column
        else {}
    )
    # Another column counts otherwise: what was remembered of the old one says nothing of it.
    is_other = column != row["increment"].get("column", "")
    return {"increment": kept, **({"mark": "", "mark_kind": ""} if is_other else {})}


@action(title="开关连接", roles=MANAGERS, reach=API)
def switch_connector(*, connector_id: UUID, is_on: bool) -> None:
    """Let a source be read by its schedule, or not. Raises Conflict while it is not set up to the end."""
    row = connector_row(connector_id, lock=True)
    if is_on:
        missing = what_is_missing(row)
        if missing:
            raise Conflict(
                _("还没有设置完：%(what)s") % {"what": "、".join(missing)}, fix=_("请先补上，再打开")
            )
    now = datetime.now(UTC)
    due = rules.next_due(row["schedule"], now) if is_on else None
    write_columns("connector", [connector_id], is_on=is_on, next_at=due)


def what_is_missing(row: Mapping[str, Any]) -> list[str]:
    """What a source still needs before it can be read, in words."""
    kind = kinds.get(row["kind"])
    missing = [
        str(one.title) for one in kind.settings
        if one.is_required and one.kind != "secret" and not row["settings"].get(one.key)
    ]  # fmt: skip
    if row["importer"] == TABLE and not row["dataset"]:
        missing.append(_("进哪个数据集"))
    if kind.gives_rows and not row["mapping"]:
        missing.append(_("列对应"))
    return missing


@action(title="从头取", roles=MANAGERS, reach=API)
def reset_mark(*, connector_id: UUID) -> None:
    """Forget how far an incremental source was read, so that the next run reads everything."""
    connector_row(connector_id, lock=True)
    write_columns("connector", [connector_id], mark="", mark_kind="")


@action(title="停用连接", roles=MANAGERS, reach=API)
def retire_connector(*, connector_id: UUID) -> None:
    """Take a source off the list and forget its secrets; its runs and what they wrote stay on record."""
    connector_row(connector_id, lock=True)
    write_columns(
        "connector",
        [connector_id],
        is_retired=True,
        is_on=False,
        next_at=None,
        secrets=None,
        sample_file=None,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "update collect_trouble set closed_at = now() where connector_id = %s and closed_at is null",
            [connector_id],
        )


@action(title="试取", roles=MANAGERS, reach=API)
def try_connector(*, connector_id: UUID) -> JobRef:
    """Start reading the first few rows of a source for its mapping; nothing reaches a dataset. Returns the job."""
    row = connector_row(connector_id, lock=True)
    write_columns("connector", [connector_id], sample_said="")
    return jobs.start(
        TRY,
        _("试取 %(title)s") % {"title": row["title"]},
        unit_no=row["unit_no"],
        connector_id=str(connector_id),
    )


@action(title="记下试取的结果", roles=MANAGERS | {scopes.CLERK})
def note_sample(
    *, connector_id: UUID, said: str, columns: list[str] | None = None, sample_file: UUID | None = None
) -> None:
    """Keep the first rows of a source, or why there are none. said: '' when it went well."""
    connector_row(connector_id, lock=True)
    values: dict[str, Any] = {"sample_said": said}
    if columns is not None:
        values |= {"columns": Jsonb(columns), "sample_file": sample_file}
    write_columns("connector", [connector_id], **values)
