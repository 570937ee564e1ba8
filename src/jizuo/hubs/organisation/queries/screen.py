"""What a classroom screen shows of its class: names and seats, nothing else."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import PAGE, source
from jizuo.ground.errors import NotFound
from jizuo.hubs.organisation import class_names
from jizuo.hubs.organisation.queries.classes import ATTENDS

MATES = (
    "select a.seat_no, a.name from affiliation a where a.unit_no = %(unit)s and a.role = 'pupil' and a.end_on is null"
    " and a.is_present and (a.class_id = %(id)s or {attends})"
    ' order by a.seat_no nulls last, a.sort_key collate "C", a.id'
)


class Seat(msgspec.Struct, frozen=True):
    """A pupil who is at school. seat_no None: none was given."""

    seat_no: int | None
    name: str


def screen_org() -> UUID:
    """The class of the screen in force. Inside a door only. Raises NotFound once it is closed or gone."""
    found = class_names.of_ids(class_names.own_classes(scopes.current().org_ids))
    for view in found.values():
        if view.is_open:
            return view.org_id
    raise NotFound(_("没有这个班"), fix=_("可能已经毕业，或不在您的范围内"))


@source(title="大屏上的班级名单", roles=[scopes.SCREEN], reach=PAGE)
def screen_seats() -> list[Seat]:
    """The pupils of the screen's class in the order of seats, then names. Raises NotFound."""
    scope = scopes.current()
    given: dict[str, Any] = {"unit": scope.unit_no, "id": screen_org(), "today": scope.today}
    with connection.cursor() as cursor:
        cursor.execute(MATES.format(attends=ATTENDS), given)
        found = [Seat(*row) for row in cursor.fetchall()]
    audit.counted(len(found))
    return found
