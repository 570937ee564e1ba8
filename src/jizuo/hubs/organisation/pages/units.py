"""Units and groupings: open, rename, close; who belongs to which group."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.ground import scope as scopes
from jizuo.ground.errors import BadInput, NotFound
from jizuo.ground.pages.inputs import DayInput
from jizuo.ground.pages.shell import Page, to
from jizuo.hubs.organisation.actions import groupings, units
from jizuo.hubs.organisation.actions.units import OPENING_ROLES, NewUnit
from jizuo.hubs.organisation.pages.district import scheme_name
from jizuo.hubs.organisation.pages.same_people import words_of
from jizuo.hubs.organisation.queries import units as unit_queries
from jizuo.plain.school_year import SCHEMES

KINDS = (
    ("school", gettext_lazy("学校")),
    ("centre", gettext_lazy("中心")),
    ("bureau", gettext_lazy("教育局")),
)


class OpenForm(forms.Form):
    """A unit to open."""

    name = forms.CharField(label=gettext_lazy("全称"), max_length=120)
    short_name = forms.CharField(label=gettext_lazy("简称"), max_length=40, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("种类"), choices=KINDS)
    identifier = forms.CharField(label=gettext_lazy("学校标识码"), max_length=20, required=False)
    scheme = forms.ChoiceField(
        label=gettext_lazy("学制"),
        required=False,
        choices=[("", "—"), *((code, one.name) for code, one in SCHEMES.items())],
    )
    opened_on = forms.DateField(label=gettext_lazy("建立日期"), required=False, widget=DayInput())


@never_cache
def page(request: HttpRequest) -> HttpResponse:
    """Every unit in reach, open ones first, and a form to open one."""
    form = OpenForm(request.POST or None)
    scope = scopes.current()
    if request.method == "POST" and form.is_valid():
        try:
            units.open_units(parent_no=scope.unit_no, schools=[NewUnit(**form.cleaned_data)])
        except BadInput as error:
            form.add_error(None, words_of(error))
        else:
            messages.success(request, _("已建立%(name)s。") % {"name": form.cleaned_data["name"]})
            return redirect(to("units"))
    found = unit_queries.unit_list(include_closed=True)
    context = {
        "form": form,
        "open": [(one, scheme_name(one.scheme)) for one in found if one.closed_on is None],
        "closed": [one for one in found if one.closed_on is not None],
        "kinds": dict(KINDS),
    }
    return render(request, "organisation/units.html", context, status=422 if form.errors else 200)


class UnitForm(forms.Form):
    """What of a unit can be changed here."""

    name = forms.CharField(label=gettext_lazy("全称"), max_length=120)
    short_name = forms.CharField(label=gettext_lazy("简称"), max_length=40, required=False)


class CloseForm(forms.Form):
    """When a unit closes and who takes over."""

    closed_on = forms.DateField(label=gettext_lazy("关闭日期"), widget=DayInput())
    successor_no = forms.TypedChoiceField(
        label=gettext_lazy("由谁承接"), coerce=int, required=False, empty_value=None
    )

    def __init__(self, *args: Any, others: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["successor_no"].choices = [("", "—"), *others]  # type: ignore[attr-defined]


@never_cache
def unit(request: HttpRequest, unit_no: int) -> HttpResponse:
    """One unit: rename or close it."""
    found = unit_queries.unit_list(include_closed=True)
    known = next((one for one in found if one.unit_no == unit_no), None)
    if known is None:
        raise NotFound(_("没有这个单位"))
    others = [(one.unit_no, one.name) for one in found if one.unit_no != unit_no and one.closed_on is None]
    verb = request.POST.get("act", "")
    rename = UnitForm(
        request.POST if verb == "rename" else None,
        initial={"name": known.name, "short_name": known.short_name},
    )
    close = CloseForm(
        request.POST if verb == "close" else None,
        others=others,
        initial={"closed_on": scopes.current().today},
    )
    status = 200
    try:
        if verb == "rename" and rename.is_valid():
            units.rename_unit(unit_no=unit_no, **rename.cleaned_data)
            messages.success(request, _("已改名；旧名称仍能查到。"))
            return redirect(to("units"))
        if verb == "close" and close.is_valid():
            units.close_unit(unit_no=unit_no, **close.cleaned_data)
            messages.success(request, _("已关闭%(name)s。") % {"name": known.name})
            return redirect(to("units"))
    except BadInput as error:
        (rename if verb == "rename" else close).add_error(None, f"{error.detail}。{error.fix}")
    if rename.errors or close.errors:
        status = 422
    context = {"unit": known, "rename": rename, "close": close, "trail": [(_("单位"), to("units"))]}
    return render(request, "organisation/unit.html", context, status=status)


class GroupForm(forms.Form):
    """A grouping to start."""

    kind = forms.ChoiceField(label=gettext_lazy("种类"), choices=list(groupings.KINDS.items()))
    name = forms.CharField(label=gettext_lazy("名称"), max_length=120)
    lead_no = forms.TypedChoiceField(label=gettext_lazy("牵头单位"), coerce=int)
    members = forms.TypedMultipleChoiceField(label=gettext_lazy("成员"), coerce=int)

    def __init__(self, *args: Any, reached: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lead_no"].choices = reached  # type: ignore[attr-defined]
        self.fields["members"].choices = reached  # type: ignore[attr-defined]


@never_cache
def groups(request: HttpRequest) -> HttpResponse:
    """Groupings in reach, and one more."""
    reached = [(one.unit_no, one.name) for one in unit_queries.unit_list()]
    form = GroupForm(request.POST or None, reached=reached)
    if request.method == "POST" and form.is_valid():
        try:
            groupings.start_grouping(**form.cleaned_data)
        except BadInput as error:
            form.add_error(None, words_of(error))
        else:
            messages.success(request, _("已建立%(name)s。") % {"name": form.cleaned_data["name"]})
            return redirect(to("groupings"))
    context = {
        "form": form,
        "groups": [(one, groupings.KINDS.get(one.kind, one.kind)) for one in groupings.grouping_list()],
    }
    return render(request, "organisation/groupings.html", context, status=422 if form.errors else 200)


def end_group(request: HttpRequest, grouping_id: Any) -> HttpResponse:
    """End a grouping today."""
    if request.method == "POST":
        try:
            groupings.end_grouping(grouping_id=grouping_id)
        except NotFound as error:
            messages.error(request, words_of(error))
        else:
            messages.success(request, _("已结束。"))
    return redirect(to("groupings"))


PAGES = [
    Page(
        "units", page, gettext_lazy("单位"), OPENING_ROLES, group="base", icon="位", order=10, on_phone=False
    ),
    Page("units/<int:unit_no>", unit, gettext_lazy("单位"), OPENING_ROLES, in_menu=False),
    Page(
        "groupings",
        groups,
        gettext_lazy("集团与学区"),
        OPENING_ROLES,
        group="base",
        icon="群",
        order=15,
        on_phone=False,
    ),
    Page("groupings/<uuid:grouping_id>/end", end_group, gettext_lazy("结束"), OPENING_ROLES, in_menu=False),
]
