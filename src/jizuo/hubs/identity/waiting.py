"""What waits in the identity hub, as a start page says it."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from jizuo.ground import scope as scopes
from jizuo.ground.pages.parts import Todo
from jizuo.ground.pages.shell import here
from jizuo.hubs.identity import queries


def people() -> Sequence[Todo]:
    """Guardians who asked for a child, and people whom a source of sign-ins knows, who wait for a word here."""
    scope = scopes.current()
    if scope.role not in (scopes.HOMEROOM_TEACHER, scopes.CLERK):
        return []
    guardians, others = queries.asked_counts()
    found = []
    if guardians:
        words = _("%(count)s 位家长等着确认") % {"count": guardians}
        verb = _("确认") if scope.role == scopes.HOMEROOM_TEACHER else _("看是谁")
        at = here(scope.grant_no or 0, "guardians")
        found.append(Todo(words, _("待确认"), "huang", href=at, href_word=verb))
    if others:
        words = _("%(count)s 人从别处登录，等学校认人") % {"count": others}
        at = here(scope.grant_no or 0, "sign-in-asks")
        found.append(Todo(words, _("待认人"), "huang", href=at, href_word=_("认人")))
    return found
