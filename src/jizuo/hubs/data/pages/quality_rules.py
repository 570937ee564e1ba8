"""The list of rules, writing one without code, trying it, and switching rules on and off."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.doors import role_title
from jizuo.ground.errors import BadInput, Conflict, DoorError, NotFound
from jizuo.ground.pages.parts import Action
from jizuo.ground.pages.shell import Page, to
from jizuo.hubs.data import codes, datasets, quality
from jizuo.hubs.data.actions import quality_rules as actions
from jizuo.hubs.data.actions.quality_rules import Tried
from jizuo.hubs.data.pages import quality_forms as forms
from jizuo.hubs.data.pages.quality import SEVERITIES, few, tabs
from jizuo.hubs.data.queries import quality_rules as queries
from jizuo.hubs.data.queries.quality_rules import ON, STEWARDS, WATCHERS, RuleLine
from jizuo.hubs.data.rules.quality.declared import DIMENSIONS, OWNERS, dimension_word
from jizuo.hubs.data.rules.quality.faults import BadRule

MOST_UNITS = 40


@never_cache
def listed(request: ActingRequest) -> HttpResponse:
    """Every rule, on or off."""
    if request.method == "POST":
        return switch(request)
    scope = scopes.current()
    chosen = request.GET.get("dataset", "")
    told = queries.rules_page()
    rules = told.rules
    names = list(dict.fromkeys((one.dataset, one.dataset_title) for one in rules if one.dataset_title))
    shown = [one for one in rules if not chosen or one.dataset == chosen]
    may_write = scope.role in STEWARDS
    context: dict[str, Any] = {
        "tabs": tabs("quality/rules"), "where": [request.unit_name], "datasets": names, "chosen": chosen,
        "count": len(rules), "on": sum(one.is_on for one in rules), "may_write": may_write,
        "rows": [row_of(one) for one in shown],
        "units": told.units if len(told.units) > 1 else [],
    }  # fmt: skip
    if may_write:
        context["main"] = Action(_("写一条规则"), href=to("quality/rules/new"))
    return render(request, "data/quality_rules.html", context)


def row_of(one: RuleLine) -> dict[str, Any]:
    """A rule as a line of the list."""
    word, tone = SEVERITIES.get(one.severity, ("", ""))
    return {
        "one": one, "word": word, "tone": tone, "owner": role_title(one.owner) if one.owner else "",
        "kind": str(forms.KINDS.get(one.kind, "")).partition("：")[0],
        "dimension": dimension_word(one.dimension) if one.dimension else "",
        "href": to(f"quality/rules/edit?code={one.code}") if one.is_own else "",
    }  # fmt: skip


def switch(request: ActingRequest) -> HttpResponse:
    """Switch a rule with a reason."""
    post = request.POST
    unit = post.get("unit", "")
    try:
        actions.switch_quality_rule(
            code=post.get("code", ""), is_on=post.get("act") == "on", reason=post.get("reason", ""),
            unit_no=int(unit) if unit.isdecimal() else None,
        )  # fmt: skip
        messages.success(request, _("已改。下一次检查按新的规则。"))
    except (BadInput, NotFound) as error:
        messages.error(request, f"{error.detail}。{error.fix}")
    return redirect(to("quality/rules"))


@never_cache
def new(request: ActingRequest) -> HttpResponse:
    """Write a rule: first what it is about, then its form; tried before it is kept."""
    dataset, kind = request.GET.get("dataset", ""), request.GET.get("kind", "")
    if request.method != "POST" and (dataset not in dict(dataset_choices()) or kind not in forms.KINDS):
        context = {
            "trail": trail(), "datasets": dataset_choices(), "kinds": forms.KINDS.items(), "dataset": dataset,
            "where": [request.unit_name],
        }  # fmt: skip
        return render(request, "data/quality_rule_new.html", context)
    told = {"dataset": dataset, "kind": kind, "days": 10, "severity": "error"}
    return form(request, told, is_new=True)


@never_cache
def edit(request: ActingRequest) -> HttpResponse:
    """Change a rule of one's own; it becomes the next version."""
    held = queries.written_rule(code=request.GET.get("code", ""))
    return form(request, held.told, is_new=False, state=held.state)


def form(request: ActingRequest, told: dict[str, Any], *, is_new: bool, state: str = "") -> HttpResponse:
    """The form of a kind, what is wrong with it, and what it would find."""
    tried: Tried | None = None
    problems: list[Any] = []
    subject = subject_asked(request.POST.get("dataset", told["dataset"]))
    if request.method == "POST":
        code = told.get("code", "")
        told = forms.read(request.POST, subject)
        if not is_new:
            told["code"] = code
        try:
            tried = actions.try_quality_rule(told=told)
            if (act := request.POST.get("act")) in ("draft", "on"):
                actions.write_quality_rule(told=told, state=act)
                messages.success(request, _("已启用，正在检查。") if act == ON else _("已存成草稿。"))
                return redirect(to("quality/rules"))
        except (BadInput, Conflict) as error:
            problems = list(error.problems) or [error]
    draft = forms.show(told)
    context = {
        "trail": trail(), "where": [request.unit_name], "draft": draft, "told": draft.told, "is_new": is_new,
        "state": state, "kind_word": forms.KINDS[told["kind"]], "dataset_word": quality.title_of(told["dataset"]),
        "fields": forms.field_choices(subject), "ops": forms.OPS.items(), "today": forms.TODAY,
        "when": forms.padded(draft.when, forms.WHEN_LINES), "must": forms.padded(draft.must, forms.MUST_LINES),
        "severities": [(key, word) for key, (word, _tone) in SEVERITIES.items()],
        "owners": [(one, role_title(one)) for one in OWNERS],
        "dimensions": [(key, dimension_word(key)) for key in DIMENSIONS],
        "tables": sorted((table.id, table.name) for table in codes.tables().values()),
        "others": dataset_choices(), "problems": [problem_of(one) for one in problems],
        "tried": tried, "units": [
            {"name": one.name, "records": one.records, "failing": few(one.failing)}
            for one in (tried.units[:MOST_UNITS] if tried else []) if one.failing
        ],
    }  # fmt: skip
    return render(request, "data/quality_rule.html", context, status=422 if problems else 200)


def problem_of(one: Any) -> dict[str, Any]:
    """What is wrong, where and how to mend it."""
    if isinstance(one, DoorError):
        return {"where": "", "what": one.detail, "fix": one.fix}
    return {"where": one.where, "what": one.what, "fix": one.fix}


def subject_asked(dataset: str) -> Any:
    """How a dataset is checked. Raises NotFound for one that is not."""
    try:
        return quality.subject_of(dataset, scopes.current().today)
    except BadRule as error:
        raise NotFound(_("没有这个数据集")) from error


def dataset_choices() -> list[tuple[str, str]]:
    """Datasets that rules may be about: those with a subject, then every other one of a unit's."""
    known = quality.checked()
    more = sorted(
        name for name, one in datasets.all_datasets().items()
        if one.made is not None and one.wall == "unit" and name not in known
    )  # fmt: skip
    return [(name, quality.title_of(name)) for name in (*known, *more)]


def trail() -> list[tuple[str, str]]:
    return [(_("数据质量"), to("quality")), (_("规则"), to("quality/rules"))]


PAGES = (
    Page("quality/rules", listed, gettext_lazy("质量规则"), WATCHERS, in_menu=False),
    Page("quality/rules/new", new, gettext_lazy("写一条规则"), STEWARDS, in_menu=False),
    Page("quality/rules/edit", edit, gettext_lazy("改一条规则"), STEWARDS, in_menu=False),
)
