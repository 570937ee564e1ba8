"""`python -m bench [--only roster|portal|september|data|scene|identity]`: measure, print the bars, write bench/results.md.

A group of several parts is measured part by part, and `--only data.merge` is one of them. `--size 0.01` tries the groups that
know it (scene, identity) in less than the whole; then nothing is written.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import bars, base, data, identity, portal, roster, scene, september


def parts_of(group: str, parts: Mapping[str, Any]) -> dict[str, Callable[[base.Bench], bars.Result]]:
    """What measures each part of a group, by its full name."""
    return {
        f"{group}.{name}": lambda bench, name=name, part=part: bars.Result(
            f"{group}.{name}", *part.measure(bench)
        )
        for name, part in parts.items()
    }


GROUPS: dict[str, Callable[[base.Bench], bars.Result]] = {
    "roster": roster.measure,
    "portal": portal.measure,
    "september": september.measure,
    **parts_of("data", data.PARTS),
    **parts_of("scene", scene.PARTS),
    **parts_of("identity", identity.PARTS),
}
RESULTS = Path(__file__).parent / "results.md"


def main() -> int:
    """1 when a bar is short."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--only", choices=sorted({*GROUPS, *(name.partition(".")[0] for name in GROUPS)}), help="one group"
    )
    parser.add_argument("--files", type=Path, help="keep the district's files here and use them again")
    parser.add_argument("--size", type=float, default=1.0, help="share of the full numbers")
    args = parser.parse_args()
    only = args.only
    results = []
    for name, measure in GROUPS.items():
        if only in (None, name, name.partition(".")[0]):
            with base.fresh(args.files, args.size) as bench:
                results.append(measure(bench))
    if args.size != 1:
        for result in results:
            print(result.markdown())
        return 0
    kept = earlier(RESULTS)
    for result in results:
        head = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {base.machine()}"
        kept[result.group] = f"{result.markdown()}\n\nMeasured {head}."
    page = [
        "# What the benches measured",
        "",
        *("\n".join([kept[name], ""]) for name in GROUPS if name in kept),
    ]
    RESULTS.write_text("\n".join(page).rstrip() + "\n", encoding="utf-8")
    for result in results:
        for bar in result.bars:
            print(bar.line())
    return 1 if bars.short(results) else 0


def earlier(path: Path) -> dict[str, str]:
    """The groups of the results page as they stand."""
    if not path.exists():
        return {}
    parts = re.split(r"(?m)^(?=## )", path.read_text(encoding="utf-8"))
    return {part.split("\n", 1)[0].removeprefix("## "): part.rstrip() for part in parts[1:]}


if __name__ == "__main__":
    sys.exit(main())
