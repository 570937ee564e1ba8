"""Replays: one field of a dataset worked out again from the claims, in chunks."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import acting
from jizuo.ground import scope as scopes
from jizuo.ground.doors import action
from jizuo.ground.jobs import Run
from jizuo.hubs.data import datasets, owners
from jizuo.hubs.data.actions.owning import STEWARDS, start_replay
from jizuo.hubs.data.actions.replaying import chosen, recompute

NIGHT = "data.replay_due"
#: Records worked out in one transaction.
CHUNK = 10_000


def replay(run: Run, *, dataset: str, field: str, of_unit: int | None) -> dict[str, Any]:
    """Every record in reach, by id. Doing a chunk twice changes nothing, so a run that broke off begins again."""
    after: UUID | None = None
    done = {"records": 0, "changed": 0, "conflicts": 0}
    while True:
        records, changed, conflicts, after = replay_chunk(
            dataset=dataset, field=field, of_unit=of_unit, after=after
        )
        done["records"] += records
        done["changed"] += changed
        done["conflicts"] += conflicts
        run.tell(done["records"], None, _("条记录"))
        if records < CHUNK:
            note_replayed(dataset=dataset, field=field, of_unit=of_unit)
            return done


@action(title="重算一批记录", roles=STEWARDS)
def replay_chunk(
    *, dataset: str, field: str, of_unit: int | None, after: UUID | None
) -> tuple[int, int, int, UUID | None]:
    """(records, changed, conflicts, last id) of the next records after `after`."""
    known = datasets.get(dataset)
    with chosen(known, unit_no=of_unit, after=after, limit=CHUNK) as (ids, last):
        with connection.cursor() as cursor:
            cursor.execute(f"select count(*) from chosen_{known.table}")
            (count,) = cursor.fetchone()
        changed, conflicts = recompute(known, ids, [field]) if count else (0, 0)
    return count, changed, conflicts, last


@action(title="记下重算完成", roles=STEWARDS)
def note_replayed(*, dataset: str, field: str, of_unit: int | None) -> None:
    """The lines of the register that hold today have been brought to the values."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update field_owner set replayed_at = now() where dataset = %s and field = %s"
            " and unit_no is not distinct from %s and begin_on <= %s",
            [dataset, field, of_unit, scopes.current().today],
        )


def replay_due(timestamp: int) -> int:
    """Start the replay of every line of the register whose first day has come; returns how many. By night."""
    try:
        scope = acting.base_job_scope(scopes.BASE_UNIT)
        with scopes.use(scope):
            fold_tallies()
            return len(start_due_replays())
    finally:
        connection.close()


@action(title="合并不一致计数", roles=[scopes.OPERATOR])
def fold_tallies() -> int:
    """Make one row of each group's movements, and none of a group that is empty; returns the rows that stay."""
    with connection.cursor() as cursor:
        cursor.execute(
            "with gone as (delete from conflict_tally returning unit_no, dataset, field, owner, source, cause, delta)"
            " insert into conflict_tally (unit_no, dataset, field, owner, source, cause, delta)"
            " select unit_no, dataset, field, owner, source, cause, sum(delta) from gone group by 1, 2, 3, 4, 5, 6"
            " having sum(delta) <> 0"
        )
        return cursor.rowcount


@action(title="到日重算", roles=[scopes.OPERATOR])
def start_due_replays() -> list[tuple[str, str]]:
    """Start what is due; returns (dataset, field) of each."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select dataset, field, unit_no from field_owner where begin_on <= %s and replayed_at is null",
            [scopes.current().today],
        )
        due = [row for row in cursor.fetchall() if row[0] in datasets.all_datasets()]
    # The day itself may change who is believed without anybody writing.
    owners.raise_version()
    for dataset, field, unit_no in due:
        start_replay(dataset, field, unit_no)
    return [(dataset, field) for dataset, field, _unit in due]


def schedule() -> None:
    """Register the nightly task with the queue; called once Django is ready. The timetable is kept in UTC: soon after
    the day began in China."""
    from procrastinate.contrib.django import app

    app.periodic(cron="20 16 * * *")(
        app.task(name=NIGHT, queue="facts", queueing_lock=NIGHT, pass_context=False)(replay_due)
    )
