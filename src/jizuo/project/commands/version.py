"""版本：基座、Python、数据库程序 / versions of jizuo, Python and the database programs"""

from __future__ import annotations

import argparse
import platform
from importlib.metadata import version

from jizuo.ground.programs import programs
from jizuo.project.exits import Exit


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""


def run(args: argparse.Namespace) -> int:
    """Print the versions."""
    found = {
        "jizuo": version("jizuo"),
        "python": platform.python_version(),
        "django": version("django"),
        "postgresql": programs().version,
    }
    for name, number in found.items():
        args.out.say(f"{name} {number}")
    args.out.result(ok=True, **found)
    return Exit.OK
