"""Classes above the standard size, by the pupils present."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, source
from jizuo.hubs.organisation import class_names, turns
from jizuo.hubs.organisation.queries.turning import WATCHERS


class LargeClass(msgspec.Struct, frozen=True):
    """A class above the standard size. level: 1 above the standard, 2 大班额, 3 超大班额; most: where that begins."""

    class_id: UUID
    unit_no: int
    unit_name: str
    name: str
    stage: str
    pupils: int
    level: int
    most: int


LEAST_STANDARD, LARGE_FROM = min(turns.STANDARD_SIZE.values()), turns.LARGE - 1
SIZES = f"""
select {class_names.COLUMNS}, u.short_name, s.n from (
    select a.unit_no, a.class_id, count(*) as n from affiliation a
    where a.unit_no = any(%(units)s) and a.role = 'pupil' and a.end_on is null and a.is_present
      and a.class_id is not null group by 1, 2 having count(*) > %(most)s) s
join org o on o.unit_no = s.unit_no and o.id = s.class_id join unit u on u.unit_no = o.unit_no
where o.closed_on is null
"""


@source(title="大班额", roles=WATCHERS, reach=API)
def large_classes(*, least: int = 1) -> list[LargeClass]:
    """Classes in reach above the standard (by `least` 1), large (2) or very large (3), the largest first. Counted are
    pupils present. One read."""
    with connection.cursor() as cursor:
        cursor.execute(SIZES, {"units": list(scopes.current().units), "most": LEAST_STANDARD})
        return large_in(cursor.fetchall(), least)


def large_in(rows: Iterable[Sequence[Any]], least: int) -> list[LargeClass]:
    """The classes of rows of `SIZES` that are large, the largest first. Inside a door only."""
    scope = scopes.current()
    year = class_names.this_year(scope.today)
    found = []
    for *row, unit_name, size in rows:
        view = class_names.view(tuple(row), scope.today)
        word = turns.size_word(turns.stage_now(view.scheme, view.entry_year, view.stage, year), size)
        if word is not None and word.level >= least:
            found.append(
                LargeClass(
                    view.org_id, view.unit_no, unit_name, view.name, view.stage, size, word.level, word.most
                )
            )
    return sorted(found, key=lambda one: (-one.level, -one.pupils, one.unit_no, one.name))
