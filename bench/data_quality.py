"""Quality: every rule that ships over the full district's core libraries, cold, after a thousand changes and with nothing
changed; beside pandera and pointblank on the same rows and the same kinds of rules.

Every step looks at what it found: what is left after the changes must be what a check of everything finds, and the
rivals must find as many failing records, rule by rule, or the step raises.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import polars as pl

from bench import base, roster, september
from bench.bars import Bar, Table
from bench.base import Bench, answer, timed
from bench.september import part, rows, whole

MODULE = "bench.data_quality"
DATABASE = "quality"
SHARES = (1, 2, 4, 8)
CHANGED = 1_000
SEED = 2026
ROUNDS = 3
#: What both rivals can say as well: own and joined fields of a pupil, kind by kind.
RULES: list[dict[str, Any]] = [
    *({"kind": "required", "field": name} for name in
      ("person.birth_on", "at.class_id", "address", "household_place", "household_kind", "status", "entry_year")),
    {"kind": "pattern", "field": "at.base_no", "matches": "[0-9]{10}"},
    {"kind": "pattern", "field": "person.name", "matches": "[一-龥]{2,4}"},
    {"kind": "range", "field": "entry_year", "at_least": 2012, "at_most": 2026},
    {"kind": "range", "field": "at.seat_no", "at_least": 1, "at_most": 45},
    *({"kind": "code", "field": name, "table": table} for name, table in
      (("status", "student_status"), ("entry_way", "admission"), ("attendance", "attendance"),
       ("household_kind", "household"), ("person.ethnic", "ethnic"), ("person.sex", "sex"))),
    {"kind": "unique", "fields": ["person_id"]},
    {"kind": "condition", "must": {"field": "at.sex", "is": {"field": "person.sex"}}},
    {"kind": "condition", "must": {
        "calc": {"minus": [{"field": "entry_year"}, {"field": "class.entry_year"}]}, "at_least": -1, "at_most": 1}},
]  # fmt: skip


def measure(bench: Bench) -> tuple[list[Bar], list[Table], list[str]]:
    """The bars of quality, growth, and the rivals."""
    bench.create(DATABASE)
    bench.run(MODULE, "load", str(bench.files), database=DATABASE)
    found = bench.run(MODULE, "check", database=DATABASE)
    rivals = bench.run(MODULE, "rivals", database=DATABASE)
    bench.drop(DATABASE)
    print(f"data quality {found} {rivals}", flush=True)
    full = found["shares"]["8"]
    bars = [
        Bar("data.quality_cold", full["cold"], 30, "s"),
        Bar("data.quality_1000_changed", found["changed"], 3, "s"),
        Bar("data.quality_rules", found["rules"], 60, "rules", is_least=True),
    ]
    growth = Table(
        f"Checking the core libraries, {found['rules']} rules",
        ("size", "records", "cold s", "us a record", "failures"),
        tuple(
            (f"{share}/8", f"{one['records']:,}", f"{one['cold']:.2f}", f"{one['cold'] / one['records'] * 1e6:.0f}",
             f"{one['failures']:,}")
            for share, one in found["shares"].items()
        ),
    )  # fmt: skip
    beside = Table(
        f"The same {len(RULES)} rules over the same {rivals['records']:,} pupils",
        ("what", "seconds", "against ours"),
        tuple(
            (name, f"{seconds:.2f}", f"{seconds / rivals['ours']:.1f}x")
            for name, seconds in (
                ("jizuo, in the base, failures written down", rivals["ours"]),
                ("reading the rows into polars", rivals["read"]),
                ("pandera on them, all failures", rivals["pandera"]),
                ("pandera, reading included", rivals["read"] + rivals["pandera"]),
                ("pointblank on them", rivals["pointblank"]),
                ("pointblank, reading included", rivals["read"] + rivals["pointblank"]),
            )
        ),
    )
    notes = [
        f"Quality: cold is every dataset with every rule of the plate into an empty list of failures, median of"
        f" {ROUNDS}; {CHANGED:,} changed are pupils, staff, guardians and classes written one after another, of which"
        f" {found['touched']:,} records were looked at; the failures are then those that a check of every record finds."
        f" With nothing changed: {found['same']:.2f} s.",
        "Quality's rivals get the rows as a frame that is read and joined beforehand; ours joins in its seconds. Their counts"
        " of failing records equal ours rule by rule.",
    ]
    return bars, [growth, beside], notes


def load(folder: str) -> None:
    """The district of the September, guardians and all, without its accounts."""
    from jizuo.hubs.organisation.demo import oneroster
    from jizuo.hubs.organisation.protocols.oneroster.write import write
    from jizuo.plain.demo.district import make as make_district
    from jizuo.project.start import set_up

    place = Path(folder, "quality")
    place.mkdir(parents=True, exist_ok=True)
    set_up("app")
    if not (place / "district.zip").exists():
        district = make_district("district", seed=september.SEED, today=roster.TODAY)
        write(place / "district.zip", oneroster.tables(district), "bench")
    september.load(str(place))


def check_all(scope: Any, *, is_full: bool = False) -> dict[str, Any]:
    """Every dataset, each in its transaction, as the job does."""
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data import quality
    from jizuo.hubs.data.actions.quality_checking import check_dataset
    from jizuo.hubs.data.queries.quality_rules import in_force

    units = [unit for unit in scope.units if unit]
    told: dict[str, Any] = {"rules": 0, "touched": 0, "seconds": {}}
    with scopes.use(scope):
        for name in quality.checked():
            with timed(told["seconds"], name), scopes.open_transaction("bench"):
                rules = [one for one in in_force(units, scope.today) if one.rule.dataset == name]
                done = check_dataset(
                    dataset=name, rules=rules, root_no=scope.unit_no, today=scope.today, is_full=is_full
                )
            told["rules"] += len(rules)
            told["touched"] += done.touched or 0
    return told


def run(scope: Any, statement: str, *values: Any) -> None:
    """Run a statement in a scope."""
    from django.db import connection

    from jizuo.ground import scope as scopes

    with scopes.use(scope), scopes.open_transaction("bench"), connection.cursor() as cursor:
        cursor.execute(statement, list(values))


def forget(scope: Any) -> None:
    """As if nothing had ever been checked."""
    for table in ("quality_failure", "quality_count", "quality_score", "quality_mark"):
        run(scope, f"delete from {table}")


def failures(scope: Any) -> set[tuple[Any, ...]]:
    """Every open failure."""
    return set(rows(scope, "select unit_no, rule, record_id from quality_failure where state = 'open'"))


#: What is written, how many, and to what: some break rules, some mend them.
CHANGES = (
    ("update affiliation set seat_no = 300, changed_at = now() where id in (select id from affiliation where role = 'pupil'"
     " and end_on is null order by id limit %s)", 300),
    ("update pupil set address = '', changed_at = now() where id in (select id from pupil order by person_id limit %s)", 250),
    ("update person set phone = '12345', changed_at = now() where id in (select guardian_id from guardian_of order by id"
     " limit %s)", 200),
    ("delete from guardian_of where id in (select id from guardian_of order by child_id limit %s)", 100),
    ("update staff set certificate = '资格证', changed_at = now() where id in (select id from staff where"
     " is_full_time_teacher order by id limit %s)", 120),
    ("update org set class_no = 70, changed_at = now() where id in (select id from org where kind = 'class' order by id"
     " limit %s)", 30),
)  # fmt: skip


def check() -> None:
    """Cold over more and more schools, a thousand changes, nothing changed; raises where the two ways differ."""
    with roster.acting():
        shares: dict[int, dict[str, Any]] = {}
        told: dict[str, Any] = {}
        run(whole(), "select 1")
        for share in SHARES:
            scope = part(whole(), share)
            times = []
            for _round in range(ROUNDS):
                forget(whole())
                took: dict[str, float] = {}
                with timed(took, "cold"):
                    told = check_all(scope)
                times.append(took["cold"])
            ((records,),) = rows(scope, "select coalesce(sum(records), 0) from quality_count")
            shares[share] = {
                "cold": sorted(times)[len(times) // 2], "records": int(records), "failures": len(failures(scope)),
                "seconds": told["seconds"],
            }  # fmt: skip
        scope = whole()
        if sum(count for _statement, count in CHANGES) != CHANGED:
            raise RuntimeError("the changes are not as many as promised")
        for statement, count in CHANGES:
            run(scope, statement, count)
        took = {}
        with timed(took, "changed"):
            beside = check_all(scope)
        with timed(took, "same"):
            check_all(scope)
        kept = failures(scope)
        check_all(scope, is_full=True)
        if kept != failures(scope):
            raise RuntimeError("a check of what changed and a check of everything differ")
        answer(
            shares=shares,
            rules=told["rules"],
            touched=beside["touched"],
            by_dataset=beside["seconds"],
            **took,
        )


def rivals() -> None:
    """The same kinds of rules by us, pandera and pointblank; raises where they count otherwise."""
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data import quality

    with roster.acting():
        scope = whole()
        with scopes.use(scope), scopes.open_transaction("bench"):
            told = [named(number, one) for number, one in enumerate(RULES)]
            rules = [quality.compile_rule(one, scope.today) for one in told]
            codes = quality.code_lists(scope.today)
        took: dict[str, float] = {}
        times, ours = [], {}
        for _round in range(ROUNDS):
            one: dict[str, float] = {}
            with timed(one, "ours"):
                ours = own(scope, rules)
            times.append(one["ours"])
        took["ours"] = sorted(times)[len(times) // 2]
        with timed(took, "read"):
            frame = read(scope)
        for name, rival in (("pandera", by_pandera), ("pointblank", by_pointblank)):
            found: dict[str, int] = {}
            with timed(took, name):
                found = rival(frame, told, codes)
            if found != ours:
                raise RuntimeError(f"{name} finds {found}, we find {ours}")
        answer(records=frame.height, **took)


def named(number: int, rule: dict[str, Any]) -> dict[str, Any]:
    """A rule with its head."""
    return {"code": f"bench_{number:02}", "dataset": "pupil", "title": "a rule", "fix": "mend it", **rule}


def own(scope: Any, rules: list[Any]) -> dict[str, int]:
    """rule -> failing records, written into the list of failures and rolled back."""
    from django.conf import settings
    from django.db import connection, transaction

    from jizuo.ground import scope as scopes
    from jizuo.hubs.data import quality
    from jizuo.hubs.data.actions import quality_checking
    from jizuo.hubs.data.queries.quality_rules import InForce
    from jizuo.hubs.data.rules.quality import asking

    with scopes.use(scope), scopes.open_transaction("bench"), connection.cursor() as cursor:
        subject = quality.subject_of("pupil", scope.today).beside(
            [made for one in rules for made in one.brought]
        )
        cursor.execute("set local jit = off")
        quality_checking.run_rules(
            cursor, subject, [InForce(one, frozenset()) for one in rules], asking.WHOLE,
            asking.day_of(scope.today, settings.TIME_ZONE), scope.today,
        )  # fmt: skip
        cursor.execute("select rule, count(*) from quality_failure where rule like 'bench%' group by 1")
        found = {one.code: 0 for one in rules} | dict(cursor.fetchall())
        transaction.set_rollback(True)
    return found


def columns() -> dict[str, str]:
    """field -> column of the frame."""
    names = set()
    for one in RULES:
        names |= set(re.findall(r"'field': '([a-z_.]+)'", repr(one))) | set(one.get("fields", ()))
    return {name: name.replace(".", "_") for name in sorted(names | {"unit_no"})}


def read(scope: Any) -> pl.DataFrame:
    """The rows that our check looks at, joined, with nothing for ''."""
    where = {"at": "a", "person": "p", "class": "c"}
    picked = ", ".join(
        f"nullif({where[name.split('.')[0]] if '.' in name else 't'}.{name.split('.')[-1]}::text, '') as {column}"
        for name, column in columns().items()
    )
    found = rows(
        scope,
        f"select {picked} from pupil t join affiliation a on a.unit_no = t.unit_no and a.id = t.id"
        " left join person p on p.id = t.person_id left join org c on c.unit_no = t.unit_no and c.id = a.class_id"
        " where a.end_on is null and a.role = 'pupil'",
    )
    frame = pl.DataFrame(found, schema=dict.fromkeys(columns().values(), pl.String), orient="row")
    whole_numbers = [
        name for name in ("entry_year", "at_seat_no", "class_entry_year") if name in frame.columns
    ]
    return frame.with_columns(pl.col(whole_numbers).cast(pl.Int64))


def column(name: str) -> str:
    return columns()[name]


def condition_of(rule: dict[str, Any]) -> pl.Expr:
    """A rule between fields as an expression; true where nothing can be said."""
    must = rule["must"]
    if "calc" in must:
        left, right = (pl.col(column(one["field"])) for one in must["calc"]["minus"])
        held = (left - right).is_between(must["at_least"], must["at_most"])
    else:
        held = pl.col(column(must["field"])) == pl.col(column(must["is"]["field"]))
    return held.fill_null(True)


def by_pandera(frame: pl.DataFrame, told: Iterable[dict[str, Any]], codes: Any) -> dict[str, int]:
    """rule -> failing rows, by pandera's lazy validation of a polars frame."""
    import pandera.polars as pa
    from pandera.errors import SchemaErrors

    found = {}
    wide: list[Any] = []
    checks: dict[str, list[Any]] = {}
    required: dict[str, str] = {}
    for one in told:
        code, kind = one["code"], one["kind"]
        found[code] = 0
        if kind == "required":
            required[column(one["field"])] = code
        elif kind == "pattern":
            checks.setdefault(column(one["field"]), []).append(
                pa.Check.str_matches(f"^(?:{one['matches']})$", error=code)
            )
        elif kind == "range":
            checks.setdefault(column(one["field"]), []).append(
                pa.Check.in_range(one["at_least"], one["at_most"], error=code)
            )
        elif kind == "code":
            checks.setdefault(column(one["field"]), []).append(
                pa.Check.isin(list(codes[one["table"]]), error=code)
            )
        elif kind == "unique":
            wide.append(pa.Check(is_alone([column(name) for name in one["fields"]]), error=code))
        else:
            wide.append(pa.Check(holds(condition_of(one)), error=code))
    schema = pa.DataFrameSchema(
        {name: pa.Column(frame.schema[name], checks.get(name, []), nullable=name not in required)
         for name in {*checks, *required}},
        checks=wide,
    )  # fmt: skip
    try:
        schema.validate(frame, lazy=True)
    except SchemaErrors as error:
        for (check_name, column_name), some in error.failure_cases.group_by("check", "column"):
            code = (
                required.get(str(column_name), "")
                if "null" in str(check_name)
                else name_of(check_name, found)
            )
            if code:
                found[code] += some.height
    return found


def name_of(check_name: Any, found: Iterable[str]) -> str:
    """The rule that a check of pandera stands for."""
    return next((code for code in found if code in str(check_name)), "")


def is_alone(names: list[str]) -> Callable[[Any], Any]:
    """A check that values stand once in a school."""
    return lambda data: data.lazyframe.select(pl.struct("unit_no", *names).is_unique())


def holds(expression: pl.Expr) -> Callable[[Any], Any]:
    """A check of an expression."""
    return lambda data: data.lazyframe.select(expression)


def by_pointblank(frame: pl.DataFrame, told: Iterable[dict[str, Any]], codes: Any) -> dict[str, int]:
    """rule -> failing rows, by pointblank's interrogation of a polars frame."""
    import pointblank as pb

    plan = pb.Validate(frame)
    order = []
    for one in told:
        order.append(one["code"])
        kind = one["kind"]
        if kind == "required":
            plan = plan.col_vals_not_null(columns=column(one["field"]))
        elif kind == "pattern":
            plan = plan.col_vals_regex(
                columns=column(one["field"]), pattern=f"^(?:{one['matches']})$", na_pass=True
            )
        elif kind == "range":
            plan = plan.col_vals_between(
                columns=column(one["field"]), left=one["at_least"], right=one["at_most"], na_pass=True
            )
        elif kind == "code":
            wanted = [*codes[one["table"]], None]
            plan = plan.col_vals_in_set(columns=column(one["field"]), set=wanted)
        elif kind == "unique":
            plan = plan.rows_distinct(columns_subset=["unit_no", *(column(name) for name in one["fields"])])
        else:
            plan = plan.col_vals_expr(expr=condition_of(one))
    plan = plan.interrogate(collect_extracts=False)
    counts = plan.n_failed()
    return {code: int(counts[place]) for place, code in enumerate(order, 1)}


if __name__ == "__main__":
    base.steps({"load": load, "check": check, "rivals": rivals})
