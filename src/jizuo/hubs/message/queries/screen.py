"""Notices on a classroom screen: what was sent to its class, without who has read or answered."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from django.db import connection
from django.utils import timezone

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import PAGE, source
from jizuo.hubs.message import rules
from jizuo.hubs.organisation.queries.screen import screen_org

SHOWN_FOR = timedelta(days=14)
MOST_SHOWN = 6
LIST = """
select title, text, audience, sent_at from notice
where unit_no = %s and %s = any(class_ids) and audience = any(%s) and state = any(%s) and sent_at > %s
order by sent_at desc limit %s
"""


class ScreenNotice(msgspec.Struct, frozen=True):
    """A notice as a screen shows it. audience: families or pupils."""

    title: str
    text: str
    audience: str
    sent_at: datetime


@source(title="大屏上的通知", roles=[scopes.SCREEN], reach=PAGE)
def screen_notices() -> list[ScreenNotice]:
    """The last notices to the screen's class, of two weeks, the newest first. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(
            LIST,
            [
                scopes.current().unit_no,
                screen_org(),
                [rules.FAMILIES, rules.PUPILS],
                [rules.SENDING, rules.SENT],
                timezone.now() - SHOWN_FOR,
                MOST_SHOWN,
            ],
        )
        found = [ScreenNotice(*row) for row in cursor.fetchall()]
    audit.counted(len(found))
    return found
