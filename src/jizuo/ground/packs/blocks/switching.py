"""The portal of scenes, and the pages on which a unit switches them on and off."""

from __future__ import annotations

from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import BadInput, Conflict, DoorError
from jizuo.ground.packs import actions, queries
from jizuo.ground.packs.actions import ABOVE, MANAGERS
from jizuo.ground.packs.blocks import portal
from jizuo.ground.packs.blocks.words import html
from jizuo.ground.packs.parts import all_parts
from jizuo.ground.packs.queries import SceneLine, SceneView, SettingLine
from jizuo.ground.pages.parts import Action, Tile
from jizuo.ground.pages.shell import Page, guest_actions, to

CHANGES = {"new": gettext_lazy("新增"), "changed": gettext_lazy("改动"), "gone": gettext_lazy("去掉")}
CHANGE_TONES = {"new": "lv", "changed": "huang", "gone": "zhu"}


@never_cache
def scenes(request: ActingRequest) -> HttpResponse:
    """Every scene in use with what the reader may start and look at."""
    found = portal.scene_offers()
    groups = [
        {
            "title": category or _("其他"),
            "scenes": [
                {
                    "offer": one,
                    "tiles": [
                        Tile(one.icon, title, to(f"s/{one.scene}/new/{form}")) for form, title in one.start
                    ],
                    "links": [(title, to(f"s/{one.scene}/{name}")) for name, title in one.pages],
                }
                for one in told
            ],
        }
        for category, told in groupby(found, key=lambda one: one.category)
    ]
    is_manager = scopes.current().role in MANAGERS
    context = {
        "groups": groups,
        "where": [request.unit_name],
        "main": Action(_("启用场景"), href=to("scenes/all")) if is_manager else None,
        "others": guest_actions("scenes"),
    }
    return render(request, "ground/scenes/scenes.html", context)


@never_cache
def every(request: ActingRequest) -> HttpResponse:
    """The catalogue of scenes with which the unit uses."""
    found = sorted(
        queries.scene_list(), key=lambda one: (portal.place_of(one.category), one.category, one.title)
    )
    groups = [
        {
            "title": category or _("其他"),
            "scenes": [
                {"line": one, "state": state_of(one), "href": to(f"scenes/of/{one.scene}")} for one in told
            ],
        }
        for category, told in groupby(found, key=lambda one: one.category)
    ]
    context = {"groups": groups, "where": [request.unit_name], "trail": [(_("场景"), to("scenes"))]}
    return render(request, "ground/scenes/every.html", context)


def state_of(line: SceneLine) -> tuple[str, str]:
    """Words and tone of how a scene stands at the unit."""
    if not line.used:
        return _("没有启用"), ""
    if line.used != line.number:
        return _("在用 %(now)s，可升级到 %(new)s") % {"now": line.used, "new": line.number}, "huang"
    return (_("区里启用 %(now)s") if line.above else _("在用 %(now)s")) % {"now": line.used}, "lv"


@never_cache
def one(request: ActingRequest, scene: str) -> HttpResponse:
    """One scene: on or off, its version, settings, posts."""
    view = queries.scene(scene=scene)
    if request.method == "POST":
        return changed(request, view)
    newest = view.versions[0]
    main = None
    if not view.used:
        main = Action(_("启用"), href=to(f"scenes/of/{scene}/{newest.version_id}"))
    elif not newest.is_used:
        words = _("升级到 %(number)s") % {"number": newest.number}
        main = Action(words, href=to(f"scenes/of/{scene}/{newest.version_id}"))
    context = {
        "view": view,
        "readme": html(view.readme),
        "settings": [setting_line(each) for each in view.settings],
        "posts": [(each, to(f"scenes/of/{scene}/posts/{each.key}")) for each in view.posts],
        "parts": [(part.title, view.parts[folder]) for folder, part in all_parts().items() if folder in view.parts],
        "versions": [(each, to(f"scenes/of/{scene}/{each.version_id}")) for each in view.versions],
        "main": main if view.may_manage else None,
        "others": [Action(_("打开"), href=to(f"s/{scene}/"))] if view.used else [],
        "book": Action(_("带走数据"), href=to(f"scenes/of/{scene}/rows.xlsx"), is_download=True) if view.used else None,
        "where": [request.unit_name, (_("在用 %(now)s") % {"now": view.used}) if view.used else _("没有启用")],
        "trail": [(_("场景"), to("scenes")), (_("全部场景"), to("scenes/all"))],
    }  # fmt: skip
    return render(request, "ground/scenes/one.html", context)


def setting_line(line: SettingLine) -> dict[str, Any]:
    """A setting as a field."""
    types = {"number": "number", "time": "time"}
    return {"line": line, "type": types.get(line.kind, "text"), "name": f"set.{line.key}"}


def settings_in(view: SceneView, posted: QueryDict) -> dict[str, Any]:
    """The settings of a form. Raises BadInput."""
    found: dict[str, Any] = {}
    for line in view.settings:
        text = posted.get(f"set.{line.key}", "").strip()
        if line.kind == "yes_no":
            found[line.key] = bool(text)
        elif line.kind == "number":
            try:
                found[line.key] = int(text) if text.lstrip("-").isdigit() else float(text)
            except ValueError:
                raise BadInput(_("“%(title)s”应为数字") % {"title": line.title}, fix=_("如 3")) from None
        else:
            found[line.key] = text
    return found


def changed(request: ActingRequest, view: SceneView) -> HttpResponse:
    """Switch off, or keep settings."""
    try:
        if "off" in request.POST:
            actions.remove_scene(scene=view.scene)
            messages.success(request, _("已停用“%(title)s”，数据都还在") % {"title": view.title})
        else:
            actions.set_scene(scene=view.scene, settings=settings_in(view, request.POST))
            messages.success(request, _("设置已保存，从现在起生效"))
    except DoorError as error:
        say(request, error)
    return redirect(to(f"scenes/of/{view.scene}"))


def say(request: ActingRequest, error: DoorError) -> None:
    """The words of a refusal above the page."""
    words = [f"{one.where} {one.what}。{one.fix}" for one in error.problems[:5]]
    messages.error(request, " ".join(words or [f"{error.detail}。{error.fix}"]))


@never_cache
def version(request: ActingRequest, scene: str, version_id: UUID) -> HttpResponse:
    """What switching to a version changes; a POST does it."""
    found = queries.upgrade_preview(version_id=version_id)
    role = scopes.current().role
    if request.method == "POST":
        try:
            actions.install_scene(
                version_id=version_id, is_for_below=role in ABOVE and "below" in request.POST
            )
        except (BadInput, Conflict) as error:
            say(request, error)
            return redirect(to(f"scenes/of/{scene}/{version_id}"))
        words = _("“%(title)s”%(number)s 已启用，数据表一会儿就建好")
        messages.success(request, words % {"title": found.title, "number": found.after})
        return redirect(to(f"scenes/of/{scene}"))
    context = {
        "found": found,
        "changes": [(each, CHANGES[each.what], CHANGE_TONES[each.what]) for each in found.changes],
        "may_below": role in ABOVE,
        "where": [request.unit_name, f"{found.before or '—'} → {found.after}"],
        "trail": [(_("全部场景"), to("scenes/all")), (found.title, to(f"scenes/of/{scene}"))],
    }
    return render(request, "ground/scenes/version.html", context)


PAGES = (
    Page("scenes", scenes, gettext_lazy("场景"), scopes.ROLES, "scene", "场", order=10, holds=("s",), name="scenes"),
    Page("scenes/all", every, gettext_lazy("全部场景"), MANAGERS, in_menu=False),
    Page("scenes/of/<slug:scene>", one, gettext_lazy("场景"), MANAGERS, in_menu=False),
    Page("scenes/of/<slug:scene>/<uuid:version_id>", version, gettext_lazy("启用场景"), MANAGERS, in_menu=False),
)  # fmt: skip
