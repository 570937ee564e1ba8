"""Deciding between sources that differ: one conflict, a group of them, or by a rule that is remembered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import connection

from jizuo.ground import scope as scopes
from jizuo.hubs.data import owners
from jizuo.hubs.data.actions.staging import stage
from jizuo.hubs.data.datasets import Dataset
from jizuo.hubs.data.rules import settling
from jizuo.hubs.data.sources import SETTLED

MATCHING = (
    " from settle_rule r where r.ended_at is null and r.dataset = k.dataset and r.field = k.field"
    " and r.source = k.source and (r.cause = '' or r.cause = k.cause) and (r.held = '' or r.held = k.held)"
    " and (r.claimed = '' or r.claimed = k.claimed) and (r.unit_no is null or r.unit_no = k.unit_no)"
)


def settle_by_rule(dataset: Dataset, batch_id: UUID | None, *, rule_id: UUID | None = None) -> int:
    """Settle the open conflicts of a batch (of any with `rule_id`) that a remembered rule speaks of; returns how many.
    Of several rules that fit the one set last is meant."""
    rules = [rule for rule in owners.register().rules if rule.dataset == dataset.name]
    if not rules and rule_id is None:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "select k.id, k.unit_no, k.record_id, k.field, k.claimed, m.id, m.verdict from field_conflict k"
            f" cross join lateral (select r.id, r.verdict {MATCHING} and (%s::uuid is null or r.id = %s)"
            " order by r.set_at desc limit 1) m"
            " where k.state = 'open' and k.dataset = %s and (%s::uuid is not null or k.batch_id is not distinct from %s)",
            [rule_id, rule_id, dataset.name, rule_id, batch_id],
        )
        found = cursor.fetchall()
    kept = [row for row in found if row[6] == settling.KEEP]
    taken = [row for row in found if row[6] == settling.TAKE]
    mark_settled([(row[0], row[5]) for row in kept], settling.KEEP)
    if taken:
        take(dataset, [row[1:5] for row in taken], batch_id)
        mark_settled([(row[0], row[5]) for row in taken], settling.TAKE)
    return len(found)


def mark_settled(conflicts: Sequence[tuple[UUID, UUID | None]], verdict: str) -> None:
    """Write the decision on conflicts: (conflict, the rule that decided it or None for a person)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update field_conflict k set state = 'settled', verdict = %s, rule_id = d.rule_id, settled_by = %s,"
            " settled_at = now(), changed_at = now() from unnest(%s::uuid[], %s::uuid[]) d(id, rule_id) where k.id = d.id",
            [
                verdict,
                scopes.current().grant_no,
                [conflict for conflict, _rule in conflicts],
                [rule for _conflict, rule in conflicts],
            ],
        )


def take(dataset: Dataset, decided: Iterable[tuple[int, UUID, str, str]], batch_id: UUID | None) -> None:
    """Let decided values stand before everybody's: (unit, record, field, value as text) become the word of a
    decision, and the other sources' differing words on these fields count as settled with it."""
    by_field: dict[str, dict[tuple[UUID, int], str]] = {}
    for unit_no, record_id, name, value in decided:
        by_field.setdefault(name, {})[record_id, unit_no] = value
    for name, values in by_field.items():
        columns = ("id", "unit_no", name) if dataset.has_unit else ("id", name)
        rows = [
            (record_id, unit_no, value) if dataset.has_unit else (record_id, value)
            for (record_id, unit_no), value in values.items()
        ]
        with stage(dataset=dataset.name, columns=columns, rows=rows, source=SETTLED) as staged:
            staged.apply(batch_id)
        with connection.cursor() as cursor:
            cursor.execute(
                "update field_conflict set state = 'settled', verdict = %s, settled_by = %s, settled_at = now(),"
                " changed_at = now() where dataset = %s and field = %s and record_id = any(%s) and state = 'open'",
                [
                    settling.TAKE,
                    scopes.current().grant_no,
                    dataset.name,
                    name,
                    [record_id for record_id, _unit in values],
                ],
            )
