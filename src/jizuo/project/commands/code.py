"""代码表：查看、准备新版本、发布、本地代码 / code tables: list, stage an edition, publish, local codes"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from jizuo.ground import bootstrap
from jizuo.project import walking
from jizuo.project.commands.standard import vars_of
from jizuo.project.exits import Exit
from jizuo.project.start import set_up
from jizuo.project.words import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """list | show TABLE | stage TABLE FILE | publish TABLE EDITION | local TABLE | keep TABLE CODE NAME."""
    below = parser.add_subparsers(dest="act", required=True)
    listed = below.add_parser("list", help=_("代码表清单；可用中文、拼音或首字母查找"))
    listed.add_argument("text", nargs="?", default="")
    show_ = below.add_parser("show", help=_("一张代码表"))
    show_.add_argument("table")
    show_.add_argument("text", nargs="?", default="")
    show_.add_argument("--on", type=date.fromisoformat, help=_("哪一天的，如 2027-09-01"))
    stage_ = below.add_parser("stage", help=_("用一个表格准备新版本，先看影响"))
    stage_.add_argument("table")
    stage_.add_argument("file", type=Path)
    stage_.add_argument("--edition", required=True)
    stage_.add_argument("--on", type=date.fromisoformat, required=True, help=_("生效日期，如 2027-09-01"))
    stage_.add_argument("--title", default="")
    stage_.add_argument("--standard", default="")
    publish_ = below.add_parser("publish", help=_("发布准备好的版本"))
    publish_.add_argument("table")
    publish_.add_argument("edition")
    local_ = below.add_parser("local", help=_("单位自己的代码"))
    local_.add_argument("table")
    keep_ = below.add_parser("keep", help=_("登记或修改一个单位自己的代码"))
    keep_.add_argument("table")
    keep_.add_argument("code")
    keep_.add_argument("name")
    keep_.add_argument("--maps-to", default="", help=_("对应的国家代码"))
    for act in below.choices.values():
        act.add_argument("--unit", default="", help=_("单位编号或全称，默认为区教育局"))
        act.add_argument(
            "--json", action="store_true", default=argparse.SUPPRESS, help=_("只输出一个 JSON 对象")
        )


def run(args: argparse.Namespace) -> int:
    """Dispatch to one of the acts, as the base itself over the unit's reach."""
    with bootstrap.opened():
        set_up("app")
        from jizuo.ground import scope as scopes

        acts = {
            "list": listed,
            "show": show,
            "stage": stage,
            "publish": publish,
            "local": local,
            "keep": keep,
        }
        with scopes.use(walking.scope_of_unit(args.unit)):
            return acts[args.act](args)


def listed(args: argparse.Namespace) -> int:
    """Every code table, or those that answer to a text."""
    from jizuo.hubs.data.queries import codes

    found = codes.code_table_list(text=args.text)
    for one in found:
        args.out.say(f"{one.table:<24} {one.rows:>6}  {one.standard} {one.edition}  {one.title}")
    args.out.result(ok=True, tables=[vars_of(one) for one in found])
    return Exit.OK


def show(args: argparse.Namespace) -> int:
    """The codes of one table."""
    from jizuo.hubs.data.queries import codes

    view = codes.code_table(table=args.table, text=args.text, on=args.on)
    args.out.say(f"{view.title}  {view.standard} {view.edition}  {view.to_check}".rstrip())
    for row in view.rows:
        args.out.say(f"  {row.code:<10} {row.name}  {'、'.join(row.aliases)}".rstrip())
    args.out.result(ok=True, table=vars_of(view))
    return Exit.OK


def stage(args: argparse.Namespace) -> int:
    """Keep an edition from a sheet and say what it changes; 1 while it cannot be published."""
    from jizuo.hubs.data.actions import codes
    from jizuo.hubs.data.queries import codes as queries
    from jizuo.plain.workbook import read as books

    sheet = books.read(args.file).visible[0]
    edition_id = codes.stage_edition(
        table=args.table, edition=args.edition, effective_on=args.on, title=args.title, standard=args.standard,
        rows=[[cell.text for cell in row] for row in sheet.rows],
    )  # fmt: skip
    view = queries.code_edition(edition_id=edition_id)
    for one in view.changes:
        args.out.say(f"  {one.what:<8} {one.code:<10} {one.name}  {one.words}".rstrip())
    for fault in view.faults:
        args.out.say(f"{fault.where}: {fault.what} → {fault.fix}")
    args.out.say(
        _("{changed} 个有变化，{same} 个不变，{day} 起生效。").format(
            changed=len(view.changes), same=view.same, day=view.effective_on
        )
    )
    args.out.result(ok=not view.faults, edition=vars_of(view))
    return Exit.DATA if view.faults else Exit.OK


def publish(args: argparse.Namespace) -> int:
    """Publish a staged edition by its name."""
    from jizuo.ground.errors import NotFound
    from jizuo.hubs.data.actions import codes
    from jizuo.hubs.data.queries import codes as queries

    view = queries.code_table(table=args.table)
    for one in view.editions:
        if one.edition == args.edition:
            codes.publish_edition(edition_id=one.edition_id)
            args.out.say(_("已发布，{day} 起生效。").format(day=one.effective_on))
            args.out.result(ok=True, edition=one.edition_id)
            return Exit.OK
    raise NotFound(_("没有准备好的版本 {edition}。").format(edition=args.edition))


def local(args: argparse.Namespace) -> int:
    """The own codes of a unit beside a table."""
    from jizuo.hubs.data.queries import codes

    found = codes.code_table(table=args.table).local
    for one in found:
        args.out.say(f"  {one.code:<10} {one.name}  → {one.national or '—'} {one.national_name}".rstrip())
    args.out.result(ok=True, codes=[vars_of(one) for one in found])
    return Exit.OK


def keep(args: argparse.Namespace) -> int:
    """Keep a code of a unit."""
    from jizuo.hubs.data.actions import codes

    codes.save_local_code(table=args.table, code=args.code, name=args.name, maps_to=args.maps_to)
    args.out.say(_("已登记 {code}。").format(code=args.code))
    args.out.result(ok=True)
    return Exit.OK
