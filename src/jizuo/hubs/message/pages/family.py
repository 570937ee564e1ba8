"""What a person was told: the list, one message, a notice with its answer buttons, and the address one forwards."""

from __future__ import annotations

import contextlib
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.ground import acting, grants
from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import BadInput, Conflict, NotAllowed, NotFound
from jizuo.ground.files.pages import serve
from jizuo.ground.pages.parts import Action
from jizuo.ground.pages.shell import Page, to
from jizuo.hubs.message import rules
from jizuo.hubs.message.actions import answers
from jizuo.hubs.message.pages.places import WAYS, answer_word, inbox_path, said
from jizuo.hubs.message.queries import inbox
from jizuo.hubs.message.queries.addresses import BINDERS
from jizuo.hubs.message.queries.inbox import READERS
from jizuo.hubs.message.queries.notices import WRITERS, notice_progress


@never_cache
def listed(request: ActingRequest) -> HttpResponse:
    """Every message of the acting person in this role, newest first."""
    lines = [
        {
            "one": one,
            "href": to(f"messages/notices/{one.notice_id}" if one.notice_id else f"messages/{one.item_id}"),
            "answer": answer_word(one.answer),
            "is_waiting": one.needs not in ("", rules.NONE) and not one.answer and one.child_id is not None,
        }
        for one in inbox.my_messages()
    ]
    binds = scopes.current().role in BINDERS
    context = {
        "lines": lines,
        "where": [request.unit_name],
        "others": [Action(_("我的通知方式"), href=to("message-ways"))] if binds else None,
    }
    return render(request, "message/messages.html", context)


@never_cache
def one(request: ActingRequest, item_id: UUID) -> HttpResponse:
    """One message that is no notice: its words, and where it leads."""
    found = next((one for one in inbox.my_messages() if one.item_id == item_id), None)
    answers.open_item(item_id=item_id)
    if found is None:
        raise NotFound(_("没有这条消息"))
    context = {
        "one": found,
        "href": to(found.link) if found.link else "",
        "trail": [(_("消息"), to(inbox_path()))],
    }
    return render(request, "message/message.html", context)


@never_cache
def notice(request: ActingRequest, notice_id: UUID) -> HttpResponse:
    """A notice for the own child with its answer buttons; answering is a POST."""
    if request.method == "POST":
        try:
            answers.answer_notice(
                notice_id=notice_id, answer=request.POST.get("answer", ""),
                is_correction=request.POST.get("correct") == "1",
            )  # fmt: skip
        except (BadInput, Conflict, NotAllowed) as error:
            messages.error(request, said(error))
        else:
            messages.success(request, _("已收到您的回执。"))
        return redirect(to(f"messages/notices/{notice_id}"))
    found = answers.open_notice(notice_id=notice_id)
    context = {
        "one": found,
        "answer": answer_word(found.answer),
        "way": WAYS.get(found.way, ""),
        "options": [(one, answer_word(one)) for one in rules.answers_of(found.needs, found.options)],
        "needs_answer": found.needs != rules.NONE and bool(found.code),
        "files": [
            (to(f"messages/notices/{notice_id}/files/{file_id}"), name)
            for file_id, name, _size in found.files
        ],
        "trail": [(_("消息"), to(inbox_path()))],
    }
    return render(request, "message/my_notice.html", context)


def attachment(request: ActingRequest, notice_id: UUID, file_id: UUID) -> HttpResponseBase:
    """A notice's file."""
    return serve(request, inbox.notice_file(notice_id=notice_id, file_id=file_id))


@login_required
@never_cache
def forwarded(request: ActingRequest, notice_id: UUID) -> HttpResponse:
    """The address of a notice that one may forward: each reader is led to it in the role in which she was told of
    it, a writer to its progress; for everybody else there is none."""
    for scope in grants.scopes_of(request.user.pk, acting.today()):
        with scopes.use(scope), contextlib.suppress(NotFound):
            return redirect(to(own_path(notice_id)))
    raise NotFound(_("没有这个通知"), fix=_("它不是发给您的，或已经不在了；如有疑问请联系班主任"))


def own_path(notice_id: UUID) -> str:
    """Where the acting role finds a notice: as it was told, or as a writer its progress. Raises NotFound."""
    role = scopes.current().role
    if role in READERS:
        with contextlib.suppress(NotFound):
            inbox.my_notice(notice_id=notice_id)
            return f"messages/notices/{notice_id}"
    if role in WRITERS:
        notice_progress(notice_id=notice_id)
        return f"notices/{notice_id}"
    raise NotFound(_("没有这个通知"))


PAGES = (
    Page(
        "messages",
        listed,
        gettext_lazy("消息"),
        READERS - scopes.SCHOOL_ROLES,
        "",
        "信",
        badge=inbox.badge,
        order=10,
        name="messages",
    ),
    Page("notices/inbox", listed, gettext_lazy("收到的消息"), scopes.SCHOOL_ROLES, in_menu=False),
    Page("messages/<uuid:item_id>", one, gettext_lazy("一条消息"), READERS, in_menu=False),
    Page("messages/notices/<uuid:notice_id>", notice, gettext_lazy("给我的通知"), READERS, in_menu=False),
    Page(
        "messages/notices/<uuid:notice_id>/files/<uuid:file_id>",
        attachment,
        gettext_lazy("通知的附件"),
        READERS,
        in_menu=False,
    ),
)
