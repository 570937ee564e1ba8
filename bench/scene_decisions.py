"""Decision tables: ten of them over the pupils of a province in DuckDB, and a sample beside zen, row by row."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

import duckdb
import msgspec

from bench import base
from bench.bars import Bar, Table
from bench.base import Bench, answer, timed

MODULE = "bench.scene_decisions"
PUPILS, SAMPLE, CORES = 2_000_000, 10_000, 2
#: A pupil as the tables see one. Unknown values in every column, as in a real base.
PUPIL_ROWS = """
select i as id,
  case when hash(i, 1) % 50 > 0 then (hash(i, 2) % 12 + 1)::int end as grade,
  case when hash(i, 3) % 50 > 0 then date '2010-01-01' + (hash(i, 4) % 4700)::int end as birth_on,
  case when hash(i, 5) % 60 > 0 then ['city', 'county', 'village', 'outside'][(hash(i, 6) % 4 + 1)::int] end as home,
  case when hash(i, 7) % 90 > 0 then round((hash(i, 8) % 40000) / 1000.0, 1) end as km,
  case when hash(i, 9) % 90 > 0 then hash(i, 10) % 9 = 0 end as boards,
  case when hash(i, 11) % 40 > 0 then (hash(i, 12) % 30)::int end as days_away,
  case when hash(i, 13) % 40 > 0 then '0' || (hash(i, 14) % 9 + 1) end as way,
  case when hash(i, 15) % 40 > 0 then (hash(i, 16) % 62)::int end as class_size,
  case when hash(i, 17) % 30 > 0 then round(13 + (hash(i, 18) % 2200) / 100.0, 2) end as bmi,
  case when hash(i, 19) % 70 > 0 then ['none', 'left', 'moving', 'orphan', 'aided'][(hash(i, 20) % 5 + 1)::int] end as care,
  case when hash(i, 21) % 20 > 0 then (hash(i, 22) % 5)::int end as doses
from range(?) t(i)
"""


def _table(
    title: str, inputs: str, outputs: str, *rules: tuple[dict[str, Any], Any], hit: str = "first"
) -> Any:
    """A table by words: inputs and outputs by blank; a rule is (tests, values of the outputs in order)."""
    from jizuo.plain.decisions import DecisionTable

    names = outputs.split()
    told = {
        "title": title,
        "hit": hit,
        "inputs": [{"key": key} for key in inputs.split()],
        "outputs": names,
        "rules": [
            {
                "when": when,
                "then": dict(zip(names, then if isinstance(then, tuple) else (then,), strict=True)),
            }
            for when, then in rules
        ],
    }
    return msgspec.convert(told, DecisionTable)


def tables() -> list[Any]:
    """Ten tables of the kinds that a bureau keeps: ages, distances, classes, attendance, health, places."""
    days = [f"[{2020 - grade}-09-01..{2021 - grade}-09-01)" for grade in range(1, 10)]
    return [
        _table("学段", "grade", "stage fee", ({"grade": "[1..6]"}, ("primary", 0)), ({"grade": "[7..9]"}, ("junior", 0)),
               ({"grade": "[10..12]"}, ("senior", 780)), ({}, ("unknown", 0))),
        _table("校车", "km boards grade", "bus", ({"boards": True}, "none"),
               ({"boards": "false", "km": "> 5", "grade": "<= 6"}, "school"),
               ({"boards": "false", "km": "(8..40]", "grade": "> 6"}, "public"), ({}, "ask")),
        _table("入学年龄", "birth_on grade", "age_word",
               *(({"birth_on": day, "grade": str(grade)}, f"due{grade}") for grade, day in enumerate(days, 1)),
               ({"birth_on": "< 2008-09-01"}, "late"), ({}, "check")),
        _table("大班额", "class_size grade", "word level", ({"class_size": "> 65"}, ("super", 3)),
               ({"class_size": "(55..65]"}, ("large", 2)), ({"class_size": "(45..55]", "grade": "<= 6"}, ("over", 1)),
               ({"class_size": "(50..55]", "grade": "> 6"}, ("over", 1)), ({}, ("fine", 0))),
        _table("控辍保学", "grade days_away home", "case_level", ({"grade": "<= 9", "days_away": ">= 15"}, 3),
               ({"grade": "<= 9", "days_away": "[7..15)", "home": '"village", "outside"'}, 3),
               ({"grade": "<= 9", "days_away": "[7..15)"}, 2), ({"grade": "<= 9", "days_away": "[3..7)"}, 1), ({}, 0)),
        _table("体质复测", "bmi grade", "group", ({"bmi": "< 14", "grade": "<= 6"}, "thin"),
               ({"bmi": "< 16", "grade": "> 6"}, "thin"), ({"bmi": ">= 28"}, "obese"),
               ({"bmi": "[24..28)", "grade": "> 6"}, "over"), ({"bmi": "[21.5..28)", "grade": "<= 6"}, "over"), ({}, "fine")),
        _table("接种查验", "doses grade", "vaccine", ({"grade": "1", "doses": "[0..4)"}, "due"),
               ({"grade": "!= 1", "doses": "[0..2)"}, "due"), ({"doses": ">= 0"}, "done"), ({}, "ask")),
        _table("入学方式归并", "way", "way_group", ({"way": '"01", "02"'}, "near"), ({"way": '"03", "04", "05"'}, "moved"),
               ({"way": 'not "01", "02", "03", "04", "05"'}, "other"), ({}, "unknown")),
        _table("关爱对象", "care home boards", "contact often", ({"care": "orphan"}, ("weekly", True)),
               ({"care": "left", "home": "village", "boards": False}, ("weekly", True)), ({"care": "left"}, ("monthly", True)),
               ({"care": "moving"}, ("term", False)), ({}, ("none", False))),
        _table("要补的材料", "home care way doses boards", "paper", ({"home": "outside"}, "residence"),
               ({"care": '"orphan", "aided"'}, "proof"), ({"way": '"07", "08", "09"'}, "transfer"), ({"doses": "< 2"}, "vaccine"),
               ({"boards": True}, "health"), hit="collect"),
    ]  # fmt: skip


def measure(bench: Bench) -> tuple[list[Bar], list[Table], list[str]]:
    """Seconds of all ten, and what the sample said."""
    pupils = max(1_000, int(PUPILS * bench.size))
    found = bench.run(MODULE, "decide", str(pupils))
    print(f"scene decisions {found}", flush=True)
    rows = [
        (name, f"{seconds:.2f}", f"{pupils / seconds / 1e6:.1f}") for name, seconds in found["tables"].items()
    ]
    bars = [
        Bar("scene.decisions", found["seconds"], 180, f"s ({pupils:,} pupils, {len(rows)} tables)"),
        Bar(
            "scene.decisions_differ",
            found["differ"],
            0,
            f"of {found['sample']:,} x {len(rows)} beside zen-engine",
        ),
    ]
    table = Table(
        f"Decision tables over {pupils:,} pupils, {CORES} threads", ("table", "s", "10^6 rows/s"), tuple(rows)
    )
    note = (
        f"Decisions: one statement of DuckDB a table, from a Parquet file of pupils into a Parquet file of answers; the"
        f" sample is decided again by zen-engine row by row at {found['zen']:,.0f} decisions/s in Python."
    )
    return bars, [table], [note]


def decide(pupils: str) -> None:
    """Decide all tables over so many pupils; the sample by zen."""
    from jizuo.plain import decision_check, decisions

    made = tables()
    for table in made:
        if flaws := decision_check.check(table):
            raise RuntimeError(f"{table.title}: {flaws}")
    took: dict[str, float] = {}
    differ = 0
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as line:
        line.execute(f"set threads to {CORES}")
        line.execute("create view made as " + PUPIL_ROWS.replace("?", str(int(pupils))))
        source = f"'{Path(folder, 'pupils.parquet')}'"
        line.execute(f"copy made to {source} (format parquet)")
        with timed(whole := {}, "seconds"):
            for number, table in enumerate(made):
                with timed(took, table.title):
                    asked = decisions.to_sql(table, source, keep=["id"])
                    line.execute(f"copy ({asked}) to '{folder}/t{number}.parquet' (format parquet)")
        step = max(1, int(pupils) // SAMPLE)
        sample = line.execute(f"select * from {source} where id % {step} = 0 order by id limit {SAMPLE}")
        names = [one[0] for one in sample.description]
        rows = [dict(zip(names, row, strict=True)) for row in sample.fetchall()]
        with timed(took_zen := {}, "seconds"):
            expected = [decisions.decide_all(table, rows) for table in made]
        for number, (table, answers) in enumerate(zip(made, expected, strict=True)):
            found = line.execute(
                f"select * exclude (id) from '{folder}/t{number}.parquet' where id % {step} = 0 order by id limit {SAMPLE}"
            ).fetchall()
            for row, one in zip(found, answers, strict=True):
                numbers = tuple(row[-1]) if isinstance(row[-1], list) else (row[-1],)
                wanted = one.rules or ((0,) if table.hit == "first" else ())
                said = dict(zip(table.outputs, row, strict=False))
                differ += numbers != wanted or (bool(one.then) and said != one.then)
    answer(
        seconds=whole["seconds"], tables=took, differ=differ, sample=len(rows),
        zen=len(rows) * len(made) / took_zen["seconds"],
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(base.steps({"decide": decide}))
