"""How items are kept to their promise: by matter columns alone, no names."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import msgspec
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from jizuo.engines.matter.forms.asked import said
from jizuo.engines.matter.items.lines import ItemCount
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, source
from jizuo.ground.errors import BadInput, Problem
from jizuo.ground.packs import versions

READERS = scopes.SCHOOL_ROLES | {scopes.DISTRICT_ADMIN, scopes.DISTRICT_STEWARD, scopes.DISTRICT_LEADER}
#: Fewer ratings than this would tell who gave them.
FEWEST = 3
LONGEST_DAYS = 3_700
COUNTS = """
select m.unit_no, u.name, x.scene, x.item, count(*), count(*) filter (where m.ended_at is not null),
  count(*) filter (where m.ended_at is null),
  count(*) filter (where m.ended_at is null and m.due_on < %(today)s),
  count(*) filter (where m.ended_at is not null and m.used_days <= x.promise),
  count(*) filter (where m.ended_at is not null and m.used_days <= x."limit"),
  avg(m.used_days) filter (where m.ended_at is not null), count(m.rating), avg(m.rating)
from jsonb_to_recordset(%(items)s::jsonb) as x(scene text, item text, flow text, promise int, "limit" int, units int[])
join matter m on m.unit_no = any(x.units) and m.scene = x.scene and m.flow = x.flow and m.state <> 'withdrawn'
  and m.begun_at >= %(begin)s and m.begun_at < %(end)s
join unit u on u.unit_no = m.unit_no
group by m.unit_no, u.name, x.scene, x.item order by u.name, x.scene, x.item
"""


@source(title="办件时效和评价", roles=READERS, reach=API)
def item_numbers(*, begin_on: date | None = None, end_on: date | None = None) -> list[ItemCount]:
    """What was handed in between two days (this civil year without them) at the units of the acting role, by unit and item.
    Withdrawn ones are left out; a mean rating stands on at least `FEWEST` of them. Raises BadInput."""
    scope = scopes.current()
    begin = begin_on or scope.today.replace(month=1, day=1)
    end = end_on or scope.today
    if not begin <= end or (end - begin).days > LONGEST_DAYS:
        raise BadInput(
            _("日期不对"), problems=[Problem("end_on", _("结束日期不能早于开始日期"), _("最长十年"))]
        )
    asked: dict[tuple[str, str, str, int, int], list[int]] = {}
    titles: dict[tuple[str, str], str] = {}
    for unit_no in scope.units:
        for scene, installed in versions.all_in_use(unit_no).items():
            for name, item in installed.pack.part("items").items():
                key = (scene, name, item.flow, item.promise_days, item.limit_days)
                asked.setdefault(key, []).append(unit_no)
                titles[scene, name] = said(item.title, item.english)
    if not asked:
        return []
    told = [
        dict(zip(("scene", "item", "flow", "promise", "limit", "units"), (*key, units), strict=True))
        for key, units in asked.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            COUNTS,
            {
                "today": scope.today,
                "begin": midnight(begin),
                "end": midnight(end + timedelta(days=1)),
                "items": msgspec.json.encode(told).decode(),
            },
        )
        rows = cursor.fetchall()
    return [
        ItemCount(
            unit_no, unit, scene, name, titles[scene, name], received, ended, running, late, promised, legal,
            round(float(used), 1) if used is not None else None, ratings,
            round(float(stars), 1) if stars is not None and ratings >= FEWEST else None,
        )
        for unit_no, unit, scene, name, received, ended, running, late, promised, legal, used, ratings, stars in rows
    ]  # fmt: skip


def midnight(day: date) -> datetime:
    """The first moment of a civil day of the base."""
    return timezone.make_aware(datetime.combine(day, time.min))
