"""How a unit sends, and its own words."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import scope as scopes
from jizuo.ground.doors import PAGE, action
from jizuo.ground.errors import BadInput, Problem
from jizuo.ground.ids import new_id
from jizuo.hubs.message import rules, wording
from jizuo.hubs.message.queries.settings import SETTING_ROLES
from jizuo.hubs.message.shapes import Setting
from jizuo.hubs.message.wording import LANGUAGES, Words

MOST_CAP, MOST_HOURS = 1_000_000, 168
PUT_SETTING = """
insert into message_setting as s (id, unit_no, is_sms_on, sms_month_cap, quiet_from, quiet_to, digest_at, remind_hours,
                                  language)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s)
on conflict (unit_no) do update set is_sms_on = excluded.is_sms_on, sms_month_cap = excluded.sms_month_cap,
  quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to, digest_at = excluded.digest_at,
  remind_hours = excluded.remind_hours, language = excluded.language, changed_at = now()
"""
PUT_WORDS = """
insert into own_wording as o (id, unit_no, template, language, title, text) values (%s, %s, %s, %s, %s, %s)
on conflict (unit_no, template, language) do update set title = excluded.title, text = excluded.text, changed_at = now()
where (o.title, o.text) is distinct from (excluded.title, excluded.text)
"""


@action(title="改消息设置", roles=SETTING_ROLES, reach=PAGE)
def change_setting(*, setting: Setting) -> None:
    """Keep how the acting unit sends. Raises BadInput."""
    faults = []
    if not 0 <= setting.sms_month_cap <= MOST_CAP:
        faults.append(Problem(_("每月短信"), _("每月短信上限不对"), _("填 0 到 1000000")))
    if not 1 <= setting.remind_hours <= MOST_HOURS:
        faults.append(Problem(_("催促间隔"), _("催促间隔不对"), _("填 1 到 168 小时")))
    if rules.is_quiet(setting.digest_at, setting.quiet_from, setting.quiet_to):
        faults.append(Problem(_("汇总时间"), _("汇总短信的时间在安静时段里"), _("改到安静时段以外")))
    if setting.language not in LANGUAGES:
        faults.append(Problem(_("语言"), _("没有这种语言"), _("选中文或英文")))
    if faults:
        raise BadInput(_("设置没有保存"), problems=faults)
    row: list[Any] = [
        new_id(), scopes.current().unit_no, setting.is_sms_on, setting.sms_month_cap, setting.quiet_from,
        setting.quiet_to, setting.digest_at, setting.remind_hours, setting.language,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(PUT_SETTING, row)


@action(title="改消息的说法", roles=SETTING_ROLES, reach=PAGE)
def change_words(*, template: str, language: str, words: Words) -> None:
    """The acting unit's own words of a template in one language; both empty: the base's words again. Raises BadInput
    for a placeholder these words may not hold."""
    known = wording.templates().get(template)
    if known is None or language not in LANGUAGES:
        raise BadInput(_("没有这种消息"), fix=_("请从列表中选"))
    unit_no = scopes.current().unit_no
    if not (words.title.strip() or words.text.strip()):
        with connection.cursor() as cursor:
            cursor.execute(
                "delete from own_wording where unit_no = %s and template = %s and language = %s",
                [unit_no, template, language],
            )
        return
    if not (0 < len(words.title.strip()) <= 120 and 0 < len(words.text.strip()) <= 600):
        raise BadInput(_("标题要 1 到 120 字，内容要 1 到 600 字"), fix=_("都留空就恢复基座的说法"))
    try:
        wording.check(known, words)
    except rules.Refused as refused:
        problem = Problem(known.title, _(refused.what) % refused.values, _(refused.fix) % refused.values)
        raise BadInput(_("这样说不行"), problems=[problem]) from None
    row: list[Any] = [new_id(), unit_no, template, language, words.title.strip(), words.text.strip()]
    with connection.cursor() as cursor:
        cursor.execute(PUT_WORDS, row)
