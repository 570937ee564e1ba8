"""办事: what waits for the acting role with ticks, what one asked for, what one answered."""

from __future__ import annotations

from collections import defaultdict
from contextvars import ContextVar
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from jizuo.engines.matter import days, rules, verbs
from jizuo.engines.matter.actions import matters as actions
from jizuo.engines.matter.forms.kinds import is_uuid
from jizuo.engines.matter.lines import MatterLine, TodoLine
from jizuo.engines.matter.queries import matters, todos
from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.pages.format import table_day
from jizuo.ground.pages.parts import Tab
from jizuo.ground.pages.shell import to
from jizuo.ground.scope import Scope

SIZE = 50
VIEWS = (
    ("todo", gettext_lazy("等我办")),
    ("mine", gettext_lazy("我申请的")),
    ("touched", gettext_lazy("我经办的")),
)
_counted: ContextVar[tuple[str, int] | None] = ContextVar("jizuo_todo", default=None)


def badge(scope: Scope) -> int | None:
    """The count for the menu where a page has counted already; it costs no read."""
    counted = _counted.get()
    return counted[1] if counted and counted[0] == scope.request_id else None


@never_cache
def index(request: ActingRequest) -> HttpResponse:
    """What waits, or a list of matters."""
    is_family = scopes.current().role in scopes.FAMILY_ROLES
    known = [key for key, _word in VIEWS if not (is_family and key == "touched")]
    view = request.GET.get("view", "todo")
    view = view if view in known else "todo"
    after, scene = request.GET.get("after", ""), request.GET.get("scene", "")[:30]
    context: dict[str, Any] = {
        "view": view,
        "tabs": [
            Tab(str(word), to(f"matters?view={key}"), key == view) for key, word in VIEWS if key in known
        ],
        "where": [request.unit_name],
        "may_lend": not is_family,
        "lending": to("matters/lending"),
    }
    if view == "todo":
        page = todos.todo(scene=scene, after=after, limit=SIZE)
        context["lines"] = [todo_line(one) for one in page.rows]
        context["has_ticks"] = any(one.verbs for one in page.rows)
        context["has_unsure"] = any(line["is_unsure"] for line in context["lines"])
        if not after and not page.next and not scene:
            _counted.set((scopes.current().request_id, len(page.rows)))
        leads_on = page.next
    else:
        listed = matters.matter_list(mine=view == "mine", after=after, limit=SIZE)
        context["lines"] = [matter_line(one) for one in listed.rows]
        leads_on = listed.next
    kept = {"view": view, "scene": scene, "after": leads_on}
    context["more"] = f"{request.path}?{urlencode(kept)}" if leads_on else ""
    return render(request, "matter/matters.html", context)


def todo_line(one: TodoLine) -> dict[str, Any]:
    """A task with its words for a page."""
    return {
        "one": one,
        "href": to(f"matters/{one.matter_id}"),
        "pick": f"{one.verbs[0]}:{one.task_id}" if one.verbs else "",
        "word": _("补正") if one.do == rules.MEND else one.step_title,
        "due": due_words(one.due_on, one.is_late),
        "tone": "zhu" if one.is_late else "huang" if one.due_on == scopes.current().today else "",
        "is_unsure": is_unsure(one.due_on, one.is_late),
    }


def is_unsure(due_on: date | None, is_late: bool) -> bool:
    """Whether a due day ahead may still move: the holidays of its year are not published."""
    return due_on is not None and not is_late and not days.is_known(due_on)


def due_words(due_on: date | None, is_late: bool) -> str:
    """The day a thing is due, in words."""
    if due_on is None:
        return ""
    if is_late:
        return _("已逾期")
    return _("今天到期") if due_on == scopes.current().today else _("%(day)s前") % {"day": table_day(due_on)}


def matter_line(one: MatterLine) -> dict[str, Any]:
    """A matter with its words for a page."""
    return {
        "one": one,
        "href": to(f"matters/{one.matter_id}"),
        "state": verbs.STATES[one.state],
        "tone": verbs.TONES[one.state],
    }


@require_POST
def take(request: ActingRequest) -> HttpResponse:
    """Answer what was ticked, each with its main verb; or with the one that was pressed."""
    picks: dict[str, list[UUID]] = defaultdict(list)
    for told in request.POST.getlist("pick")[:500]:
        verb, _colon, task_id = told.partition(":")
        if is_uuid(task_id):
            picks[verb].append(UUID(task_id))
    done, skipped = 0, []
    for verb, ids in picks.items():
        result = actions.take_step(task_ids=ids, verb=verb)
        done += result.done
        skipped += result.skipped
    if not picks:
        messages.warning(request, _("请先勾选要办的。"))
    if done:
        messages.success(request, _("办了 %(n)s 件。") % {"n": done})
    if skipped:
        messages.warning(
            request,
            _("%(n)s 件没有办：%(why)s")
            % {"n": len(skipped), "why": "；".join(sorted({one.why for one in skipped}))},
        )
    return redirect(to("matters"))
