"""What the quality of data asks of a school, as its start page says it: one read."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from jizuo.ground import scope as scopes
from jizuo.ground.pages import format
from jizuo.ground.pages.parts import Todo
from jizuo.ground.pages.shell import to
from jizuo.hubs.data.queries.quality_failures import MENDERS, quality_tasks
from jizuo.hubs.organisation import todos

MOST = 3


def to_mend() -> Sequence[Todo]:
    """The rules that most press, each with its day; what is left in one line."""
    if scopes.current().role not in MENDERS:
        return []
    tasks = [one for one in quality_tasks() if one.severity != "warn" or one.late]
    found = [
        Todo(
            _("%(rule)s：%(n)s 条没做到，%(day)s前改好") % {
                "rule": one.title, "n": format.figure(one.count), "day": format.prose_day(one.due_on)},
            _("过期") if one.late else _("质量"), "zhu" if one.late else "huang",
            href=to(f"quality/failing/{one.code}"), href_word=_("去改"), count=one.count,
        )
        for one in tasks[:MOST]
    ]  # fmt: skip
    if len(tasks) > MOST:
        words = _("还有 %(n)s 条质量规则没做到") % {"n": len(tasks) - MOST}
        found.append(Todo(words, _("质量"), "huang", href=to("quality"), href_word=_("去看")))
    return found


def register() -> None:
    """Offer it to the start pages; called on the room's plate."""
    todos.offer("organisation.quality", to_mend)
