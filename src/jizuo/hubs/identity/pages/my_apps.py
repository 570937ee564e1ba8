"""The part of the own account about applications: what was agreed, and taking it back in one click."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jizuo.ground.errors import NotFound
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions import consents, my_apps
from jizuo.hubs.identity.actions.my_apps import ChildApp
from jizuo.hubs.identity.pages.apps.words import ENDS
from jizuo.hubs.identity.protocols.openid.showing import word_of


def young_children(account_id: UUID) -> list[UUID]:
    """Accounts of the own children whose word is still the guardian's: under 14, as the register knows."""
    return [child for child in consents.children_of(account_id) if consents.is_child(child)]


def context(request: HttpRequest, account_id: UUID) -> dict[str, Any]:
    """What the template of this part needs."""
    children = young_children(account_id)
    with entry.as_self(request):
        agreed = my_apps.my_consents(account_id=account_id, child_ids=children)
        parts, ended = my_apps.my_parts(account_id=account_id)
    waiting = waiting_for(request, account_id, children)
    return {
        "waiting": [
            (one, [(word_of(scope), one.reasons.get(scope, "")) for scope in one.wanted]) for one in waiting
        ],
        "agreed": [(one, [word_of(scope) for scope in one.scopes], one.account_id != account_id) for one in agreed],
        "parts": list(parts.items()),
        "ended": [
            (one, [(part, *ENDS.get(part.state, (part.state, ""))) for part in one.parts]) for one in ended
        ],
    }  # fmt: skip


def waiting_for(request: HttpRequest, account_id: UUID, children: list[UUID]) -> list[ChildApp]:
    """The applications about which these children wait for the word of this account."""
    if not children:
        return []
    with entry.as_self(request, units=consents.guardian_units(account_id)):
        return my_apps.child_apps(account_id=account_id, child_ids=children)


@login_required
@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    """Take an agreement back, for oneself or for a child under 14."""
    user: Any = request.user
    try:
        about = UUID(request.POST.get("account", ""))
    except ValueError:
        about = UUID(int=0)
    if about != user.pk and about not in young_children(user.pk):
        raise NotFound(_("没有这个孩子"), fix=_("满十四周岁的，由本人收回"))
    with entry.as_self(request):
        count = consents.withdraw(
            account_id=about, client_id=request.POST.get("app", "")[:64], by_account_id=user.pk
        )
    words = _("已收回。这个应用从现在起读不到这些信息，下次进入会再问。") if count else _("早已收回。")
    messages.success(request, words)
    return redirect("/me/#apps")


@login_required
@require_POST
def agree(request: HttpRequest) -> HttpResponse:
    """Let an application know of a child under 14 all that the page said."""
    user: Any = request.user
    waiting = waiting_for(request, user.pk, young_children(user.pk))
    told = (request.POST.get("account", ""), request.POST.get("app", ""))
    # Only what was listed: an application of another school is none.
    one = next((one for one in waiting if (str(one.account_id), one.client_id) == told), None)
    if one is None:
        raise NotFound(_("没有这个应用"), fix=_("它可能已停用"))
    with entry.as_self(request, units=consents.guardian_units(user.pk)):
        consents.consent(
            account_id=one.account_id, client_id=one.client_id, scopes=list(one.wanted), by_account_id=user.pk
        )
    messages.success(request, _("已同意。“%(app)s”可以用了，随时可以收回。") % {"app": one.app})
    return redirect("/me/#apps")
