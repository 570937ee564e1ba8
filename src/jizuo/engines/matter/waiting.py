"""What waits in matters, as a start page says it."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from jizuo.engines.matter.queries import todos
from jizuo.ground import scope as scopes
from jizuo.ground.pages.parts import Todo
from jizuo.ground.pages.shell import here

#: The starts of the office, of a homeroom teacher and of a guardian are at their budget of reads: 办事 in the menu leads
#: there, and what is asked back comes as a message too.
AT_THE_START = frozenset({scopes.PUPIL, scopes.TEACHER})


def told() -> Sequence[Todo]:
    """How many things wait for a pupil or a teacher, in one line."""
    scope = scopes.current()
    if scope.role not in AT_THE_START:
        return []
    count = todos.todo_count()
    if not count:
        return []
    words = _("%(n)s 件事等您办") % {"n": count}
    return [
        Todo(
            words,
            _("待办"),
            "huang",
            href=here(scope.grant_no or 0, "matters"),
            href_word=_("去办"),
            count=count,
        )
    ]
