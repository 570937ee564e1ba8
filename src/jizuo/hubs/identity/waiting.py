"""What waits in the identity hub, as a start page says it."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from jizuo.ground import scope as scopes
from jizuo.ground.pages.parts import Todo
from jizuo.ground.pages.shell import here
from jizuo.hubs.identity import queries
from jizuo.hubs.identity.actions import asks


def guardians() -> Sequence[Todo]:
    """Guardians who asked for a child and wait for the homeroom teacher."""
    scope = scopes.current()
    if scope.role not in (scopes.HOMEROOM_TEACHER, scopes.CLERK):
        return []
    count = queries.asked_count()
    if not count:
        return []
    words = _("%(count)s 位家长等着确认") % {"count": count}
    verb = _("确认") if scope.role == scopes.HOMEROOM_TEACHER else _("看是谁")
    return [Todo(words, _("待确认"), "huang", href=here(scope.grant_no or 0, "guardians"), href_word=verb)]


def asked() -> Sequence[Todo]:
    """People whom a source of sign-ins knows and who wait for the school's word."""
    scope = scopes.current()
    if scope.role != scopes.CLERK:
        return []
    count = asks.ask_count()
    if not count:
        return []
    words = _("%(count)s 人从别处登录，等学校认人") % {"count": count}
    return [
        Todo(words, _("待认人"), "huang", href=here(scope.grant_no or 0, "sign-in-asks"), href_word=_("认人"))
    ]
