"""One matter: answers, what may be done, timeline, clock, why it does not move."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from jizuo.engines.matter import rules, verbs
from jizuo.engines.matter.actions import asking, undoing
from jizuo.engines.matter.actions import matters as actions
from jizuo.engines.matter.lines import Clock, MatterView, TaskLine
from jizuo.engines.matter.pages import lists
from jizuo.engines.matter.queries import matters
from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.doors import role_title
from jizuo.ground.errors import BadInput, NotFound, Problem
from jizuo.ground.pages.parts import Step
from jizuo.ground.pages.shell import to

MOST_NOTE = 1_000

#: Verbs of the timeline after which there may be something to print.
PAPERS = ("document", "call")


@never_cache
def view(request: ActingRequest, matter_id: UUID) -> HttpResponse:
    """The page of one matter; who is asked answers here with one press."""
    found = matters.matter_view(matter_id=matter_id)
    acts = [act_of(found, task) for task in found.tasks if task.verbs]
    context = {
        "found": found,
        "here": to(f"matters/{matter_id}"),
        "state": verbs.STATES[found.state],
        "tone": verbs.TONES[found.state],
        "clock": clock_words(found.clock),
        "clock_tone": clock_tone(found.clock),
        "steps": [Step(one.title, one.state) for one in found.steps],
        "acts": acts,
        "waits": [task for task in found.tasks if task.state == "open" and task.do != rules.MEND],
        "events": [
            {
                "one": one,
                "role": role_title(one.role) if one.role else "",
                "told": told_words(one.step_title, one.word),
            }
            for one in found.events
        ],
        "mend": to(f"s/{found.scene}/{matter_id}/{found.form}") if "resubmit" in found.may_matter else "",
        "trail": [(_("办事"), to("matters"))],
        "most": MOST_NOTE,
        "stars": [5, 4, 3, 2, 1],
        "is_manager": "move" in found.may_matter,
        "papers": to(f"matters/{matter_id}/documents")
        if any(one.verb in PAPERS for one in found.events)
        else "",
    }
    return render(request, "matter/matter.html", context)


def told_words(step: str, word: str) -> str:
    """A line of the timeline: the step, then what was done there."""
    return f"{step}：{word}" if step else word


def act_of(found: MatterView, task: TaskLine) -> dict[str, Any]:
    """What the reader may answer to a task: the main verb as a press or a form to fill, the others with a note."""
    main, *others = task.verbs
    return {
        "task": task,
        "sheet": f"sheet-{task.task_id.hex[-8:]}",
        "main": main,
        "word": verbs.BUTTONS[main],
        "others": [(verb, verbs.BUTTONS[verb]) for verb in others],
        "post": to(f"matters/{found.matter_id}/take/{task.task_id}"),
        "fill": to(f"s/{found.scene}/{found.matter_id}/{task.form}") if task.form else "",
    }


def clock_words(clock: Clock) -> str:
    """How much time is left, in words."""
    if clock.left is None:
        return ""
    if not clock.is_running:
        return _("用了 %(n)s 个工作日") % {"n": clock.used}
    if clock.left < 0:
        return _("逾期 %(n)s 个工作日") % {"n": -clock.left}
    return _("今天到期") if clock.left == 0 else _("还剩 %(n)s 个工作日") % {"n": clock.left}


def clock_tone(clock: Clock) -> str:
    """The tone of the time that is left."""
    if clock.left is None or not clock.is_running:
        return ""
    return "zhu" if clock.left < 0 else "huang" if clock.left <= 1 else "lv"


@require_POST
def take(request: ActingRequest, matter_id: UUID, task_id: UUID) -> HttpResponse:
    """Answer one task."""
    verb = request.POST.get("verb", "")
    result = actions.take_step(task_ids=[task_id], verb=verb, note=request.POST.get("note", ""))
    if result.done:
        messages.success(request, _("办好了。"))
        return redirect(to("matters"))
    messages.warning(request, result.skipped[0].why)
    return redirect(to(f"matters/{matter_id}"))


@require_POST
def do(request: ActingRequest, matter_id: UUID, verb: str) -> HttpResponse:
    """Do something with the whole matter, or pass a task on."""
    told = request.POST
    note = told.get("note", "")
    if verb == "withdraw":
        actions.withdraw(matter_id=matter_id, note=note)
        said = _("已撤回。")
    elif verb == "undo":
        undoing.undo_matter(matter_id=matter_id, note=note)
        said = _("已取消。")
    elif verb == "take_back":
        actions.take_back(matter_id=matter_id)
        said = _("已收回，请重新办理。")
    elif verb == "press":
        actions.press_matter(matter_id=matter_id)
        said = _("已催办。")
    elif verb == "rate":
        actions.rate_matter(matter_id=matter_id, stars=number_of(told.get("stars", "")), note=note)
        said = _("谢谢您的评价。")
    elif verb == "end":
        actions.end_matter(matter_id=matter_id, note=note)
        said = _("已办结。")
    elif verb == "delegate":
        asking.delegate_task(
            task_id=id_of(told.get("task", "")), person_id=id_of(told.get("person", "")), note=note
        )
        said = _("已转交。")
    elif verb == "add_signer":
        asking.add_signer(
            task_id=id_of(told.get("task", "")), person_id=id_of(told.get("person", "")), note=note
        )
        said = _("已请他一起签。")
    elif verb == "hand_over":
        person = told.get("person", "")
        asking.hand_over(
            task_id=id_of(told.get("task", "")), note=note, holder_word="" if person else told.get("word", ""),
            person_id=id_of(person) if person else None,
        )  # fmt: skip
        said = _("已转给别人。")
    elif verb == "move":
        version = told.get("version", "")
        asking.move_matter(
            matter_id=matter_id,
            step=told.get("step", ""),
            note=note,
            version_id=id_of(version) if version else None,
        )
        said = _("已调整。")
    else:
        raise NotFound()
    messages.success(request, said)
    return redirect(to(f"matters/{matter_id}"))


def id_of(text: str) -> UUID:
    """An id out of a form. Raises BadInput."""
    try:
        return UUID(text)
    except ValueError:
        raise BadInput(_("请选一位"), problems=[Problem("person", _("请从列表里选"))]) from None


def number_of(text: str) -> int:
    """A number out of a form, 0 for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0


@never_cache
def move(request: ActingRequest, matter_id: UUID) -> HttpResponse:
    """To which step a matter may be put, and what the version in use changes."""
    found = matters.matter_view(matter_id=matter_id)
    preview = matters.move_preview(matter_id=matter_id)
    is_newer = preview.number != found.version
    now = matters.move_preview(matter_id=matter_id, version_id=found.version_id) if is_newer else preview
    context = {
        "found": found, "preview": preview, "now": now, "is_newer": is_newer, "most": MOST_NOTE,
        "post": to(f"matters/{matter_id}/do/move"), "hand_over": to(f"matters/{matter_id}/do/hand_over"),
        "end": to(f"matters/{matter_id}/do/end"),
        "waits": [task for task in found.tasks if task.state == "open" and task.do != rules.MEND],
        "colleagues": colleagues(),
        "trail": [(_("办事"), to("matters")), (found.title, to(f"matters/{matter_id}"))],
    }  # fmt: skip
    return render(request, "matter/move.html", context)


def colleagues() -> list[tuple[UUID, str]]:
    """The staff of the acting unit by name, oneself left out."""
    from jizuo.engines.matter.queries.colleagues import colleague_list

    me = scopes.current().person_id
    return [(one.person_id, one.name) for one in colleague_list() if one.person_id != me]


@never_cache
def children(request: ActingRequest, matter_id: UUID) -> HttpResponse:
    """What the units below have done of a matter; those that have not come first."""
    found = matters.matter_view(matter_id=matter_id)
    below = matters.children_of(matter_id=matter_id)
    lines = [
        {"one": one, "href": to(f"matters/{one.matter_id}"), "state": verbs.STATES[one.state],
         "tone": "zhu" if one.is_late else verbs.TONES[one.state],
         "is_unsure": one.state in rules.LIVE and lists.is_unsure(one.due_on, one.is_late)}
        for one in sorted(below, key=lambda one: one.state not in rules.LIVE)
    ]  # fmt: skip
    context = {
        "found": found, "lines": lines, "late": sum(one.is_late for one in below),
        "has_unsure": any(line["is_unsure"] for line in lines),
        "trail": [(_("办事"), to("matters")), (found.title, to(f"matters/{matter_id}"))],
    }  # fmt: skip
    return render(request, "matter/children.html", context)
