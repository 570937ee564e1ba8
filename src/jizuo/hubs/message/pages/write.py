"""Writing a notice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import BinaryIO, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizuo.ground import scope as scopes
from jizuo.ground.errors import BadInput, Problem
from jizuo.ground.files import actions as files
from jizuo.ground.pages.shell import Page, to
from jizuo.hubs.message import rules
from jizuo.hubs.message.actions import notices as actions
from jizuo.hubs.message.pages.places import AUDIENCES, NEEDS, id_in, ids_in
from jizuo.hubs.message.queries import notices as queries
from jizuo.hubs.message.queries.notices import WRITERS
from jizuo.hubs.message.shapes import Draft
from jizuo.hubs.organisation.class_names import ClassView

#: A notice's files: read by whoever was told, no more personal than its words.
FILE_GRADE = 2


def write(request: HttpRequest) -> HttpResponse:
    """Write a notice or go on with a draft; a whole one leads to its preview."""
    notice_id = id_in(request.GET.get("notice", "") or request.POST.get("notice", ""))
    classes, notice = queries.writing(notice_id=notice_id)
    fault: BadInput | None = None
    draft = queries.as_draft(notice) if notice else Draft("", "", options=(_("同意"), _("不同意")))
    if request.method == "POST":
        try:
            draft = posted(request, classes)
            user = request.user
            made = actions.save_notice(draft=draft, notice_id=notice_id, writer_name=user.display_name)  # type: ignore[union-attr]
        except BadInput as error:
            fault = error
        else:
            return redirect(to(f"notices/{made}"))
    is_office = scopes.current().role in scopes.SCHOOL_ROLES
    chosen = set(draft.class_ids) or ({classes[0].org_id} if len(classes) == 1 else set())
    grades: dict[str, list[dict]] = {}
    for one in classes:
        grades.setdefault(one.grade or _("其他"), []).append({"one": one, "is_chosen": one.org_id in chosen})
    context = {
        "draft": draft,
        "due": timezone.localtime(draft.due_at).strftime("%Y-%m-%dT%H:%M") if draft.due_at else "",
        "options": "\n".join(draft.options),
        "notice": notice,
        "fault": fault,
        "grades": grades.items(),
        "class_count": len(classes),
        "audiences": [(key, word) for key, word in AUDIENCES.items() if is_office or key != rules.STAFF],
        "needs": NEEDS.items(),
        "trail": [(_("通知"), to("notices"))],
        "most_mb": 20,
        "files": len(draft.file_ids),
    }
    return render(request, "message/write.html", context, status=422 if fault else 200)


def posted(request: HttpRequest, classes: Sequence[ClassView]) -> Draft:
    """The draft in the form; files that came with it are kept. Raises BadInput."""
    told = request.POST
    chosen = set(ids_in(told.getlist("class")))
    grades = set(told.getlist("grade"))
    is_all = told.get("all") == "1"
    file_ids = list(ids_in(told.getlist("file")))
    for upload in request.FILES.getlist("files"):
        kept = files.keep(
            cast(BinaryIO, upload),
            name=upload.name or "",
            kind="attachment",
            grade=FILE_GRADE,
            owner_dataset="notice",
        )
        file_ids.append(kept.file_id)
    needs = told.get("needs", rules.READ)
    options = tuple(line.strip() for line in told.get("options", "").splitlines() if line.strip())
    audience = told.get("audience", rules.FAMILIES)
    class_ids: tuple[UUID, ...] = tuple(
        one.org_id for one in classes if is_all or one.org_id in chosen or (one.grade and one.grade in grades)
    )
    return Draft(
        told.get("title", ""), told.get("text", "").replace("\r\n", "\n"), audience, needs,
        options if needs == rules.CHOICE else (), () if audience == rules.STAFF else class_ids, tuple(file_ids),
        moment(told.get("due", "")) if needs != rules.NONE else None, told.get("is_urgent") == "1",
    )  # fmt: skip


def moment(text: str) -> datetime | None:
    """The deadline typed, in the base's civil zone; None for none. Raises BadInput."""
    if not text:
        return None
    try:
        return timezone.make_aware(datetime.fromisoformat(text).replace(tzinfo=None))
    except ValueError:
        raise BadInput(
            _("通知还不能保存"),
            problems=[Problem(_("截止时间"), _("截止时间读不出来"), _("如 2026-09-18 18:00"))],
        ) from None


PAGES = (Page("notices/new", write, gettext_lazy("写通知"), WRITERS, in_menu=False),)
