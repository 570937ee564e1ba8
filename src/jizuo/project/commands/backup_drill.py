"""备份演练：恢复到第二个数据库并逐表比较 / backup drill: restore beside the base and compare every table"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from jizuo.ground import backup, bootstrap
from jizuo.ground.disk import write_secret
from jizuo.ground.process import Trouble
from jizuo.project import safekeeping, schema
from jizuo.project.exits import Exit
from jizuo.project.words import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A backup that is there, or a fresh one."""
    parser.add_argument("folder", type=Path, nargs="?", help=_("演练这份备份；不给就现做一份"))


def run(args: argparse.Namespace) -> int:
    """Back up, restore into `<database>_drill`, compare rows and walls, open every file, drop it again; write the
    verdict down."""
    begun = time.monotonic()
    drill = f"{bootstrap.database_name()}_drill"
    with tempfile.TemporaryDirectory(prefix="jizuo-drill-") as scratch, bootstrap.opened() as address:
        folder = args.folder
        if folder is None:
            folder = Path(scratch) / "backup"
            with args.out.progress(_("备份")) as bar:
                safekeeping.make(address, folder, bar.to)
        backed_up = time.monotonic()
        manifest = backup.read(folder)
        found = backup.verify(folder)
        if not found:
            backup.drop(address, drill)
            try:
                restored = backup.restore_database(folder, address, drill, bootstrap.secrets_folder())
                restored_at = time.monotonic()
                reader = restored.backup
                if reader is None:
                    raise Trouble(
                        "没有备份登录，不能比较。", "请用管理员引导地址。", "No backup login to compare with."
                    )
                with args.out.progress(_("逐表比较")) as bar:
                    found += backup.compare(manifest, reader, bar.to)
                if args.folder is None:
                    found += backup.compare_shapes(bootstrap.connect().backup, reader)
                files = backup.restore_files(folder, Path(scratch) / "files")
                if schema.is_current(restored.owner):
                    with args.out.progress(_("逐个打开文件")) as bar:
                        found += safekeeping.unreadable(drill, Path(scratch) / "files", bar.to)
                else:
                    args.out.complain(_("这份备份是另一个版本做的，文件只比较了字节，没有逐个打开。"))
            finally:
                backup.drop(address, drill)
    ok = not found
    seconds = time.monotonic() - begun
    rows = sum(table.rows for table in manifest.tables.values())
    verdict = {"ok": ok, "at": datetime.now(UTC).isoformat(timespec="seconds"), "seconds": round(seconds, 1),
               "tables": len(manifest.tables), "rows": rows, "files": len(manifest.files)}  # fmt: skip
    write_secret(bootstrap.data_folder() / "drill.json", json.dumps(verdict))
    for one in found:
        args.out.complain(f"  {one.where}: {one.expected} -> {one.found}")
    if ok:
        words = _(
            "演练通过：{tables} 张表 {rows} 行、{files} 个文件全部一致；备份 {a:.1f} 秒，恢复 {b:.1f} 秒，共 {c:.1f} 秒。"
        )
        took = {"a": backed_up - begun, "b": restored_at - backed_up, "c": seconds}
        args.out.say(words.format(tables=len(manifest.tables), rows=rows, files=files, **took))
    else:
        args.out.complain(_("演练没有通过：{count} 处不一致。").format(count=len(found)))
    differences = [{"where": one.where, "expected": one.expected, "found": one.found} for one in found]
    args.out.result(**verdict, differences=differences)
    return Exit.OK if ok else Exit.DATA
