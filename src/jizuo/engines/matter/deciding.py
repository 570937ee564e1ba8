"""A matter moved on: steps that are not due left out, automatic ones done, the next people asked."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from jizuo.engines.matter import days, lining, rules, who, writing
from jizuo.engines.matter.forms import asked, rows
from jizuo.engines.matter.items import documents, publishing
from jizuo.engines.matter.rules import Landing, Move
from jizuo.engines.matter.shapes import Step
from jizuo.engines.matter.who import About
from jizuo.engines.matter.writing import Case, Work
from jizuo.ground import doors, interface
from jizuo.ground import scope as scopes
from jizuo.ground.errors import BadInput, DoorError
from jizuo.ground.packs import versions
from jizuo.plain import decisions
from jizuo.plain.expression import BadExpression

#: Sub-flows in sub-flows.
DEEPEST = 3


@lru_cache(maxsize=512)
def keys_of(version_id: UUID, form: str) -> tuple[str, ...]:
    """The keys of a form's fields."""
    fields = list(asked.fields_of(asked.of_version(version_id, form)))
    return tuple(
        [one.key for one in fields] + [f"{one.key}{rows.SUFFIX}" for one in fields if one.kind == "row"]
    )


class Stopped(Exception):
    """A matter that cannot move on now: why and what to do, in words of who moves it."""

    def __init__(self, what: str, fix: str = "") -> None:
        super().__init__(what)
        self.what, self.fix = what, fix


def told_of(case: Case) -> dict[str, Any]:
    """What the expressions of a matter's flow read. A field that was not filled is null, a step not yet taken has no
    verb."""
    subject = case.data.get("subject", {})
    return {
        "form": blank(case, case.form) | case.data.get("form", {}),
        "steps": {
            step.key: {"verb": ""} | blank(case, step.form) | case.data.get("steps", {}).get(step.key, {})
            for step in case.plan.steps
        },
        "subject": {
            "person_id": str(case.subject_id) if case.subject_id else None,
            "org_id": str(case.org_id) if case.org_id else None,
            "name": subject.get("name", ""),
            "class_id": subject.get("class_id"),
        },
        "applicant": {
            "role": case.applicant_role,
            "person_id": str(case.applicant_id) if case.applicant_id else None,
        },
        "settings": dict(versions.settings_of(case.version_id, case.unit_no)),
        "today": scopes.current().today.isoformat(),
    }


def blank(case: Case, form: str) -> dict[str, Any]:
    """The fields of a form, none of them filled."""
    return dict.fromkeys(keys_of(case.version_id, form)) if form else {}


def about_of(case: Case) -> About:
    """What who-words are measured by."""
    return About(
        case.unit_no, case.scene, case.data.get("form", {}), case.subject_id, case.org_id, case.applicant_id,
        case.applicant_role, case.data.get("steps", {}),
    )  # fmt: skip


class Mover:
    """Moves one matter within one unit of work. Inside a door."""

    def __init__(self, case: Case, work: Work) -> None:
        self.case, self.work = case, work
        self.flow = case.plan
        self.told = told_of(case)
        self.tells: list[Mapping[str, Any]] = []
        self.said: set[str] = set()

    def begin(self) -> list[Mapping[str, Any]]:
        """From the first step on; returns whom to tell. Raises Stopped."""
        return self.go(0)

    def make(self, move: Move, at: Step) -> list[Mapping[str, Any]]:
        """What follows an answer at a step; returns whom to tell. Raises Stopped."""
        if move.kind == "stay":
            return self.tells
        writing.close_open(self.case)
        if move.kind == "go":
            place = rules.place_of(self.flow, move.to) if move.to else rules.place_of(self.flow, at.key) + 1
            return self.go(place)
        if move.kind == "back":
            return self.back()
        return self.land(Landing(None, rules.REFUSED if move.kind == "refused" else rules.DONE))

    def go(self, place: int) -> list[Mapping[str, Any]]:
        """From a place in the line on. Raises Stopped."""
        self.case.turn += 1
        return self.land(rules.walk(self.flow, place, self.told, self.run, self.skip))

    def back(self) -> list[Mapping[str, Any]]:
        """To the applicant, the clock standing still."""
        case = self.case
        case.turn += 1
        case.state = rules.WAITING
        days.pause(case)
        holder = who.applicant(about_of(case))
        writing.ask(case, case.at, rules.MEND, [holder], None)
        self.tells.append({"to": [holder], "as": "back"})
        return self.tells

    def land(self, landing: Landing) -> list[Mapping[str, Any]]:
        """Ask the people of a step, wait there, or end."""
        case, step = self.case, landing.step
        if step is None:
            case.state, case.at = landing.state, ""
            case.data["now"] = []
            days.stop(case)
            holder = who.applicant(about_of(case))
            if case.parent_id is None and holder not in self.said:
                self.tells.append({"to": [holder], "as": landing.state})
            if case.parent_id is not None:
                self.work.later.append((case.id, lambda: children_ended(case)))
            if given := lining.gave_up(case):
                self.work.later.append((case.id, lambda: lining.move_up(case, given)))
            return self.tells
        case.state, case.at = rules.OPEN, step.key
        days.run(case)
        if step.auto:
            case.data["now"] = []
            return self.tells
        holders = who.holders(step.who, about_of(case))
        writing.ask(case, step.key, step.do, holders, days.due_of(step, self.told))
        self.tells.append({"to": holders, "as": "open", "step": step.key})
        return self.tells

    def skip(self, step: Step) -> None:
        """A step that is not due leaves a line in the timeline only where somebody might look for it."""
        if not step.auto:
            self.work.log(self.case, "skip", step.key, by_itself=True)

    def run(self, step: Step) -> bool:
        """Do an automatic step; False where the matter waits. Raises Stopped."""
        try:
            return getattr(self, f"_{step.auto}")(step)
        except BadExpression as error:
            raise Stopped(_("“%(step)s”算不出来：%(what)s") % {"step": step.title or step.key, "what": error.what},
                          error.fix) from None  # fmt: skip

    def remember(self, step: Step, answers: Mapping[str, Any]) -> None:
        """Keep what an automatic step found: ``steps.<key>``."""
        self.case.data.setdefault("steps", {})[step.key] = dict(answers)
        self.told["steps"][step.key] = {"verb": "", **answers}

    def values(self, step: Step) -> dict[str, Any]:
        """What `set` gives."""
        return {key: rules.value(text, self.told) for key, text in step.set.items()}

    def note(self, step: Step, **told: Any) -> None:
        """The line of an automatic step in the timeline."""
        self.work.log(self.case, step.auto, step.key, by_itself=True, **told)

    def _write(self, step: Step) -> bool:
        if step.places and not lining.pass_or_wait(self.case, step, self.told, self.work):
            self.work.log(self.case, "wait", step.key, by_itself=True)
            return False
        row = self.values(step)
        if step.change and self.case.record_id is not None:
            row["id"] = str(self.case.record_id)
        self.work.rows[(step.into, self.case.unit_no, step.free_by)].append((self.case, row))
        self.note(step)
        return True

    def _tell(self, step: Step) -> bool:
        told = {"to": who.holders(step.to, about_of(self.case)), "as": "words", "step": step.key}
        self.said |= set(told["to"])
        self.work.log(self.case, step.auto, step.key, by_itself=True, tell=[told])
        return True

    def _decide(self, step: Step) -> bool:
        table = versions.pack_of(self.case.version_id).part("decisions")[step.by]
        self.remember(step, decided(table, self.told))
        self.note(step)
        return True

    def _call(self, step: Step) -> bool:
        door = doors.all_doors().get(step.door)
        granted = versions.pack_of(self.case.version_id).roles.doors
        if door is None or not door.for_scenes or step.door not in granted:
            raise Stopped(_("场景不能使用这个动作"), _("请场景的作者检查 roles.yaml 的 doors"))
        try:
            answer = door.call(**interface.read_input(door, self.values(step), strict=False))
        except DoorError as error:
            raise Stopped(str(error.detail), str(error.fix)) from error
        told = str(answer) if isinstance(answer, UUID) else answer
        self.remember(step, {"answer": told if isinstance(told, str | int | float | bool) else ""})
        self.note(step)
        return True

    def _start(self, step: Step) -> bool:
        from jizuo.engines.matter import starting

        case = self.case
        depth = int(case.data.get("depth", 0))
        if depth >= DEEPEST:
            raise Stopped(_("下级事项套得太深"), _("最多 %(n)s 层") % {"n": DEEPEST})
        children = starting.children_of(case, step, self.told)
        self.work.later.append((case.id, lambda: starting.begin(children)))
        self.case.data.setdefault("started", {})[step.key] = len(children)
        self.work.log(case, "children", step.key, by_itself=True, count=len(children))
        return True

    def _wait(self, step: Step) -> bool:
        self.note(step)
        return not any(self.case.data.get("started", {}).values())

    def _document(self, step: Step) -> bool:
        case = self.case
        self.remember(step, documents.drawn(case, step, self.values(step)))
        self.work.later.append((case.id, lambda: documents.make(case, step)))
        self.note(step)
        return True

    def _publish(self, step: Step) -> bool:
        case, told = self.case, self.values(step)
        try:
            pictures = publishing.pictures_of(told)
        except DoorError as error:
            raise Stopped(str(error.detail), str(error.fix)) from error
        self.work.later.append((case.id, lambda: publishing.publish(case, step, told, pictures)))
        self.note(step)
        return True


def decided(table: decisions.DecisionTable, told: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of a decision table for a matter. Raises Stopped when it cannot say."""
    try:
        answer = decisions.decide(table, told)
    except BadExpression as error:
        raise Stopped(_("决策表“%(title)s”算不出来：%(what)s") % {"title": table.title, "what": error.what},
                      error.fix) from None  # fmt: skip
    return dict(answer)


def children_ended(case: Case) -> None:
    """Let the parent of a matter that has ended look whether it was the last: after the commit, since it may be at a unit
    above that this role does not reach."""
    from jizuo.ground import facts

    facts.tell("MatterChildEnded", unit_no=scopes.BASE_UNIT, parent_id=str(case.parent_id))


def refused_words(error: BadInput) -> str:
    """The first thing that is wrong, in words."""
    problem = next(iter(error.problems), None)
    return f"{error.detail}：{problem.what}" if problem else str(error.detail)
