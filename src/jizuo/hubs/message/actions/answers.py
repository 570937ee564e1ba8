"""Opening, answering on the phone, putting paper in."""

from __future__ import annotations

from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import PAGE, action
from jizuo.ground.errors import BadInput, Conflict, NotAllowed, NotFound, Problem
from jizuo.hubs.message import rules
from jizuo.hubs.message.queries import notices
from jizuo.hubs.message.queries.inbox import MINE, READERS, opened, told
from jizuo.hubs.message.queries.notices import WRITERS, class_wall
from jizuo.hubs.message.shapes import MyReceipt, PaperIn
from jizuo.hubs.organisation import class_names
from jizuo.hubs.organisation.queries import contacts

PHONE, PAPER, CALL = "phone", "paper", "call"

OPEN = f"""
update inbox_item i set read_at = now() from message m
where m.unit_no = i.unit_no and m.id = i.message_id and m.notice_id = %(notice)s and i.read_at is null and {MINE}
"""
ANSWER = """
update receipt set answer = %(answer)s, way = %(way)s, answered_at = now(), answered_by = %(me)s, changed_at = now()
where unit_no = %(unit)s and notice_id = %(notice)s and child_id = %(child)s
  and (answered_at is null or %(is_correction)s)
returning answered_at
"""
#: The answer, and the copies that announced its notice count as read.
ANSWER_AND_OPEN = f"""
with answered as ({ANSWER}), seen as ({OPEN})
select answered_at, coalesce((select p.name from person p where p.id = %(me)s), '') from answered
"""
SLIP = """
select r.child_id, r.class_id, n.id, a.name, n.title, r.answer, r.way, r.answered_at
from notice n join receipt r on r.unit_no = n.unit_no and r.notice_id = n.id
join affiliation a on a.unit_no = r.unit_no and a.id = r.affiliation_id
where n.unit_no = %s and n.no = %s and r.no = %s and (%s::uuid[] is null or r.class_id = any(%s)) for update of r
"""


@action(title="打开通知", roles=READERS, reach=PAGE)
def open_notice(*, notice_id: UUID) -> MyReceipt:
    """`my_notice`, and the copies that announce it count as read. Raises NotFound."""
    children = contacts.own_children()
    found, _files = opened(notice_id, children)
    with connection.cursor() as cursor:
        cursor.execute(OPEN, told(children, notice=notice_id))
    return found


@action(title="打开消息", roles=READERS, reach=PAGE)
def open_item(*, item_id: UUID) -> None:
    """A copy counts as read. Raises NotFound for another's."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"update inbox_item i set read_at = coalesce(i.read_at, now()) where i.id = %(item)s and {MINE}",
            told(contacts.own_children(), item=item_id),
        )
        if not cursor.rowcount:
            raise NotFound(_("没有这条消息"))


@action(title="回执", roles=[scopes.GUARDIAN], reach=PAGE)
def answer_notice(*, notice_id: UUID, answer: str, is_correction: bool = False) -> MyReceipt:
    """Answer for the child of the acting role, once: the first answer stands, whoever of the adults gave it, until
    somebody corrects it before the deadline. Returns the receipt as it stands now. Raises NotFound, NotAllowed for
    an adult who may not sign, BadInput for no such answer, Conflict when it is over or answered already."""
    children = contacts.own_children()
    found, _files = opened(notice_id, children)
    if not found.may_sign:
        raise NotAllowed(_("您不能代这个孩子签回执"), fix=_("请有代签权的家长回复，或交纸质回执"))
    if answer not in rules.answers_of(found.needs, found.options):
        raise BadInput(
            _("没有这个选项"), problems=[Problem(_("回执"), _("没有这个选项"), _("从页面上的按钮里选"))]
        )
    if not found.is_open:
        raise Conflict(_("回执已经截止"), fix=_("要改请联系班主任"))
    given = told(
        children,
        notice=notice_id,
        child=found.child_id,
        answer=answer,
        way=PHONE,
        is_correction=is_correction,
    )
    with connection.cursor() as cursor:
        cursor.execute(ANSWER_AND_OPEN, given)
        row = cursor.fetchone()
    if row is None:
        raise Conflict(_("已经有家长回复过了，以先回复的为准"), fix=_("要改请点“更正”"))
    answered_at, who = row
    return msgspec.structs.replace(found, answer=answer, way=PHONE, answered_at=answered_at, who=who)


@action(title="录入纸质回执", roles=WRITERS, reach=PAGE)
def put_paper(*, code: str, answer: str, way: str = PAPER) -> PaperIn:
    """Put a returned slip in by its code, scanned or typed. One that is in already, by paper or phone, stays as it
    is and says so. way: paper | call (told on the phone). Raises BadInput for a wrong code or answer, NotFound for
    a slip of another school or class."""
    scope = scopes.current()
    try:
        notice_no, no = rules.read_slip(code)
    except ValueError:
        raise BadInput(
            _("这个码不对"),
            problems=[
                Problem(_("纸条码"), _("这不是回执纸条上的码"), _("再扫一次，或照纸条右上角的数字输入"))
            ],
        ) from None
    wall = class_wall()
    with connection.cursor() as cursor:
        cursor.execute(SLIP, [scope.unit_no, notice_no, no, wall, wall])
        row = cursor.fetchone()
        if row is None:
            raise NotFound(_("没有这张纸条"), fix=_("看看是不是别的学校或别的班的"))
        child_id, class_id, notice_id, name, title, old, old_way, old_at = row
        class_name = class_names.of_ids([class_id])[class_id].name
        audit.counted(1)
        if old_at is not None:
            return PaperIn(False, name, class_name, title, old, old_way, old_at)
        notice = notices.one_notice(notice_id)
        takes = rules.answers_of(notice.needs, notice.options)
        answer = takes[0] if len(takes) == 1 else answer
        if answer not in takes:
            words = "、".join(takes)
            raise BadInput(
                _("请先选纸条上勾的是哪一项"),
                problems=[
                    Problem(
                        _("回执"),
                        _("“%(title)s”要选：%(words)s") % {"title": title, "words": words},
                        _("选好再扫"),
                    )
                ],
            )
        cursor.execute(ANSWER, {
            "answer": answer, "way": CALL if way == CALL else PAPER, "me": scope.person_id, "unit": scope.unit_no,
            "notice": notice_id, "child": child_id, "is_correction": False,
        })  # fmt: skip
        return PaperIn(True, name, class_name, title, answer, PAPER, cursor.fetchone()[0])
