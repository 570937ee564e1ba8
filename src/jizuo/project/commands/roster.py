"""名册：检查、导入、导出、撤销 / rosters: check, import, export, undo"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any
from uuid import UUID

from jizuo.ground import bootstrap
from jizuo.project import walking
from jizuo.project.exits import Exit
from jizuo.project.start import set_up
from jizuo.project.words import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """check FILE | import FILE | undo BATCH | export FILE | units."""
    below = parser.add_subparsers(dest="act", required=True)
    check = below.add_parser("check", help=_("只检查 OneRoster 压缩包，不需要数据库"))
    check.add_argument("file", type=Path)
    bring = below.add_parser("import", help=_("导入名册：检查、预览、应用"))
    bring.add_argument("file", type=Path, nargs="+")
    bring.add_argument("--unit", default="", help=_("单位编号或全称，默认为区教育局"))
    bring.add_argument("--kind", default="", help=_("文件种类，默认按内容：oneroster、pupils ……"))
    bring.add_argument("--dataset", default="", help=_("任意表格导入到这个数据集"))
    bring.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="HEADING=FIELD",
        help=_("表头当作哪个字段，可以写几次"),
    )
    bring.add_argument("--source", default="", help=_("谁的数据：school、register、family"))
    bring.add_argument("--full", action="store_true", help=_("文件列出全部人员：没有列出的人视为离开"))
    bring.add_argument("--open-units", action="store_true", help=_("为文件中没有的学校建立单位"))
    bring.add_argument("--preview", action="store_true", help=_("到预览为止，不应用"))
    undo = below.add_parser("undo", help=_("撤销一次导入"))
    undo.add_argument("batch", type=UUID)
    undo.add_argument("--unit", default="")
    out = below.add_parser("export", help=_("导出 OneRoster 1.2"))
    out.add_argument("file", type=Path)
    out.add_argument("--unit", default="")
    out.add_argument("--between-bases", action="store_true", help=_("包括只在基座之间传递的列"))
    below.add_parser("units", help=_("单位清单"))
    for act in below.choices.values():
        act.add_argument(
            "--json", action="store_true", default=argparse.SUPPRESS, help=_("只输出一个 JSON 对象")
        )


def run(args: argparse.Namespace) -> int:
    """Dispatch to one of the acts."""
    if args.act == "check":
        return check(args)
    with bootstrap.opened():
        set_up("app")
        acts = {"import": bring, "undo": undo, "export": export, "units": units}
        return acts[args.act](args)


def check(args: argparse.Namespace) -> int:
    """Every fault of a zip at once; exit 1 for rows to mend or a set that cannot be loaded."""
    from jizuo.hubs.organisation.protocols.oneroster.check import check as check_zip

    report = check_zip(args.file)
    args.out.say(report.text())
    args.out.say(_("{rows} 行，{faults} 处要改。").format(
        rows=sum(table.height for table in report.tables.values()),
        faults=report.count("error") + report.count("block"),
    ))  # fmt: skip
    args.out.result(**report.as_dict())
    return Exit.DATA if report.exit_code else Exit.OK


def kind_of(path: Path) -> str:
    """The importer for a file by its ending."""
    return "oneroster" if path.suffix.lower() == ".zip" else "pupils"


def bring(args: argparse.Namespace) -> int:
    """Land, check, preview and apply each file in turn; the worst outcome is the exit code."""
    from jizuo.hubs.data import importers

    worst = Exit.OK
    told = []
    for path in args.file:
        kind = args.kind or ("table" if args.dataset else kind_of(path))
        if kind not in importers.all_importers():
            args.out.complain(_("没有“{kind}”这种文件。").format(kind=kind))
            return Exit.USAGE
        scope = walking.scope_of_unit(args.unit)
        options: dict[str, Any] = {"open_units": True} if args.open_units else {}
        if args.dataset:
            options["dataset"] = args.dataset
        if args.column:
            options["mapping"] = dict(pair.split("=", 1) for pair in args.column if "=" in pair)
        batch_id = walking.land(
            path,
            importer=kind,
            scope=scope,
            source=args.source or "school",
            is_full=args.full,
            options=options,
        )
        batch = walking.go_on(batch_id, scope, args.out, _("检查 {name}").format(name=path.name))
        if batch.state == "ready" and not args.preview:
            batch = apply(batch_id, scope, args.out, path.name)
        told.append({"file": str(path), "batch": batch_id, "state": batch.state, "counts": batch.counts})
        say(batch, path, args.out)
        code = {"applied": Exit.OK, "ready": Exit.OK, "held": Exit.HELD}.get(batch.state, Exit.DATA)
        worst = max(worst, code)
    args.out.result(ok=worst == Exit.OK, batches=told)
    return worst


def apply(batch_id: UUID, scope: Any, out: Any, name: str) -> Any:
    """Apply a ready batch."""
    from jizuo.ground import facts
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions import walk

    with scopes.use(scope):
        walk.apply_batch(batch_id=batch_id)
    batch = walking.go_on(batch_id, scope, out, _("应用 {name}").format(name=name))
    while facts.deliver_due():
        pass
    return batch


def say(batch: Any, path: Path, out: Any) -> None:
    """The batch's outcome in words."""
    sums = {
        key: sum(counts.get(key, 0) for counts in batch.counts.values())
        for key in ("new", "changed", "gone", "same")
    }
    words = {
        "applied": _("{file}：已应用。新 {new}，变化 {changed}，离开 {gone}，不变 {same}。"),
        "ready": _("{file}：可以应用。新 {new}，变化 {changed}，离开 {gone}，不变 {same}。"),
        "held": _("{file}：等另一个人批准。{hold}"),
        "faulty": _("{file}：有 {problems} 处要改，没有写入任何内容。请在“名册导入”页修改，或改好文件再来。"),
        "failed": _("{file}：没有完成。{error}"),
    }
    out.say(
        words.get(batch.state, words["failed"]).format(
            file=path.name, hold=batch.hold_reason, problems=batch.problems, error=batch.error, **sums
        )
    )
    out.say(_("批次 {batch}").format(batch=batch.batch_id))


def undo(args: argparse.Namespace) -> int:
    """Undo an applied batch and say what stayed."""
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions import walk

    scope = walking.scope_of_unit(args.unit)
    with scopes.use(scope):
        walk.undo_batch(batch_id=args.batch)
    batch = walking.go_on(args.batch, scope, args.out, _("撤销"))
    done = (batch.receipt or {}).get("undo", {})
    args.out.say(
        _("已撤销：去掉 {removed}，恢复 {restored}，留下 {kept}（之后又改过）。").format(
            removed=done.get("removed", 0), restored=done.get("restored", 0), kept=done.get("kept_count", 0)
        )
    )
    args.out.result(ok=batch.state == "undone", undo=done)
    return Exit.OK if batch.state == "undone" else Exit.DATA


def export(args: argparse.Namespace) -> int:
    """Write the OneRoster 1.2 zip of a unit and all below it."""
    from jizuo.ground import scope as scopes
    from jizuo.hubs.organisation.actions.exports import export_oneroster

    scope = walking.scope_of_unit(args.unit)
    with scopes.use(scope):
        counts = export_oneroster(
            path=args.file,
            unit_nos=[unit for unit in scope.units if unit != scopes.BASE_UNIT],
            is_for_outside=not args.between_bases,
        )
    args.out.say(_("已写入 {file}：{users} 人，{enrollments} 条选课任课。").format(file=args.file, **counts))
    args.out.result(ok=True, file=str(args.file), rows=counts)
    return Exit.OK


def units(args: argparse.Namespace) -> int:
    """Every unit of the base with its number."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "select unit_no, kind, name from unit where unit_no > 0 and closed_on is null order by unit_no"
        )
        found = cursor.fetchall()
    for unit_no, kind, name in found:
        args.out.say(f"{unit_no:>6}  {kind:<7} {name}")
    args.out.result(units=[{"unit_no": unit_no, "kind": kind, "name": name} for unit_no, kind, name in found])
    return Exit.OK
