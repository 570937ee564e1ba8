"""`python -m bench [--only roster|portal|september|data]`: measure, print the bars, write bench/results.md."""

from __future__ import annotations

import argparse
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from bench import bars, base, data, portal, roster, september

GROUPS = {
    "roster": roster.measure,
    "portal": portal.measure,
    "september": september.measure,
    "data": data.measure,
}
RESULTS = Path(__file__).parent / "results.md"


def main() -> int:
    """1 when a bar is short."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", choices=sorted(GROUPS), help="one group")
    parser.add_argument("--files", type=Path, help="keep the district's files here and use them again")
    args = parser.parse_args()
    only = args.only
    results = []
    for name, measure in GROUPS.items():
        if only in (None, name):
            with base.fresh(args.files) as bench:
                results.append(measure(bench))
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
