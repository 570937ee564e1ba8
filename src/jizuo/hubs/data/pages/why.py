"""为什么能看: pick a reader, a field and a person, and read why the value is seen or not."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.doors import role_title
from jizuo.ground.errors import NotFound
from jizuo.ground.pages.shell import Page
from jizuo.hubs.data import datasets, masking
from jizuo.hubs.data.pages.shares import tabs
from jizuo.hubs.data.queries import explaining as queries
from jizuo.hubs.data.queries import sharing
from jizuo.hubs.data.queries.explaining import EXPLAINING_ROLES
from jizuo.hubs.data.rules.sharing import SHARING_ROLES


@never_cache
def show(request: ActingRequest) -> HttpResponse:
    """The pickers, and the answer once reader and field are picked."""
    told = request.GET
    who, person = told.get("who", "").strip()[:60], told.get("person", "").strip()[:60]
    grant_no = int(told["grant"]) if told.get("grant", "").isdecimal() and len(told["grant"]) < 19 else None
    contract_id, record_id = _uuid(told.get("contract", "")), _uuid(told.get("record", ""))
    dataset, _sep, field = told.get("field", "").partition(".")
    context: dict[str, Any] = {
        "tabs": tabs("shares/why"),
        "where": [request.unit_name],
        "who": who,
        "person": person,
        "grant_no": grant_no,
        "contract_id": contract_id,
        "record_id": record_id,
        "field": told.get("field", "")[:130],
        "grants": [
            (no, f"{name} {role_title(role)} {unit}")
            for no, name, role, unit in queries.readers_in_reach(text=who)
        ],
        "contracts": contracts(),
        "people": queries.people_in_reach(text=person),
        "elements": [
            (known.word, [(f"{name}.{key}", one.word) for key, one in known.fields.items() if key != "id"])
            for name, known in datasets.all_datasets().items()
        ],
        "asked": bool(field and (grant_no is not None or contract_id)),
    }
    if context["asked"]:
        try:
            answers = queries.why_visible(
                dataset=dataset,
                field=field,
                record_id=record_id,
                grant_no=None if contract_id else grant_no,
                contract_id=contract_id,
            )
        except NotFound as error:
            context["fault"] = error
        else:
            context["answers"] = [
                {
                    "one": one,
                    "tone": "lv" if one.how == masking.CLEAR else "huang" if one.is_seen else "zhu",
                }
                for one in answers
            ]
    return render(request, "data/why.html", context)


def contracts() -> list[tuple[UUID, str]]:
    """The contracts of the units in reach, in words."""
    if scopes.current().role not in SHARING_ROLES:
        return []
    return [
        (one.contract_id, f"{one.number} {one.terms.title} → {one.terms.reader_name}")
        for one in sharing.share_contracts()
    ]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


PAGES = (Page("shares/why", show, gettext_lazy("为什么能看"), EXPLAINING_ROLES, in_menu=False, name="why"),)
