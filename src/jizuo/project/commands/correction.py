"""校核纠错：清单、答复 / corrections: list, answer"""

from __future__ import annotations

import argparse
from uuid import UUID

from jizuo.ground import bootstrap
from jizuo.project import walking
from jizuo.project.exits import Exit
from jizuo.project.start import set_up
from jizuo.project.words import _

VIEWS = ("open", "waiting", "done")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """list | answer TICKET WORDS | chase."""
    below = parser.add_subparsers(dest="act", required=True)
    listed = below.add_parser("list", help=_("更正申请，先到期的在前；不显示提出人的话"))
    listed.add_argument(
        "--view", choices=VIEWS, default="open", help=_("open 待答复，waiting 等系统，done 已办结")
    )
    listed.add_argument("--late", action="store_true", help=_("只列逾期的"))
    answer = below.add_parser("answer", help=_("答复一件"))
    answer.add_argument("ticket", type=UUID)
    answer.add_argument("words", help=_("改了什么，或为什么不改"))
    below.add_parser("chase", help=_("现在就办结已改好的、上报逾期的、提醒快到期的（每夜自动做）"))
    for act in below.choices.values():
        act.add_argument("--unit", default="", help=_("单位编号或全称，默认为区教育局"))
        act.add_argument(
            "--json", action="store_true", default=argparse.SUPPRESS, help=_("只输出一个 JSON 对象")
        )


def run(args: argparse.Namespace) -> int:
    """Dispatch to one of the acts."""
    with bootstrap.opened():
        set_up("app")
        return {"list": listed, "answer": answer, "chase": chase}[args.act](args)


def listed(args: argparse.Namespace) -> int:
    """The tickets of a unit and all below it, 50 at most."""
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.queries.corrections import correction_inbox

    with scopes.use(walking.scope_of_unit(args.unit)):
        found = correction_inbox(view=args.view, late=args.late)
    for one in found.tickets:
        args.out.say(
            f"{one.correction_id}  {one.unit_no}  {one.title}  {one.owner_title}  {one.state}  {one.level}"
            f"  {one.due_on}  {one.days_left:+d}"
        )
    counts = "  ".join(f"{key} {count}" for key, count in found.counts.items())
    args.out.say(_("{counts}，逾期 {late}。").format(counts=counts, late=found.late))
    args.out.result(
        ok=True, counts=found.counts, late=found.late,
        tickets=[
            {"id": str(one.correction_id), "unit": one.unit_no, "field": f"{one.dataset}.{one.field}",
             "owner": one.owner, "state": one.state, "level": one.level, "due_on": one.due_on.isoformat()}
            for one in found.tickets
        ],
    )  # fmt: skip
    return Exit.OK


def answer(args: argparse.Namespace) -> int:
    """Answer one ticket; a disputed one is decided by it."""
    from jizuo.ground import facts
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions.corrections import answer_correction

    with scopes.use(walking.scope_of_unit(args.unit)):
        answer_correction(correction_id=args.ticket, answer=args.words)
    while facts.deliver_due():
        pass
    args.out.say(_("已答复，提出的人会看到。"))
    args.out.result(ok=True, ticket=str(args.ticket))
    return Exit.OK


def chase(args: argparse.Namespace) -> int:
    """What the worker does every night."""
    from jizuo.ground import facts
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions.corrections import chase_corrections

    with scopes.use(walking.scope_of_unit(args.unit)):
        done = chase_corrections()
    while facts.deliver_due():
        pass
    args.out.say(_("办结 {mended}，上报 {raised}，提醒 {reminded}。").format(**done))
    args.out.result(ok=True, **done)
    return Exit.OK
