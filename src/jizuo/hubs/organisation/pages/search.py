"""The search field's page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.ground import scope as scopes
from jizuo.ground.pages.shell import Page, here
from jizuo.hubs.organisation.queries import search as queries
from jizuo.hubs.organisation.queries.people import OFFICE_ROLES, PUPIL_ROLES
from jizuo.hubs.organisation.queries.search import OrgHit


@never_cache
def search(request: HttpRequest) -> HttpResponse:
    """What begins with the words asked for; a post looks a full document number up."""
    scope = scopes.current()
    text = request.GET.get("q", "").strip()[:60]
    number, is_unknown = "", False
    if request.method == "POST":
        number = request.POST.get("number", "")
        held = queries.find_by_number(number=number)
        if held is not None:
            return redirect(here(scope.grant_no or 0, f"people/{held}"))
        is_unknown = True
    found = queries.find(text=text)
    may_ask = scope.role in PUPIL_ROLES - {scopes.TEACHER}
    context: dict[str, Any] = {
        "found": found,
        "search_text": "" if queries.is_number(text) else text,
        "text": text,
        "number": text if found.may_be_number and may_ask else "",
        "is_unknown": is_unknown,
        "orgs": [{"hit": hit, "href": org_href(hit)} for hit in found.orgs],
        "many_units": len(scope.units) > 1,
    }
    return render(request, "organisation/search.html", context)


def org_href(hit: OrgHit) -> str:
    """Where a class or school found leads."""
    scope = scopes.current()
    if hit.kind == "unit":
        return (
            here(scope.grant_no or 0, f"people/pupils?f.unit={hit.unit_no}")
            if scope.role in OFFICE_ROLES
            else ""
        )
    return here(scope.grant_no or 0, f"classes/{hit.org_id}")


PAGES = (Page("search", search, gettext_lazy("检索"), PUPIL_ROLES, in_menu=False, name="search"),)
