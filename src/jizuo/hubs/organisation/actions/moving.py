"""Changes of one pupil's class or roll standing: asked for, decided, brought to the register, closed.

The school's part (class, presence) takes effect on its day once the head has agreed; 学籍 itself is never changed here.
A movement closes by the register's number or when the register's import shows what it asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, action
from jizuo.ground.errors import BadInput, Conflict, NotAllowed, NotFound, Problem
from jizuo.ground.ids import new_id
from jizuo.hubs.organisation import class_names, movements, turns
from jizuo.hubs.organisation.actions.movement_rows import Pupil, held, pupil_of, write, write_step
from jizuo.hubs.organisation.actions.moving_effects import BY_NUMBER, close, take_back, take_effect
from jizuo.hubs.organisation.movements import (
    AGREED,
    BACK,
    CLOSED,
    DRAFT,
    KINDS,
    OPEN,
    REFUSED,
    REGISTERED,
    SENT,
    WITHDRAWN,
)
from jizuo.hubs.organisation.queries.people import reachable
from jizuo.plain import workdays

ASKERS = frozenset({scopes.CLERK, scopes.HEAD, scopes.HOMEROOM_TEACHER})
LONGEST_REASON = 200


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
            "due_on": workdays.add(scope.today, movements.CLOCK_DAYS),
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
