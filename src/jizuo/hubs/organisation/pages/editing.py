"""The form of one person: what the school may type, what others hold, and the way to say that it is wrong."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.ground.pages.shell import Page, to
from jizuo.hubs.organisation.actions import editing as actions
from jizuo.hubs.organisation.queries import editing as queries

TITLES = {
    "person": gettext_lazy("本人"), "affiliation": gettext_lazy("在校"), "pupil": gettext_lazy("学籍与生活"),
    "staff": gettext_lazy("岗位与资历"),
}  # fmt: skip


@never_cache
def edit(request: HttpRequest, affiliation_id: UUID) -> HttpResponse:
    """Type over what the school may; a field others hold is shown with its holder."""
    if request.method == "POST":
        told = {key: str(value) for key, value in request.POST.items() if "." in key}
        count = actions.save_person(affiliation_id=affiliation_id, values=told)
        messages.success(request, _("改了 %(n)s 项。") % {"n": count} if count else _("没有改动。"))
        return redirect(to(f"people/{affiliation_id}"))
    found = queries.edit_view(affiliation_id=affiliation_id)
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in found.fields:
        wrong = to(f"people/{affiliation_id}/wrong") + f"?field={one.name}"
        groups.setdefault(one.dataset, []).append({"one": one, "wrong": wrong})
    context = {
        "person": found,
        "groups": [(TITLES[dataset], lines) for dataset, lines in groups.items()],
        "trail": [(found.name, to(f"people/{affiliation_id}"))],
    }
    return render(request, "organisation/edit.html", context)


PAGES = (
    Page("people/<uuid:affiliation_id>/edit", edit, gettext_lazy("修改资料"), queries.EDITORS, in_menu=False),
)
