"""What waits for a person in the data hub, as counts for a start page."""

from __future__ import annotations

import msgspec
from django.db import connection

from jizuo.ground import scope as scopes
from jizuo.ground.doors import source

WAITING = """
select (select count(*) from batch where state = 'held'),
       (select count(*) from batch where state = 'faulty'),
       (select count(*) from batch where state = 'ready'),
       (select count(*) from field_conflict where state = 'open'),
       (select count(*) from correction where state in ('open', 'disputed') and (not %(up)s or level = 'district')),
       (select count(*) from correction where state in ('open', 'disputed') and (not %(up)s or level = 'district')
          and due_on < %(today)s),
       (select count(*) from share_request where (state = 'asked' and owner_no = %(unit)s)
          or (state in ('second', 'disputed') and second_no = %(unit)s) or (state = 'more' and reader_no = %(unit)s)),
       (select count(*) from share_request where due_on < %(today)s and ((state = 'asked' and owner_no = %(unit)s)
          or (state in ('second', 'disputed') and second_no = %(unit)s) or (state = 'more' and reader_no = %(unit)s))),
       (select count(*) from collect_trouble where closed_at is null)
"""


class Waiting(msgspec.Struct, frozen=True):
    """held: batches that need a second person; faulty: with faults to mend; ready: to be applied; conflicts: fields
    on which sources differ; corrections: for the acting role to answer (a district: those gone
    up or disputed), of them late past their day; shares: requests for data that wait for the acting unit, of them
    shares_late past their day; sources: what is wrong with outside sources."""

    held: int
    faulty: int
    ready: int
    conflicts: int
    corrections: int
    late: int
    shares: int = 0
    shares_late: int = 0
    sources: int = 0


@source(title="数据待办", roles=scopes.STAFF_ROLES)
def waiting() -> Waiting:
    """Counts of the units in reach, in one read."""
    with connection.cursor() as cursor:
        scope = scopes.current()
        cursor.execute(
            WAITING,
            {"today": scope.today, "up": scope.role in scopes.DISTRICT_ROLES, "unit": scope.unit_no},
        )
        return Waiting(*cursor.fetchone())
