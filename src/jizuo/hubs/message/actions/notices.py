"""A notice from its draft to its end: written, sent in chunks, reminded, ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from jizuo.ground import audit, jobs
from jizuo.ground import scope as scopes
from jizuo.ground.doors import PAGE, action
from jizuo.ground.errors import BadInput, Conflict, NotFound, Problem
from jizuo.ground.facts import Told
from jizuo.ground.ids import new_id
from jizuo.ground.shapes import JobRef
from jizuo.hubs.message import rules
from jizuo.hubs.message.actions import spread
from jizuo.hubs.message.models import Notice
from jizuo.hubs.message.queries import notices
from jizuo.hubs.message.queries.notices import WRITERS, class_wall, one_notice
from jizuo.hubs.message.queries.settings import setting_of
from jizuo.hubs.message.shapes import Draft, NoticeView
from jizuo.hubs.organisation.queries import contacts

JOB = "message.send_notice"
#: About 1,800 children a chunk.
CLASSES_A_CHUNK = 40
MOST_OPTIONS, MOST_FILES, MOST_TEXT = 6, 9, 5000
#: What families may still be told of afterwards, when an adult is bound late.
OPEN_DAYS = 60

PUT_RECEIPTS = """
insert into receipt (id, unit_no, notice_id, child_id, affiliation_id, class_id, no, answer, way)
select t.id, %s, %s, t.child, t.link, t.org, %s + t.place::int, '', ''
from unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[]) with ordinality as t(id, child, link, org, place)
where not exists (select 1 from receipt r where r.unit_no = %s and r.notice_id = %s and r.child_id = t.child)
on conflict (unit_no, notice_id, child_id) do nothing
"""
LATE = """
select n.id, r.child_id, m.id from notice n join receipt r on r.unit_no = n.unit_no and r.notice_id = n.id
join message m on m.unit_no = n.unit_no and m.notice_id = n.id and m.key = 'notice:' || n.id
where n.unit_no = %s and n.state = 'sent' and n.sent_at > %s and (%s::uuid is null or r.child_id = %s)
"""


@action(title="写通知", roles=WRITERS, reach=PAGE)
def save_notice(*, draft: Draft, notice_id: UUID | None = None, writer_name: str = "") -> UUID:
    """Keep a notice as a draft, new or over an older draft; returns its id. Raises BadInput with every place that
    must be mended, NotFound, Conflict when it was sent meanwhile."""
    scope = scopes.current()
    check_draft(draft)
    told: dict[str, Any] = {
        "audience": draft.audience, "title": draft.title.strip(), "text": draft.text.strip(), "needs": draft.needs,
        "options": list(draft.options), "class_ids": list(draft.class_ids), "file_ids": list(draft.file_ids),
        "due_at": draft.due_at, "is_urgent": draft.is_urgent,
    }  # fmt: skip
    if notice_id is None:
        return Notice.objects.create(
            unit_no=scope.unit_no, writer_grant=scope.grant_no, writer_name=writer_name[:80], **told
        ).id
    notice = held(notice_id, "change")
    Notice.objects.filter(pk=notice.notice_id).update(**told)
    return notice.notice_id


def check_draft(draft: Draft) -> None:
    """Raise BadInput with everything that is wrong with a draft."""
    scope = scopes.current()
    faults: list[Problem] = []

    def fault(where: str, what: str, fix: str) -> None:
        faults.append(Problem(where, what, fix))

    if draft.audience not in rules.AUDIENCES or draft.needs not in rules.NEEDS:
        raise BadInput(_("通知的设置读不出来"), fix=_("请回到上一页再填"))
    if not draft.title.strip() or len(draft.title.strip()) > 80:
        fault(_("标题"), _("标题要 1 到 80 字"), _("写一句话说明是什么事"))
    if not draft.text.strip() or len(draft.text) > MOST_TEXT:
        fault(_("正文"), _("正文要 1 到 %(n)s 字") % {"n": MOST_TEXT}, _("长的内容放进附件"))
    if draft.needs == rules.CHOICE and not 2 <= len(set(draft.options)) <= MOST_OPTIONS:
        fault(_("选项"), _("选项要 2 到 %(n)s 个，不能重复") % {"n": MOST_OPTIONS}, _("如“同意”和“不同意”"))
    if any(not option or len(option) > 40 or option == rules.READ for option in draft.options):
        fault(_("选项"), _("每个选项要 1 到 40 字"), _("改短一些"))
    if draft.needs != rules.NONE and draft.audience != rules.FAMILIES:
        fault(_("回执"), _("只有发给家长的通知有回执"), _("选“不用回执”，或发给家长"))
    if draft.due_at is not None and draft.due_at <= timezone.now():
        fault(_("截止时间"), _("截止时间已经过去"), _("改成以后的时间，或留空"))
    if len(draft.file_ids) > MOST_FILES:
        fault(_("附件"), _("最多 %(n)s 个附件") % {"n": MOST_FILES}, _("合并成一个文件"))
    may = {one.org_id for one in notices.classes_to_choose()}
    if draft.audience != rules.STAFF:
        if not draft.class_ids:
            fault(_("班级"), _("没有选班级"), _("至少选一个班"))
        elif not set(draft.class_ids) <= may:
            fault(_("班级"), _("有的班不在您的范围内"), _("重新选班级"))
    elif scope.role not in scopes.SCHOOL_ROLES:
        fault(_("发给"), _("班主任不能发给全体教职工"), _("请教务员或校长发"))
    try:
        is_per_child = draft.audience == rules.FAMILIES
        rules.check_words(draft.title, (), is_per_child=False)
        rules.check_words(draft.text, {"child", "class", "school"}, is_per_child=is_per_child)
        if not faults:
            rules.check_names(f"{draft.title}\n{draft.text}", notices.names_in(draft))
    except rules.Refused as refused:
        fault(_("正文"), _(refused.what) % refused.values, _(refused.fix) % refused.values)
    if faults:
        raise BadInput(_("通知还不能保存"), problems=faults)


def held(notice_id: UUID, act: str) -> NoticeView:
    """A notice in reach, locked, in a state that allows `act`. Raises NotFound, Conflict."""
    with connection.cursor() as cursor:
        cursor.execute("select 1 from notice where id = %s for update", [notice_id])
    notice = one_notice(notice_id)
    if not notices.is_mine(notice):
        raise NotFound(_("没有这个通知"))
    if act not in rules.STATES[notice.state]:
        raise Conflict(_("这个通知现在不能这样做"), fix=_("刷新页面看它的状态"))
    return notice


@action(title="删除通知草稿", roles=WRITERS, reach=PAGE)
def drop_notice(*, notice_id: UUID) -> None:
    """Throw a draft away. Raises NotFound, Conflict for one that was sent."""
    Notice.objects.filter(pk=held(notice_id, "drop").notice_id).delete()


@action(title="发送通知", roles=WRITERS, reach=PAGE)
def send_notice(*, notice_id: UUID, base_address: str = "") -> JobRef | None:
    """Send a draft: the receipts and copies are made by a job, chunk by chunk. base_address: ``https://host`` for
    the links in messages. Sending what is being sent, or was, does nothing and returns None. Raises NotFound,
    BadInput when the draft has become wrong meanwhile (a deadline that passed)."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute("select state from notice where id = %s for update", [notice_id])
        row = cursor.fetchone()
    if row is not None and row[0] != rules.DRAFT:
        one_notice(notice_id)
        return None
    notice = held(notice_id, "send")
    check_draft(notices.as_draft(notice))
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('notice_no'), %s)", [scope.unit_no])
        cursor.execute(
            "update notice set state = 'sending', sent_at = now(), base_address = %s, no = (select coalesce(max(x.no), 0)"
            " + 1 from notice x where x.unit_no = %s) where id = %s",
            [base_address[:200], scope.unit_no, notice_id],
        )
    return jobs.start(JOB, _("发送通知：%(title)s") % {"title": notice.title[:40]}, notice_id=str(notice_id))


def send_chunks(run: jobs.Run, *, notice_id: str) -> dict[str, int]:
    """The job's body: the classes of a notice, chunk by chunk; staff and pupils in one. Each chunk's receipts,
    copies and deliveries commit with its number."""
    with scopes.open_transaction(JOB):
        notice = one_notice(UUID(notice_id))
    classes = list(notice.class_ids) if notice.audience != rules.STAFF else []
    chunks = [classes[first : first + CLASSES_A_CHUNK] for first in range(0, len(classes), CLASSES_A_CHUNK)]
    if notice.audience == rules.STAFF:
        chunks = [[]]
    run.tell(run.chunk, len(chunks), _("批"), now=True)
    for place, some in enumerate(chunks, 1):
        if place <= run.chunk:
            continue
        with run.step(place, place):
            ask(notice, some)
    with run.step(len(chunks) + 1, len(chunks)):
        Notice.objects.filter(pk=notice.notice_id, state=rules.SENDING).update(state=rules.SENT)
    return {"chunks": len(chunks)}


def ask(notice: NoticeView, class_ids: Sequence[UUID]) -> int:
    """Receipts, copies and deliveries of these classes, those that are not there yet. Inside a transaction."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        # Two attempts of one job must not number the same slips.
        cursor.execute("select 1 from notice where id = %s for update", [notice.notice_id])
    message_id = say(notice, f"notice:{notice.notice_id}", template_of(notice))
    if notice.audience == rules.STAFF:
        pairs: list[spread.Pair] = [(one, None) for one in contacts.people_of(role="staff")]
    elif notice.audience == rules.PUPILS:
        pairs = [(one, one) for one in contacts.people_of(role="pupil", class_ids=class_ids)]
    else:
        families = contacts.families_of(class_ids=class_ids)
        put_receipts(notice.notice_id, scope.unit_no, families)
        pairs = [(adult, one.child_id) for one in families for adult in one.guardian_ids]
    spread.spread(message_id, scope.unit_no, pairs)
    return len(pairs)


def put_receipts(notice_id: UUID, unit_no: int, families: Sequence[contacts.FamilyOf]) -> None:
    """The receipts that are not there yet, numbered on from the last."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(max(no), 0) from receipt where unit_no = %s and notice_id = %s",
            [unit_no, notice_id],
        )
        (last,) = cursor.fetchone()
        cursor.execute(
            PUT_RECEIPTS,
            [
                unit_no, notice_id, last, [new_id() for _one in families], [one.child_id for one in families],
                [one.affiliation_id for one in families], [one.class_id for one in families], unit_no, notice_id,
            ],
        )  # fmt: skip


def template_of(notice: NoticeView) -> str:
    """The words with which a notice is announced."""
    if notice.audience != rules.FAMILIES:
        return "plain_notice"
    return "notice" if notice.needs == rules.NONE else "notice_receipt"


def say(notice: NoticeView, key: str, template: str) -> UUID:
    """The message of a notice or of its reminder."""
    due = timezone.localtime(notice.due_at).strftime("%m-%d %H:%M") if notice.due_at else ""
    return spread.put_message(
        scopes.current().unit_no, key, template,
        {"title": notice.title, "due": due, "writer": notice.writer_name},
        notice_id=notice.notice_id, is_urgent=notice.is_urgent, link=f"messages/notices/{notice.notice_id}",
    )  # fmt: skip


@action(title="催回执", roles=WRITERS, reach=PAGE)
def remind(*, notice_id: UUID) -> int:
    """Tell those once more whose receipt is missing, and nobody else; returns of how many children. Raises
    NotFound, Conflict when the last reminder is not long enough ago, or nobody is missing."""
    scope = scopes.current()
    notice = held(notice_id, "remind")
    if notice.needs == rules.NONE or notice.sent_at is None:
        raise Conflict(_("这个通知不用回执"), fix=_("不用催"))
    next_at = rules.may_remind(
        notice.reminded_at, notice.sent_at, timezone.now(), setting_of(scope.unit_no).remind_hours
    )
    if next_at is not None:
        at = timezone.localtime(next_at).strftime("%m-%d %H:%M")
        raise Conflict(_("刚催过，%(at)s 以后可以再催") % {"at": at}, fix=_("急的话用电话名单"))
    with connection.cursor() as cursor:
        cursor.execute(
            "select child_id from receipt where unit_no = %s and notice_id = %s and answered_at is null"
            " and (%s::uuid[] is null or class_id = any(%s))",
            [scope.unit_no, notice_id, *[class_wall()] * 2],
        )
        missing = [child_id for (child_id,) in cursor.fetchall()]
    if not missing:
        raise Conflict(_("都已经回了，没有要催的"), fix=_("不用催"))
    message_id = say(notice, f"remind:{notice_id}:{notice.reminders + 1}", "remind")
    told = contacts.told_of(child_ids=missing)
    spread.spread(
        message_id, scope.unit_no, [(adult, child) for child, adults in told.items() for adult in adults]
    )
    Notice.objects.filter(pk=notice_id).update(reminded_at=timezone.now(), reminders=notice.reminders + 1)
    audit.note(f"{len(missing)} children")
    return len(missing)


@action(title="结束通知", roles=WRITERS, reach=PAGE)
def end_notice(*, notice_id: UUID) -> None:
    """Take no more answers. Raises NotFound, Conflict."""
    Notice.objects.filter(pk=held(notice_id, "end").notice_id).update(state=rules.ENDED)


def on_ties_changed(fact: Told) -> None:
    """An adult was bound to a child after a notice went out: she gets the copies that still matter."""
    child = fact.payload.get("child_person_id")
    if child is None and not {"guardian_of", "affiliation"} & set(fact.payload.get("datasets", ())):
        return
    since = timezone.now() - timedelta(days=OPEN_DAYS)
    for unit_no in scopes.current().units:
        with connection.cursor() as cursor:
            cursor.execute(LATE, [unit_no, since, child, child])
            asked = cursor.fetchall()
        told = (
            contacts.told_of(child_ids=list({child_id for _notice, child_id, _message in asked}))
            if asked
            else {}
        )
        by_message: dict[UUID, list[spread.Pair]] = {}
        for _notice, child_id, message_id in asked:
            by_message.setdefault(message_id, []).extend(
                (adult, child_id) for adult in told.get(child_id, ())
            )
        for message_id, pairs in by_message.items():
            spread.put_items(message_id, unit_no, pairs)
