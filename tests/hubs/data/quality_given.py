"""A bureau with two schools that are checked, for tests of quality."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from uuid import UUID

from jizuo.ground import scope as scopes
from tests.hubs.organisation.given import fill, within


def build(base: Any) -> SimpleNamespace:
    """A bureau with two schools of two classes; `check(full=)` runs every dataset as the night does."""
    from jizuo.ground import acting
    from jizuo.hubs.data import quality
    from jizuo.hubs.data.actions.quality_checking import check_dataset
    from jizuo.hubs.data.queries.quality_rules import in_force
    from jizuo.project import rooms

    rooms.plates()
    bureau = base.unit("澜江区教育局", kind="bureau")
    schools = [fill(base, base.unit(parent=bureau)) for _ in range(2)]

    def check(*, full: bool = False, today: Any = None) -> dict[str, Any]:
        scope = acting.base_job_scope(bureau)
        units = [unit for unit in scope.units if unit]
        found = {}
        for name in quality.checked():
            with scopes.use(scope), scopes.open_transaction("test"):
                day = today or scope.today
                rules = [one for one in in_force(units, day) if one.rule.dataset == name]
                found[name] = check_dataset(
                    dataset=name, rules=rules, root_no=bureau, today=day, is_full=full
                )
        return found

    def failures(state: str = "open") -> set[tuple[int, str, UUID]]:
        scope = acting.base_job_scope(bureau)
        from django.db import connection

        def read() -> set[tuple[int, str, UUID]]:
            with connection.cursor() as cursor:
                cursor.execute(
                    "select unit_no, rule, record_id from quality_failure where state = %s", [state]
                )
                return set(cursor.fetchall())

        return within(scope, read)

    def scores() -> set[tuple[Any, ...]]:
        from django.db import connection

        def read() -> set[tuple[Any, ...]]:
            with connection.cursor() as cursor:
                cursor.execute(
                    "select distinct on (unit_no, dataset, source, dimension) unit_no, dataset, source, dimension, records,"
                    " failed, warned, score from quality_score order by unit_no, dataset, source, dimension, day desc"
                )
                return set(cursor.fetchall())

        return within(acting.base_job_scope(bureau), read)

    def write(statement: str, *values: Any) -> None:
        from django.db import connection

        def body() -> None:
            with connection.cursor() as cursor:
                cursor.execute(statement, list(values))

        within(acting.base_job_scope(bureau), body)

    return SimpleNamespace(
        base=base, bureau=bureau, schools=schools, check=check, failures=failures, scores=scores, write=write
    )


def of(found: set[tuple[int, str, UUID]], rule: str) -> set[UUID]:
    return {record for _unit, code, record in found if code == rule}
