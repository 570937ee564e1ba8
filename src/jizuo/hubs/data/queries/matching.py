"""Which searches for records of one person were made."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from django.db import connection

from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, source
from jizuo.hubs.data.matching import offers

MATCHERS = frozenset({scopes.DISTRICT_STEWARD, scopes.OPERATOR})


class MatchRunView(msgspec.Struct, frozen=True):
    """One search. fresh: pairs that were new in the queue; state: of its job; seconds None until it ended."""

    run_id: UUID
    kind: str
    kind_title: str
    threshold: float
    records: int
    pairs: int
    fresh: int
    seconds: float | None
    asked_at: datetime
    job_id: UUID | None
    state: str


@source(title="查找同一人的记录", roles=MATCHERS, reach=API)
def match_runs(*, limit: int = 20) -> list[MatchRunView]:
    """The latest searches of the own unit, newest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select m.id, m.kind, m.threshold, m.records, m.pairs, m.fresh, m.seconds, m.asked_at, m.job_id,"
            " coalesce(j.state, '') from match_run m left join job j on j.id = m.job_id where m.unit_no = %s"
            " order by m.asked_at desc, m.id desc limit %s",
            [scopes.current().unit_no, min(max(limit, 1), 100)],
        )
        rows = cursor.fetchall()
    known = offers.all_offers()
    return [
        MatchRunView(run_id, kind, str(known[kind].title) if kind in known else kind, *rest)
        for run_id, kind, *rest in rows
    ]
