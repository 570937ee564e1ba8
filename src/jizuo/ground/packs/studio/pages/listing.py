"""The studio's first page: what is being drawn, a new scene, a copy, a next version."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import BadInput, Conflict, DoorError
from jizuo.ground.packs import queries
from jizuo.ground.packs.studio import drafting
from jizuo.ground.packs.studio.pages.frame import home, state_of
from jizuo.ground.pages.parts import Action
from jizuo.ground.pages.shell import to

FILLERS: dict[str, Any] = {
    "guardian": gettext_lazy("家长替孩子填"), "homeroom_teacher": gettext_lazy("班主任替学生填"),
    "teacher": gettext_lazy("教职工自己填"), "clerk": gettext_lazy("教务员填"), "": gettext_lazy("先不定，从空白开始"),
}  # fmt: skip
APPROVERS: dict[str, Any] = {
    "": gettext_lazy("不用批，交了就记下"), "homeroom_teacher": gettext_lazy("班主任批"),
    "clerk": gettext_lazy("教务员批"), "head": gettext_lazy("校长批"),
}  # fmt: skip


@never_cache
def listed(request: ActingRequest) -> HttpResponse:
    """Drafts of the unit, and the scenes that can be copied or gone on with."""
    found = drafting.scene_drafts()
    held = {one.scene for one in found}
    own = set(drafting.own_scenes()) - held
    context = {
        "drafts": [(one, state_of(one.state, one.is_passed), home(one.version_id)) for one in found],
        "scenes": [
            (
                one,
                to(f"studio/copy/{one.version_id}"),
                to(f"studio/revise/{one.scene}") if one.scene in own else "",
            )
            for one in queries.scene_list()
        ],
        "where": [request.unit_name],
        "main": Action(_("新做一个"), href=to("studio/new")),
    }
    return render(request, "ground/studio/list.html", context)


@never_cache
def new(request: ActingRequest) -> HttpResponse:
    """Three questions, and a scene that works."""
    fault: DoorError | None = None
    if request.method == "POST":
        try:
            version_id = drafting.start_scene(
                title=request.POST.get("title", ""),
                scene=request.POST.get("scene", ""),
                filled_by=request.POST.get("filled_by", ""),
                approved_by=request.POST.get("approved_by", ""),
            )
            return redirect(home(version_id))
        except (BadInput, Conflict) as error:
            fault = error
    context = {
        "fault": fault, "told": request.POST, "fillers": FILLERS.items(), "approvers": APPROVERS.items(),
        "where": [request.unit_name], "trail": [(_("做场景"), to("studio"))],
    }  # fmt: skip
    return render(request, "ground/studio/new.html", context, status=fault.status if fault else 200)


@never_cache
def copy(request: ActingRequest, version_id: UUID) -> HttpResponse:
    """A copy under a title of its own."""
    fault: DoorError | None = None
    line = next((one for one in queries.scene_list() if one.version_id == version_id), None)
    if line is None:
        raise Http404
    if request.method == "POST":
        try:
            made = drafting.copy_scene(
                version_id=version_id,
                title=request.POST.get("title", ""),
                scene=request.POST.get("scene", ""),
            )
            return redirect(home(made))
        except (BadInput, Conflict) as error:
            fault = error
    context = {
        "fault": fault, "told": request.POST, "title": request.POST.get("title") or line.title,
        "line": line, "where": [request.unit_name], "trail": [(_("做场景"), to("studio"))],
    }  # fmt: skip
    return render(request, "ground/studio/copy.html", context, status=fault.status if fault else 200)


def revise(request: ActingRequest, scene: str) -> HttpResponse:
    """The next version of a scene of the unit's own."""
    if request.method != "POST":
        return redirect(to("studio"))
    return redirect(home(drafting.revise_scene(scene=scene)))
