"""数据目录：查找、资产登记簿 / the catalogue: search, register of assets"""

from __future__ import annotations

import argparse
from pathlib import Path

from jizuo.ground import bootstrap
from jizuo.project import walking
from jizuo.project.exits import Exit
from jizuo.project.start import set_up
from jizuo.project.words import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """search TEXT | list | count | assets [--register DATASET] [--file]."""
    below = parser.add_subparsers(dest="act", required=True)
    search = below.add_parser("search", help=_("按中文、拼音或首字母查数据集、字段、代码表、术语"))
    search.add_argument("text")
    search.add_argument("--kind", default="", choices=["", "dataset", "field", "codes", "term"])
    below.add_parser("list", help=_("全部数据集"))
    below.add_parser("count", help=_("清点各数据集的行数"))
    assets = below.add_parser("assets", help=_("数据资产登记簿"))
    assets.add_argument("--register", default="", metavar="DATASET", help=_("登记一个数据集"))
    assets.add_argument("--owner", default="", help=_("权属单位"))
    assets.add_argument("--steward", default="", help=_("管理岗位"))
    assets.add_argument("--source", default="", help=_("来源"))
    assets.add_argument("--cycle", default="year", help="real_time, day, week, month, term, year, once")
    assets.add_argument("--file", type=Path, default=None, help=_("写成 Excel"))
    for act in below.choices.values():
        act.add_argument("--unit", default="", help=_("单位编号或全称，默认为区教育局"))
        act.add_argument(
            "--json", action="store_true", default=argparse.SUPPRESS, help=_("只输出一个 JSON 对象")
        )


def run(args: argparse.Namespace) -> int:
    """Dispatch to one of the acts, in the scope of a unit."""
    from jizuo.ground import scope as scopes

    with bootstrap.opened():
        set_up("app")
        acts = {"search": search, "list": listed, "count": count, "assets": assets}
        with scopes.use(walking.scope_of_unit(args.unit)):
            return acts[args.act](args)


def search(args: argparse.Namespace) -> int:
    """What answers to a text, the likeliest first; exit 1 when nothing does."""
    from jizuo.hubs.data.queries.catalogue import catalogue_search
    from jizuo.hubs.data.rules.catalogue import KINDS

    answer = catalogue_search(text=args.text, kind=args.kind)
    for one in answer.found:
        args.out.say(f"{KINDS[one.kind]}  {one.title}  {one.key}  {one.place}".rstrip())
    if not answer.found:
        args.out.say(_("没有找到。"))
    args.out.result(
        count=answer.count,
        found=[{"kind": one.kind, "key": one.key, "title": one.title} for one in answer.found],
    )
    return Exit.OK if answer.found else Exit.DATA


def listed(args: argparse.Namespace) -> int:
    """Every dataset with its numbers."""
    from jizuo.hubs.data.queries.catalogue import catalogue_list

    lines = catalogue_list()
    for one in lines:
        rows = "—" if one.rows is None else f"{one.rows:,}"
        args.out.say(f"{one.name:<24} {one.title}  {rows}  {one.stars}".rstrip())
    args.out.result(
        datasets=[
            {"name": one.name, "title": one.title, "rows": one.rows, "score": one.score} for one in lines
        ]
    )
    return Exit.OK


def count(args: argparse.Namespace) -> int:
    """Count every dataset of the reach."""
    from jizuo.hubs.data.actions.catalogue import count_datasets

    done = count_datasets()
    args.out.say(_("已清点 {n} 个数据集。").format(n=done))
    args.out.result(ok=True, counted=done)
    return Exit.OK


def assets(args: argparse.Namespace) -> int:
    """The register of data assets; with --register one dataset enters it first."""
    from jizuo.hubs.data.actions.catalogue import register_asset
    from jizuo.hubs.data.pages.catalogue import assets_book
    from jizuo.hubs.data.queries.catalogue import asset_list

    if args.register:
        number = register_asset(
            dataset=args.register,
            owner=args.owner,
            steward=args.steward,
            source=args.source,
            cycle=args.cycle,
        )
        args.out.say(_("已登记，编号 {number}。").format(number=number))
    found = asset_list(with_retired=True)
    for one in found:
        args.out.say(f"{one.number}  {one.title}  {one.owner}  {one.registered_on}")
    if args.file is not None:
        args.file.write_bytes(assets_book(found, ""))
    args.out.result(ok=True, assets=[{"number": one.number, "dataset": one.dataset} for one in found])
    return Exit.OK
