"""The list of notices, one with its progress, who is missing, whom to call, the file."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import DoorError
from jizuo.ground.files.pages import disposition
from jizuo.ground.pages.parts import Action, Number, Progress
from jizuo.ground.pages.shell import Page, to
from jizuo.ground.scope import Scope
from jizuo.hubs.data.pages.step import XLSX
from jizuo.hubs.message import rules
from jizuo.hubs.message.actions import notices as actions
from jizuo.hubs.message.pages.places import (
    AUDIENCES,
    CHANNELS,
    DELIVERIES,
    NEEDS,
    STATES,
    WAYS,
    answer_word,
    due_word,
    id_in,
    inbox_path,
    said,
)
from jizuo.hubs.message.queries import inbox
from jizuo.hubs.message.queries import notices as queries
from jizuo.hubs.message.queries.notices import WRITERS
from jizuo.hubs.message.queries.settings import SETTING_ROLES
from jizuo.hubs.message.shapes import ClassCount, NoticeView, ReceiptLine
from jizuo.plain.workbook.write import ListSheet, OutColumn, write_list

MOST_SHOWN = 500


def listed(request: ActingRequest) -> HttpResponse:
    """Every notice, newest first; what the reader has not opened herself is counted for the menu."""
    inbox.unread_count()
    lines = [
        {
            "one": one,
            "audience": AUDIENCES[one.audience],
            "state": STATES[one.state],
            "href": to(f"notices/{one.notice_id}"),
            "due": due_word(one) if one.needs != rules.NONE else "",
            "percent": round(100 * one.answered / one.asked) if one.asked else 0,
            "has_receipts": one.needs != rules.NONE and bool(one.asked),
        }
        for one in queries.notice_list()
    ]
    office = []
    if scopes.current().role in SETTING_ROLES:
        office = [
            Action(_("收到的消息"), href=to(inbox_path())),
            Action(_("消息设置"), href=to("message-settings")),
        ]
    context = {
        "lines": lines,
        "main": Action(_("写通知"), href=to("notices/new")),
        "others": [Action(_("录入纸质回执"), href=to("notices/paper")), *office],
        "where": [request.unit_name],
    }
    return render(request, "message/notices.html", context)


@never_cache
def one(request: ActingRequest, notice_id: UUID) -> HttpResponse:
    """A draft with its preview and reach, or a sent notice with its progress."""
    notice, classes, reads, sent = queries.notice_progress(notice_id=notice_id)
    context = {
        "notice": notice,
        "state": STATES[notice.state],
        "audience": AUDIENCES[notice.audience],
        "needs": NEEDS[notice.needs],
        "due": due_word(notice),
        "trail": [(_("通知"), to("notices"))],
        "at": to(f"notices/{notice_id}"),
        "class_names": "、".join(one.name for one in classes),
    }
    if notice.state == rules.DRAFT:
        return render(request, "message/draft.html", context | draft_parts(notice))
    return render(request, "message/notice.html", context | sent_parts(notice, classes, reads, sent))


def draft_parts(notice: NoticeView) -> dict:
    """Whom a draft reaches, what it costs, how a family will see it."""
    found, names = queries.estimate(notice_id=notice.notice_id)
    example = {"child": _("王小明"), "class": _("三（2）班"), "school": ""}
    numbers = [
        Number(_("发给"), found.children, unit=_("个孩子") if notice.audience == rules.FAMILIES else _("人"))
    ]
    if notice.audience == rules.FAMILIES:
        numbers += [
            Number(_("能收到的家长"), found.adults, unit=_("位"), definition=_("接收通知、没有被禁止接触的家长")),
            Number(
                _("只能用纸条"), found.without_adult, unit=_("个孩子"), tone="huang" if found.without_adult else "",
                definition=_("还没有登记能接收通知的家长"),
            ),
        ]  # fmt: skip
    if found.sms:
        numbers.append(
            Number(
                _("短信最多"), found.sms, unit=_("条"),
                detail=_("约 %(yuan)s 元，本月还剩 %(left)s 条") % {"yuan": f"{found.sms_fen / 100:.2f}", "left": found.sms_left},
                tone="huang" if found.sms > found.sms_left else "",
            )
        )  # fmt: skip
    return {
        "numbers": numbers,
        "names": "、".join(names) if notice.audience == rules.FAMILIES else "",
        "preview": rules.fill(notice.text, example),
        "answers": [answer_word(one) for one in rules.answers_of(notice.needs, notice.options)],
        "confirm": Action(_("发送"), opens="send"),
        "send": Action(_("现在发送"), post=to(f"notices/{notice.notice_id}/send"), tone="main"),
        "change": Action(_("修改"), href=to(f"notices/new?notice={notice.notice_id}")),
        "drop": Action(_("删除草稿"), post=to(f"notices/{notice.notice_id}/drop"), tone="zhu"),
    }


def sent_parts(
    notice: NoticeView,
    classes: list[ClassCount],
    reads: tuple[int, int],
    sent: list[tuple[str, str, int, int]],
) -> dict:
    """How far a sent notice is."""
    asked, answered = sum(one.asked for one in classes), sum(one.answered for one in classes)
    missing, path = asked - answered, f"notices/{notice.notice_id}"
    has_receipts = notice.needs != rules.NONE
    numbers = [Number(_("发给"), asked if asked else reads[1], unit=_("个孩子") if asked else _("人"))]
    numbers.append(
        Number(_("打开过"), reads[0], definition=_("至少有一位家长打开过的孩子；发给学生或教职工时是人数"))
    )
    others: list[Action] = []
    main = None
    if has_receipts:
        numbers += [
            Number(_("已回"), answered, tone="lv" if not missing else ""),
            Number(_("没回"), missing, tone="zhu" if missing else "", href=to(f"{path}/receipts?missing=1")),
        ]
        main = remind_action(notice, missing)
        others = [
            Action(
                _("电话名单"), href=to(f"{path}/phones"), because="" if missing else _("都回了，不用打电话")
            ),
            Action(_("打印纸条"), href=to(f"{path}/slips.pdf"), is_download=True),
            Action(_("录入纸质回执"), href=to("notices/paper")),
            Action(_("导出 Excel"), href=to(f"{path}/receipts.xlsx"), is_download=True),
        ]
    options = [(one, answer_word(one)) for one in rules.answers_of(notice.needs, notice.options)]
    end_action = Action(_("结束，不再收回执"), post=to(f"{path}/end"), tone="zhu")
    return {
        "numbers": numbers,
        "main": main,
        "others": others,
        "options": [word for _option, word in options],
        "classes": [
            {
                "one": one,
                "href": to(f"{path}/receipts?class={one.class_id}"),
                "missing": one.asked - one.answered,
                "counts": [one.by_answer.get(option, 0) for option, _word in options],
            }
            for one in classes
        ],
        "totals": [sum(one.by_answer.get(option, 0) for one in classes) for option, _word in options],
        "asked": asked, "answered": answered, "missing": missing, "has_receipts": has_receipts and bool(asked),
        "sent": [
            (CHANNELS.get(channel, channel), DELIVERIES.get(state, state), count, f"{fen / 100:.2f}" if fen else "")
            for channel, state, count, fen in sent
        ],
        "progress": progress_of(notice),
        "end": end_action if notice.state == rules.SENT and has_receipts else None,
    }  # fmt: skip


def remind_action(notice: NoticeView, missing: int) -> Action:
    """The one tap that reminds those missing, or why not now."""
    because = ""
    if notice.state != rules.SENT:
        because = _("通知还没发完，或已经结束")
    elif not missing:
        because = _("都已经回了")
    return Action(
        _("提醒没回的 %(n)s 家") % {"n": missing} if missing else _("提醒没回的"),
        post=to(f"notices/{notice.notice_id}/remind"), because=because,
    )  # fmt: skip


def progress_of(notice: NoticeView) -> Progress | None:
    """The bar while a notice is being sent."""
    if notice.state != rules.SENDING:
        return None
    return Progress(_("正在发送"), poll=to(f"notices/{notice.notice_id}/progress"))


def progress(request: ActingRequest, notice_id: UUID) -> HttpResponse:
    """The bar by itself; when the sending is over it says so and leads to the numbers."""
    notice = queries.notice_progress(notice_id=notice_id)[0]
    shown = progress_of(notice) or Progress(
        _("已发送"), 100, state="done", href=to(f"notices/{notice_id}"), href_word=_("看进度")
    )
    return render(request, "parts/_progress.html", {"progress": shown})


def act(request: ActingRequest, notice_id: UUID, verb: str) -> HttpResponse:
    """Send, remind, end or drop, then back."""
    back = redirect(to(f"notices/{notice_id}"))
    if request.method != "POST":
        return back
    try:
        if verb == "send":
            address = f"{request.scheme}://{request.get_host()}"
            actions.send_notice(notice_id=notice_id, base_address=address)
        elif verb == "remind":
            count = actions.remind(notice_id=notice_id)
            messages.success(request, _("已提醒 %(n)s 个孩子的家长。") % {"n": count})
        elif verb == "end":
            actions.end_notice(notice_id=notice_id)
        else:
            actions.drop_notice(notice_id=notice_id)
            messages.success(request, _("草稿已删除。"))
            return redirect(to("notices"))
    except DoorError as error:
        if error.status not in (409, 422):
            raise
        messages.error(request, said(error))
    return back


def send(request: ActingRequest, notice_id: UUID) -> HttpResponse:
    """Send a draft."""
    return act(request, notice_id, "send")


def remind(request: ActingRequest, notice_id: UUID) -> HttpResponse:
    """Remind those missing."""
    return act(request, notice_id, "remind")


def end(request: ActingRequest, notice_id: UUID) -> HttpResponse:
    """Take no more answers."""
    return act(request, notice_id, "end")


def drop(request: ActingRequest, notice_id: UUID) -> HttpResponse:
    """Throw a draft away."""
    return act(request, notice_id, "drop")


@never_cache
def receipts(request: ActingRequest, notice_id: UUID) -> HttpResponse:
    """Each child of a class, or those missing."""
    class_id, is_missing = id_in(request.GET.get("class", "")), request.GET.get("missing") == "1"
    notice, lines = queries.receipt_lines(notice_id=notice_id, class_id=class_id, missing=is_missing)
    groups: dict[str, list[dict]] = {}
    for line in lines[:MOST_SHOWN]:
        groups.setdefault(line.class_name, []).append(receipt_row(line))
    at = f"notices/{notice_id}/receipts"
    narrowed = f"&class={class_id}" if class_id else ""
    context = {
        "notice": notice,
        "groups": groups.items(),
        "count": len(lines),
        "more": max(0, len(lines) - MOST_SHOWN),
        "is_missing": is_missing,
        "trail": [(_("通知"), to("notices")), (notice.title, to(f"notices/{notice_id}"))],
        "others": [
            Action(_("看全部"), href=to(f"{at}?{narrowed.lstrip('&')}"))
            if is_missing
            else Action(_("只看没回的"), href=to(f"{at}?missing=1{narrowed}")),
            Action(_("电话名单"), href=to(f"notices/{notice_id}/phones?{narrowed.lstrip('&')}")),
            Action(
                _("打印纸条"),
                href=to(f"notices/{notice_id}/slips.pdf?{narrowed.lstrip('&')}"),
                is_download=True,
            ),
        ],
    }
    return render(request, "message/receipts.html", context)


def receipt_row(line: ReceiptLine) -> dict:
    """One child's line."""
    return {"line": line, "answer": answer_word(line.answer), "way": WAYS.get(line.way, "")}


@never_cache
def phones(request: ActingRequest, notice_id: UUID) -> HttpResponse:
    """Whom to call."""
    class_id = id_in(request.GET.get("class", ""))
    notice, found = queries.phone_list(notice_id=notice_id, class_id=class_id)
    groups: dict[str, list] = {}
    for one_child in found:
        groups.setdefault(one_child.class_name, []).append(one_child)
    context = {
        "notice": notice,
        "groups": groups.items(),
        "count": len(found),
        "trail": [(_("通知"), to("notices")), (notice.title, to(f"notices/{notice_id}"))],
    }
    return render(request, "message/phones.html", context)


@never_cache
def workbook(request: ActingRequest, notice_id: UUID) -> HttpResponse:
    """Every receipt as a workbook of text cells."""
    notice, lines = queries.export_receipts(notice_id=notice_id)
    columns = [
        OutColumn("class", _("班级")), OutColumn("seat", _("座号")), OutColumn("name", _("姓名")),
        OutColumn("answer", _("回执")), OutColumn("way", _("方式")), OutColumn("at", _("时间")), OutColumn("who", _("谁回的")),
        OutColumn("code", _("纸条码")),
    ]  # fmt: skip
    rows = [
        {
            "class": line.class_name, "seat": str(line.seat_no or ""), "name": line.name,
            "answer": answer_word(line.answer) or _("没回"), "way": str(WAYS.get(line.way, "")),
            "at": timezone.localtime(line.answered_at).strftime("%m-%d %H:%M") if line.answered_at else "",
            "who": line.who, "code": line.code,
        }
        for line in lines
    ]  # fmt: skip
    now = timezone.localtime()
    subtitle = _("共 %(n)s 人，已回 %(done)s 人，截至 %(at)s") % {
        "n": len(lines),
        "done": sum(bool(line.answer) for line in lines),
        "at": now.strftime("%Y-%m-%d %H:%M"),
    }
    who = request.user.display_name
    footer = _("%(who)s %(at)s 取自基座") % {"who": who, "at": now.strftime("%Y-%m-%d %H:%M")}
    body = write_list(
        [ListSheet(notice.title, columns, rows, subtitle=subtitle, name=_("回执"))], footer=footer
    )
    name = f"{notice.title} {_('回执')} {now:%Y-%m-%d}.xlsx"
    headers = {"Content-Disposition": disposition(name, is_shown=False), "Cache-Control": "private, no-store"}
    return HttpResponse(body, content_type=XLSX, headers=headers)


def office_badge(scope: Scope) -> int | None:
    """What a school's office has not opened: its messages stand beside its notices."""
    return inbox.badge(scope) if scope.role in scopes.SCHOOL_ROLES else None


def _page(path: str, view, title) -> Page:
    return Page(path, view, title, WRITERS, in_menu=False)


PAGES = (
    Page(
        "notices",
        listed,
        gettext_lazy("通知"),
        WRITERS,
        "",
        "告",
        badge=office_badge,
        order=30,
        name="notices",
        holds=("message-settings",),
    ),
    _page("notices/<uuid:notice_id>", one, gettext_lazy("一个通知")),
    _page("notices/<uuid:notice_id>/send", send, gettext_lazy("发送通知")),
    _page("notices/<uuid:notice_id>/progress", progress, gettext_lazy("发送进度")),
    _page("notices/<uuid:notice_id>/remind", remind, gettext_lazy("催回执")),
    _page("notices/<uuid:notice_id>/end", end, gettext_lazy("结束通知")),
    _page("notices/<uuid:notice_id>/drop", drop, gettext_lazy("删除通知草稿")),
    _page("notices/<uuid:notice_id>/receipts", receipts, gettext_lazy("回执名单")),
    _page("notices/<uuid:notice_id>/phones", phones, gettext_lazy("回执电话名单")),
    _page("notices/<uuid:notice_id>/receipts.xlsx", workbook, gettext_lazy("导出回执")),
)
