"""What of moving up and leaving waits, as a start page says it: one read each."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from jizuo.ground import scope as scopes
from jizuo.ground.pages.parts import Todo
from jizuo.ground.pages.shell import here
from jizuo.hubs.organisation import todos
from jizuo.hubs.organisation.queries import moving, turning


def to(path: str) -> str:
    """The address of `path` in the acting role."""
    return here(scopes.current().grant_no or 0, path)


def movements() -> Sequence[Todo]:
    """Movements that wait for the head, for the clerk, or for the register."""
    role = scopes.current().role
    if role not in moving.OFFICE:
        return []
    to_decide, to_send, late = moving.movements_waiting()
    found = []
    if role == scopes.HEAD and to_decide:
        words = _("%(n)s 项异动等您决定") % {"n": to_decide}
        found.append(Todo(words, _("待批"), "huang", href=to("moving"), href_word=_("去看")))
    if role == scopes.CLERK and to_send:
        words = _("%(n)s 项异动校长已同意，等您上报学籍系统") % {"n": to_send}
        found.append(Todo(words, _("待办"), "huang", href=to("moving"), href_word=_("去办")))
    if late:
        words = _("%(n)s 项异动报上去超过十个工作日没有结果") % {"n": late}
        found.append(Todo(words, _("超期"), "zhu", href=to("moving"), href_word=_("去催")))
    return found


def large_classes() -> Sequence[Todo]:
    """Large classes of compulsory schooling in reach."""
    if scopes.current().role not in turning.WATCHERS:
        return []
    found = turning.large_classes(least=2)
    if not found:
        return []
    very = sum(one.level == 3 for one in found)
    words = _("%(n)s 个大班额的班（超过 55 人），其中超大班额 %(very)s 个") % {"n": len(found), "very": very}
    return [
        Todo(
            words, _("大班额"), "zhu" if very else "huang", href=to("large-classes"), href_word=_("看是哪些")
        )
    ]


def register() -> None:
    """Offer both to the start pages; called on the room's plate."""
    todos.offer("organisation.movements", movements)
    todos.offer("organisation.large_classes", large_classes)
