"""Matters begun, answered, taken back and ended: what applicants and those who are asked do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from jizuo.engines.matter import days, deciding, lining, rules, seeing, starting, stepping, who, writing
from jizuo.engines.matter.deciding import Stopped, about_of
from jizuo.engines.matter.forms import asked, keeping, standing
from jizuo.engines.matter.lines import StepResult
from jizuo.engines.matter.seeing import Sight
from jizuo.engines.matter.shapes import Flow, Step
from jizuo.engines.matter.starting import Start
from jizuo.engines.matter.writing import Case, Work
from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, action
from jizuo.ground.errors import BadInput, Conflict, NotAllowed, NotFound, Problem
from jizuo.ground.packs import versions
from jizuo.hubs.organisation import class_names, placing

WAYS = ("phone", "desk", "paper", "auto")
VERBS = "select verb, step, person_id from matter_event where unit_no = %s and matter_id = %s order by id"
#: The draft under the same key goes with what is handed in: if that is refused, it stays.
BY_KEY = """
with gone as (delete from matter_draft where unit_no = %(unit)s and submit_key = %(key)s)
select id, scene, form, applicant_grant from matter where unit_no = %(unit)s and submit_key = %(key)s
"""


@action(title="提交办事", roles=scopes.ROLES, reach=API)
def start_matter(
    *,
    scene: str,
    form: str,
    data: dict[str, Any],
    submit_key: str,
    subject_id: UUID | None = None,
    way: str = "phone",
    paper_no: int | None = None,
) -> UUID:
    """Hand a form in and begin its flow at the acting unit; returns the matter's id. The same submit_key (8 to 64
    characters, of the applicant's own making) again gives the same matter. way: phone | desk | paper; from a desk or paper
    a pupil's family is the applicant. paper_no: of the blank form that was typed back. Raises NotFound for a form or
    subject that is not the role's, BadInput naming each field, Conflict for a key that is somebody else's."""
    scope = scopes.current()
    if not 8 <= len(submit_key) <= 64 or way not in WAYS[:3]:
        raise BadInput(_("提交的内容不对"), problems=[Problem("submit_key", _("请重新打开表单"))])
    held = held_under(submit_key, scene, form)
    if held is not None:
        return held
    stand = standing.to_begin(scene, form, subject_id)
    name = starting.flow_of(stand.pack, form)
    flow: Flow = stand.pack.part("flows")[name]
    told = dict(data)
    if subject_id is not None and flow.subject and not told.get(flow.subject):
        told[flow.subject] = str(subject_id)
    answers = standing.answers_of(
        scene=scene, form=form, version_id=stand.version_id, data=told, settings=stand.settings,
        unit_no=scope.unit_no, subject_id=subject_id,
    )  # fmt: skip
    begun = Start(scope.unit_no, stand.version_id, name, answers, submit_key, way=way)
    begun.applicant_id, begun.applicant_role, begun.applicant_grant = (
        scope.person_id,
        scope.role,
        scope.grant_no,
    )
    place_subject(begun, flow, subject_id)
    if (
        way != "phone"
        and scope.role in scopes.STAFF_ROLES
        and begun.subject_id not in (None, scope.person_id)
    ):
        begun.applicant_id, begun.applicant_role, begun.applicant_grant = None, scopes.GUARDIAN, None
    starting.begin([begun])
    keeping.own_files(begun.id, answers)
    if paper_no is not None:
        finish_paper(begun, scene, paper_no)
    return begun.id


def held_under(submit_key: str, scene: str, form: str) -> UUID | None:
    """The matter that was handed in under a key already; the draft under it is gone. Raises Conflict when it is
    another's."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(BY_KEY, {"unit": scope.unit_no, "key": submit_key})
        row = cursor.fetchone()
    if row is None:
        return None
    if (row[1], row[2]) != (scene, form) or (row[3] is not None and row[3] != scope.grant_no):
        raise Conflict(_("这次提交和另一次重了"), fix=_("请重新打开表单再提交"))
    return row[0]


def place_subject(begun: Start, flow: Flow, subject_id: UUID | None) -> None:
    """Whom the matter is about: the person or org that the flow's field names, else the one given, else the applicant.
    Raises NotFound for one out of reach."""
    scope = scopes.current()
    told = begun.data.get(flow.subject) if flow.subject else None
    kind = next(
        (one.kind for one in asked.fields_of(asked.of_version(begun.version_id, flow.form)) if one.key == flow.subject),
        "person",
    )  # fmt: skip
    if told and kind == "org":
        begun.org_id = UUID(str(told))
        found = class_names.of_ids([begun.org_id]).get(begun.org_id)
        begun.name = found.name if found else ""
        return
    wanted = UUID(str(told)) if told and kind == "person" else subject_id
    if wanted is None:
        if flow.subject or scope.role == scopes.GUARDIAN or scope.person_id is None:
            return
        wanted = scope.person_id
    placed = placing.people([wanted])
    within = placing.within_reach(list(placed.values()))
    if wanted not in within and wanted != scope.person_id:
        raise NotFound(_("没有这个人"), fix=_("请从列表里选"))
    one = within.get(wanted)
    begun.subject_id = wanted
    begun.org_id, begun.name = (one.class_id, one.name) if one else (None, "")


def finish_paper(begun: Start, scene: str, paper_no: int) -> None:
    """The paper that was typed back knows what came of it. Raises Conflict for one that was typed back before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update matter_paper set matter_id = %s, changed_at = now() where unit_no = %s and no = %s"
            " and scene = %s and matter_id is null",
            [begun.id, begun.unit_no, paper_no, scene],
        )
        if not cursor.rowcount:
            raise Conflict(_("这张纸表已经录过了"), fix=_("请看它对应的办事记录"))


@action(title="办理", roles=scopes.ROLES, reach=API)
def take_step(
    *,
    task_ids: list[UUID],
    verb: str,
    note: str = "",
    data: dict[str, Any] = {},  # noqa: B006
) -> StepResult:
    """Answer up to 500 tasks with one verb: approve, sign, done, refuse or return. note: must say why for the last two;
    data: answers of the step's form. A task that somebody else answered meanwhile, or whose matter cannot move on, is
    skipped with the reason. Raises NotFound when none is the role's, BadInput for more than 500 or a missing note."""
    found = stepping.take(task_ids, verb, note, data, checked_answers)
    audit.note(f"{verb} {found.done}")
    return found


def checked_answers(case: Case, step: Step | None, data: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of a step's form, checked; nothing for a step without one. Raises BadInput naming each field."""
    if step is None or not step.form:
        return {}
    answers = standing.answers_of(
        scene=case.scene, form=step.form, version_id=case.version_id, data=data,
        settings=versions.settings_of(case.version_id, case.unit_no), unit_no=case.unit_no, subject_id=case.subject_id,
        values=case.data.get("steps", {}).get(step.key), given=case.data.get("form"), steps=case.data.get("steps"),
    )  # fmt: skip
    keeping.own_files(case.id, answers)
    return answers


def verbs_told(case: Case) -> list[tuple[str, str, bool]]:
    """(verb, step, whether the asker did it) of a matter's timeline, oldest first. One read."""
    me = scopes.current().person_id
    with connection.cursor() as cursor:
        cursor.execute(VERBS, [case.unit_no, case.id])
        return [
            (verb, step, person_id is not None and person_id == me)
            for verb, step, person_id in cursor.fetchall()
        ]


def in_hand(matter_id: UUID, deed: str) -> tuple[Case, Sight, list[tuple[str, str, bool]]]:
    """A matter locked for something that the asker may do with the whole. Raises NotFound, and NotAllowed or Conflict when
    it cannot be done (now)."""
    case = writing.lock([matter_id]).get(matter_id)
    if case is None:
        raise seeing.missing()
    told = verbs_told(case)
    with connection.cursor() as cursor:
        cursor.execute(
            "select person_id from matter_task where unit_no = %s and matter_id = %s and person_id is not null",
            [case.unit_no, case.id],
        )
        doers: Sequence[UUID] = [person_id for (person_id,) in cursor.fetchall()]
        cursor.execute("select rating from matter where unit_no = %s and id = %s", [case.unit_no, case.id])
        (rating,) = cursor.fetchone()
    sight = seeing.of(case, doers)
    may = seeing.may_of(case, sight, told, rating)
    if deed not in may:
        if deed in ("hand_over", "move", "end") and not sight.use.manage:
            seeing.must_manage(sight)
        if deed in ("resubmit", "withdraw", "press", "rate") or (deed == "undo" and not sight.use.manage):
            seeing.must_own(sight)
        say = seeing.undo_words(case, sight, may)[1] if deed == "undo" else ""
        raise Conflict(_("现在不能这样做"), fix=say or _("请刷新看看办到哪一步了"))
    return case, sight, told


def write(work: Work) -> None:
    """Write one matter's changes; what a dataset refuses is refused whole."""
    try:
        work.flush()
    except writing.RowsRefused as refused:
        raise refused.error from None


def stopped(error: Stopped) -> BadInput:
    """A matter that cannot move on, as the asker sees it."""
    return BadInput(_("还不能办理"), problems=[Problem("form", error.what, error.fix)])


@action(title="补正后再提交", roles=scopes.ROLES, reach=API)
def resubmit(*, matter_id: UUID, data: dict[str, Any], submit_key: str) -> UUID:
    """Hand in a returned matter's form again; the step that returned it asks again, and the clock runs on. The same
    submit_key again does nothing. Raises NotFound, NotAllowed, Conflict when it does not wait, BadInput naming each field."""
    case = writing.lock([matter_id]).get(matter_id)
    if case is None:
        raise seeing.missing()
    sight = seeing.of(case)
    if case.data.get("mended") == submit_key:
        return case.id
    seeing.must_own(sight)
    if case.state != rules.WAITING:
        raise Conflict(_("这件事不在补正"), fix=_("请刷新看看办到哪一步了"))
    flow = case.plan
    answers = standing.answers_of(
        scene=case.scene, form=case.form, version_id=case.version_id, data=data,
        settings=versions.settings_of(case.version_id, case.unit_no), unit_no=case.unit_no, subject_id=case.subject_id,
        values=case.data.get("form"),
    )  # fmt: skip
    keeping.own_files(case.id, answers)
    before = case.data.get("form", {}).get(flow.subject)
    if flow.subject and answers.get(flow.subject) != before:
        raise BadInput(
            _("补正不能换人"), problems=[Problem(flow.subject, _("和原来不是同一个人"), _("撤回后重新申请"))]
        )
    case.data["mended"] = submit_key[:64]
    work = Work()
    work.take(case)
    try:
        stepping.mended(case, work, answers)
    except Stopped as error:
        raise stopped(error) from None
    write(work)
    return case.id


@action(title="撤回申请", roles=scopes.ROLES, reach=API)
def withdraw(*, matter_id: UUID, note: str = "") -> None:
    """Take one's own matter out of the way, as far as its flow lets one and nothing was entered yet. Raises NotFound,
    NotAllowed, Conflict."""
    case, _sight, _told = in_hand(matter_id, "withdraw")
    close(case, rules.WITHDRAWN, "withdraw", stepping.checked_note(note))


@action(title="办结不再办", roles=scopes.ROLES, reach=API)
def end_matter(*, matter_id: UUID, note: str) -> None:
    """End a matter that shall not go on, with the reason; for who runs the scene. Raises NotFound, NotAllowed, Conflict,
    BadInput without a reason."""
    case, _sight, _told = in_hand(matter_id, "end")
    close(case, rules.ENDED, "end", stepping.checked_note(note, must=True))


def close(case: Case, state: str, verb: str, note: str, work: Work | None = None) -> None:
    """End a matter before its end; those who were asked are told. work: what is written together with it."""
    work = work or Work()
    work.take(case)
    asked_now = [task.holder for task in case.open_tasks() if task.do != rules.MEND]
    writing.close_open(case)
    at = case.at
    case.state, case.at, case.turn = state, "", case.turn + 1
    case.data["now"] = []
    days.stop(case)
    if state == rules.ENDED:
        asked_now.append(who.applicant(about_of(case)))
    work.log(
        case, verb, at, note, tell=[{"to": list(dict.fromkeys(asked_now)), "as": state}] if asked_now else ()
    )
    if case.parent_id is not None:
        work.later.append((case.id, lambda: deciding.children_ended(case)))
    if given := lining.gave_up(case):
        work.later.append((case.id, lambda: lining.move_up(case, given)))
    write(work)


@action(title="收回刚办的一步", roles=scopes.ROLES, reach=API)
def take_back(*, matter_id: UUID) -> None:
    """Take back one's own last answer while nobody has touched what follows and nothing was entered. Raises NotFound,
    Conflict."""
    case, _sight, told = in_hand(matter_id, "take_back")
    step = rules.step_of(case.plan, rules.may_take_back(told))
    if step is None:
        raise Conflict(_("现在不能收回"), fix=_("请刷新看看办到哪一步了"))
    work = Work()
    work.take(case)
    asked_now = [task.holder for task in case.open_tasks() if task.do != rules.MEND]
    writing.close_open(case)
    case.turn += 1
    case.state, case.at = rules.OPEN, step.key
    case.data.get("steps", {}).pop(step.key, None)
    days.run(case)
    writing.ask(case, step.key, step.do, who.holders(step.who, about_of(case)), days.due_of(step))
    work.log(case, "take_back", step.key, tell=[{"to": asked_now, "as": "gone"}] if asked_now else ())
    write(work)


@action(title="催办", roles=scopes.ROLES, reach=API)
def press_matter(*, matter_id: UUID) -> None:
    """Remind those who are asked, once a day. Raises NotFound, NotAllowed, Conflict."""
    case, _sight, _told = in_hand(matter_id, "press")
    with connection.cursor() as cursor:
        cursor.execute(
            "select 1 from matter_event where unit_no = %s and matter_id = %s and verb = 'press' and at >= %s limit 1",
            [case.unit_no, case.id, timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)],
        )
        if cursor.fetchone() is not None:
            raise Conflict(_("今天已经催过了"), fix=_("明天还没办再催"))
    work = Work()
    work.take(case)
    holders = list(dict.fromkeys(task.holder for task in case.open_tasks()))
    work.log(case, "press", case.at, tell=[{"to": holders, "as": "press"}])
    write(work)


@action(title="评价办事", roles=scopes.ROLES, reach=API)
def rate_matter(*, matter_id: UUID, stars: int, note: str = "") -> None:
    """Say how well one's own matter was handled, 1 to 5 stars, once. Raises NotFound, NotAllowed, Conflict, BadInput."""
    if not 1 <= stars <= 5:
        raise BadInput(_("请选 1 到 5 颗星"), problems=[Problem("stars", _("应在 1 到 5 之间"))])
    kept = stepping.checked_note(note)[:400]
    case, _sight, _told = in_hand(matter_id, "rate")
    with connection.cursor() as cursor:
        cursor.execute(
            "update matter set rating = %s, rating_note = %s, changed_at = now() where unit_no = %s and id = %s",
            [stars, kept, case.unit_no, case.id],
        )
    work = Work()
    work.log(case, "rate", "", stars=stars)
    write(work)


def refuse_strangers(person_id: UUID, unit_no: int) -> str:
    """The name of a colleague at a unit. Raises NotAllowed for oneself, NotFound for anybody else."""
    if person_id == scopes.current().person_id:
        raise NotAllowed(_("不能交给自己"), fix=_("请选别人"))
    found = placing.people([person_id]).get(person_id)
    if found is None or found.role != "staff" or found.unit_no != unit_no:
        raise NotFound(_("本单位没有这位教职工"), fix=_("请从列表里选"))
    return found.name
