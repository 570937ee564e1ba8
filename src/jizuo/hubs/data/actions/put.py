"""`put`: the one road by which rows reach a registered dataset, typed or imported."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from jizuo.hubs.data.actions import settling
from jizuo.hubs.data.actions.staging import PutCount, Rows, stage

__all__ = ["PutCount", "put"]


def put(
    *,
    dataset: str,
    columns: Sequence[str],
    rows: Rows,
    source: str,
    batch_id: UUID | None = None,
    is_new: bool = False,
    as_of: datetime | None = None,
    is_weighed_anew: bool = False,
) -> PutCount:
    """Write `rows` (tuples in the order of `columns`, which begin with ``id``; for a unit's dataset also
    ``unit_no``) into `dataset` as said by `source`. Inside a door only. is_new: the caller knows that none of
    the ids exists (a first load), which skips the comparison. as_of: the time the source itself gives its data; what
    the same source said of a later time stays. One in the future counts as now. is_weighed_anew: the caller knows
    that what the source said before could not reach the records, which were not visible then."""
    with stage(
        dataset=dataset,
        columns=columns,
        rows=rows,
        source=source,
        as_of=as_of,
        is_new=is_new,
        is_weighed_anew=is_weighed_anew,
    ) as staged:
        count = staged.apply(batch_id, is_new=is_new)
    if count.conflicts:
        settling.settle_by_rule(staged.dataset, batch_id)
    return count
