"""What one person was told: the list, the count for the menu, a notice as the own family sees it.

A guardian reads in the role of one child, and only while she is told of that child and may view her: one who is
barred, or whose tie ended, sees nothing, whatever was sent before.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, PAGE, source
from jizuo.ground.errors import NotFound
from jizuo.ground.files.queries import OpenFile, get_checked_file
from jizuo.ground.scope import Scope
from jizuo.hubs.message import rules, wording
from jizuo.hubs.message.shapes import ItemLine, MyReceipt
from jizuo.hubs.organisation import class_names
from jizuo.hubs.organisation.queries import contacts

READERS = scopes.SCHOOL_ROLES | scopes.CLASS_ROLES | scopes.FAMILY_ROLES
MOST_LINES = 100

#: A copy is mine in this role: staff see what is about no child, a family what is about the child of the role.
MINE = (
    "i.unit_no = %(unit)s and i.recipient_id = %(me)s"
    " and case when %(is_staff)s then i.child_id is null else i.child_id = any(%(children)s) end"
)
#: The child of a copy or a receipt is one of whom I may be told now: the test of `contacts.own_children` in place.
OF_MY_CHILD = (
    "({child} = %(self)s::uuid or exists (select 1 from guardian_of k where k.guardian_id = %(me)s"
    f" and k.child_id = {{child}} and k.child_id = any(%(children)s) and k.may_view and {contacts.TOLD}{{more}}))"
)
UNREAD = f"""
select count(*) from inbox_item i where i.unit_no = %(unit)s and i.recipient_id = %(me)s and i.read_at is null
  and case when %(is_staff)s then i.child_id is null else {OF_MY_CHILD.format(child="i.child_id", more="")} end
"""
OPEN_RECEIPTS = f"""
select count(*) from receipt r join notice n on n.unit_no = r.unit_no and n.id = r.notice_id
where r.unit_no = %(unit)s and r.child_id = any(%(children)s) and r.answered_at is null and n.needs <> 'none'
  and n.state = 'sent' and (n.due_at is null or n.due_at > now())
  and {OF_MY_CHILD.format(child="r.child_id", more=" and k.may_sign")}
"""
LIST = f"""
select i.id, m.template, m.values::text, m.notice_id, i.child_id, i.made_at, i.read_at is not null, m.link,
       coalesce(n.needs, ''), coalesce(r.answer, ''), n.due_at, coalesce(a.name, ''), a.class_id, u.short_name
from inbox_item i join message m on m.unit_no = i.unit_no and m.id = i.message_id
join unit u on u.unit_no = i.unit_no
left join notice n on n.unit_no = m.unit_no and n.id = m.notice_id
left join receipt r on r.unit_no = i.unit_no and r.notice_id = m.notice_id and r.child_id = i.child_id
left join affiliation a on a.unit_no = i.unit_no and a.person_id = i.child_id and a.role = 'pupil' and a.end_on is null
where {MINE} order by i.id desc limit %(most)s
"""
#: The child of a copy as a pupil of its unit.
PUPIL_OF = (
    "select a.{column} from affiliation a where a.unit_no = i.unit_no and a.person_id = i.child_id and a.role = 'pupil'"
    " and a.end_on is null limit 1"
)
#: A notice that one of my copies announces, with the receipt of the child. Look-ups of one value stand as sub-selects:
#: joined they would cost three times as much to plan.
NOTICE = f"""
select n.id, n.title, n.text, (select u.name from unit u where u.unit_no = n.unit_no), n.writer_name, n.sent_at, n.due_at,
       n.needs, n.options, n.file_ids, i.child_id, coalesce(({PUPIL_OF.format(column="name")}), ''),
       coalesce(r.class_id, ({PUPIL_OF.format(column="class_id")})), n.no, r.no, coalesce(r.answer, ''),
       coalesce(r.way, ''), r.answered_at, coalesce((select p.name from person p where p.id = r.answered_by), ''), n.state
from notice n join message m on m.unit_no = n.unit_no and m.notice_id = n.id
join inbox_item i on i.unit_no = m.unit_no and i.message_id = m.id
left join receipt r on r.unit_no = n.unit_no and r.notice_id = n.id and r.child_id = i.child_id
where n.unit_no = %(unit)s and n.id = %(notice)s and {MINE} order by i.child_id, i.id limit 1
"""


def told(children: Any, **more: Any) -> dict[str, Any]:
    """The parameters of `MINE` in the acting role."""
    scope = scopes.current()
    is_staff = scope.role not in scopes.FAMILY_ROLES
    return {
        "unit": scope.unit_no, "me": scope.person_id, "children": list(children), "today": scope.today,
        "is_staff": is_staff, **more,
    }  # fmt: skip


#: What the page's own door has counted, by request: the menu draws it and asks nothing.
_counted: ContextVar[tuple[str, int] | None] = ContextVar("jizuo_unread", default=None)


def in_role() -> dict[str, Any]:
    """The parameters of `UNREAD` and `OPEN_RECEIPTS`: the rights are put to the test in the statement itself."""
    scope = scopes.current()
    children = scope.child_ids if scope.role == scopes.GUARDIAN else ()
    return told(children, self=scope.person_id if scope.role == scopes.PUPIL else None)


def remember(unread: int) -> None:
    """Keep a count for the menu of the page being answered."""
    _counted.set((scopes.current().request_id, unread))


@source(title="未读消息数", roles=READERS, reach=API)
def unread_count() -> int:
    """How many copies the acting person has not opened in this role. One read."""
    if scopes.current().person_id is None:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(UNREAD, in_role())
        (unread,) = cursor.fetchone()
    remember(unread)
    return unread


def badge(scope: Scope) -> int | None:
    """The count for the menu, on the pages that have counted already; it costs no read."""
    counted = _counted.get()
    return counted[1] if counted and counted[0] == scope.request_id else None


@source(title="我的消息", roles=READERS, reach=PAGE)
def my_messages() -> list[ItemLine]:
    """The newest 100 copies of the acting person in this role, in the reader's language."""
    scope = scopes.current()
    if scope.person_id is None:
        return []
    children = contacts.own_children()
    with connection.cursor() as cursor:
        cursor.execute(LIST, told(children, most=MOST_LINES))
        rows = cursor.fetchall()
    remember(sum(not row[6] for row in rows))
    own = wording.own_words(scope.unit_no)
    classes = class_names.of_ids({row[12] for row in rows if row[12]})
    return [item(row, own, classes) for row in rows]


def item(row: tuple, own: Any, classes: Any) -> ItemLine:
    """A row of `LIST` with its words filled."""
    (item_id, template, values, notice_id, child_id, made_at, is_read, link, needs, answer, due_at, name, class_id,
     school) = row  # fmt: skip
    filled = msgspec.json.decode(values) | {"school": school, "child": name}
    filled["class"] = classes[class_id].name if class_id in classes else ""
    words = wording.say(template, wording.language_now(), filled, own)
    return ItemLine(
        item_id, words.title, words.text, notice_id, child_id, made_at, is_read, link, needs, answer, due_at
    )


@source(title="给我的通知", roles=READERS, reach=PAGE)
def my_notice(*, notice_id: UUID) -> MyReceipt:
    """A notice that the acting person was told of, with the words for the own child. Raises NotFound for everybody
    else, whoever forwarded the address."""
    found, _files = opened(notice_id)
    audit.counted(1)
    return found


def opened(
    notice_id: UUID, children: Mapping[UUID, bool] | None = None
) -> tuple[MyReceipt, tuple[UUID, ...]]:
    """The notice of `my_notice` and its files' ids. children: what `contacts.own_children` said in this transaction.
    Inside a door only."""
    scope = scopes.current()
    children = contacts.own_children() if children is None else children
    with connection.cursor() as cursor:
        cursor.execute(NOTICE, told(children, notice=notice_id))
        row = cursor.fetchone() if scope.person_id else None
        if row is None:
            raise NotFound(_("没有这个通知"), fix=_("换到收到它的那个孩子的身份再打开；如有疑问请联系班主任"))
        files = tuple(row[9])
        kept: tuple[tuple[UUID, str, int], ...] = ()
        if files:
            cursor.execute(
                "select id, name, size from stored_file where id = any(%s) order by name", [list(files)]
            )
            kept = tuple(cursor.fetchall())
    child_id, class_id = row[10], row[12]
    class_name = class_names.of_ids([class_id])[class_id].name if class_id else ""
    values = {"child": row[11], "class": class_name, "school": row[3]}
    is_open = row[19] == rules.SENT and (row[6] is None or row[6] > timezone.now())
    code = rules.slip_code(row[13], row[14]) if row[13] and row[14] else ""
    made = MyReceipt(
        row[0], row[1], rules.fill(row[2], values), row[3], row[4], row[5], row[6], row[7], tuple(row[8]), kept,
        child_id, row[11], class_name, code, row[15], row[16], row[17], row[18],
        bool(child_id and children.get(child_id)) and row[14] is not None, is_open,
    )  # fmt: skip
    return made, files


@source(title="通知的附件", roles=READERS, reach=PAGE)
def notice_file(*, notice_id: UUID, file_id: UUID) -> OpenFile:
    """An attachment, for whom was told of its notice. Raises NotFound, and as `get_checked_file`."""
    _notice, files = opened(notice_id)
    if file_id not in files:
        raise NotFound(_("没有这个文件"))
    return get_checked_file(file_id=file_id)


@source(title="等我回复的通知", roles=scopes.FAMILY_ROLES, reach=PAGE)
def waiting_for_me() -> tuple[int, int]:
    """(copies not opened, receipts of the own child still open) for a start page. One read."""
    if scopes.current().person_id is None:
        return 0, 0
    with connection.cursor() as cursor:
        cursor.execute(f"select ({UNREAD}), ({OPEN_RECEIPTS})", in_role())
        unread, still_open = cursor.fetchone()
    remember(unread)
    return unread, still_open


@source(title="纸条所属的通知", roles=[scopes.GUARDIAN])
def notice_of_slip(*, code: str) -> UUID | None:
    """The notice of a slip of the own child; None for another's, and for what is no code."""
    scope = scopes.current()
    try:
        notice_no, no = rules.read_slip(code)
    except ValueError:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "select n.id from notice n join receipt r on r.unit_no = n.unit_no and r.notice_id = n.id"
            " where n.unit_no = %s and n.no = %s and r.no = %s and r.child_id = any(%s)",
            [scope.unit_no, notice_no, no, list(contacts.own_children())],
        )
        row = cursor.fetchone()
    return row[0] if row else None
