"""专责事项：清单、设立、结束 / duties: list, open, close"""

from __future__ import annotations

import argparse
from datetime import date
from uuid import UUID

from jizuo.ground import bootstrap
from jizuo.project import walking
from jizuo.project.exits import Exit
from jizuo.project.start import set_up
from jizuo.project.words import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """list | open TITLE | close DUTY."""
    below = parser.add_subparsers(dest="act", required=True)
    below.add_parser("list", help=_("专责事项清单"))
    opened = below.add_parser("open", help=_("设一个专责事项；另一个人在网页上批准后生效"))
    opened.add_argument("title", help=_("名称"))
    opened.add_argument("--basis", required=True, help=_("法定依据：法规或文件和条款"))
    opened.add_argument(
        "--kind", action="append", required=True, help=_("类别，可写多次：minimum、disabled ……")
    )
    opened.add_argument(
        "--school", action="append", type=int, required=True, help=_("学校的单位编号，可写多次")
    )
    opened.add_argument("--role", action="append", help=_("专责人：clerk（默认）、head、homeroom_teacher"))
    opened.add_argument("--from", dest="begin_on", type=date.fromisoformat, help=_("开始日，默认今天"))
    opened.add_argument("--until", type=date.fromisoformat, required=True, help=_("结束日，当天不再可看"))
    close = below.add_parser("close", help=_("结束一个专责事项，登记封存"))
    close.add_argument("duty", type=UUID)
    close.add_argument("reason", help=_("为什么结束"))
    for act in below.choices.values():
        act.add_argument("--unit", default="", help=_("单位编号或全称，默认为区教育局"))
        act.add_argument(
            "--json", action="store_true", default=argparse.SUPPRESS, help=_("只输出一个 JSON 对象")
        )


def run(args: argparse.Namespace) -> int:
    """Dispatch to one of the acts."""
    with bootstrap.opened():
        set_up("app")
        return {"list": listed, "open": opened, "close": close}[args.act](args)


def listed(args: argparse.Namespace) -> int:
    """Every duty of the bureau, without any record."""
    from jizuo.ground import scope as scopes
    from jizuo.hubs.organisation.special.queries import duty_list

    with scopes.use(walking.scope_of_unit(args.unit)):
        found = duty_list()
    for one in found:
        args.out.say(
            f"{one.duty_id}  {one.title}  {one.state}  {one.begin_on}—{one.until}  {'、'.join(one.kind_words)}"
        )
    args.out.say(_("{n} 个专责事项。").format(n=len(found)))
    args.out.result(
        ok=True,
        duties=[
            {"id": str(one.duty_id), "title": one.title, "state": one.state, "kinds": one.kinds, "units": one.unit_nos,
             "until": one.until.isoformat(), "is_on": one.is_on}
            for one in found
        ],
    )  # fmt: skip
    return Exit.OK


def opened(args: argparse.Namespace) -> int:
    """Draft a duty; nothing is switched on before a person approves it."""
    from jizuo.ground import scope as scopes
    from jizuo.hubs.organisation.special.actions import set_duty

    scope = walking.scope_of_unit(args.unit)
    with scopes.use(scope):
        duty_id = set_duty(
            title=args.title, legal_basis=args.basis, kinds=args.kind, unit_nos=args.school,
            roles=args.role or [scopes.CLERK], begin_on=args.begin_on or scope.today, until=args.until,
        )  # fmt: skip
    args.out.say(_("已设好 {duty}。请区管理员或数据管理员在“专责事项”里批准。").format(duty=duty_id))
    args.out.result(ok=True, duty=str(duty_id), state="draft")
    return Exit.OK


def close(args: argparse.Namespace) -> int:
    """End a duty and put its records away."""
    from jizuo.ground import scope as scopes
    from jizuo.hubs.organisation.special.actions import close_duty

    with scopes.use(walking.scope_of_unit(args.unit)):
        count = close_duty(duty_id=args.duty, reason=args.reason)
    args.out.say(_("已结束，封存 {n} 条登记。").format(n=count))
    args.out.result(ok=True, records=count)
    return Exit.OK
