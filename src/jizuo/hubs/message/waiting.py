"""What waits in the message hub, as a start page says it."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from jizuo.ground import scope as scopes
from jizuo.ground.pages.parts import Todo
from jizuo.ground.pages.shell import here
from jizuo.hubs.message.queries.inbox import unread_count, waiting_for_me

#: The starts of the office and of a homeroom teacher are at their budget of reads: the list of notices counts there.
AT_THE_START = scopes.FAMILY_ROLES | {scopes.TEACHER}


def told() -> Sequence[Todo]:
    """A family's unopened messages and open receipts, or what a teacher has not opened, in one line and one read."""
    scope = scopes.current()
    if scope.role not in AT_THE_START:
        return []
    unread, open_receipts = (unread_count(), 0) if scope.role == scopes.TEACHER else waiting_for_me()
    href = here(scope.grant_no or 0, "messages")
    if open_receipts:
        words = _("%(n)s 份通知等您回复") % {"n": open_receipts}
        return [Todo(words, _("待回复"), "huang", href=href, href_word=_("去回复"), count=open_receipts)]
    if unread:
        words = _("%(n)s 条消息没看") % {"n": unread}
        return [Todo(words, _("未读"), "qing", href=href, href_word=_("去看"), count=unread)]
    return []
