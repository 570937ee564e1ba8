"""Ten thousand leave requests through four steps: in bulk, one by one, and beside SpiffWorkflow."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bench import base, scene_given
from bench.bars import Bar, Table
from bench.base import Bench, answer, timed

MODULE = "bench.scene_matters"
SPIFF = "bench.scene_spiff"
MATTERS, BULK, PROCESSES = 10_000, 500, 2
#: What SpiffWorkflow takes through is fewer: its time for one does not depend on how many there are.
BESIDE = 1_000
SCENE = "bench_leave"
STEPS = ("homeroom", "clerk", "head", "bureau")


def pack() -> dict[str, str]:
    """A leave that four people approve one after another, entered in a list at the end."""
    return {
        "scene.yaml": f'id: {SCENE}\ntitle: 四步请假\nenglish: Four steps\nowner: bench\nversion: "1.0"\nneeds: [matter]\n',
        "README.md": "# 四步请假\n",
        "roles.yaml": f"""
roles:
  guardian: {{start: [leave], read: {{{SCENE}: child}}}}
  homeroom_teacher: {{start: [leave], read: {{{SCENE}: class}}}}
  clerk: {{start: [leave], read: {{{SCENE}: unit}}, manage: true}}
  head: {{read: {{{SCENE}: unit}}}}
  district_leader: {{read: {{{SCENE}: unit}}}}
""",
        f"standards/{SCENE}.yaml": f"""
dataset: {SCENE}
title: 四步请假
english: Leave in four steps
version: "1.0"
key: [pupil_id, from_on]
subject: pupil_id
class: class_id
fields:
  pupil_id: {{title: 学生, english: Pupil, type: person, required: true, grade: 3}}
  class_id: {{title: 班级, english: Class, type: org, grade: 2}}
  from_on: {{title: 从, english: From, type: date, required: true, grade: 2}}
  to_on: {{title: 到, english: To, type: date, required: true, grade: 2}}
  days: {{title: 上学日数, english: School days, type: decimal, precision: 5, scale: 1, grade: 2}}
  reason: {{title: 说明, english: Reason, type: text, length: 200, grade: 4}}
""",
        "forms/leave.yaml": f"""
title: 四步请假
english: Leave in four steps
over: {SCENE}
pages:
  - fields:
      - {{key: pupil_id, of: pupil, prefill: child}}
      - {{key: from_on, default: today}}
      - {{key: to_on, default: today, check: 'form.to_on >= form.from_on', say: 结束日期不能早于开始日期}}
      - {{key: days, compute: 'workdays(form.from_on, form.to_on)'}}
      - {{key: reason, kind: long_text, required: false}}
""",
        "flows/leave.yaml": f"""
title: 四步请假
english: Leave in four steps
form: leave
subject: pupil_id
about: '"请假 " + form.from_on + " 至 " + form.to_on'
number: BL{{year}}{{n:05}}
limit: 2
steps:
  - {{key: homeroom, title: 班主任, who: [homeroom_teacher_of_subject], do: approve, within: 1}}
  - {{key: clerk, title: 教务, who: [clerk], do: approve, within: 1}}
  - {{key: head, title: 校长, who: [head], do: approve, when: 'form.days >= 0', within: 1}}
  - {{key: bureau, title: 区里, who: [district_leader], do: approve, within: 1}}
  - key: keep
    title: 记入名单
    auto: write
    into: {SCENE}
    set:
      pupil_id: form.pupil_id
      class_id: subject.class_id
      from_on: form.from_on
      to_on: form.to_on
      days: form.days
      reason: form.reason
  - {{key: say, title: 告诉家长, auto: tell, to: [applicant], words: 请假已批准}}
""",
    }


def measure(bench: Bench) -> tuple[list[Bar], list[Table], list[str]]:
    """Bulk, one by one, and the same four steps by SpiffWorkflow in the same run."""
    matters = scene_given.count(bench, MATTERS, 40)
    beside = scene_given.count(bench, BESIDE, 20)
    begun = scene_given.town(bench, "scene_begun")
    scene_given.use(bench, begun, f"{MODULE}:pack")
    start = bench.run(MODULE, "begin", str(matters), database=begun)["seconds"]
    bench.settle(begun)
    found: dict[str, Any] = {}
    for way in ("bulk", "single"):
        database = f"scene_{way}"
        bench.create(database, template=begun)
        bench.settle(database)
        if way == "bulk":
            taken = bench.run(MODULE, "take", str(BULK), "0", "1", database=database)
            taken["told"] = bench.run(MODULE, "tell", database=database)
        else:
            taken = _together(
                lambda part, to=database: bench.run(
                    MODULE, "take", "1", str(part), str(PROCESSES), database=to
                )
            )
        bench.run(MODULE, "ended", str(matters), database=database)
        found[way] = taken
        print(f"scene matters {way} {start} {taken}", flush=True)
        if way == "bulk":
            bench.drop(database)
    bench.drop(begun)
    address = bench.root("scene_single")
    bench.settle("scene_single")
    rivals = {
        way: _together(lambda part, way=way: bench.run(SPIFF, "run", address, str(beside // PROCESSES), way))
        for way in ("read", "held")
    }
    bench.drop("scene_single")
    print(f"scene matters beside {rivals}", flush=True)
    # Milliseconds of the wall for one instance through its four steps, both sides with two processes; ours were begun by one.
    ours, bulk = (found[way]["seconds"] / matters * 1000 for way in ("single", "bulk"))
    theirs = {way: one["steps"] / (beside // PROCESSES * PROCESSES) * 1000 for way, one in rivals.items()}
    began = start / matters * 1000
    their_start = {
        way: one["start"] / (beside // PROCESSES * PROCESSES) * 1000 for way, one in rivals.items()
    }
    bars = [
        Bar(
            "scene.bulk", found["bulk"]["seconds"], 60, f"s ({matters:,} x {len(STEPS)} steps, {BULK} a call)"
        ),
        Bar(
            "scene.single",
            found["single"]["seconds"],
            120,
            f"s ({matters:,} x {len(STEPS)} steps, {PROCESSES} processes)",
        ),
        Bar(
            "scene.beside_spiff",
            ours / theirs["read"],
            1,
            "x the time of SpiffWorkflow an instance, one by one",
        ),
        Bar(
            "scene.bulk_beside_spiff",
            bulk / theirs["read"],
            1,
            "x the time of SpiffWorkflow an instance, in bulk",
        ),
    ]
    table = Table(
        f"One leave through {len(STEPS)} steps, ms of the wall",
        ("what", "begun", "four steps", "beside SpiffWorkflow"),
        tuple(
            (name, f"{start:.2f}", f"{steps:.2f}", f"{steps / theirs['read']:.2f}x")
            for name, start, steps in (
                (f"jizuo, {BULK} a call, one process", began, bulk),
                (f"jizuo, one by one, {PROCESSES} processes", began, ours),
                (
                    f"SpiffWorkflow, each step read back, {PROCESSES} processes",
                    their_start["read"],
                    theirs["read"],
                ),
                (
                    f"SpiffWorkflow, kept in memory, {PROCESSES} processes",
                    their_start["held"],
                    theirs["held"],
                ),
            )
        ),
    )
    told = found["bulk"]["told"]
    notes = [
        f"Matters: begun one by one by guardians through the form's checks ({matters / start:.0f}/s, one"
        " process), not part of the bars. Every step is the door with its locks, tasks, timeline, numbers, audit entry and"
        " facts; the last writes the dataset. The first step's approver stands for all classes of the district at once, the"
        " other three for their school or the bureau.",
        f"Messages follow by facts after the commit: {told['messages']:,} in {told['seconds']:.1f} s after the bulk run.",
        f"SpiffWorkflow 3.2: {beside // PROCESSES * PROCESSES:,} instances of the same flow (four people, the condition, the row"
        f" of the list at the end), one row each of {rivals['read']['bytes']:,} bytes of JSON, a commit a step; no rights, no"
        " tasks to list, no messages, no timeline, no audit.",
    ]  # fmt: skip
    return bars, [table], notes


def _together(part: Any) -> dict[str, Any]:
    """What parts 0, 1 .. of one work say that run at the same time: the slowest seconds, sums of the rest."""
    with ThreadPoolExecutor(PROCESSES) as several:
        said = list(several.map(part, range(PROCESSES)))
    slowest = {key: max(one[key] for one in said) for key in said[0]}
    return slowest | {"count": sum(one.get("count", 0) for one in said)}


def begin(count: str) -> None:
    """Hand in so many leaves, each family in turn, on other days when its turn comes again."""
    from datetime import timedelta

    scene_given.set_up()
    from jizuo.engines.matter.actions import matters
    from jizuo.ground import acting
    from jizuo.ground import scope as scopes

    families = scene_given.families(int(count))
    today = acting.today()
    took: dict[str, float] = {}
    with timed(took, "seconds"):
        for number in range(int(count)):
            unit_no, class_id, child, guardian, _name = families[number % len(families)]
            day = today + timedelta(days=number // len(families) * 2)
            scope = _scope(
                unit_no, scopes.GUARDIAN, person_id=guardian, child_ids=(child,), org_ids=(class_id,)
            )
            with scopes.use(scope):
                matters.start_matter(
                    scene=SCENE, form="leave", submit_key=f"bench-{number:08d}", subject_id=child,
                    data={"pupil_id": str(child), "from_on": day.isoformat(), "to_on": day.isoformat(), "reason": "发热"},
                )  # fmt: skip
    answer(**took)


_scopes: dict[Any, Any] = {}


def _scope(unit_no: int, role: str, **more: Any) -> Any:
    key = (unit_no, role, tuple(more.items()))
    if key not in _scopes:
        _scopes[key] = scene_given.scope_of(unit_no, role, **more)
    return _scopes[key]


def take(size: str, part: str, parts: str) -> None:
    """Take every matter of this part through its steps, so many a call."""
    scene_given.set_up()
    from jizuo.engines.matter.actions import matters
    from jizuo.ground import scope as scopes

    bureau = scene_given.bureau()
    classes: dict[int, list[Any]] = {}
    for unit_no, org_id in scene_given.ask("select unit_no, id from org where kind = 'class'"):
        classes.setdefault(unit_no, []).append(org_id)
    staff = dict(
        scene_given.ask(
            "select unit_no, min(person_id::text)::uuid from affiliation where role = 'staff' group by 1"
        )
    )
    roles = {
        "homeroom": scopes.HOMEROOM_TEACHER,
        "clerk": scopes.CLERK,
        "head": scopes.HEAD,
        "bureau": scopes.DISTRICT_LEADER,
    }
    seconds, done = 0.0, 0
    for step in STEPS:
        # The one that is asked sees one unit, the bureau every unit: a call never mixes schools but for the bureau.
        tasks: dict[int, list[Any]] = {}
        listed = scene_given.ask(
            "select unit_no, id from matter_task where state = 'open' and step = %s"
            " and hashtext(matter_id::text) & 1023 between %s and %s order by unit_no, id",
            step, int(part) * 1024 // int(parts), (int(part) + 1) * 1024 // int(parts) - 1,
        )  # fmt: skip
        for unit_no, task_id in listed:
            tasks.setdefault(bureau if step == "bureau" else unit_no, []).append(task_id)
        begun = time.perf_counter()
        for unit_no, ids in tasks.items():
            orgs = tuple(classes.get(unit_no, ())) if step == "homeroom" else ()
            scope = _scope(unit_no, roles[step], person_id=staff.get(unit_no), org_ids=orgs, grant_no=1)
            with scopes.use(scope):
                for place in range(0, len(ids), int(size)):
                    chosen = ids[place : place + int(size)]
                    result = matters.take_step(task_ids=chosen, verb="approve")
                    if result.skipped:
                        raise RuntimeError(f"{step}: {result.skipped[0]}")
                    done += result.done
        seconds += time.perf_counter() - begun
    answer(seconds=seconds, count=done)


def tell() -> None:
    """Deliver what is due."""
    scene_given.set_up()
    from jizuo.ground import facts

    took: dict[str, float] = {}
    with timed(took, "seconds"):
        while facts.deliver_due():
            pass
    ((messages,),) = scene_given.ask("select count(*) from message")
    answer(messages=messages, **took)


def ended(count: str) -> None:
    """See that every matter has ended with its row."""
    scene_given.set_up()
    states = dict(scene_given.ask("select state, count(*) from matter group by 1"))
    ((rows,),) = scene_given.ask("select count(*) from matter where record_id is not null")
    if states != {"done": int(count)} or rows != int(count):
        raise RuntimeError(f"matters {states}, rows {rows} of {count}")
    answer()


if __name__ == "__main__":
    base.steps({"begin": begin, "take": take, "tell": tell, "ended": ended})
