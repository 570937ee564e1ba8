"""The page on which a unit gives the posts of a scene to people."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import NotFound
from jizuo.ground.packs.actions import give_post
from jizuo.ground.pages.shell import Page, to
from jizuo.hubs.organisation.queries.posts import post_people


@never_cache
def post(request: ActingRequest, scene: str, name: str) -> HttpResponse:
    """Who holds a post; a search for others; a POST gives or takes back."""
    here = f"scenes/of/{scene}/posts/{name}"
    if request.method == "POST":
        try:
            person_id = UUID(request.POST.get("person", ""))
        except ValueError:
            raise NotFound(_("没有这个人")) from None
        is_given = "take" not in request.POST
        give_post(scene=scene, post=name, person_id=person_id, is_given=is_given)
        messages.success(request, _("已给") if is_given else _("已收回"))
        return redirect(to(here))
    text = request.GET.get("q", "")
    found = post_people(scene=scene, post=name, text=text)
    context = {
        "found": found,
        "text": text,
        "held": [one for one in found.people if one.is_held],
        "others": [one for one in found.people if not one.is_held],
        "where": [request.unit_name, found.scene_title],
        "trail": [(_("场景"), to("scenes")), (found.scene_title, to(f"scenes/of/{scene}"))],
    }
    return render(request, "organisation/post.html", context)


PAGES = (
    Page(
        "scenes/of/<slug:scene>/posts/<slug:name>", post, gettext_lazy("场景岗位"), scopes.STAFF_ROLES, in_menu=False
    ),
)  # fmt: skip
