"""The body of a search for records of one person. The values compared stay in this process."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from jizuo.ground.jobs import Run
from jizuo.hubs.data.actions.matching import note_match
from jizuo.hubs.data.matching import engine, offers
from jizuo.hubs.data.matching.records import compared
from jizuo.hubs.data.rules import matching as rules

PAIRS_A_CHUNK = 1000


def match_people(run: Run, *, run_id: str, people: str, threshold: float) -> dict[str, Any]:
    """Read, compare, propose; made again from the start when it was interrupted, which proposes nothing twice."""
    began = time.monotonic()
    one = offers.get(people)
    run.tell(0, 0, _("人"), now=True)
    offered = one.records()
    records = compared(offered)
    run.tell(0, records.height, now=True)
    found = engine.alike(
        records,
        threshold=threshold,
        tell=lambda done, total: run.tell(records.height * done // total, now=True),
    )
    pairs = offers.pairs_of(found, [comparison.name for comparison in rules.COMPARISONS])
    fresh = 0
    for start in range(0, len(pairs), PAIRS_A_CHUNK):
        run.tell(records.height, now=True)
        fresh += one.propose(run_id=UUID(run_id), pairs=pairs[start : start + PAIRS_A_CHUNK])
    seconds = time.monotonic() - began
    note_match(run_id=UUID(run_id), records=records.height, pairs=len(pairs), fresh=fresh, seconds=seconds)
    return {"records": records.height, "pairs": len(pairs), "fresh": fresh}
