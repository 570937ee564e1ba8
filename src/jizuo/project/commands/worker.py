"""后台进程：执行任务、投递消息 / the worker: jobs and facts"""

from __future__ import annotations

import argparse
import os

from jizuo.ground.process import end_after_parent
from jizuo.project import budget
from jizuo.project.exits import Exit
from jizuo.project.start import set_up


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many jobs run at a time."""
    parser.add_argument("--concurrency", type=int, default=2, help="jobs at a time (2)")


def run(args: argparse.Namespace) -> int:
    """Work until SIGTERM."""
    # Each job holds one connection of the pool, the outbox loop one, and one is to spare.
    os.environ.setdefault("JIZUO_POOL", str(budget.worker_pool(args.concurrency)))
    end_after_parent()
    set_up("app")
    from jizuo.ground import jobs

    jobs.work(concurrency=args.concurrency)
    return Exit.OK
