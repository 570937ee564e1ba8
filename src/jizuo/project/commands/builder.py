"""建表进程：按已批准的方案建表和分区 / the builder: makes tables and partitions as owner"""

from __future__ import annotations

import argparse

from jizuo.ground.process import end_after_parent
from jizuo.project.exits import Exit
from jizuo.project.start import set_up


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""


def run(args: argparse.Namespace) -> int:
    """Build until SIGTERM."""
    end_after_parent()
    set_up("owner")
    from jizuo.ground import builder

    builder.work()
    return Exit.OK
