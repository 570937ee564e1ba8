"""How a unit sends."""

from __future__ import annotations

from django.db import connection

from jizuo.ground import scope as scopes
from jizuo.ground.doors import PAGE, source
from jizuo.hubs.message import wording
from jizuo.hubs.message.shapes import Setting
from jizuo.hubs.message.wording import Words

SETTING_ROLES = scopes.SCHOOL_ROLES


def setting_of(unit_no: int) -> Setting:
    """The unit's setting, or the defaults. Inside a door only; one read."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select is_sms_on, sms_month_cap, quiet_from, quiet_to, digest_at, remind_hours, language"
            " from message_setting where unit_no = %s",
            [unit_no],
        )
        row = cursor.fetchone()
    return Setting(*row) if row else Setting()


@source(title="消息设置", roles=SETTING_ROLES, reach=PAGE)
def message_setting() -> tuple[Setting, dict[tuple[str, str], Words]]:
    """How the acting unit sends, and its own words by (template, language)."""
    unit_no = scopes.current().unit_no
    return setting_of(unit_no), wording.own_words(unit_no)
