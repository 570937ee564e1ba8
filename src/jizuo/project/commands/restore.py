"""把备份恢复到一个空的基座 / restore a backup into an empty base"""

from __future__ import annotations

import argparse
from pathlib import Path

from jizuo.ground import backup, bootstrap
from jizuo.project import safekeeping
from jizuo.project.exits import Exit
from jizuo.project.words import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which backup."""
    parser.add_argument("folder", type=Path, help=_("jizuo backup 做好的文件夹"))
    parser.add_argument("--without-keys", action="store_true", help=_("没有密钥也恢复（加密的内容读不出）"))


def run(args: argparse.Namespace) -> int:
    """Check the backup, restore rows and files, compare every table with the manifest."""
    with args.out.progress(_("核对备份")) as bar:
        damaged = backup.verify(args.folder, bar.to)
    if damaged:
        return _differ(args, damaged, _("备份已损坏，没有恢复："))
    missing = safekeeping.missing_keys(args.folder)
    if missing and not args.without_keys:
        words = _(
            "密钥文件里缺少备份所用的密钥（{ids}）。请先把当时的 keys.json 放到 {keys}，"
            "或加 --without-keys 恢复而读不出加密的内容。"
        ).format(ids=", ".join(missing), keys=safekeeping.keys_file())
        args.out.complain(words)
        args.out.result(ok=False, exit=int(Exit.HELD), message=words, missing_keys=missing)
        return Exit.HELD
    data = bootstrap.data_folder()
    with bootstrap.opened() as address:
        made = backup.restore_database(
            args.folder, address, bootstrap.database_name(), bootstrap.secrets_folder()
        )
        with args.out.progress(_("恢复文件")) as bar:
            files = backup.restore_files(args.folder, safekeeping.files_folder(), bar.to)
        with args.out.progress(_("逐表核对")) as bar:
            differences = backup.compare(backup.read(args.folder), made.backup or made.owner, bar.to)
    if differences:
        return _differ(args, differences, _("恢复后与备份不一致："))
    args.out.say(
        _("恢复完成，每张表都与备份一致；新增 {files} 个文件。数据在 {data}。").format(files=files, data=data)
    )
    args.out.result(ok=True, files=files, data=str(data))
    return Exit.OK


def _differ(args: argparse.Namespace, found: list[backup.Difference], title: str) -> Exit:
    args.out.complain(title)
    for one in found:
        args.out.complain(f"  {one.where}: {one.expected} -> {one.found}")
    args.out.result(ok=False, exit=int(Exit.DATA), message=title, differences=[
        {"where": one.where, "expected": one.expected, "found": one.found} for one in found])  # fmt: skip
    return Exit.DATA
