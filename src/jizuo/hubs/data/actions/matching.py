"""Search for records of one person where no number tells."""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit, jobs
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, action
from jizuo.ground.errors import BadInput, Conflict, Problem
from jizuo.ground.ids import new_id
from jizuo.ground.shapes import JobRef
from jizuo.hubs.data.matching import offers
from jizuo.hubs.data.queries.matching import MATCHERS
from jizuo.hubs.data.rules import matching as rules

JOB = "data.match"


@action(title="查找同一人", roles=MATCHERS, reach=API)
def start_matching(*, kind: str, threshold: float = rules.THRESHOLD) -> JobRef:
    """Compare everybody of `kind` within reach and put likely pairs into the queue of 疑似同一人, where a person
    decides. threshold: least probability, 0.5 to 1. Raises BadInput, Conflict while a search of the kind runs."""
    if kind not in offers.all_offers():
        raise BadInput(
            _("没有这一类人"), problems=[Problem("kind", _("可选：") + "、".join(offers.all_offers()))]
        )
    if not rules.LEAST_THRESHOLD <= threshold <= 1:
        raise BadInput(_("门槛不对"), problems=[Problem("threshold", _("请填 0.5 到 1 之间的数"))])
    scope, run_id = scopes.current(), new_id()
    with connection.cursor() as cursor:
        cursor.execute(
            "select 1 from match_run m join job j on j.id = m.job_id where m.unit_no = %s and m.kind = %s"
            " and j.ended_at is null limit 1",
            [scope.unit_no, kind],
        )
        if cursor.fetchone():
            raise Conflict(_("这一类人正在查找"), fix=_("等它结束，或先取消它"))
        ref = jobs.start(
            JOB,
            _("查找同一人：%(kind)s") % {"kind": offers.get(kind).title},
            run_id=str(run_id),
            people=kind,
            threshold=threshold,
        )
        cursor.execute(
            "insert into match_run (id, unit_no, kind, threshold, job_id, asked_by, records, pairs, fresh)"
            " values (%s, %s, %s, %s, %s, %s, 0, 0, 0)",
            [run_id, scope.unit_no, kind, threshold, ref.job_id, scope.grant_no],
        )
    audit.note(f"match {kind} from {threshold}")
    return ref


@action(title="记下查找结果", roles=MATCHERS)
def note_match(*, run_id: UUID, records: int, pairs: int, fresh: int, seconds: float) -> None:
    """What a search came to."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update match_run set records = %s, pairs = %s, fresh = %s, seconds = %s, ended_at = now(),"
            " changed_at = now() where id = %s",
            [records, pairs, fresh, round(seconds, 1), run_id],
        )
