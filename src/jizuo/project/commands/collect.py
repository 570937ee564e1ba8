"""数据采集：来源、试取、采集、重放、隔离 / collection: sources, try, run, replay, quarantine"""

from __future__ import annotations

import argparse
import threading
from typing import Any
from uuid import UUID

from jizuo.ground import bootstrap
from jizuo.project import walking
from jizuo.project.exits import Exit
from jizuo.project.start import set_up
from jizuo.project.words import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """list | try SOURCE | run SOURCE | replay RUN | quarantine SOURCE."""
    below = parser.add_subparsers(dest="act", required=True)
    below.add_parser("list", help=_("来源清单"))
    tried = below.add_parser("try", help=_("试取前几行，什么也不写入"))
    tried.add_argument("source", type=UUID)
    ran = below.add_parser("run", help=_("现在采集"))
    ran.add_argument("source", type=UUID)
    again = below.add_parser("replay", help=_("用留着的原文件重放一次采集"))
    again.add_argument("run_id", metavar="run", type=UUID)
    held = below.add_parser("quarantine", help=_("隔离的行；放弃其中的"))
    held.add_argument("source", type=UUID)
    held.add_argument("--discard", type=UUID, nargs="+", default=[], help=_("放弃这些行"))
    held.add_argument("--reason", default="", help=_("为什么放弃"))
    for act in below.choices.values():
        act.add_argument("--unit", default="", help=_("单位编号或全称，默认为区教育局"))
        act.add_argument(
            "--json", action="store_true", default=argparse.SUPPRESS, help=_("只输出一个 JSON 对象")
        )


def run(args: argparse.Namespace) -> int:
    """Dispatch to one of the acts, in the reach of the unit."""
    from jizuo.ground import scope as scopes

    with bootstrap.opened():
        set_up("app")
        acts = {"list": listed, "try": tried, "run": collect, "replay": replay, "quarantine": quarantine}
        with scopes.use(scope_of(args.unit)):
            return acts[args.act](args)


def scope_of(unit: str) -> Any:
    """The scope that the unit's jobs run in."""
    from django.db import connection

    from jizuo.ground import acting

    scope = acting.base_job_scope(walking.scope_of_unit(unit).unit_no)
    connection.close()
    return scope


def listed(args: argparse.Namespace) -> int:
    """Every source with where it stands."""
    from jizuo.hubs.data.queries import collecting as queries

    found = queries.connectors()
    for one in found:
        args.out.say(
            _("{id}  {title}：{kind}，上次 {state}，隔离 {aside} 行，问题 {troubles} 个").format(
                id=one.connector_id, title=one.title, kind=one.kind, state=one.last_state or "-",
                aside=one.quarantined, troubles=one.troubles,
            )
        )  # fmt: skip
    args.out.result(
        sources=[
            {
                "id": one.connector_id, "title": one.title, "kind": one.kind, "unit_no": one.unit_no, "is_on": one.is_on,
                "state": one.last_state, "rows": one.last_rows, "quarantined": one.quarantined, "troubles": one.troubles,
            }
            for one in found
        ]
    )  # fmt: skip
    return Exit.OK


def tried(args: argparse.Namespace) -> int:
    """Read the first rows and say what would come of them; exit 1 when the source cannot be read."""
    from jizuo.hubs.data.actions import connecting
    from jizuo.hubs.data.queries import collecting as queries

    connecting.try_connector(connector_id=args.source)
    work_off(args, _("试取"))
    one = queries.connector(connector_id=args.source)
    if one.sample_said:
        args.out.complain(one.sample_said)
        args.out.result(ok=False, error=one.sample_said)
        return Exit.DATA
    args.out.say(_("读到的列：{columns}").format(columns="、".join(one.columns)))
    if not one.mapping and one.columns:
        args.out.result(ok=True, columns=one.columns)
        return Exit.OK
    seen = queries.sampled(args.source)
    for place, words in seen.faults:
        args.out.say(f"  {place}：{words}")
    args.out.say(_("试取 {total} 行，{faults} 处要改。").format(total=seen.total, faults=seen.fault_count))
    args.out.result(ok=True, columns=one.columns, rows=seen.total, faults=seen.fault_count)
    return Exit.OK


def collect(args: argparse.Namespace) -> int:
    """Read a source now and do what follows."""
    from jizuo.hubs.data.actions import collecting

    return told(args, collecting.run_connector(connector_id=args.source), _("采集"))


def replay(args: argparse.Namespace) -> int:
    """Land an earlier run's kept file once more."""
    from jizuo.hubs.data.actions import collecting

    return told(args, collecting.replay_run(run_id=args.run_id), _("重放"))


def told(args: argparse.Namespace, run_id: UUID, label: str) -> int:
    """Do a run's jobs and say how it ended: OK written or nothing new, HELD where a person is
    waited for, else DATA."""
    from jizuo.ground import facts
    from jizuo.hubs.data.queries import collecting as queries

    work_off(args, label)
    while facts.deliver_due():
        pass
    found = queries.collect_run(run_id=run_id)
    words = {
        "applied": _("已写入 {rows} 行，隔离 {aside} 行。"),
        "nothing": _("没有新内容。"),
        "waiting": _("取到 {rows} 行，等人处理：{error}"),
        "failed": _("没有取成：{error}"),
    }
    args.out.say(
        words.get(found.state, found.state).format(
            rows=found.rows_read, aside=found.quarantined, error=f"{found.error} {found.fix}".strip()
        )
    )
    args.out.result(
        ok=found.state in ("applied", "nothing"), run=run_id, state=found.state, rows=found.rows_read,
        quarantined=found.quarantined, batch=found.batch_id, error=found.error,
    )  # fmt: skip
    return {"applied": Exit.OK, "nothing": Exit.OK, "waiting": Exit.HELD}.get(found.state, Exit.DATA)


def quarantine(args: argparse.Namespace) -> int:
    """Rows put aside with their faults, without their values; or give some up."""
    from jizuo.hubs.data.actions import collecting
    from jizuo.hubs.data.queries import collecting as queries

    if args.discard:
        count = collecting.discard_rows(connector_id=args.source, row_ids=args.discard, reason=args.reason)
        args.out.say(_("放弃了 {count} 行。").format(count=count))
        args.out.result(ok=True, discarded=count)
        return Exit.OK
    rows = queries.quarantined_rows(connector_id=args.source, limit=queries.MOST)
    for row in rows:
        faults = "；".join(f"{fault['field']} {fault['reason']}" for fault in row.faults)
        args.out.say(_("{id}  第 {row} 行：{faults}").format(id=row.row_id, row=row.row_no, faults=faults))
    args.out.result(
        ok=True, rows=[{"id": row.row_id, "row": row.row_no, "faults": row.faults} for row in rows]
    )
    return Exit.OK


def work_off(args: argparse.Namespace, label: str) -> None:
    """Run the waiting jobs to their end, showing that something goes on."""
    from jizuo.ground import jobs

    with args.out.progress(label):
        worker = threading.Thread(target=jobs.work_off, name="work off")
        worker.start()
        worker.join()
