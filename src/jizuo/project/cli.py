"""The command `jizuo`. Each module in `commands` is one command, with `add_arguments(parser)` and
`run(args) -> int`.

Exit codes are in `exits.Exit`. Every command takes `--json`; `args.out` is its voice (`output.Output`).
"""

from __future__ import annotations

import argparse
import os
import pkgutil
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType

from jizuo.ground.process import Trouble
from jizuo.project import commands
from jizuo.project.exits import Exit
from jizuo.project.output import Output
from jizuo.project.words import _, language


def command_modules() -> dict[str, ModuleType]:
    """Command name -> module, by name; `backup_drill.py` is `backup-drill`."""
    names = sorted(found.name for found in pkgutil.iter_modules(commands.__path__) if not found.ispkg)
    return {name.replace("_", "-"): import_module(f"{commands.__name__}.{name}") for name in names}


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    codes = ", ".join(f"{code.value} {code.name.lower()}" for code in Exit)
    root = argparse.ArgumentParser(
        prog="jizuo", description=_("基座：一个城市、区县或学校的教育数字基座"), epilog=f"exit codes: {codes}"
    )
    below = root.add_subparsers(dest="command", metavar="command", required=True)
    for name, module in command_modules().items():
        title = (module.__doc__ or "").strip().splitlines()[0]
        sub = below.add_parser(name, help=title, description=title)
        sub.add_argument("--json", action="store_true", help=_("只输出一个 JSON 对象"))
        module.add_arguments(sub)
        sub.set_defaults(run=module.run)
    return root


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    args = parser().parse_args(argv)
    args.out = Output(args.json)
    try:
        return int(args.run(args))
    except Trouble as trouble:
        words = trouble.english if language() == "en" else f"{trouble.what}\n{trouble.fix}"
        return _end(args, Exit.NOT_READY, words, what=trouble.what, fix=trouble.fix, english=trouble.english)
    except KeyboardInterrupt:
        return _end(args, Exit.INTERRUPTED, _("已中断。"))
    except BrokenPipeError:
        # The reader (`| head`) has gone; keep Python from failing once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.OK
    except Exception as error:
        told = _told_by_a_door(error)
        if told is not None:
            return _end(args, *told)
        traceback.print_exc()
        return _end(
            args,
            Exit.BUG,
            _("程序出错了，请把上面的内容交给维护人员。"),
            error=f"{type(error).__name__}: {error}",
        )


def _told_by_a_door(error: Exception) -> tuple[Exit, str] | None:
    census, keys = sys.modules.get("jizuo.ground.census"), sys.modules.get("jizuo.ground.keys")
    if census is not None and isinstance(error, census.CensusBreach):
        return Exit.DATA, str(error)
    if keys is not None and isinstance(error, keys.KeyTrouble):
        return Exit.NOT_READY, str(error)
    errors = sys.modules.get("jizuo.ground.errors")
    if errors is None or not isinstance(error, errors.DoorError):
        return None
    lines = [str(error.detail), str(error.fix)]
    lines += [f"{problem.where}: {problem.what} {problem.fix}" for problem in error.problems]
    held = isinstance(error, errors.Conflict | errors.NotAllowed)
    return Exit.HELD if held else Exit.DATA, "\n".join(line for line in lines if line.strip())


def _end(args: argparse.Namespace, code: Exit, words: str, **facts: str) -> Exit:
    args.out.complain(words)
    args.out.result(ok=False, exit=int(code), message=words, **facts)
    return code


if __name__ == "__main__":
    sys.exit(main())
