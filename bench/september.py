"""September: the yearly turn, the dividing of new classes, receipts of every family, slips of a class and the
comparison with the registers, over the demonstration district with its guardians.

Jobs run one after another in the process that measures, as a worker with nothing else to do would run them; the
receipts are asked by a real worker, which is killed on the way. Every step looks at what it left behind and raises
when it is not what was promised, so a number stands for work done right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from bench import base, roster
from bench.bars import Bar, Result, Table
from bench.base import Bench, answer, timed

MODULE, PEOPLE, RECEIPTS = "bench.september", "bench.september_people", "bench.september_receipts"
SIZE, DATABASE = "district", "september"
#: Eighths of the district: growth is work on more and more of its schools in the one full base.
SHARES = (1, 2, 4, 8)
SEED = 2026
#: When the district of `roster.TODAY` moves up.
JULY = date(2027, 7, 5)
YEAR = 2027
KINDS = ("pupil", "staff")
PUPILS, CLASSES = 600, 12
DIVIDED = ((150, 3), (300, 6), (PUPILS, CLASSES), (1200, 24))
WANTED = 60_000
KILLS = 5
SLIPS = (40, 10, 20, 80, 160)
#: Files are made, and exports landed, by so many processes.
SIDES = 2
#: The tables that a turn writes and its undo must leave as they were.
TURNED = ("affiliation", "enrolment", "org")
IMAGE = "select md5(string_agg(md5(t::text), '' order by id)), count(*) from {} t"


def measure(bench: Bench) -> Result:
    """Every number of the group."""
    folder = str(bench.files / DATABASE)
    bench.create(DATABASE)
    found: dict[str, Any] = {}

    def step(name: str, module: str, step: str, *given: str) -> None:
        found[name] = bench.run(module, step, *given, database=DATABASE)
        print(f"september {name} {found[name]}", flush=True)

    def landed(side: int) -> dict[str, Any]:
        return bench.run(MODULE, "exports", folder, str(side), database=DATABASE)

    step("draw", PEOPLE, "draw")
    if not Path(folder, "district.zip").exists():
        step("make", MODULE, "make", folder)
    step("load", MODULE, "load", folder)
    with ThreadPoolExecutor(SIDES) as side_by_side:
        found["exports"] = list(side_by_side.map(landed, range(SIDES)))
    print(f"september exports {found['exports']}", flush=True)
    step("compare", MODULE, "compare")
    step("turn", MODULE, "turn")
    step("ask", RECEIPTS, "ask", str(WANTED))
    step("answer", RECEIPTS, "answer_all")
    step("reset", PEOPLE, "reset")
    bench.drop(DATABASE)
    compared, turned = found["compare"]["shares"]["8"], found["turn"]["shares"]["8"]
    asked, answered = found["ask"], found["answer"]
    bars = [
        Bar("september.turn_preview", turned["preview"], 10, "s"),
        Bar("september.turn_apply", turned["apply"], 60, "s"),
        Bar("september.turn_undo", turned["undo"], 60, "s"),
        Bar("september.divide", found["draw"]["seconds"][str(PUPILS)], 5, "s"),
        Bar("september.receipts", answered["asked"], WANTED, "receipts asked and answered", is_least=True),
        Bar("september.worker_kills", asked["kills"], KILLS, "kills of the asking worker", is_least=True),
        Bar("september.receipts_lost", asked["lost"] + answered["lost"], 0, "receipts and copies"),
        Bar("september.receipts_doubled", asked["doubled"] + answered["doubled"], 0, "receipts and copies"),
        Bar("september.reset_40", found["reset"]["seconds"][str(SLIPS[0])], 5, "s"),
        Bar("september.compare", sum(compared[kind] for kind in KINDS), 20, "s"),
    ]
    notes = [
        "Each step is a process of its own; its jobs run one after another without a queue, but for the receipts.",
        "Growth is work on every eighth, fourth, second and every school, in the one base that holds the whole district.",
        "After each undo every row of affiliation, enrolment and org is what it was before the turn, or the step raises.",
        "A draw is run a second time and from another order of the list; other lists than the first raise.",
        "Comparing is the district's job over pupil and staff exports together; landing and checking the exports comes"
        " before and is not in the bar.",
        f"Asking is one notice a school to every family, two of the largest, by the worker of `jizuo worker`: killed with"
        f" SIGKILL {asked['kills']} times on the way and started again; its times hold its starts and the 2 s after which it"
        " is taken for dead. Some schools are asked once more, which adds nothing.",
        f"{answered['phone']:,} receipts are answered through the door by an adult who may sign, each in a transaction of its"
        f" own with an audit entry, by two processes that are killed once each; {answered['papers']:,} on paper. Every"
        " receipt has one change in its history, every answer one audit entry; a second answer is refused.",
        "The reset of 40 is the first in its process: it loads the fonts of the slips.",
    ]
    return Result("september", bars, list(tables(found)), notes)


def tables(found: dict[str, Any]) -> Sequence[Table]:
    """What grows with the work, step by step."""
    compared, turned = found["compare"]["shares"], found["turn"]["shares"]
    asked, answered = found["ask"], found["answer"]
    return (
        Table(
            "Yearly turn",
            ("size", "pupils", "schools", "graduates", "preview s", "apply s", "what follows s", "undo s"),
            tuple(
                (
                    f"{share}x", f"{one['pupils']:,}", str(one["schools"]), f"{one['graduates']:,}",
                    *(f"{one[name]:.2f}" for name in ("preview", "apply", "facts", "undo")),
                )
                for share, one in turned.items()
            ),
        ),
        Table(
            "Dividing new classes",
            ("pupils", "classes", "seconds", "sizes", "boys in a class"),
            tuple(
                (
                    str(count), str(classes), f"{found['draw']['seconds'][str(count)]:.3f}",
                    *found["draw"]["even"][str(count)],
                )
                for count, classes in DIVIDED
            ),
        ),
        Table(
            f"Receipts ({asked['notices']} notices, {answered['copies']:,} copies, all schools' counts in"
            f" {answered['count']:.2f} s)",
            ("size", "asked after s", "answered after s", "answers/s"),
            tuple(
                (
                    f"{share}x", f"{after:.1f}", f"{answered['marks'][share]:.1f}",
                    f"{answered['phone'] * int(share) / 8 / answered['marks'][share]:,.0f}",
                )
                for share, after in asked["marks"].items()
            ),
        ),
        Table(
            "Reset with slips as PDF",
            ("pupils", "seconds"),
            tuple((str(count), f"{found['reset']['seconds'][str(count)]:.2f}") for count in sorted(SLIPS)),
        ),
        Table(
            f"Comparing with the registers ({sum(one['exports'] for one in found['exports'])} exports, landed and checked by"
            f" two processes in {max(one['seconds'] for one in found['exports']):.0f} s)",
            ("size", "units", "pupils s", "staff s", "lines"),
            tuple(
                (f"{share}x", str(one["units"]), *(f"{one[kind]:.2f}" for kind in KINDS), f"{one['lines']:,}")
                for share, one in compared.items()
            ),
        ),
    )  # fmt: skip


def make(folder: str) -> None:
    """Write each unit's register exports, by processes side by side, and the district's zip with its guardians."""
    from multiprocessing import get_context

    from jizuo.hubs.organisation.demo import oneroster
    from jizuo.hubs.organisation.protocols.oneroster.write import write
    from jizuo.plain.demo.district import make as make_district

    place = Path(folder)
    for kind in KINDS:
        (place / kind).mkdir(parents=True, exist_ok=True)
    district = make_district(SIZE, seed=SEED, today=roster.TODAY)
    # A fork has the district already; it must come before the first frame, whose threads do not live in it.
    others = [
        get_context("fork").Process(target=write_exports, args=(district, place, side))
        for side in range(1, SIDES)
    ]
    for other in others:
        other.start()
    write_exports(district, place, 0)
    for other in others:
        other.join()
        if other.exitcode:
            raise RuntimeError(f"writing the exports ended with {other.exitcode}")
    write(place / "district.zip", oneroster.tables(district), "bench")
    answer(pupils=len(district.pupils), staff=len(district.staff))


def write_exports(district: Any, place: Path, side: int) -> None:
    """The register exports of every `SIDES`-th unit."""
    from jizuo.plain.demo.workbooks import registers

    for unit in district.units[side::SIDES]:
        if unit.is_school:
            (place / "pupil" / f"{unit.name}.xlsx").write_bytes(registers.pupil_register(district, unit))
        if unit.staff:
            (place / "staff" / f"{unit.name}.xlsx").write_bytes(registers.staff_register(district, unit))


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


def part(scope: Any, share: int) -> Any:
    """The scope over the bureau and `share` of every eight of its schools, with their campuses."""
    tree = rows(
        scope, "select unit_no, parent_no from unit where unit_no = any(%s) order by 1", list(scope.units)
    )
    own = [unit_no for unit_no, parent in tree if parent == scope.unit_no]
    chosen = {unit_no for place, unit_no in enumerate(own) if place % 8 < share}
    chosen |= {unit_no for unit_no, parent in tree if parent in chosen} | {scope.unit_no}
    return replace(scope, units=tuple(sorted(chosen)))


def exports(folder: str, side: str) -> None:
    """Land and check the register exports of one side."""
    from jizuo.ground import acting
    from jizuo.project import walking

    with roster.acting() as scope:
        unit_of = dict(rows(scope, "select name, unit_no from unit"))
        took: dict[str, float] = {}
        states: Counter[str] = Counter()
        with timed(took, "seconds"):
            for kind in KINDS:
                for path in sorted(Path(folder, kind).iterdir())[int(side) :: SIDES]:
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
    """The comparison of more and more schools with both registers."""
    from jizuo.ground import scope as scopes
    from jizuo.hubs.organisation.actions import comparing

    with roster.acting():
        shares: dict[int, dict[str, Any]] = {}
        for share in SHARES:
            scope = part(replace(whole(), role=scopes.DISTRICT_STEWARD), share)
            took: dict[str, Any] = {"units": len(scope.units)}
            for kind in KINDS:
                with timed(took, kind):
                    with scopes.use(scope):
                        ref = comparing.start_district_comparison(kind=kind)
                    told = run_in(scope, ref.job_id)
                if told["states"].get(comparing.DONE, 0) != told["units"]:
                    raise RuntimeError(f"the comparison of {kind} ended with {told}")
            ((took["lines"],),) = rows(scope, "select count(*) from comparison_line")
            shares[share] = took
        answer(shares=shares)


def turn() -> None:
    """Preview, apply and undo of the turn of more and more schools."""
    with roster.acting():
        answer(shares={share: turn_of(share) for share in SHARES})


def turn_of(share: int) -> dict[str, Any]:
    """Seconds of preview, apply, what follows and undo, with what was turned."""
    from jizuo.ground import scope as scopes
    from jizuo.hubs.organisation.actions import turning
    from jizuo.hubs.organisation.queries import turning as queries

    scope = part(replace(whole(), role=scopes.DISTRICT_STEWARD, today=JULY), share)
    ((pupils,),) = rows(scope, "select count(*) from affiliation where role = 'pupil' and end_on is null")
    took: dict[str, Any] = {"pupils": pupils}
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
    return took | {"schools": receipt["schools"], "graduates": receipt["graduates"]}


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
