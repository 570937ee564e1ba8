"""同一人：没有共同号码时逐项比对 / one person: compare records that have no common number"""

from __future__ import annotations

import argparse
from typing import Any

from jizuo.ground import bootstrap
from jizuo.project import walking
from jizuo.project.exits import Exit
from jizuo.project.start import set_up
from jizuo.project.words import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """run [--kind] [--threshold] | list."""
    below = parser.add_subparsers(dest="act", required=True)
    run_ = below.add_parser("run", help=_("比对，把很像的列入“疑似同一人”，由人确认"))
    run_.add_argument("--kind", default="pupil", help=_("哪一类人：pupil、staff、guardian"))
    run_.add_argument("--threshold", type=float, default=None, help=_("可能性至少多少，0.5 到 1"))
    below.add_parser("list", help=_("比对过几次，结果如何"))
    for act in below.choices.values():
        act.add_argument("--unit", default="", help=_("单位编号或全称，默认为区教育局"))
        act.add_argument(
            "--json", action="store_true", default=argparse.SUPPRESS, help=_("只输出一个 JSON 对象")
        )


def run(args: argparse.Namespace) -> int:
    """Dispatch to one of the acts."""
    with bootstrap.opened():
        set_up("app")
        return {"run": search, "list": listed}[args.act](args)


def search(args: argparse.Namespace) -> int:
    """Compare everybody of one kind within reach of the unit."""
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions.matching import start_matching
    from jizuo.hubs.data.queries.matching import match_runs

    scope = walking.scope_of_unit(args.unit)
    told: dict[str, Any] = {} if args.threshold is None else {"threshold": args.threshold}
    with scopes.use(scope):
        ref = start_matching(kind=args.kind, **told)
    job = walking.see_through(ref.job_id, scope, args.out, ref.title)
    with scopes.use(scope):
        found = match_runs(limit=1)[0]
    if job.state != "done":
        args.out.complain(_("没有完成：{error}").format(error=job.error or job.state))
        args.out.result(ok=False, state=job.state)
        return Exit.DATA
    args.out.say(
        _("比对了 {records} 人，很像的 {pairs} 组，其中新列入“疑似同一人” {fresh} 组，等人确认。").format(
            records=found.records, pairs=found.pairs, fresh=found.fresh
        )
    )
    args.out.result(
        ok=True,
        run=found.run_id,
        records=found.records,
        pairs=found.pairs,
        fresh=found.fresh,
        seconds=found.seconds,
    )
    return Exit.OK


def listed(args: argparse.Namespace) -> int:
    """The latest searches of the unit."""
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.queries.matching import match_runs

    with scopes.use(walking.scope_of_unit(args.unit)):
        runs = match_runs()
    for one in runs:
        found = f"{one.records} → {one.pairs} ({one.fresh})"
        args.out.say(f"{one.asked_at:%Y-%m-%d %H:%M}  {one.kind:<9} {one.threshold}  {found}  {one.state}")
    if not runs:
        args.out.say(_("还没有比对过。"))
    args.out.result(
        runs=[
            {"run": one.run_id, "kind": one.kind, "records": one.records, "pairs": one.pairs} for one in runs
        ]
    )
    return Exit.OK
