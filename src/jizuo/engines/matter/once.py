"""One at a time: a matter is not begun while another with the same answers runs or stands.

Which answers are meant is the flow's word `once`. A matter stands until it is refused, withdrawn, taken back or ended
without being done.
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from jizuo.engines.matter import lining, rules, seeing, verbs, who, writing
from jizuo.engines.matter.deciding import Stopped, about_of, told_of
from jizuo.engines.matter.writing import Case
from jizuo.ground import scope as scopes

#: One after another through the same door, so that of two at the same moment the second sees the first.
LOCK = "select pg_advisory_xact_lock(hashtext('matter_once'), hashtext(%s))"
STANDS = f"""
select {writing.COLUMNS} from matter
where unit_no = %(unit)s and scene = %(scene)s and flow = %(flow)s and state = any(%(standing)s) and id <> %(id)s
  and data -> 'form' @> %(same)s::jsonb {{subject}} order by id limit 1
"""
OF_SUBJECT = "and subject_id = %(subject)s"


def refuse_second(case: Case) -> None:
    """Let a matter whose flow says `once` pass only while no other stands with the same answers; one whose answers leave out
    any of them passes. Inside a door, before anything is written; two statements. Raises Stopped with what stands and how to
    take it back."""
    form = case.data.get("form", {})
    same = {key: form.get(key) for key in case.plan.once}
    if not same or any(value is None for value in same.values()):
        return
    text = writing.encoded(same)
    told: dict[str, Any] = {
        "unit": case.unit_no, "scene": case.scene, "flow": case.flow, "standing": list(lining.HOLDING), "id": case.id,
        "same": text, "subject": case.subject_id,
    }  # fmt: skip
    by_subject = case.subject_id is not None and case.plan.subject in same
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [f"{case.unit_no}:{case.scene}:{case.flow}:{text}"])
        cursor.execute(STANDS.format(subject=OF_SUBJECT if by_subject else ""), told)
        row = cursor.fetchone()
    if row is not None:
        raise _told_of(writing.case_of(row))


def _told_of(stands: Case) -> Stopped:
    begun = timezone.localdate(stands.begun_at)
    what = _("已经有一件：%(title)s%(no)s，%(day)s提交，%(state)s") % {
        "title": stands.title, "no": f"（{stands.no}）" if stands.no else "",
        "day": begun.isoformat(), "state": verbs.STATES[stands.state],
    }  # fmt: skip
    return Stopped(what, _way_back(stands))


def _way_back(stands: Case) -> str:
    """How the matter that stands is taken back, for who reads it."""
    movers = {"movers": seeing.movers_of(stands)}
    scope = scopes.current()
    is_own = stands.applicant_grant is not None and stands.applicant_grant == scope.grant_no
    if not is_own and not who.keys().holds(who.applicant(about_of(stands)), stands.scene):
        return _("不用再报。要改，请提交的人先撤回，或请%(movers)s办理") % movers
    if stands.state == rules.WAITING:
        return _("在“我申请的”里打开它，补正后再提交")
    told = told_of(stands)
    if stands.record_id is not None and rules.may_undo(stands.plan, stands.state, told):
        button = seeing.undo_title(stands)
        return _("不用再报。要改，在“我申请的”里打开它，先按“%(button)s”") % {"button": button}
    if stands.record_id is None and stands.state == rules.OPEN and stands.plan.withdraw != "never":
        return _("不用再报。要改，在“我申请的”里打开它，先按“撤回申请”")
    return _("不用再报。要改，请%(movers)s办理") % movers
