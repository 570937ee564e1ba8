"""What follows what in a flow. Pure: neither clock nor base.

A matter stands at one step at a time. A human step may ask several people at once; a path leads forwards only, and what is
returned for correction (补正) comes back to the step that returned it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from jizuo.engines.matter.shapes import VERBS, Flow, Step
from jizuo.ground.errors import Problem
from jizuo.plain import expression
from jizuo.plain.expression import BadExpression

#: What expressions of a flow may read.
NAMES = frozenset({"form", "steps", "subject", "applicant", "settings", "today"})
OPEN, WAITING, DONE, REFUSED, WITHDRAWN, ENDED = "open", "waiting", "done", "refused", "withdrawn", "ended"
_BARE = re.compile(r"(form|subject|settings|applicant)\.([a-z][a-z0-9_]*)")
#: A matter in one of these goes on.
LIVE = (OPEN, WAITING)
GOOD = frozenset({"approve", "sign", "done"})
#: The deed of a task by which the applicant mends what was returned; it is of no step.
MEND = "mend"
#: Words of `Step.next` that are no step.
TARGETS = ("end", "refused", "back")
_USUAL = {"refuse": "refused", "return": "back"}
#: Autos that have left their mark: what came before them cannot be taken back.
MARKS = frozenset({"write", "call", "children", "document", "publish"})


@dataclass(frozen=True, slots=True)
class Move:
    """What becomes of a matter after an answer. kind: stay (others are still asked) | go | back | refused | end; to: key of
    the step it goes to, '' for the next in line."""

    kind: str
    to: str = ""


@dataclass(frozen=True, slots=True)
class Landing:
    """Where a matter comes to stand. step: a human step or a `wait`, None when it has ended; state: then how."""

    step: Step | None
    state: str = OPEN


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a simulation. deed: verb that was given, kind of the automatic step, ``skip`` or ``end``."""

    key: str
    title: str
    deed: str
    who: tuple[str, ...] = ()


def step_of(flow: Flow, key: str) -> Step | None:
    """The step of a key, None where the flow has none."""
    return next((step for step in flow.steps if step.key == key), None)


def named(flow: Flow, key: str) -> Step | None:
    """The step of a key, those of `undo` among them, None where the flow has none."""
    every = (*flow.steps, *(flow.undo.steps if flow.undo else ()))
    return next((step for step in every if step.key == key), None)


def place_of(flow: Flow, key: str) -> int:
    """The place of a step in the line. Raises KeyError."""
    for place, step in enumerate(flow.steps):
        if step.key == key:
            return place
    raise KeyError(key)


def verbs_of(step: Step) -> tuple[str, ...]:
    """The verbs of a human step, the main one first."""
    return VERBS[step.do]


def target(step: Step, verb: str) -> Move:
    """Where a verb leads that carried the step."""
    word = step.next.get(verb) or _USUAL.get(verb, "")
    return Move(word) if word in TARGETS else Move("go", word)


def after(step: Step, verbs: Sequence[str], added: Sequence[str] = ()) -> Move:
    """What becomes of a matter at a step. verbs: of all who are asked, '' for who has not answered; added: of those whom one
    of them asked to sign too (加签): each must agree.

    A return carries at once. any: the first answer carries; all: each must agree; half: more than half must.
    """
    if "return" in verbs or "return" in added:
        return target(step, "return")
    if "refuse" in added:
        return target(step, "refuse")
    good = sum(verb in GOOD for verb in verbs)
    bad = sum(verb == "refuse" for verb in verbs)
    asked = len(verbs)
    if step.passes == "any":
        passed, failed = good > 0, bad > 0
    elif step.passes == "all":
        passed, failed = good == asked, bad > 0
    else:
        passed, failed = good * 2 > asked, bad * 2 >= asked and bad > 0
    if failed and not (passed and step.passes == "any"):
        return target(step, "refuse")
    return target(step, verbs_of(step)[0]) if passed and all(added) else Move("stay")


def is_due(step: Step, told: Mapping[str, Any]) -> bool:
    """Whether a step is taken at all. A condition that cannot be worked out is false."""
    return not step.when or expression.compile(step.when, NAMES).holds(told)


def walk(
    flow: Flow, place: int, told: Mapping[str, Any], run: Callable[[Step], bool], skip: Callable[[Step], None]
) -> Landing:
    """Go on from a place: leave out what is not due, run what is automatic, stop at the first human step.

    run: does an automatic step, may change what `told` says, and answers whether to go on (a `wait` may not);
    skip: is told of each step that is left out.
    """
    while place < len(flow.steps):
        step = flow.steps[place]
        place += 1
        if not is_due(step, told):
            skip(step)
            continue
        if not step.auto:
            return Landing(step)
        if step.auto == "end":
            return Landing(None, step.state or DONE)
        if not run(step):
            return Landing(step)
        word = step.next.get("done", "")
        if word in TARGETS:
            return Landing(None, REFUSED if word == "refused" else DONE)
        if word:
            place = place_of(flow, word)
    return Landing(None, DONE)


def first(flow: Flow, told: Mapping[str, Any]) -> Landing:
    """Where a new matter comes to stand if its automatic steps change nothing."""
    return walk(flow, 0, told, lambda step: step.auto != "wait", lambda _step: None)


def endless(flow: Flow) -> list[Problem]:
    """What keeps a flow from coming to its end: a way back, a wait for nothing."""
    found = []
    places = {step.key: place for place, step in enumerate(flow.steps)}
    started = False
    for place, step in enumerate(flow.steps):
        for verb, word in step.next.items():
            where = f"steps[{place}].next.{verb}"
            if word in TARGETS:
                if step.auto and word == "back":
                    found.append(Problem(where, _("自动的一步不能退回"), _("写下一步的 key、end 或 refused")))
                continue
            if word not in places:
                found.append(
                    Problem(
                        where, _("没有这一步：%(key)s") % {"key": word[:40]}, _("写后面某一步的 key、end、refused 或 back")
                    )
                )  # fmt: skip
            elif places[word] <= place:
                found.append(
                    Problem(where, _("流程走不完：“%(key)s”又回到前面") % {"key": step.key},
                            _("只能往后走；要申请人改，用 back"))
                )  # fmt: skip
        started = started or step.auto == "start"
        if step.auto == "wait" and not started:
            found.append(
                Problem(f"steps[{place}]", _("流程走不完：这里等下级办完，可前面没有发起下级事项"),
                        _("在它前面加一步 auto: start"))
            )  # fmt: skip
    return found


def unreachable(flow: Flow) -> list[Problem]:
    """Steps that no path comes to."""
    count = len(flow.steps)
    places = {step.key: place for place, step in enumerate(flow.steps)}
    reached, due = set(), [0] if count else []
    while due:
        place = due.pop()
        if place in reached or place >= count:
            continue
        reached.add(place)
        step = flow.steps[place]
        if step.when:
            due.append(place + 1)
        if step.auto == "end" or step.when.strip() == "false":
            continue
        main = "done" if step.auto else verbs_of(step)[0]
        if main not in step.next:
            due.append(place + 1)
        due += [places[word] for word in step.next.values() if word in places]
    return [
        Problem(f"steps[{place}]", _("“%(key)s”这一步永远走不到") % {"key": step.key},
                _("去掉它，或改前面各步的 next"))
        for place, step in enumerate(flow.steps)
        if place not in reached or step.when.strip() == "false"
    ]  # fmt: skip


def simulate(
    flow: Flow,
    told: Mapping[str, Any],
    verbs: Mapping[str, str] | None = None,
    decide: Callable[[Step, Mapping[str, Any]], Mapping[str, Any]] | None = None,
) -> list[Line]:
    """The steps that a matter would take. told: what expressions read (`NAMES`); verbs: step -> verb where it is not the
    main one; decide: the answers of a decision step. Ends at the end, at a refusal or when it goes back."""
    wanted, lines = dict(verbs or {}), []
    known = {name: {} for name in NAMES} | {"today": ""} | dict(told)
    known["steps"] = dict(known["steps"])

    def run(step: Step) -> bool:
        if step.auto == "decide" and decide is not None:
            known["steps"][step.key] = dict(decide(step, known))
        lines.append(Line(step.key, step.title, step.auto, step.to))
        return True

    def skip(step: Step) -> None:
        lines.append(Line(step.key, step.title, "skip"))

    place = 0
    for _round in range(len(flow.steps) + 1):
        landing = walk(flow, place, known, run, skip)
        step = landing.step
        if step is None:
            lines.append(Line("", "", landing.state))
            break
        verb = wanted.get(step.key, verbs_of(step)[0])
        lines.append(Line(step.key, step.title, verb, step.who))
        known["steps"][step.key] = {**known["steps"].get(step.key, {}), "verb": verb}
        move = target(step, verb)
        if move.kind != "go":
            lines.append(Line("", "", {"end": DONE, "refused": REFUSED, "back": WAITING}[move.kind]))
            break
        place = place_of(flow, move.to) if move.to else place_of(flow, step.key) + 1
    return lines


def value(text: str, told: Mapping[str, Any]) -> Any:
    """What an expression of a flow gives; a bare field is looked up. Raises BadExpression."""
    if (bare := _BARE.fullmatch(text)) and bare[2] in (held := told.get(bare[1]) or {}):
        return held[bare[2]]
    return expression.compile(text, NAMES).value(told)


def words(text: str, told: Mapping[str, Any]) -> str:
    """An expression of a flow as words; '' for one that cannot be worked out."""
    try:
        found = value(text, told)
    except BadExpression:
        return ""
    return "" if found is None else str(found)


def may_withdraw(flow: Flow, state: str, is_untouched: bool) -> bool:
    """Whether the applicant may take a matter out of the way."""
    if state not in LIVE or flow.withdraw == "never":
        return False
    return flow.withdraw == "always" or is_untouched


def undo_until(flow: Flow, told: Mapping[str, Any]) -> date | None:
    """The last day on which an applicant takes back what a matter has written; None for no end, and for a day that cannot be
    worked out. told: what expressions read."""
    if flow.undo is None or not flow.undo.until:
        return None
    try:
        return date.fromisoformat(str(value(flow.undo.until, told))[:10])
    except (BadExpression, ValueError):
        return None


def may_undo(flow: Flow, state: str, told: Mapping[str, Any], *, is_manager: bool = False) -> bool:
    """Whether what a matter has written may be taken back now. told: what expressions read; is_manager: by who runs the
    scene."""
    if flow.undo is None or state not in (*LIVE, DONE):
        return False
    last = undo_until(flow, told)
    if last is not None and not is_manager and str(told["today"]) > last.isoformat():
        return False
    try:
        return not flow.undo.when or expression.compile(flow.undo.when, NAMES).holds(told)
    except BadExpression:
        return False


def may_take_back(verbs: Sequence[tuple[str, str, bool]]) -> str:
    """The step whose answer may be taken back, '' for none. verbs: of the timeline, oldest first: (verb, step, whether it
    was the asker who did it). It is one's own last answer, and nothing that leaves a mark came after it."""
    for verb, step, is_mine in reversed(verbs):
        if verb in GOOD or verb in ("refuse", "return"):
            return step if is_mine else ""
        if verb in MARKS or verb not in ("decide", "tell", "wait", "late", "remind", "press", "told", "skip"):
            return ""
    return ""
