"""`python -m bench [--only roster|portal|september|data|scene]`: measure, print the bars, write bench/results.md.

`--size 0.01` and `--part NAME` try the groups that know them (scene) in less than the whole; then nothing is written.
"""

from __future__ import annotations

import argparse
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from bench import bars, base, data, portal, roster, scene, september

GROUPS = {
    "roster": roster.measure,
    "portal": portal.measure,
    "september": september.measure,
    "data": data.measure,
    "scene": scene.measure,
}
RESULTS = Path(__file__).parent / "results.md"


def main() -> int:
    """1 when a bar is short."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", choices=sorted(GROUPS), help="one group")
    parser.add_argument("--files", type=Path, help="keep the district's files here and use them again")
    parser.add_argument("--size", type=float, default=1.0, help="share of the full numbers")
    parser.add_argument("--part", default="", help="one part of the group")
    args = parser.parse_args()
    only = args.only
    results = []
    for name, measure in GROUPS.items():
        if only in (None, name):
            with base.fresh(args.files, args.size, args.part) as bench:
                results.append(measure(bench))
    if args.size != 1 or args.part:
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
