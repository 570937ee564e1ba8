"""演示区：把一个虚构的区放进空的基座 / demonstration: a fictional district"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from jizuo.ground import bootstrap
from jizuo.project import demonstration, schema
from jizuo.project.exits import Exit
from jizuo.project.start import set_up
from jizuo.project.words import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How large, and whether to write files instead."""
    parser.add_argument(
        "--size", choices=("small", "district"), default="small", help=_("规模：small 或 district")
    )
    parser.add_argument("--seed", type=int, default=demonstration.SEED, help=_("随机种子"))
    parser.add_argument("--export", type=Path, help=_("不放进基座，写成 OneRoster 1.2 和每校一个工作簿"))
    parser.add_argument("--if-empty", action="store_true", help=_("基座里已有单位时什么也不做"))


def run(args: argparse.Namespace) -> int:
    """Fill an empty base, or write the files."""
    if args.export:
        counts = demonstration.export(args.size, args.export, args.out, seed=args.seed)
        args.out.say(
            _("已写入 {folder}：{workbooks} 个工作簿和 OneRoster 1.2。").format(folder=args.export, **counts)
        )
        args.out.result(ok=True, folder=str(args.export), counts=counts)
        return Exit.OK
    with bootstrap.opened() as address:
        made = bootstrap.ensure(address)
        if not schema.is_current(made.owner):
            args.out.complain(_("数据库还不是这个版本的，请先执行 jizuo migrate。"))
            return Exit.NOT_READY
        set_up("app")
        if args.if_empty and not demonstration.is_empty():
            args.out.result(ok=True, accounts=[])
            return Exit.OK
        accounts = demonstration.fill(args.size, args.out, seed=args.seed)
        demonstration.say(accounts, args.out)
        args.out.result(ok=True, accounts=[asdict(one) for one in accounts])
    return Exit.OK
