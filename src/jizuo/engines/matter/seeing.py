"""Who may see a matter, how much of it, and what may be done with the whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizuo.engines.matter import rules, who
from jizuo.engines.matter.deciding import about_of, told_of
from jizuo.engines.matter.shapes import Flow
from jizuo.engines.matter.who import Keys
from jizuo.engines.matter.writing import Case
from jizuo.ground import scope as scopes
from jizuo.ground.doors import role_title
from jizuo.ground.errors import NotAllowed, NotFound
from jizuo.ground.packs import reach, versions
from jizuo.ground.packs.shapes import Reach, Use


@dataclass(frozen=True, slots=True)
class Sight:
    """What the acting role is to one matter. use: its rights in the scene; is_holder: one of its tasks waits for her, or she
    did one; how: reach by which she reads the flow's dataset, '' for none."""

    use: Use
    keys: Keys
    is_applicant: bool
    is_subject: bool
    is_holder: bool
    how: Reach | str

    @property
    def is_open(self) -> bool:
        """Whether she sees every answer: her own matter, or one that she decides or runs."""
        return self.is_applicant or self.is_subject or self.is_holder or self.use.manage


def datasets_of(flow: Flow, form_over: str) -> set[str]:
    """The datasets that a flow is about: those it writes and the one its form stands over."""
    return {step.into for step in flow.steps if step.into} | ({form_over} if form_over else set())


def reads(flow: Flow, over: str, use: Use) -> list[Reach]:
    """The reaches by which a role reads the matters of a flow."""
    return [use.read[name] for name in datasets_of(flow, over) if name in use.read]


def use_of(scene: str, unit_no: int) -> Use:
    """The acting role's rights in a scene as a unit uses it; none where it does not. Inside a door."""
    installed = versions.all_in_use(unit_no).get(scene)
    return reach.uses_of(installed) if installed else Use()


def of(case: Case, doers: Sequence[UUID | None] = ()) -> Sight:
    """What the acting role is to a matter. doers: persons who answered its tasks. Inside a door; at most three reads. Raises
    NotFound when nothing."""
    scope = scopes.current()
    use, keys = use_of(case.scene, case.unit_no), who.keys()
    if case.unit_no != scope.unit_no and scope.role not in scopes.DISTRICT_ROLES:
        raise missing()
    is_subject = is_about_me(case, keys)
    is_applicant = keys.holds(who.applicant(about_of(case)), case.scene) or (
        case.applicant_grant is not None and case.applicant_grant == scope.grant_no and (
            scope.role != scopes.GUARDIAN or case.subject_id is None or is_subject
        )
    )  # fmt: skip
    is_holder = any(keys.holds(task.holder, case.scene) for task in case.tasks if task.do != rules.MEND) or (
        scope.person_id is not None and scope.person_id in doers and scope.role not in scopes.FAMILY_ROLES
    )
    pack = versions.pack_of(case.version_id)
    form = pack.part("forms").get(case.form)
    how: Reach | str = ""
    for one in reads(case.plan, form.over if form else "", use):
        is_mine = (one == "mine" and is_applicant) or (one in ("self", "child") and is_subject)
        if one == "unit" or (one == "class" and case.org_id in scope.org_ids) or is_mine:
            how = one
    found = Sight(use, keys, is_applicant, is_subject, is_holder, how)
    if not (found.is_open or how):
        raise missing()
    return found


def is_about_me(case: Case, keys: Keys) -> bool:
    """Whether a matter is about the acting pupil, the acting guardian's child, or the acting person herself."""
    if case.subject_id is None:
        return False
    child = f"guardian@{case.unit_no}/{case.subject_id}"
    return child in keys.own or who.person(case.subject_id) in keys.own


def missing() -> NotFound:
    """The answer for a matter that is not there or out of reach."""
    return NotFound(_("没有这件事"), fix=_("请从办事列表里进入"))


def must_manage(sight: Sight) -> None:
    """Raise NotAllowed unless the role runs the scene's matters."""
    if not sight.use.manage:
        raise NotAllowed(_("只有本场景的管理人员能这样做"), fix=_("请教务员办理"))


def must_own(sight: Sight) -> None:
    """Raise NotAllowed unless the matter is the asker's own."""
    if not sight.is_applicant:
        raise NotAllowed(_("只有申请人能这样做"), fix=_("请申请人自己办理"))


def may_of(
    case: Case, sight: Sight, verbs: Sequence[tuple[str, str, bool]], rating: int | None
) -> tuple[str, ...]:
    """What the asker may do with the whole matter. verbs: of its timeline, see `rules.may_take_back`."""
    live = case.state in rules.LIVE
    found = []
    if (
        case.plan.undo is not None
        and case.record_id is not None
        and (sight.is_applicant or sight.use.manage)
        and rules.may_undo(case.plan, case.state, told_of(case), is_manager=sight.use.manage)
    ):
        found.append("undo")
    if sight.is_applicant:
        if case.state == rules.WAITING:
            found.append("resubmit")
        touched = any(verb in rules.GOOD or verb in rules.MARKS for verb, _step, _mine in verbs)
        marked = any(verb in rules.MARKS for verb, _step, _mine in verbs)
        if not marked and rules.may_withdraw(case.plan, case.state, not touched):
            found.append("withdraw")
        if case.state == rules.OPEN:
            found.append("press")
        if case.plan.rate and case.state in (rules.DONE, rules.REFUSED) and rating is None:
            found.append("rate")
    if live and rules.may_take_back(verbs):
        found.append("take_back")
    if sight.use.manage and live:
        found += ["hand_over", "move", "end"]
    return tuple(found)


def undo_words(case: Case, sight: Sight, may: Sequence[str]) -> tuple[str, str]:
    """(what the button says that takes back what a matter wrote, why its applicant cannot any more)."""
    undo = case.plan.undo
    if undo is None or case.record_id is None or case.state not in (*rules.LIVE, rules.DONE):
        return "", ""
    if "undo" not in may:
        return "", undo.say if sight.is_applicant else ""
    return undo_title(case), ""


def undo_title(case: Case) -> str:
    """What the button says that takes back what a matter of this flow wrote."""
    undo = case.plan.undo
    is_chinese = (get_language() or "zh").startswith("zh")
    return (undo and (undo.title if is_chinese else undo.english or undo.title)) or _("取消")


def undo_until(case: Case, sight: Sight, may: Sequence[str]) -> date | None:
    """The last day on which the applicant may still take it back, None for no end and for who runs the scene."""
    if "undo" not in may or sight.use.manage:
        return None
    return rules.undo_until(case.plan, told_of(case))


def verbs_for(case: Case, sight: Sight) -> dict[str, tuple[str, ...]]:
    """Open task -> verbs that the asker may answer with."""
    step = case.step()
    found: dict[str, tuple[str, ...]] = {}
    for task in case.open_tasks():
        if task.do == rules.MEND or step is None or case.state != rules.OPEN:
            continue
        if sight.keys.holds(task.holder, case.scene):
            found[str(task.id)] = rules.verbs_of(step)
    return found


def movers_of(case: Case) -> str:
    """Who may put a matter into other hands: the roles that run its scene, in words."""
    roles = versions.pack_of(case.version_id).roles.roles
    return "、".join(role_title(role) for role, use in roles.items() if use.manage)


def stuck_of(case: Case, held: Mapping[str, Sequence[tuple[UUID, UUID | None]]], present: set[UUID],
             titles: Mapping[str, str]) -> list[str]:  # fmt: skip
    """Why a matter does not move, in words with what to do. held: holder -> who holds it; present: persons who are still at
    the unit."""
    found = []
    movers = movers_of(case)
    if case.state == rules.WAITING:
        found.append(_("等申请人补正：改好再提交，时限停着不走"))
    for task in case.open_tasks():
        if task.do == rules.MEND:
            continue
        title = titles.get(task.holder, task.holder)
        people = held.get(task.holder, ())
        if not people:
            found.append(
                _("没有人任这个岗位：%(post)s。请补上任这个岗位的人，或由%(movers)s转给别人")
                % {"post": title, "movers": movers}
            )
        elif task.holder.startswith("person@") and people[0][0] not in present:
            found.append(
                _("%(name)s已不在本单位。请由%(movers)s转给别人") % {"name": title, "movers": movers}
            )
        elif task.due_on is not None and task.due_on < scopes.current().today:
            found.append(_("%(post)s还没有办，已经逾期") % {"post": title})
    step = case.step()
    if step is not None and step.auto == "wait":
        found.append(_("等下级都办完"))
    return found
