"""Notices as the school sees them: the list, one with its progress, who is missing, slips, phones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, PAGE, source
from jizuo.ground.errors import NotFound
from jizuo.hubs.message import rules, ways, wording
from jizuo.hubs.message.queries.settings import setting_of
from jizuo.hubs.message.shapes import (
    ClassCount,
    Contact,
    Draft,
    Estimate,
    NoticeLine,
    NoticeView,
    ReceiptLine,
)
from jizuo.hubs.organisation import class_names, masks
from jizuo.hubs.organisation.class_names import ClassView
from jizuo.hubs.organisation.queries import contacts
from jizuo.plain import phones

WRITERS = frozenset({scopes.CLERK, scopes.HEAD, scopes.HOMEROOM_TEACHER})
MOST_LINES = 200

LIST = """
select n.id, n.title, n.audience, n.needs, n.state, n.writer_name, n.made_at, n.sent_at, n.due_at,
       coalesce(r.asked, 0), coalesce(r.answered, 0)
from notice n left join (
    select notice_id, count(*) as asked, count(answered_at) as answered from receipt
    where unit_no = %(unit)s and notice_id = any(array(select id from notice where unit_no = %(unit)s
                                                       order by made_at desc limit %(most)s))
      and (%(classes)s::uuid[] is null or class_id = any(%(classes)s))
    group by 1) r on r.notice_id = n.id
where n.unit_no = %(unit)s and (%(classes)s::uuid[] is null or n.class_ids && %(classes)s::uuid[]
                                or n.writer_grant = %(grant)s)
order by n.made_at desc limit %(most)s
"""
ONE = """
select id, no, title, text, audience, needs, options, class_ids, file_ids, due_at, is_urgent, state, writer_name,
       writer_grant, made_at, sent_at, reminded_at, reminders
from notice where id = %s and unit_no = %s
"""
COUNTS = """
select class_id, answer, count(*) from receipt
where unit_no = %(unit)s and notice_id = %(notice)s and (%(classes)s::uuid[] is null or class_id = any(%(classes)s))
group by 1, 2
"""
READS = """
select count(distinct coalesce(i.child_id, i.recipient_id)) filter (where i.read_at is not null), count(*)
from message m join inbox_item i on i.unit_no = m.unit_no and i.message_id = m.id
where m.unit_no = %(unit)s and m.notice_id = %(notice)s and m.key = 'notice:' || %(notice)s
"""
WAYS = """
select d.channel, d.state, count(*), sum(d.cost_fen) from delivery d
join message m on m.unit_no = d.unit_no and m.id = d.message_id
where d.unit_no = %(unit)s and m.notice_id = %(notice)s group by 1, 2 order by 1, 2
"""
RECEIPTS = """
select r.id, r.child_id, r.affiliation_id, r.class_id, a.name, a.seat_no, r.no, r.answer, r.way, r.answered_at,
       coalesce(p.name, '')
from receipt r join affiliation a on a.unit_no = r.unit_no and a.id = r.affiliation_id
left join person p on p.id = r.answered_by
where r.unit_no = %(unit)s and r.notice_id = %(notice)s and (%(classes)s::uuid[] is null or r.class_id = any(%(classes)s))
  and (not %(missing)s or r.answered_at is null)
order by r.class_id, a.seat_no nulls last, a.sort_key collate "C", a.id
"""
NAMES = """
select distinct a.name from affiliation a where a.unit_no = %s and a.class_id = any(%s) and a.role = 'pupil'
  and a.end_on is null and length(a.name) > 1 and position(a.name in %s) > 0 limit 20
"""
MONTH_USED = """
select count(*) from delivery where unit_no = %s and channel = 'sms' and state in ('trying', 'accepted', 'unknown')
  and tried_at >= %s
"""


def class_wall() -> list[UUID] | None:
    """The classes the acting role is held to; None for the whole school. Inside a door only."""
    scope = scopes.current()
    if scope.role in scopes.SCHOOL_ROLES or scope.role == scopes.OPERATOR:
        return None
    return class_names.own_classes(scope.org_ids)


def classes_to_choose() -> list[ClassView]:
    """The open classes that the acting role may write to, in school order. Inside a door only."""
    wall = class_wall()
    if wall is None:
        return class_names.of_units([scopes.current().unit_no])
    found = [one for one in class_names.of_ids(wall).values() if one.is_open]
    return sorted(found, key=lambda one: one.order)


def one_notice(notice_id: UUID) -> NoticeView:
    """A notice of the acting unit. Inside a door only. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(ONE, [notice_id, scopes.current().unit_no])
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("没有这个通知"), fix=_("可能已经删除，或不在您的范围内"))
    told: list[Any] = [*row[:6], tuple(row[6]), tuple(row[7]), tuple(row[8]), *row[9:]]
    return NoticeView(*told)


def is_mine(notice: NoticeView) -> bool:
    """Whether the acting writer may handle a notice: her own, or one to her classes."""
    wall = class_wall()
    is_own = notice.writer_grant is not None and notice.writer_grant == scopes.current().grant_no
    return wall is None or is_own or (notice.state != rules.DRAFT and bool(set(wall) & set(notice.class_ids)))


def mine(notice_id: UUID) -> NoticeView:
    """A notice that the acting writer may handle. Raises NotFound."""
    notice = one_notice(notice_id)
    if not is_mine(notice):
        raise NotFound(_("没有这个通知"), fix=_("可能已经删除，或不在您的范围内"))
    return notice


def as_draft(notice: NoticeView) -> Draft:
    """A notice as it was written."""
    return Draft(
        notice.title, notice.text, notice.audience, notice.needs, notice.options, notice.class_ids, notice.file_ids,
        notice.due_at, notice.is_urgent,
    )  # fmt: skip


def names_in(draft: Draft) -> list[str]:
    """Names of pupils of the chosen classes that stand in a draft's words. Inside a door only."""
    if draft.audience == rules.STAFF:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            NAMES, [scopes.current().unit_no, list(draft.class_ids), f"{draft.title}\n{draft.text}"]
        )
        return [name for (name,) in cursor.fetchall()]


@source(title="通知列表", roles=WRITERS, reach=API)
def notice_list() -> list[NoticeLine]:
    """The newest 200 notices of the acting unit; a homeroom teacher's own and those to her classes, with her
    classes' receipts only."""
    scope = scopes.current()
    given = {
        "unit": scope.unit_no,
        "classes": class_wall(),
        "grant": scope.grant_no,
        "most": MOST_LINES,
    }
    with connection.cursor() as cursor:
        cursor.execute(LIST, given)
        return [NoticeLine(*row) for row in cursor.fetchall()]


@source(title="写通知的班级", roles=WRITERS, reach=PAGE)
def writing(*, notice_id: UUID | None = None) -> tuple[list[ClassView], NoticeView | None]:
    """The classes to choose from, and the draft to go on with."""
    return classes_to_choose(), mine(notice_id) if notice_id else None


@source(title="一个通知", roles=WRITERS, reach=PAGE)
def notice_progress(
    *, notice_id: UUID
) -> tuple[NoticeView, list[ClassCount], tuple[int, int], list[tuple[str, str, int, int]]]:
    """(notice, receipts by class in school order, (children or people who opened it, copies), deliveries as
    (channel, state, count, fen)). Raises NotFound."""
    scope, notice = scopes.current(), mine(notice_id)
    wall = class_wall()
    given: dict[str, Any] = {"unit": scope.unit_no, "notice": notice_id, "classes": wall}
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, given)
        counts = cursor.fetchall()
        cursor.execute(READS, given)
        reads = cursor.fetchone()
        cursor.execute(WAYS, given)
        sent = [(channel, state, count, int(fen or 0)) for channel, state, count, fen in cursor.fetchall()]
    wanted = [one for one in notice.class_ids if wall is None or one in wall]
    views = class_names.of_ids(wanted)
    by_class: dict[UUID, dict[str, int]] = {one: {} for one in wanted}
    for class_id, answer, count in counts:
        by_class.setdefault(class_id, {})[answer] = count
    lines = [
        ClassCount(
            class_id, views[class_id].name, sum(of.values()), sum(of.values()) - of.get("", 0),
            {answer: count for answer, count in of.items() if answer},
        )
        for class_id, of in by_class.items()
        if class_id in views
    ]  # fmt: skip
    return notice, sorted(lines, key=lambda one: views[one.class_id].order), reads, sent


@source(title="通知发给多少人", roles=WRITERS, reach=PAGE)
def estimate(*, notice_id: UUID) -> tuple[Estimate, list[str]]:
    """(whom a draft would reach and what it would cost at most, names of pupils that stand in its words). Short
    messages: at once when urgent, else one a family in the evening. Raises NotFound."""
    scope, notice = scopes.current(), mine(notice_id)
    setting = setting_of(scope.unit_no)
    if notice.audience != rules.FAMILIES:
        role = "staff" if notice.audience == rules.STAFF else "pupil"
        found = contacts.people_of(role=role, class_ids=notice.class_ids if role == "pupil" else None)
        return Estimate(len(found), len(found), 0, 0, 0, sms_left(scope.unit_no)), names_in(as_draft(notice))
    families = contacts.families_of(class_ids=notice.class_ids)
    adults = sum(len(one.guardian_ids) for one in families)
    sms = fen = 0
    if (
        setting.is_sms_on
        and ways.is_on(rules.SMS, scope.unit_no)
        and (notice.is_urgent or notice.needs != rules.NONE)
    ):
        told = [one for one in families if one.guardian_ids]
        sms = sum(len(one.guardian_ids) for one in told) if notice.is_urgent else len(told)
        words = wording.say(
            "notice_receipt" if notice.is_urgent else "digest", setting.language,
            {"title": notice.title, "school": "某某学校", "child": "某某某", "count": "3", "due": "09-16 18:30"},
            wording.own_words(scope.unit_no),
        )  # fmt: skip
        fen = sms * rules.sms_parts(words.text) * ways.price_fen()
    without = sum(not one.guardian_ids for one in families)
    told_of = Estimate(len(families), adults, without, sms, fen, sms_left(scope.unit_no))
    return told_of, names_in(as_draft(notice))


def sms_left(unit_no: int) -> int:
    """How many short messages the unit may still send this month. Inside a door only."""
    begin = timezone.localtime().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(MONTH_USED, [unit_no, begin])
        (used,) = cursor.fetchone()
    return max(0, setting_of(unit_no).sms_month_cap - used)


def lines_of(notice: NoticeView, class_ids: Sequence[UUID] | None, *, missing: bool) -> list[ReceiptLine]:
    """The receipts of a notice by class, seat and name, within the acting role's classes. Inside a door only."""
    wall = class_wall()
    if class_ids is not None:
        wall = [one for one in class_ids if wall is None or one in wall]
    given: dict[str, Any] = {
        "unit": scopes.current().unit_no,
        "notice": notice.notice_id,
        "classes": wall,
        "missing": missing,
    }
    with connection.cursor() as cursor:
        cursor.execute(RECEIPTS, given)
        rows = cursor.fetchall()
    views = class_names.of_ids({row[3] for row in rows})
    found = []
    for row in rows:
        class_name = views[row[3]].name if row[3] in views else ""
        code = rules.slip_code(notice.no or 0, row[6])
        told: list[Any] = [*row[:4], class_name, row[4], row[5], code, *row[7:]]
        found.append(ReceiptLine(*told))
    last = (9, 99, 0, "")
    return sorted(found, key=lambda one: views[one.class_id].order if one.class_id in views else last)


@source(title="回执名单", roles=WRITERS, reach=PAGE)
def receipt_lines(
    *, notice_id: UUID, class_id: UUID | None = None, missing: bool = False
) -> tuple[NoticeView, list[ReceiptLine]]:
    """A notice with each child's receipt, of one class or all, or only those still missing. Raises NotFound."""
    notice = mine(notice_id)
    found = lines_of(notice, None if class_id is None else [class_id], missing=missing)
    audit.counted(len(found))
    return notice, found


@source(title="回执电话名单", roles=WRITERS, reach=PAGE)
def phone_list(*, notice_id: UUID, class_id: UUID | None = None) -> tuple[NoticeView, list[Contact]]:
    """Those whose answer is missing with the adults to call; phones in clear only where the role's duty opens
    them, and then written down. Raises NotFound."""
    notice = mine(notice_id)
    lines = lines_of(notice, None if class_id is None else [class_id], missing=True)
    adults: dict[UUID, list[tuple[str, str, str]]] = {}
    is_open = masks.opens_phones(scopes.current().role)
    for one in contacts.adults_of(child_ids=[line.child_id for line in lines]):
        phone = one.phone if is_open or not one.phone else phones.mask(one.phone)
        adults.setdefault(one.child_id, []).append((one.name, one.relation, phone))
    if is_open and lines:
        audit.disclose(["name", "phone"], [line.child_id for line in lines], len(lines))
    else:
        audit.counted(len(lines))
    return notice, [
        Contact(
            one.child_id, one.name, one.class_name, one.seat_no, one.code, tuple(adults.get(one.child_id, ()))
        )
        for one in lines
    ]


@source(title="导出回执", roles=WRITERS, reach=PAGE)
def export_receipts(*, notice_id: UUID) -> tuple[NoticeView, list[ReceiptLine]]:
    """Every receipt for a file; who took it and whose rows are written down. Raises NotFound."""
    notice = mine(notice_id)
    found = lines_of(notice, None, missing=False)
    audit.disclose(["name", "answer"], [one.child_id for one in found], len(found))
    return notice, found


@source(title="在收的回执选项", roles=WRITERS, reach=PAGE)
def open_options() -> list[str]:
    """The options of notices that still take answers, for putting paper in; the newest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select options from notice where unit_no = %s and state = 'sent' and needs = 'choice'"
            " order by made_at desc limit 20",
            [scopes.current().unit_no],
        )
        return list(dict.fromkeys(option for (options,) in cursor.fetchall() for option in options))
