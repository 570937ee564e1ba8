"""Changes of one pupil's class or roll standing: asked for, decided, brought to the register, closed.

The school's part (class, presence) takes effect on its day once the head has agreed; 学籍 itself is never changed here.
A movement closes by the register's number or when the register's import shows what it asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit, facts, grants
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, action
from jizuo.ground.errors import BadInput, Conflict, NotAllowed, NotFound, Problem
from jizuo.ground.facts import Told
from jizuo.ground.ids import new_id
from jizuo.hubs.data.actions.put import put
from jizuo.hubs.organisation import class_names, matching, movements, people, turns
from jizuo.hubs.organisation.movements import (
    AGREED,
    BACK,
    CLOSED,
    DRAFT,
    KINDS,
    MOVE,
    OPEN,
    OUT,
    REFUSED,
    REGISTERED,
    SENT,
    WITHDRAWN,
    Standing,
)
from jizuo.hubs.organisation.queries.people import reachable

ASKERS = frozenset({scopes.CLERK, scopes.HEAD, scopes.HOMEROOM_TEACHER})
BY_NUMBER, BY_REGISTER, BY_SCHOOL = "number", "register", "school"
SCHOOL = "school"
LONGEST_REASON, LONGEST_NOTE = 200, 200


@dataclass(frozen=True, slots=True)
class Pupil:
    """Whom a movement is about: the open affiliation with its class."""

    link: UUID
    person_id: UUID
    unit_no: int
    name: str
    class_id: UUID | None
    is_registered: bool
    is_present: bool


@dataclass(frozen=True, slots=True)
class Held:
    """A movement, kept from others for this transaction."""

    id: UUID
    unit_no: int
    kind: str
    state: str
    link: UUID | None
    name: str
    from_class_id: UUID | None
    to_class_id: UUID | None
    effect_on: date
    papers: list[str]
    register_no: str
    asked_by: int | None
    is_done: bool


HELD = (
    "select id, unit_no, kind, state, affiliation_id, name, from_class_id, to_class_id, effect_on, papers, register_no,"
    " asked_by, done_at is not null from movement where "
)
PUPIL = (
    "select id, person_id, unit_no, name, class_id, is_registered, is_present from affiliation"
    " where id = %s and role = 'pupil' and end_on is null"
)


def pupil_of(link: UUID) -> Pupil:
    """The pupil behind an open affiliation. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(PUPIL, [link])
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("没有找到这名学生"), fix=_("可能已经离开，或不在您的范围内"))
    return Pupil(*row)


def held(movement_id: UUID) -> Held:
    """A movement of the acting role's reach, locked. Raises NotFound; a homeroom teacher reaches her own."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(HELD + "id = %s for update", [movement_id])
        row = cursor.fetchone()
    found = Held(*row) if row else None
    is_own = found is not None and (scope.role != scopes.HOMEROOM_TEACHER or found.asked_by == scope.grant_no)
    if found is None or not is_own:
        raise NotFound(_("没有这项异动"), fix=_("请刷新页面"))
    return found


@action(title="登记异动", roles=ASKERS, reach=API)
def ask_movement(
    *,
    kind: str,
    effect_on: date,
    reason: str,
    affiliation_id: UUID | None = None,
    name: str = "",
    to_class_id: UUID | None = None,
    until_on: date | None = None,
    other_unit_no: int | None = None,
    other_text: str = "",
) -> UUID:
    """Ask for a movement of a pupil in reach, or of one who comes in (`name`); returns its id. kind: key of
    `movements.KINDS`. effect_on: the day from which it holds; until_on: the day a leave ends (exclusive). other: the
    other school, of the base by number or in words. Raises BadInput naming each fault, NotFound, Conflict when the same
    is open already."""
    scope = scopes.current()
    if kind not in KINDS or not movements.may_ask(scope.role, kind):
        raise BadInput(_("没有这一种异动"), problems=[Problem("kind", _("您不能办理这一种"))])
    told = KINDS[kind]
    is_coming = kind in movements.COMING
    if affiliation_id is not None:
        reachable(affiliation_id)
    pupil = pupil_of(affiliation_id) if affiliation_id is not None and not is_coming else None
    unit_no = pupil.unit_no if pupil else scope.unit_no
    problems = faults(told, pupil, reason, effect_on, until_on, other_unit_no, other_text, name)
    problems += class_faults(kind, unit_no, pupil, to_class_id)
    if problems:
        raise BadInput(_("还不能登记"), problems=problems)
    movement_id = new_id()
    with connection.cursor() as cursor:
        if pupil is not None:
            refuse_twice(cursor, pupil, kind)
        cursor.execute(
            "insert into movement (id, unit_no, kind, state, affiliation_id, name, from_class_id, to_class_id, effect_on,"
            " until_on, other_unit_no, other_text, reason, papers, register_no, asked_by, asked_on, closed_by)"
            " values (%s, %s, %s, 'draft', %s, %s, %s, %s, %s, %s, %s, %s, %s, '{}', '', %s, %s, '')",
            [
                movement_id, unit_no, kind, pupil.link if pupil else None, pupil.name if pupil else name.strip()[:50],
                pupil.class_id if pupil else None, to_class_id, effect_on, until_on, other_unit_no,
                other_text.strip()[:120], reason.strip()[:LONGEST_REASON], scope.grant_no, scope.today,
            ],
        )  # fmt: skip
    write_step(movement_id, unit_no, "", DRAFT, "")
    audit.note(f"movement {movement_id} {kind}")
    return movement_id


def faults(
    kind: movements.Kind,
    pupil: Pupil | None,
    reason: str,
    effect_on: date,
    until_on: date | None,
    other_unit_no: int | None,
    other_text: str,
    name: str,
) -> list[Problem]:
    """What is missing or wrong in what was typed."""
    scope = scopes.current()
    found = []
    if len(reason.strip()) < 2:
        found.append(Problem("reason", _("没有写原因"), _("请写明原因，例如 搬家、因病")))
    if kind.key in movements.COMING:
        if not name.strip():
            found.append(Problem("name", _("没有写姓名"), _("请填写要来的学生姓名")))
    elif pupil is None:
        found.append(Problem("affiliation_id", _("没有选学生"), _("请从学生名单里选")))
    elif kind.key not in {one.key for one in movements.offered(stage_of(pupil.class_id), scope.role)}:
        found.append(
            Problem(
                "kind", _("这个学段不能办理%(kind)s") % {"kind": kind.title}, _("义务教育阶段不得开除、退学")
            )
        )
    elif kind.does == BACK and pupil.is_present:
        found.append(Problem("kind", _("这名学生正在校"), _("只有不在校的学生可以复学")))
    if "until" in kind.needs and (until_on is None or until_on <= effect_on):
        found.append(Problem("until_on", _("没有写到哪一天"), _("请填生效日以后的日期，一般不超过一年")))
    if "other" in kind.needs and other_unit_no is None and not other_text.strip():
        found.append(Problem("other_text", _("没有写对方学校"), _("请选本区学校，或写明校名和所在区")))
    if other_unit_no is not None and not unit_exists(other_unit_no):
        found.append(Problem("other_unit_no", _("没有这所学校"), _("请从列表里选")))
    return found


def unit_exists(unit_no: int) -> bool:
    """True for an open unit of the base other than one's own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select 1 from unit where unit_no = %s and unit_no <> %s and closed_on is null)",
            [unit_no, scopes.current().unit_no],
        )
        return cursor.fetchone()[0]


def stage_of(class_id: UUID | None) -> str:
    """The stage a class is in this year; '' without a class."""
    view = class_names.of_ids([class_id]).get(class_id) if class_id else None
    if view is None:
        return ""
    year = class_names.this_year(scopes.current().today)
    return turns.stage_now(view.scheme, view.entry_year, view.stage, year)


def class_faults(kind: str, unit_no: int, pupil: Pupil | None, to_class_id: UUID | None) -> list[Problem]:
    """What is wrong with the class it goes to."""
    if to_class_id is None:
        needed = "class" in KINDS[kind].needs
        return [Problem("to_class_id", _("没有选班级"), _("请选要去的班级"))] if needed else []
    views = class_names.of_ids([one for one in (to_class_id, pupil.class_id if pupil else None) if one])
    to = views.get(to_class_id)
    if to is None or to.unit_no != unit_no or not to.is_open:
        return [Problem("to_class_id", _("没有这个班"), _("请从本校的班级里选"))]
    own = views.get(pupil.class_id) if pupil and pupil.class_id else None
    if own is None or own.entry_year is None or to.entry_year is None:
        return []
    if own.org_id == to.org_id:
        return [Problem("to_class_id", _("就是现在的班"), _("请选另一个班"))]
    later = to.entry_year - own.entry_year
    wrong = {
        movements.CLASS: later != 0 or own.scheme != to.scheme,
        movements.SKIP: later >= 0,
        movements.REPEAT: later <= 0,
    }.get(kind, False)
    return (
        [Problem("to_class_id", _("年级不对"), _("调班选同年级，跳级选高年级，留级选低年级"))]
        if wrong
        else []
    )


def refuse_twice(cursor: Any, pupil: Pupil, kind: str) -> None:
    """Raise Conflict for a pupil with this kind open; two clerks at once wait here for each other."""
    cursor.execute("select 1 from affiliation where id = %s for update", [pupil.link])
    cursor.execute(
        "select 1 from movement where unit_no = %s and affiliation_id = %s and kind = %s and state = any(%s)",
        [pupil.unit_no, pupil.link, kind, list(OPEN)],
    )
    if cursor.fetchone():
        raise Conflict(
            _("%(name)s 已有一项没有办完的%(kind)s") % {"name": pupil.name, "kind": KINDS[kind].title},
            fix=_("请到异动列表里接着办"),
        )


def write_step(movement_id: UUID, unit_no: int, was: str, state: str, note: str) -> None:
    """One line of a movement's own history."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into movement_step (unit_no, movement_id, was, state, note, grant_no) values (%s, %s, %s, %s, %s, %s)",
            [unit_no, movement_id, was, state, note.strip()[:LONGEST_NOTE], scopes.current().grant_no],
        )


def write(movement_id: UUID, **values: Any) -> None:
    """Write columns of a movement."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"update movement set {', '.join(f'{name} = %s' for name in values)}, changed_at = now() where id = %s",
            [*values.values(), movement_id],
        )


@action(title="收到材料", roles=frozenset({scopes.CLERK, scopes.HEAD}), reach=API)
def note_papers(*, movement_id: UUID, papers: Sequence[str]) -> None:
    """Write which papers of the kind's list are there. Raises NotFound, Conflict once it was sent, BadInput."""
    found = held(movement_id)
    if found.state not in (DRAFT, AGREED):
        raise Conflict(_("已经上报，材料不再改"), fix=_("请刷新页面"))
    known = KINDS[found.kind].papers
    if set(papers) - set(known):
        raise BadInput(
            _("没有这种材料"), problems=[Problem("papers", "、".join(sorted(set(papers) - set(known))))]
        )
    write(movement_id, papers=[one for one in known if one in set(papers)])


@action(title="办理异动", roles=ASKERS, reach=API)
def step_movement(*, movement_id: UUID, to: str, note: str = "", register_no: str = "") -> str:
    """Bring a movement to state `to`; returns the state it is in then. What the head agrees to takes effect at once or
    on its day; to be sent it needs its papers, to be registered the register's number. Raises NotFound, NotAllowed for a
    step of another role, Conflict for one its state does not allow, BadInput."""
    scope = scopes.current()
    found = held(movement_id)
    ways = KINDS[found.kind].states.get(found.state, {})
    if to not in ways:
        raise Conflict(
            _("这项异动现在是“%(state)s”，不能这样办") % {"state": movements.STATE_TITLES[found.state]},
            fix=_("别人可能刚办过，请刷新页面"),
        )
    if scope.role not in ways[to]:
        raise NotAllowed(_("这一步要由别的身份来办"), fix=_("同意由校长办，上报由教务员办"))
    values: dict[str, Any] = {"state": to}
    if to == AGREED:
        values["agreed_by"] = scope.grant_no
    elif to == SENT:
        missing = movements.missing_papers(found.kind, found.papers)
        if missing:
            raise BadInput(
                _("材料还不齐"),
                problems=[Problem("papers", str(movements.PAPERS[key]), _("收到后打勾")) for key in missing],
            )
        values |= {
            "sent_on": scope.today,
            "due_on": movements.working_days_after(scope.today, movements.CLOCK_DAYS),
        }
    elif to == REGISTERED:
        number = register_no.strip()
        if not number:
            raise BadInput(
                _("没有写学籍系统的业务号"),
                problems=[Problem("register_no", _("是空的"), _("在学籍系统里办完后抄过来"))],
            )
        values["register_no"] = number[:40]
    elif to in (REFUSED, WITHDRAWN) and found.state != DRAFT and len(note.strip()) < 2:
        raise BadInput(_("没有写理由"), problems=[Problem("note", _("是空的"), _("请写明为什么"))])
    write(movement_id, **values)
    write_step(movement_id, found.unit_no, found.state, to, note)
    audit.note(f"movement {movement_id} {found.state} -> {to}")
    if to == AGREED and found.effect_on <= scope.today:
        return take_effect(found)
    if to in (REFUSED, WITHDRAWN) and found.is_done:
        take_back(found)
    if to == CLOSED:
        close(found, BY_NUMBER)
    return to


def take_effect(found: Held) -> str:
    """The school's own part on its day; returns the state afterwards. What the school settles by itself is closed."""
    does = KINDS[found.kind].does
    link = found.link
    if link is not None and does in (OUT, BACK):
        set_present(found, does == BACK)
    if link is not None and found.to_class_id is not None and does in (MOVE, BACK):
        move_class(found.unit_no, link, found.to_class_id, scopes.current().today)
    with connection.cursor() as cursor:
        cursor.execute("update movement set done_at = now(), changed_at = now() where id = %s", [found.id])
    tell_moved(found)
    if not KINDS[found.kind].has_register:
        write(found.id, state=CLOSED, closed_on=scopes.current().today, closed_by=BY_SCHOOL)
        write_step(found.id, found.unit_no, AGREED, CLOSED, "")
        return CLOSED
    return AGREED


def take_back(found: Held) -> None:
    """Undo the school's own part where it still stands."""
    does = KINDS[found.kind].does
    if found.link is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(PUPIL, [found.link])
        row = cursor.fetchone()
    if row is None:
        return
    now = Pupil(*row)
    if does in (OUT, BACK):
        set_present(found, does == OUT)
    if does in (MOVE, BACK) and found.from_class_id and now.class_id == found.to_class_id:
        view = class_names.of_ids([found.from_class_id]).get(found.from_class_id)
        if view is not None and view.is_open:
            move_class(found.unit_no, found.link, found.from_class_id, scopes.current().today)
    tell_moved(found)


def set_present(found: Held, is_present: bool) -> None:
    """Write whether the pupil attends, as the school's word."""
    put(
        dataset="affiliation",
        columns=("id", "unit_no", "is_present"),
        rows=[(found.link, found.unit_no, is_present)],
        source=SCHOOL,
    )


def move_class(unit_no: int, link: UUID, to_class_id: UUID, day: date) -> None:
    """Put a pupil into another class, without a seat, and into its lessons instead of those of the old one."""
    with connection.cursor() as cursor:
        cursor.execute("select class_id from affiliation where unit_no = %s and id = %s", [unit_no, link])
        (old,) = cursor.fetchone()
        put(
            dataset="affiliation",
            columns=("id", "unit_no", "class_id", "seat_no"),
            rows=[(link, unit_no, to_class_id, None)],
            source=SCHOOL,
        )
        given = {"unit": unit_no, "link": link, "old": old, "new": to_class_id, "day": day}
        cursor.execute(
            "update enrolment e set end_on = greatest(%(day)s, e.begin_on), changed_at = now(), batch_id = null"
            " where e.unit_no = %(unit)s and e.affiliation_id = %(link)s and e.role = 'pupil'"
            " and (e.end_on is null or e.end_on > %(day)s) and e.org_id in"
            " (select o.id from org o where o.unit_no = %(unit)s and o.kind = 'section' and o.parent_id = %(old)s)",
            given,
        )
        cursor.execute(
            "insert into enrolment (id, unit_no, org_id, affiliation_id, role, is_primary, subject_code, begin_on, source_id)"
            " select gen_random_uuid(), o.unit_no, o.id, %(link)s, 'pupil', false, '', %(day)s, '' from org o"
            " where o.unit_no = %(unit)s and o.kind = 'section' and o.parent_id = %(new)s and o.closed_on is null"
            " and not exists (select 1 from enrolment e where e.unit_no = o.unit_no and e.org_id = o.id"
            " and e.affiliation_id = %(link)s and e.role = 'pupil' and (e.end_on is null or e.end_on > %(day)s))",
            given,
        )


def tell_moved(found: Held) -> None:
    """The news that counts and roles wait for."""
    facts.tell(
        "DatasetRefreshed", unit_no=found.unit_no, batch_id=str(found.id), importer="movement",
        datasets=["affiliation", "enrolment"],
    )  # fmt: skip


def close(found: Held, by: str) -> None:
    """Close a movement; the affiliation of who is gone ends with it, and who came in must stand registered here alone.
    Raises Conflict."""
    today = scopes.current().today
    if found.kind == movements.TRANSFER_IN:
        refuse_unregistered(found)
    if KINDS[found.kind].ends and found.link is not None:
        with connection.cursor() as cursor:
            cursor.execute(
                "update affiliation set end_on = greatest(%s, begin_on), end_reason = %s, batch_id = null,"
                " changed_at = now() where unit_no = %s and id = %s and end_on is null",
                [min(found.effect_on, today), KINDS[found.kind].code, found.unit_no, found.link],
            )
            if not cursor.rowcount:
                # The register's import has ended it; it does not say why.
                cursor.execute(
                    "update affiliation set end_reason = %s, changed_at = now() where unit_no = %s and id = %s"
                    " and end_reason = ''",
                    [KINDS[found.kind].code, found.unit_no, found.link],
                )
            cursor.execute(
                "select k.id from affiliation a join guardian_of k on k.child_id = a.person_id where a.id = %s",
                [found.link],
            )
            ties = [tie for (tie,) in cursor.fetchall()]
        # In every open session at once; what else the family may do here comes back with the news.
        grants.end_of_affiliations([found.link, *ties])
        people.refresh_search(affiliation_ids=[found.link])
    write(found.id, state=CLOSED, closed_on=today, closed_by=by)
    tell_moved(found)


def refuse_unregistered(found: Held) -> None:
    """Raise Conflict for one who comes in and is not registered here, or still is elsewhere."""
    if found.link is None:
        raise Conflict(_("这名学生还不在本校名册里"), fix=_("先导入学籍系统导出或学生名册，再选上这名学生"))
    pupil = pupil_of(found.link)
    if not pupil.is_registered:
        raise Conflict(_("学籍还没有转到本校"), fix=_("等下一次导入学籍系统导出"))
    if is_elsewhere(found):
        raise Conflict(_("原学校的学籍还没有转出"), fix=_("请原学校先办结转出"))


def is_elsewhere(found: Held) -> bool:
    """True while the pupil is registered in another unit of the base; which one is not told."""
    if found.link is None:
        return False
    pupil = pupil_of(found.link)
    there = matching.pupils_elsewhere([pupil.person_id], [pupil.unit_no])
    return there.get(pupil.person_id, (False, False))[0]


@action(title="认出转入的学生", roles=frozenset({scopes.CLERK, scopes.HEAD}), reach=API)
def link_pupil(*, movement_id: UUID, affiliation_id: UUID) -> None:
    """Say which pupil of the list the one who came in is. Raises NotFound, Conflict."""
    found = held(movement_id)
    pupil = pupil_of(affiliation_id)
    if pupil.unit_no != found.unit_no:
        raise NotFound(_("没有找到这名学生"))
    if found.kind not in movements.COMING or found.state not in OPEN:
        raise Conflict(_("这项异动不用认学生"), fix=_("请刷新页面"))
    write(movement_id, affiliation_id=pupil.link)


def close_by_register(found: Held) -> None:
    """The register's import shows what the movement asked for."""
    if not found.is_done and not KINDS[found.kind].ends:
        take_effect(found)
    write_step(found.id, found.unit_no, found.state, CLOSED, "")
    close(found, BY_REGISTER)


STANDING = """
select a.end_on is null, a.is_registered, coalesce(p.status, ''), p.entry_year, o.entry_year
from movement m left join affiliation a on a.unit_no = m.unit_no and a.id = m.affiliation_id
left join pupil p on p.unit_no = m.unit_no and p.id = m.affiliation_id
left join org o on o.unit_no = m.unit_no and o.id = m.to_class_id
where m.id = %s
"""
#: One pupil of this name who came since: the one a 转入 waits for.
CAME = """
select (array_agg(a.id))[1] from affiliation a join movement m on m.id = %s and m.unit_no = a.unit_no
where a.role = 'pupil' and a.end_on is null and a.name = m.name and a.begin_on >= m.asked_on - 60
having count(*) = 1
"""


@action(title="按学籍导入办结", roles=[scopes.OPERATOR])
def settle_by_register(*, unit_no: int) -> int:
    """After an import of the pupil register: close what it shows as done; returns how many closed."""
    closed = 0
    with connection.cursor() as cursor:
        cursor.execute(
            HELD + "unit_no = %s and state = any(%s) order by id for update",
            [unit_no, [AGREED, SENT, REGISTERED]],
        )
        for row in cursor.fetchall():
            found = Held(*row)
            if found.kind == movements.TRANSFER_IN and found.link is None:
                cursor.execute(CAME, [found.id])
                came = cursor.fetchone()
                if came is None:
                    continue
                write(found.id, affiliation_id=came[0])
                found = replace(found, link=came[0])
            cursor.execute(STANDING, [found.id])
            now = Standing(*cursor.fetchone())
            if not movements.is_done_in_register(found.kind, now):
                continue
            if found.kind == movements.TRANSFER_IN and is_elsewhere(found):
                continue
            close_by_register(found)
            closed += 1
    return closed


@action(title="异动到日生效", roles=[scopes.OPERATOR])
def take_due_effect() -> int:
    """What was agreed for today or earlier and has not taken effect; returns how many did."""
    with connection.cursor() as cursor:
        cursor.execute(
            HELD + "state = any(%s) and effect_on <= %s and done_at is null order by id for update",
            [[AGREED, SENT, REGISTERED], scopes.current().today],
        )
        due = [Held(*row) for row in cursor.fetchall()]
    for found in due:
        take_effect(found)
    return len(due)


def on_refreshed(fact: Told) -> None:
    """An import of the pupil register was applied."""
    if fact.payload.get("importer") == "pupil_register":
        settle_by_register(unit_no=fact.unit_no)


def register() -> None:
    """Name the handler; called on the room's plate."""
    facts.on("DatasetRefreshed", "organisation.movements", on_refreshed)
