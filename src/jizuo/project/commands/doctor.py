"""体检：哪里不对、怎样修 / what is wrong with this installation and how to mend it"""

from __future__ import annotations

import argparse
from pathlib import Path

from jizuo.project import doctor
from jizuo.project.exits import Exit
from jizuo.project.words import _

_MARKS = {"ok": "[ ok ]", "warn": "[ !! ]", "bad": "[ XX ]"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to look at besides."""
    parser.add_argument("--port", type=int, help=_("网页端口，默认 8000"))
    parser.add_argument("--cert", type=Path, help=_("要检查的 TLS 证书"))
    parser.add_argument("--key", type=Path, help=_("它的私钥"))


def run(args: argparse.Namespace) -> int:
    """Exit 0 when nothing is bad, 3 otherwise; warnings alone are 0."""
    found = doctor.examine(port=args.port, cert=args.cert, key=args.key)
    for one in found:
        args.out.say(f"{_MARKS[one.state]} {one.name}: {one.what}")
        if one.fix:
            args.out.say(f"         -> {one.fix}")
    bad = sum(one.state == "bad" for one in found)
    warned = sum(one.state == "warn" for one in found)
    args.out.say(_("{bad} 处要修，{warned} 处要留意。").format(bad=bad, warned=warned))
    args.out.result(ok=not bad, bad=bad, warned=warned, findings=doctor.as_facts(found))
    return Exit.NOT_READY if bad else Exit.OK
