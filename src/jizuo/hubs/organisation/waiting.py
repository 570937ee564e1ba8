"""What of moving up and leaving waits, as a start page says it: one read each."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from jizuo.ground import scope as scopes
from jizuo.ground.pages.parts import Todo
from jizuo.ground.pages.shell import to
from jizuo.hubs.organisation import todos
from jizuo.hubs.organisation.queries import moving, turning


def moving_up() -> Sequence[Todo]:
    """Movements that wait for the head, for the clerk, or for the register; large classes of compulsory schooling."""
    role = scopes.current().role
    if role not in moving.OFFICE | turning.WATCHERS:
        return []
    (to_decide, to_send, late), large = moving.moving_start()
    found = []
    if role == scopes.HEAD and to_decide:
        words = _("%(n)s 项异动等您决定") % {"n": to_decide}
        found.append(Todo(words, _("待批"), "huang", href=to("moving"), href_word=_("去看")))
    if role == scopes.CLERK and to_send:
        words = _("%(n)s 项异动校长已同意，等您上报学籍系统") % {"n": to_send}
        found.append(Todo(words, _("待办"), "huang", href=to("moving"), href_word=_("去办")))
    if role in moving.OFFICE and late:
        words = _("%(n)s 项异动报上去超过十个工作日没有结果") % {"n": late}
        found.append(Todo(words, _("超期"), "zhu", href=to("moving"), href_word=_("去催")))
    if large:
        very = sum(one.level == 3 for one in large)
        words = _("%(n)s 个大班额的班（超过 55 人），其中超大班额 %(very)s 个") % {
            "n": len(large),
            "very": very,
        }
        tone = "zhu" if very else "huang"
        found.append(Todo(words, _("大班额"), tone, href=to("large-classes"), href_word=_("看是哪些")))
    return found


def register() -> None:
    """Offer it to the start pages; called on the room's plate."""
    todos.offer("organisation.moving_up", moving_up)
