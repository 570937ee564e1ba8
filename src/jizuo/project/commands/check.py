"""检查隔离墙与声明是否一致 / check that the wall stands and the declarations agree"""

from __future__ import annotations

import argparse

from jizuo.ground import bootstrap
from jizuo.project.exits import Exit
from jizuo.project.start import set_up
from jizuo.project.words import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""


def run(args: argparse.Namespace) -> int:
    """Django's own checks and the census, as `app`."""
    with bootstrap.opened():
        set_up("app")
        from django.core import checks

        from jizuo.ground import census

        found = [
            {
                "rule": message.id,
                "where": str(message.obj or ""),
                "what": message.msg,
                "fix": message.hint or "",
            }
            for message in checks.run_checks(include_deployment_checks=False)
            if message.level >= checks.ERROR
        ]
        found += [
            {"rule": breach.rule, "where": breach.where, "what": breach.what, "fix": breach.fix}
            for breach in census.breaches()
        ]
    for one in found:
        args.out.say("{rule} {where}: {what} -> {fix}".format(**one))
    if not found:
        args.out.say(_("没有发现问题。"))
    args.out.result(ok=not found, found=found)
    return Exit.DATA if found else Exit.OK
