"""September: the yearly turn, the dividing of new classes, receipts of every family, slips of a class and the
comparison with the registers, over the demonstration district with its guardians.

Jobs run one after another in the process that measures, as a worker with nothing else to do would run them. Every
step looks at what it left behind and raises when it is not what was promised, so a number stands for work done right.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from bench import base, roster
from bench.bars import Bar, Result, Table
from bench.base import Bench, answer, timed

MODULE, PEOPLE = "bench.september", "bench.september_people"
SIZES = ("small", "district")
STEPS = (
    (MODULE, "load"), (MODULE, "exports"), (MODULE, "compare"), (MODULE, "turn"), (PEOPLE, "receipts"),
    (PEOPLE, "reset"),
)  # fmt: skip
FROM_FILES = {"load", "exports"}
SEED = 2026
#: When the district of `roster.TODAY` moves up.
JULY = date(2027, 7, 5)
YEAR = 2027
KINDS = ("pupil", "staff")
PUPILS, CLASSES = 600, 12
DIVIDED = ((150, 3), (300, 6), (PUPILS, CLASSES), (1200, 24))
ANSWERS = 2_000
#: Answers given once more, and schools asked once more from the first class on: neither may change anything.
AGAIN, ASKED_AGAIN = 100, 5
SLIPS = (40, 10, 160)
#: The tables that a turn writes and its undo must leave as they were.
TURNED = ("affiliation", "enrolment", "org")
IMAGE = "select md5(string_agg(md5(t::text), '' order by id)), count(*) from {} t"


def measure(bench: Bench) -> Result:
    """Every number of the group."""
    drawn = bench.run(PEOPLE, "draw")
    print(f"september draw {drawn}", flush=True)
    found: dict[str, dict[str, Any]] = {}
    for size in SIZES:
        database, folder = f"september_{size}", str(bench.files / size)
        bench.create(database)
        one: dict[str, Any] = {"made": bench.run(MODULE, "make", size, folder)}
        for module, step in STEPS:
            given = [folder] if step in FROM_FILES else []
            one[step] = bench.run(module, step, *given, database=database)
            print(f"september {size} {step} {one[step]}", flush=True)
        found[size] = one
        bench.drop(database)
    full = found["district"]
    bars = [
        Bar("september.turn_preview", full["turn"]["preview"], 10, "s"),
        Bar("september.turn_apply", full["turn"]["apply"], 60, "s"),
        Bar("september.turn_undo", full["turn"]["undo"], 60, "s"),
        Bar("september.divide", drawn["seconds"][str(PUPILS)], 5, "s"),
        Bar("september.reset_40", full["reset"]["seconds"][str(SLIPS[0])], 5, "s"),
        Bar("september.compare", full["compare"]["all"], 20, "s"),
    ]
    notes = [
        "Each step is a process of its own; jobs run one after another without a queue.",
        "After the undo every row of affiliation, enrolment and org is what it was before the turn, or the step raises.",
        "A draw is run a second time and from another order of the list; other lists than the first raise.",
        "Comparing is the district's job over pupil and staff exports together; landing and checking the exports comes"
        " before and is not in the bar.",
        f"Asking is one notice a school to every family. {ANSWERS:,} of the receipts at most, drawn by a seed, are answered"
        f" through the door by an adult who may sign; {AGAIN} of them are answered once more and refused; {ASKED_AGAIN}"
        " schools are asked once more from the first class on, which adds nothing.",
        "The reset of 40 is the first in its process: it loads the fonts of the slips.",
    ]
    return Result("september", bars, list(tables(found, drawn)), notes)


def tables(found: dict[str, dict[str, Any]], drawn: dict[str, Any]) -> Sequence[Table]:
    """What grows with the size, step by step."""

    def sizes(title: str, head: tuple[str, ...], row: Any) -> Table:
        return Table(title, ("size", *head), tuple((size, *row(one)) for size, one in found.items()))

    return (
        sizes(
            "Yearly turn",
            ("pupils", "schools", "graduates", "preview s", "apply s", "what follows s", "undo s"),
            lambda one: (
                f"{one['made']['pupils']:,}", str(one["turn"]["schools"]), f"{one['turn']['graduates']:,}",
                *(f"{one['turn'][name]:.2f}" for name in ("preview", "apply", "facts", "undo")),
            ),
        ),
        Table(
            "Dividing new classes",
            ("pupils", "classes", "seconds", "sizes", "boys in a class"),
            tuple(
                (str(count), str(classes), f"{drawn['seconds'][str(count)]:.3f}", *drawn["even"][str(count)])
                for count, classes in DIVIDED
            ),
        ),
        sizes(
            "Receipts",
            ("asked", "copies", "ask s", "receipts/s", "answered", "answers/s", "count s (all schools)"),
            lambda one: (
                f"{one['receipts']['asked']:,}", f"{one['receipts']['copies']:,}", f"{one['receipts']['ask']:.2f}",
                f"{one['receipts']['asked'] / one['receipts']['ask']:,.0f}", f"{one['receipts']['answered']:,}",
                f"{one['receipts']['answered'] / one['receipts']['answer']:,.0f}", f"{one['receipts']['count']:.2f}",
            ),
        ),
        sizes(
            "Reset with slips as PDF",
            tuple(f"{count} pupils s" for count in SLIPS),
            lambda one: tuple(f"{one['reset']['seconds'][str(count)]:.2f}" for count in SLIPS),
        ),
        sizes(
            "Comparing with the registers",
            ("exports", "land and check s", "pupils s", "staff s", "lines", "peak MB"),
            lambda one: (
                str(one["exports"]["exports"]), f"{one['exports']['seconds']:.1f}",
                *(f"{one['compare'][kind]:.2f}" for kind in KINDS), f"{one['compare']['lines']:,}",
                str(one["compare"]["peak_mb"]),
            ),
        ),
    )  # fmt: skip


def make(size: str, folder: str) -> None:
    """Write the district's zip with its guardians and each unit's register exports."""
    from jizuo.hubs.organisation.demo import oneroster
    from jizuo.hubs.organisation.protocols.oneroster.write import write
    from jizuo.plain.demo.district import make as make_district
    from jizuo.plain.demo.workbooks import registers

    place = Path(folder)
    district = make_district(size, seed=SEED, today=roster.TODAY)
    for kind in KINDS:
        (place / kind).mkdir(parents=True, exist_ok=True)
    write(place / "district.zip", oneroster.tables(district), "bench")
    for unit in district.units:
        if unit.is_school:
            (place / "pupil" / f"{unit.name}.xlsx").write_bytes(registers.pupil_register(district, unit))
        if unit.staff:
            (place / "staff" / f"{unit.name}.xlsx").write_bytes(registers.staff_register(district, unit))
    answer(pupils=len(district.pupils), staff=len(district.staff))


def load(folder: str) -> None:
    """Walk the zip in and let what follows follow."""
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions import walk

    with roster.acting() as scope:
        took: dict[str, float] = {}
        with timed(took, "seconds"):
            zip_file = Path(folder, "district.zip")
            batch = roster.keep(zip_file, "oneroster", scope, is_full=True, options={"open_units": True})
            roster.next_job(batch, scope)
            roster.next_job(batch, scope)
            with scopes.use(scope):
                walk.apply_batch(batch_id=UUID(batch))
            _kind, state = roster.next_job(batch, scope)
        if state != "applied":
            raise RuntimeError(f"the zip is {state}")
        deliver()
        answer(**took)


def deliver() -> None:
    """Hand out every fact that is due."""
    from jizuo.ground import facts

    while facts.deliver_due():
        pass


def whole() -> Any:
    """The base's scope over the bureau and all below it, as it is now."""
    from django.db import connection

    from jizuo.ground import acting

    with connection.cursor() as cursor:
        cursor.execute(
            "select unit_no from unit where kind = 'bureau' and unit_no > 0 order by unit_no limit 1"
        )
        return acting.base_job_scope(cursor.fetchone()[0])


def rows(scope: Any, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """What a statement reads in a scope."""
    from django.db import connection

    from jizuo.ground import scope as scopes

    with scopes.use(scope), scopes.open_transaction("bench"), connection.cursor() as cursor:
        cursor.execute(statement, list(values))
        return cursor.fetchall()


def exports(folder: str) -> None:
    """Land and check every register export."""
    from jizuo.ground import acting
    from jizuo.project import walking

    with roster.acting() as scope:
        unit_of = dict(rows(scope, "select name, unit_no from unit"))
        took: dict[str, float] = {}
        states: Counter[str] = Counter()
        with timed(took, "seconds"):
            for kind in KINDS:
                for path in sorted(Path(folder, kind).iterdir()):
                    own = acting.base_job_scope(unit_of[path.stem])
                    batch = walking.land(
                        path,
                        importer=f"{kind}_register",
                        scope=own,
                        source="register",
                        is_full=False,
                        options={},
                    )
                    state = ""
                    while state not in walking.ENDED:
                        _kind, state = roster.next_job(str(batch), own)
                    states[state] += 1
        answer(exports=states.total(), states=states, **took)


def compare() -> None:
    """The district's comparison with both registers."""
    from jizuo.ground import jobs
    from jizuo.ground import scope as scopes
    from jizuo.hubs.organisation.actions import comparing

    with roster.acting():
        scope = whole()
        took: dict[str, float] = {}
        for kind in KINDS:
            with timed(took, kind):
                with scopes.use(scope):
                    ref = comparing.start_district_comparison(kind=kind)
                jobs.run_job(job_id=str(ref.job_id), unit_no=scope.unit_no, grant_no=None)
            ((state, result),) = rows(scope, "select state, result::text from job where id = %s", ref.job_id)
            told = json.loads(result or "{}")
            if state != "done" or told["states"] != {comparing.DONE: told["units"]}:
                raise RuntimeError(f"the comparison of {kind} is {state} after {took[kind]:.1f} s: {told}")
        ((lines,),) = rows(scope, "select count(*) from comparison_line")
        answer(all=sum(took.values()), lines=lines, **took)


def turn() -> None:
    """Preview, apply and undo of every school's turn."""
    from jizuo.ground import scope as scopes
    from jizuo.hubs.organisation.actions import turning
    from jizuo.hubs.organisation.queries import turning as queries

    with roster.acting():
        scope = replace(whole(), role=scopes.DISTRICT_STEWARD, today=JULY)
        took: dict[str, float] = {}
        before = image(scope)
        with timed(took, "preview"), scopes.use(scope):
            plans = queries.preview_district(school_year=YEAR)
        with timed(took, "apply"):
            with scopes.use(scope):
                ref = turning.start_district_turn(school_year=YEAR)
            receipt = run_in(scope, ref.job_id)
        if receipt["failed"] or receipt["schools"] + receipt["skipped"] != len(plans):
            raise RuntimeError(f"the turn of {len(plans)} schools ended with {receipt}")
        with timed(took, "facts"):
            deliver()
        if image(scope) == before:
            raise RuntimeError("the turn has changed nothing")
        with timed(took, "undo"):
            with scopes.use(scope):
                found = queries.district_turn(school_year=YEAR)
                if found is None:
                    raise RuntimeError("the turn has left no mark")
                ref = turning.start_undo(turn_id=found.turn_id)
            run_in(scope, ref.job_id)
        deliver()
        after = image(scope)
        if after != before:
            raise RuntimeError(f"the undo left other rows: {before} before, {after} after")
        answer(schools=receipt["schools"], graduates=receipt["graduates"], **took)


def image(scope: Any) -> list[tuple[Any, ...]]:
    """A hash over every row of the tables that a turn writes, and how many rows."""
    return [row for table in TURNED for row in rows(scope, IMAGE.format(table))]


def run_in(scope: Any, job_id: UUID) -> dict[str, Any]:
    """Run a job's body in a scope whose day is not today's; what it returned."""
    from jizuo.ground import jobs
    from jizuo.ground import scope as scopes

    with scopes.use(scope):
        taken = jobs.take(job_id)
        if taken is None:
            raise RuntimeError(f"job {job_id} has ended already")
        kind, args, chunk, attempt = taken
        run = jobs.Run(job_id, scope, chunk, attempt)
        try:
            result = jobs._kinds[kind].body(run, **args)
        finally:
            run.close()
    jobs.finish(job_id, scope, "done", attempt=attempt, result=result)
    return result


if __name__ == "__main__":
    from jizuo.project.start import set_up

    set_up("app")
    base.steps({"make": make, "load": load, "exports": exports, "compare": compare, "turn": turn})
