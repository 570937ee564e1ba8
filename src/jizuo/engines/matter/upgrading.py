"""What a newer version of a scene means for flows: how they differ, and how many matters finish on the old one."""

from __future__ import annotations

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.engines.matter import rules
from jizuo.engines.matter.shapes import Flow, Step
from jizuo.ground import scope as scopes
from jizuo.ground.packs.parts import Pack

RUNNING = """
select flow, count(*) from matter where unit_no = any(%s) and scene = %s and state = any(%s) group by 1 order by 1
"""


def held(before: Pack) -> list[str]:
    """How many matters of each flow are under way in the acting reach: they finish on the version they began on. Inside a
    door; one read."""
    with connection.cursor() as cursor:
        cursor.execute(RUNNING, [list(scopes.current().units), before.head.id, list(rules.LIVE)])
        rows = cursor.fetchall()
    flows = before.part("flows")
    return [
        _("“%(title)s”有 %(count)s 件正在办，按旧版办完；要改到新版的，在那件事的“调整或转给别人”里换")
        % {"title": flows[name].title if name in flows else name, "count": count}
        for name, count in rows
    ]


def compare(was: Flow, now: Flow) -> str:
    """What is different in a flow, in words."""
    old, new = {one.key: one for one in was.steps}, {one.key: one for one in now.steps}
    found = [
        (_("加了"), [_title(one) for key, one in new.items() if key not in old]),
        (_("去掉"), [_title(one) for key, one in old.items() if key not in new]),
        (_("改了"), [_title(one) for key, one in new.items() if key in old and old[key] != one]),
    ]
    words = [f"{word}：{'、'.join(titles)}" for word, titles in found if titles]
    if was.undo != now.undo:
        words.append(_("怎么取消改了"))
    if was.once != now.once:
        words.append(_("什么只办一次改了"))
    if was.limit != now.limit:
        words.append(
            _("总时限从 %(was)s 改成 %(now)s 个工作日") % {"was": was.limit or "—", "now": now.limit or "—"}
        )
    return "；".join(words)


def _title(step: Step) -> str:
    return step.title or step.key
