"""The catalogue over many datasets, and the history of one value among a million images of rows.

The claims beside that history are measured by `bench.data_claims`.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from bench import bars, base
from bench.bars import Bar, Table
from bench.base import Bench, answer

MODULE, DATABASE = "bench.data_catalogue", "data_catalogue"
UNITS, FIELDS, TERMS = 106, 40, 2_000
DATASETS, IMAGES = 500, 1_000_000
#: Growth: shares of the datasets and of the images, in eighths.
SHARES = (1, 2, 4, 8)
ASKED = 60
SEED = 2026
WORDS = "学生教师班级课程考勤成绩健康资助场地设备图书社团请假评价奖惩家长监护住宿校车食堂安全经费采购固定资产"
TEXTS = ("学生", "xs", "xuesheng", "考勤", "kq", "zichan", "课程班级", "field_17", "jg", "没有这种东西")


def measure(bench: Bench) -> tuple[list[Bar], list[Table], list[str]]:
    """The bars of the catalogue and of a value's history, and how both grow."""
    bench.create(DATABASE)
    grown = {}
    for share in SHARES:
        bench.run(MODULE, "fill", str(share), database=DATABASE, login="owner")
        grown[share] = bench.run(MODULE, "ask", str(share), database=DATABASE)
        print(f"data catalogue {share}/8 {grown[share]}", flush=True)
    bench.drop(DATABASE)
    whole = grown[8]
    found = [
        Bar("data.catalogue_search_p95", whole["search"], 300, "ms"),
        Bar("data.catalogue_list_p95", whole["list"], 300, "ms"),
        Bar("data.value_images_p95", whole["history"], 300, "ms"),
    ]
    rows = tuple(
        (
            f"{share}/8",
            f"{one['datasets']:,}",
            f"{one['first']:.0f}",
            f"{one['search']:.1f}",
            f"{one['list']:.1f}",
            f"{one['images']:,}",
            f"{one['history']:.1f}",
        )
        for share, one in grown.items()
    )
    head = ("share", "datasets", "first search of a process, ms", "search p95, ms", "list p95, ms", "images",
            "value history p95, ms")  # fmt: skip
    notes = [
        f"Catalogue: datasets of {FIELDS} fields beside those that ship, {TERMS:,} words of stewards, counts of {UNITS} units;"
        f" {ASKED} searches by Chinese, pinyin, initials, a part of a name and nothing. History: four images of each row."
    ]
    return found, [Table("Catalogue and history", head, rows)], notes


def named(number: int) -> str:
    """A title of four characters, another for each number up to some thousands."""
    chance = random.Random(number)
    return "".join(chance.sample(WORDS, 4))


def fill(share: str) -> None:
    """As owner: counts, words, and rows with their images."""
    import psycopg

    from jizuo.ground import bootstrap
    from jizuo.project import start

    start.set_up("owner")
    images = IMAGES * int(share) // 8
    with psycopg.connect(bootstrap.connect().of("owner"), autocommit=True) as owner:
        owner.execute(
            "select set_config('app.units', %s, false)", [f"{{{','.join(map(str, range(UNITS + 1)))}}}"]
        )
        for table in ("dataset_count", "glossary_term", "org_history", "org"):
            owner.execute(f"delete from {table}")
        owner.execute(
            "insert into dataset_count (id, unit_no, dataset, rows, fresh_at) select gen_random_uuid(), u,"
            " 'bench_' || d, d * u, now() from generate_series(1, %s) u, generate_series(1, %s) d",
            [UNITS, DATASETS * int(share) // 8],
        )
        with owner.cursor() as cursor:
            cursor.executemany(
                "insert into glossary_term (id, title, meaning, english, source, dataset, field)"
                " values (gen_random_uuid(), %s, '解释', '', '', '', '')",
                [(f"{named(number)}{number}",) for number in range(TERMS)],
            )
        owner.execute(
            "insert into org (id, unit_no, kind, name, code, stage, scheme, class_type, subject_code, location, source_id,"
            " session_ids, grades) select"
            " ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, n %% %s + 1, 'group', '组' || n,"
            " '', '', '', '', '', '', '', '{}', '{}'"
            " from generate_series(1, %s) n",
            [UNITS, images // 4],
        )
        owner.execute(
            "insert into org_history (unit_no, row_id, valid_from, valid_to, op, old) select n %% %s + 1,"
            " ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, now() - make_interval(hours => k + 1),"
            " now() - make_interval(hours => k), 'u', jsonb_build_object('name', '组' || n || k)"
            " from generate_series(1, %s) n, generate_series(1, 4) k",
            [UNITS, images // 4],
        )
        owner.execute("vacuum analyze dataset_count, glossary_term, org")
        owner.execute("analyze org_history")
    answer(images=images)


def ask(share: str) -> None:
    """Search, list and walk back, in milliseconds."""
    from jizuo.project import start

    start.set_up("app")
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data import datasets
    from jizuo.hubs.data.datasets import Dataset, Field
    from jizuo.hubs.data.queries import catalogue, lineage

    count = DATASETS * int(share) // 8
    for number in range(count):
        fields = {
            f"field_{one}": Field(
                f"field_{one}", named(number * FIELDS + one), f"Field {one}", 2, "text", initials=f"F{one}"
            )
            for one in range(FIELDS)
        }
        datasets.register(
            Dataset(
                f"bench_{number + 1}",
                named(number),
                f"Bench {number}",
                "org",
                "unit",
                False,
                "1.0",
                "bench",
                fields,
            )
        )
    steward = scopes.Scope(role=scopes.DISTRICT_STEWARD, unit_no=1, units=tuple(range(1, UNITS + 1)))
    chance = random.Random(SEED)
    rows = IMAGES * int(share) // 8 // 4

    def times(call: Callable[[int], Any]) -> list[float]:
        found = []
        for number in range(ASKED):
            begun = time.perf_counter()
            with scopes.use(steward):
                call(number)
            found.append((time.perf_counter() - begun) * 1000)
        return found

    searches = times(lambda number: catalogue.catalogue_search(text=TEXTS[number % len(TEXTS)]))
    lists = times(lambda _number: catalogue.catalogue_list())

    def back(_number: int) -> None:
        record = UUID(f"00000000-0000-7000-8000-{chance.randint(1, rows):012x}")
        one = lineage.value_lineage(dataset="org", record_id=record, field="name")
        if len(one.was) != 5:
            raise RuntimeError(f"{len(one.was)} values of {record}, not five")

    answer(
        datasets=count, images=rows * 4, first=searches[0], search=bars.at(searches[1:], 0.95), list=bars.at(lists, 0.95),
        history=bars.at(times(back), 0.95),
    )  # fmt: skip


if __name__ == "__main__":
    base.steps({"fill": fill, "ask": ask})
