"""How one school uses the student code: how long scans are kept, lists last and cards are valid."""

from __future__ import annotations

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import scope as scopes
from jizuo.ground.doors import PAGE, action, source
from jizuo.ground.errors import BadInput, Problem
from jizuo.ground.ids import new_id
from jizuo.hubs.identity.rules import student_codes as rules
from jizuo.hubs.identity.student_code_shapes import CodeSetting

PUT = """
insert into student_code_setting (id, unit_no, keep_days, list_hours, card_days) values (%s, %s, %s, %s, %s)
on conflict (unit_no) do update set keep_days = excluded.keep_days, list_hours = excluded.list_hours,
card_days = excluded.card_days, changed_at = now()
"""


def held(unit_no: int) -> CodeSetting:
    """The setting of a school in reach. Inside a door only."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select keep_days, list_hours, card_days from student_code_setting where unit_no = %s", [unit_no]
        )
        row = cursor.fetchone()
    return CodeSetting(*row) if row else CodeSetting(rules.KEEP_DAYS, rules.LIST_HOURS, rules.CARD_DAYS)


@source(title="学码的设定", roles=[scopes.CLERK, *scopes.FAMILY_ROLES], reach=PAGE)
def code_setting() -> CodeSetting:
    """The setting of the own school."""
    return held(scopes.current().unit_no)


@action(title="改学码的设定", roles=[scopes.CLERK], reach=PAGE)
def set_code_setting(*, keep_days: int, list_hours: int, card_days: int) -> None:
    """Change it; in force at once, for lists at the next sync, for cards with the next one made. Raises BadInput."""
    problems = [
        Problem(field, _("只能填 %(least)s 到 %(most)s") % {"least": least, "most": most})
        for field, value, least, most in (
            ("keep_days", keep_days, rules.LEAST_KEEP, rules.MOST_KEEP),
            ("list_hours", list_hours, rules.LEAST_HOURS, rules.MOST_HOURS),
            ("card_days", card_days, rules.LEAST_CARD, rules.MOST_CARD),
        )
        if not least <= value <= most
    ]
    if problems:
        raise BadInput(_("没有保存"), problems=problems)
    with connection.cursor() as cursor:
        cursor.execute(PUT, [new_id(), scopes.current().unit_no, keep_days, list_hours, card_days])
