"""A table drawn by the bureau for every school: sent and opened with what the base holds, filled, signed, merged."""

from __future__ import annotations

from typing import Any

from bench import base, scene_given
from bench.bars import Bar, Table
from bench.base import Bench, answer, timed

MODULE = "bench.scene_collect"
SCHOOLS = 105
#: Columns that the base fills in, by the words of `forms.known`, and columns that only a school knows.
KNOWN = {
    "在籍学生数": "number:registered",
    "在校学生数": "number:present",
    "班级数": "number:classes",
    "教职工数": "number:staff",
}
TYPED = ("本学期筛查人数", "视力不良人数", "新发近视人数", "转介就诊人数", "户外活动分钟数", "更换课桌椅套数")


def measure(bench: Bench) -> tuple[list[Bar], list[Table], list[str]]:
    """Seconds until every school sees its table prefilled, and until the bureau has the merged workbook."""
    database = scene_given.town(bench, "scene_collect")
    found = bench.run(MODULE, "collect", str(scene_given.count(bench, SCHOOLS, 5)), database=database)
    bench.drop(database)
    print(f"scene collect {found}", flush=True)
    schools = found["schools"]
    bars = [
        Bar(
            "scene.prefill",
            found["send"] + found["prefill"],
            10,
            f"s ({schools} schools: sent, and opened by each)",
        ),
        Bar("scene.merge", found["merge"], 5, f"s ({schools} schools: live sheet and workbook)"),
    ]
    note = (
        f"Collecting: {len(KNOWN)} columns from the base and {len(TYPED)} typed; sent in {found['send']:.2f} s by one step, each"
        f" school's form opened one after another in {found['prefill']:.2f} s; filled, signed and taken in in"
        f" {found['fill']:.1f} s; the workbook has {found['bytes'] / 1000:.0f} kB."
    )
    return bars, [], [note]


def collect(count: str) -> None:
    """Send a table to so many schools and see it through to the workbook."""
    scene_given.set_up()
    from jizuo.engines.matter.actions import matters
    from jizuo.engines.matter.forms import opening, sheets
    from jizuo.engines.matter.queries import todos
    from jizuo.ground import acting
    from jizuo.ground import scope as scopes
    from jizuo.plain import workdays

    schools = [
        unit_no
        for (unit_no,) in scene_given.ask(
            "select unit_no from unit where kind = 'school' and unit_no > 0 order by unit_no limit %s",
            int(count),
        )
    ]
    steward = scene_given.scope_of(scene_given.bureau(), scopes.DISTRICT_STEWARD, grant_no=1)
    clerks = {unit_no: scene_given.scope_of(unit_no, scopes.CLERK, grant_no=1) for unit_no in schools}
    heads = {unit_no: scene_given.scope_of(unit_no, scopes.HEAD, grant_no=1) for unit_no in schools}
    columns: list[dict[str, Any]] = [
        *({"title": title, "kind": "number", "known": word} for title, word in KNOWN.items()),
        *({"title": title, "kind": "number"} for title in TYPED),
    ]
    due = workdays.add(acting.today(), 10)
    typed = {f"c{place}": place for place in range(len(KNOWN) + 1, len(columns) + 1)}
    took: dict[str, float] = {}
    with timed(took, "send"), scopes.use(steward):
        table = matters.start_matter(
            scene="collect", form="draw", submit_key="bench-collect",
            data={"title": "近视防控统计", "schools": schools, "due_on": due.isoformat(), "rows": "一校一行", "columns": columns},
        )  # fmt: skip
    waits = {}
    with timed(took, "prefill"):
        for unit_no, scope in clerks.items():
            with scopes.use(scope):
                (waits[unit_no],) = todos.todo(scene="collect", limit=10).rows
                opening.open_form(scene="collect", form="fill", matter_id=waits[unit_no].matter_id)
    with timed(took, "fill"):
        for unit_no, scope in clerks.items():
            with scopes.use(scope):
                see(
                    matters.take_step(
                        task_ids=[waits[unit_no].task_id], verb="done", data={"sheet": [typed]}
                    ),
                    1,
                )
            with scopes.use(heads[unit_no]):
                (line,) = todos.todo(scene="collect", limit=10).rows
                see(matters.take_step(task_ids=[line.task_id], verb="sign"), 1)
        with scopes.use(steward):
            ids = [line.task_id for line in todos.todo(scene="collect", limit=200).rows]
            see(matters.take_step(task_ids=ids, verb="done"), len(schools))
    with timed(took, "merge"), scopes.use(steward):
        sheet = sheets.sheet_of(matter_id=table)
        body = sheets.sheet_workbook(matter_id=table)
    if sheet.done != len(schools) or not sheet.totals.get("c2"):
        raise RuntimeError(f"{sheet.done} of {len(schools)} are done, totals {sheet.totals}")
    answer(**took, schools=len(schools), bytes=len(body))


def see(result: Any, wanted: int) -> None:
    """Raise when not as many tasks were answered."""
    if result.done != wanted:
        raise RuntimeError(f"{result.done} of {wanted}: {result.skipped[:1]}")


if __name__ == "__main__":
    base.steps({"collect": collect})
