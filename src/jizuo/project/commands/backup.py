"""备份数据库和文件 / back up the database and every file"""

from __future__ import annotations

import argparse
import shutil
from datetime import datetime
from pathlib import Path

from jizuo.ground import bootstrap
from jizuo.project import safekeeping
from jizuo.project.exits import Exit
from jizuo.project.words import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to, and how many to keep."""
    parser.add_argument("--to", type=Path, help=_("备份文件夹，默认在数据文件夹的 backups 下"))
    parser.add_argument("--keep", type=int, default=0, help=_("只留最近几份，0 = 全部保留"))


def run(args: argparse.Namespace) -> int:
    """Make one backup."""
    folder = args.to or bootstrap.data_folder() / "backups" / f"{datetime.now():%Y%m%d-%H%M%S}"
    with bootstrap.opened() as address, args.out.progress(_("备份")) as bar:
        manifest = safekeeping.make(address, folder, bar.to)
    rows = sum(table.rows for table in manifest.tables.values())
    args.out.say(
        _("备份完成：{folder}，{tables} 张表 {rows} 行，{files} 个文件。").format(
            folder=folder, tables=len(manifest.tables), rows=rows, files=len(manifest.files)
        )
    )
    args.out.say(_("备份里没有密钥。请另外保管 {keys}，没有它恢复后读不出加密的内容。").format(
        keys=safekeeping.keys_file()))  # fmt: skip
    gone = safekeeping.surplus(folder.parent, args.keep) if args.keep and not args.to else []
    for old in gone:
        shutil.rmtree(old)
        args.out.say(_("已删除旧备份 {old}").format(old=old))
    args.out.result(
        ok=True, folder=str(folder), tables=len(manifest.tables), rows=rows, files=len(manifest.files),
        dump_bytes=manifest.dump.size, removed=[str(old) for old in gone],
    )  # fmt: skip
    return Exit.OK
