"""Make the parameters of matching: ``python tools/match_model.py`` writes ``src/jizuo/hubs/data/matching/model.yaml``.

m (how often a level is met among records of one person) is counted on the true pairs of two generated lists of
`SIZE` pupils, u (among other people) on random pairs of the same lists. Neither list is one that the bench or a test
measures on: it has a seed of its own.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from jizuo.hubs.data.matching import records
from jizuo.hubs.data.rules import matching as rules
from jizuo.plain.demo import twice

FILE = Path(__file__).resolve().parent.parent / "src/jizuo/hubs/data/matching/model.yaml"
SIZE, SEED = 40_000, 7
HEAD = """\
# Made by tools/match_model.py. comparison -> level -> [m, u]: how often the level is met among records of one person,
# and among others.
"""
#: Of a level hardly ever met, at least this: real lists differ in more ways than generated ones.
LEAST_M, LEAST_U = 5e-4, 1e-7
#: How many partners a record is thought to have, before anything is compared.
MATCHES_PER_RECORD = 0.5


def main() -> int:
    first, second = twice.two_lists(SIZE, seed=SEED)
    line = duckdb.connect()
    for name, people in (("first", first), ("second", second)):
        line.register(name, records.compared(twice.offered(people, 0)).to_arrow())
    truth = "from first l join second r using (key)"
    chance = (
        "from (select * from first using sample 4500 (reservoir, 1)) l"
        " cross join (select * from second using sample 4500 (reservoir, 2)) r where l.key <> r.key"
    )
    fields: dict[str, Any] = {}
    for one in rules.COMPARISONS:
        met, by_chance = shares(line, one, truth), shares(line, one, chance)
        fields[one.name] = {
            level.name: [
                rounded(met.get(level.name, 0), LEAST_M),
                rounded(by_chance.get(level.name, 0), LEAST_U),
            ]
            for level in one.levels
        }
    told = {"matches_per_record": MATCHES_PER_RECORD, "fields": fields}
    FILE.write_text(HEAD + yaml.safe_dump(told, sort_keys=False, default_flow_style=None), encoding="utf-8")
    print(FILE.read_text(encoding="utf-8"))
    return 0


def shares(line: duckdb.DuckDBPyConnection, one: rules.Comparison, source: str) -> dict[str, float]:
    """level -> its share among the pairs of `source` on which both sides say something."""
    cases = " ".join(
        f"when {level.sql} then '{level.name}'" for level in one.levels if level.name != rules.NEVER
    )
    columns = records.compared(pl.DataFrame(schema=records.OFFERED)).columns
    sides = ", ".join(
        f'{side}."{name}" as "{name}_{side}"' for side in "lr" for name in columns if name != "key"
    )
    known = f'"{one.column}_l" is not null and "{one.column}_r" is not null'
    sql = (
        f"select case {cases} else '{rules.NEVER}' end as level, count(*) as many"
        f" from (select {sides} {source}) where {known} group by 1"
    )
    told = dict(line.execute(sql).fetchall())
    return {name: many / sum(told.values()) for name, many in told.items()}


def rounded(share: float, least: float) -> float:
    """Three figures, at least `least`."""
    return float(f"{max(share, least):.3g}")


if __name__ == "__main__":
    sys.exit(main())
