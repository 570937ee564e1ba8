"""Answers to what waits: many at once, decided in memory, written together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizuo.engines.matter import once, rules, starting, who, writing
from jizuo.engines.matter.deciding import Mover, Stopped
from jizuo.engines.matter.lines import Skip, StepResult
from jizuo.engines.matter.rules import MEND
from jizuo.engines.matter.verbs import word_of
from jizuo.engines.matter.who import Keys
from jizuo.engines.matter.writing import Case, RowsRefused, Task, Work
from jizuo.ground import scope as scopes
from jizuo.ground.errors import BadInput, NotFound, Problem

MOST = 500
MOST_NOTE = 1_000
#: Verbs that must say why.
SPEAKING = ("refuse", "return")
TAKEN = gettext_lazy("已经由别人办理或撤回了")
#: Tasks with the last thing that a person did with their matter.
LAST = """
select t.id, t.holder, t.scene, e.name, e.verb from matter_task t
left join lateral (select name, verb from matter_event where unit_no = t.unit_no and matter_id = t.matter_id and name <> ''
                   order by id desc limit 1) e on true
where t.unit_no = any(%s) and t.id = any(%s)
"""


def checked_note(note: str, *, must: bool = False) -> str:
    """A note as it is kept. Raises BadInput for one that is missing or too long."""
    kept = note.strip()
    if must and not kept:
        raise BadInput(
            _("请写明原因"), problems=[Problem("note", _("没有写原因"), _("写一句对方看得懂的话"))]
        )
    if len(kept) > MOST_NOTE:
        raise BadInput(_("原因太长"), problems=[Problem("note", _("最多 %(n)s 个字") % {"n": MOST_NOTE})])
    return kept


def take(
    task_ids: Sequence[UUID], verb: str, note: str, data: Mapping[str, Any], check: Any = None
) -> StepResult:
    """Answer tasks with one verb. check: (case, step, data) -> answers of the step's form, checked; who refuses or returns
    fills none. Inside a door. Raises BadInput for too many and for a verb or note that is wrong everywhere, NotFound when
    none of them is there."""
    ids = list(dict.fromkeys(task_ids))
    if not ids:
        raise BadInput(_("没有选中"), problems=[Problem("task_ids", _("请先勾选"))])
    if len(ids) > MOST:
        raise BadInput(
            _("一次选得太多"),
            problems=[Problem("task_ids", _("一次最多 %(n)s 件") % {"n": MOST}, _("分几次办"))],
        )
    kept = checked_note(note, must=verb in SPEAKING)
    keys = who.keys()
    cases = writing.lock_of_tasks(ids)
    wanted = set(ids)
    found = {task.id: (case, task) for case in cases.values() for task in case.tasks if task.id in wanted}
    if not cases:
        raise NotFound(_("没有这件事"), fix=_("可能已经办完或撤回了，请刷新待办"))
    if len(ids) > 1:
        # One read names who acts in all lines of the timelines; for one line the statement that writes it looks the name up.
        keys.know()
    work = Work(keys.name)
    done: list[UUID] = []
    skipped: list[Skip] = []
    late = taken_by([one for one in ids if one not in found or is_taken(*found[one])], keys)
    dead: dict[UUID, str] = {}
    for task_id in ids:
        pair = found.get(task_id)
        why = late.get(task_id) or (reason(*pair, keys, verb) if pair else str(TAKEN))
        if pair is None or why:
            skipped.append(Skip(task_id, why))
            continue
        case, task = pair
        done.append(task_id)
        if case.id not in dead:
            try:
                answers = check(case, case.step(), data) if check and verb in rules.GOOD else {}
                answer(case, task, work, verb, kept, answers if check else dict(data))
            except Stopped as stopped:
                dead[case.id] = f"{stopped.what} {stopped.fix}".strip()
                undo(work, case)
    if not done and skipped and all(_is_strange(one, found, keys, late) for one in skipped):
        raise NotFound(_("没有这件事"), fix=_("可能已经办完或撤回了，请刷新待办"))
    dead |= written(work)
    failed = [Skip(one, dead[found[one][0].id]) for one in done if found[one][0].id in dead]
    return StepResult(len(done) - len(failed), skipped + failed)


def _is_strange(
    skip: Skip, found: Mapping[UUID, tuple[Case, Task]], keys: Keys, late: Mapping[UUID, str]
) -> bool:
    """Whether a task was never one of the asker's: then it looks as if it did not exist."""
    pair = found.get(skip.task_id)
    return skip.task_id not in late and (pair is None or not keys.holds(pair[1].holder, pair[0].scene))


def is_taken(case: Case, task: Task) -> bool:
    """Whether a task waits for nobody any more."""
    step = case.step()
    return task.state != "open" or case.state != rules.OPEN or step is None or step.key != task.step


def taken_by(task_ids: Sequence[UUID], keys: Keys) -> dict[UUID, str]:
    """task -> who did what with its matter last, in words, of those that are or were in these hands. Inside a door; one
    read, none without tasks."""
    if not task_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(LAST, [list(scopes.current().units), list(task_ids)])
        return {
            task_id: _("%(name)s已经办了：%(word)s") % {"name": name, "word": word_of(verb)}
            if name
            else str(TAKEN)
            for task_id, holder, scene, name, verb in cursor.fetchall()
            if keys.holds(holder, scene)
        }


def reason(case: Case, task: Task, keys: Keys, verb: str) -> str:
    """Why a task cannot be answered so, '' when it can."""
    step = case.step()
    if not keys.holds(task.holder, case.scene):
        return _("这件不在您手上")
    if step is None or is_taken(case, task):
        return str(TAKEN)
    if verb not in rules.verbs_of(step):
        return _("这一步不能这样办")
    return ""


def answer(case: Case, task: Task, work: Work, verb: str, note: str, data: Mapping[str, Any]) -> None:
    """One answer to one task, and what follows from it. Raises Stopped."""
    scope = scopes.current()
    step = case.step()
    if step is None:
        raise Stopped(_("这件已经办完了"))
    work.take(case)
    task.state, task.verb, task.note, task.is_changed = "done", verb, note, True
    task.grant_no, task.person_id, task.data = scope.grant_no, scope.person_id, dict(data) or None
    steps = case.data.setdefault("steps", {})
    steps[step.key] = {**steps.get(step.key, {}), **data, "verb": verb}
    mover = Mover(case, work)
    event = work.log(case, verb, step.key, note)
    added = set(case.data.get("added", ()))
    asked = [one.verb for one in case.round() if str(one.id) not in added]
    move = rules.after(step, asked, [one.verb for one in case.round() if str(one.id) in added])
    writing.tell_by(event, mover.make(move, step))


def undo(work: Work, case: Case) -> None:
    """Leave a matter as it was: what was planned for it in this call is forgotten."""
    work.cases.pop(case.id, None)
    work.events = [event for event in work.events if event["matter_id"] != case.id]
    work.later = [(matter_id, one) for matter_id, one in work.later if matter_id != case.id]
    for key, told in list(work.rows.items()):
        work.rows[key] = [(one, row) for one, row in told if one is not case]
        if not work.rows[key]:
            del work.rows[key]


def written(work: Work) -> dict[UUID, str]:
    """Write; matters whose rows a dataset refuses are left as they were and named with the reason. Raises BadInput for what
    is wrong with no one row."""
    left: dict[UUID, str] = {}
    while True:
        try:
            work.flush()
            return left
        except RowsRefused as refused:
            if not refused.why:
                raise refused.error from None
            for matter_id, problem in refused.why.items():
                left[matter_id] = f"{problem.what} {problem.fix}".strip()
                undo(work, work.cases[matter_id])


def mended(case: Case, work: Work, data: dict[str, Any]) -> None:
    """The applicant's corrections: the step that returned the matter asks again. Raises Stopped."""
    step = case.step()
    if step is None:
        raise Stopped(_("这件不在补正"))
    for task in case.open_tasks():
        if task.do == MEND:
            task.state, task.verb, task.is_changed = "done", "resubmit", True
            task.grant_no, task.person_id = scopes.current().grant_no, scopes.current().person_id
    case.data["form"] = data
    once.refuse_second(case)
    mover = Mover(case, work)
    case.title = starting.title_of(case.plan, case.data.get("subject", {}).get("name", ""), mover.told)
    event = work.log(case, "resubmit", step.key)
    writing.tell_by(event, mover.go(rules.place_of(case.plan, step.key)))
