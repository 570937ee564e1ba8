"""升级数据库：登录、表、隔离墙、分区 / bring logins, tables, walls and partitions to this version"""

from __future__ import annotations

import argparse
import sys

from jizuo.ground import bootstrap
from jizuo.project import schema
from jizuo.project.exits import Exit
from jizuo.project.words import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Ask or not; only show."""
    parser.add_argument("--yes", action="store_true", help=_("不询问"))
    parser.add_argument("--plan", action="store_true", help=_("只列出将要执行的步骤"))


def run(args: argparse.Namespace) -> int:
    """Migrate as owner; on a base that already has data it asks first."""
    with bootstrap.opened() as address:
        made = bootstrap.ensure(address)
        for note in made.notes:
            args.out.complain(note)
        pending, is_new = schema.pending()
        if args.plan:
            for step in pending:
                args.out.say(step)
            args.out.say(_("共 {count} 步").format(count=len(pending)))
            args.out.result(ok=True, pending=pending)
            return Exit.OK
        if pending and not is_new and not args.yes:
            question = _("将执行 {count} 步升级，请先备份（jizuo backup）。现在升级？[y/N] ").format(
                count=len(pending)
            )
            if not sys.stdin.isatty() or input(question).strip().lower() not in {"y", "yes", "是"}:
                args.out.complain(_("没有升级。确认后请加 --yes。"))
                args.out.result(ok=False, exit=int(Exit.HELD), pending=pending)
                return Exit.HELD
        counts, troubles = schema.bring_up(made.owner)
        for trouble in troubles:
            args.out.complain(_("自带的场景没有收下：{why}").format(why=trouble))
        args.out.say(_("数据库已是最新：执行 {steps} 步，{walled} 张表有隔离墙。").format(
            steps=len(pending), walled=counts.get("walled", 0)))  # fmt: skip
        args.out.result(ok=True, applied=pending, **counts)
    return Exit.OK
