"""A form of a pack that nobody uses yet, drawn with invented answers: what the studio shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.template.loader import render_to_string

from jizuo.engines.matter.forms import asked, checking, choosing, views
from jizuo.engines.matter.forms.asked import Asked
from jizuo.engines.matter.forms.checking import FormContext
from jizuo.engines.matter.forms.standing import Standing
from jizuo.ground import acting
from jizuo.ground.packs.parts import Pack
from jizuo.hubs.data import codes
from jizuo.plain.codes import CodeTable

NOBODY = UUID(int=0)
PEOPLE = {"00000000-0000-7000-8000-000000000001": "陈以宁", "00000000-0000-7000-8000-000000000002": "马小川"}
ORGS = {
    "00000000-0000-7000-8000-000000000011": "三（1）班",
    "00000000-0000-7000-8000-000000000012": "三（2）班",
}
UNITS = {1: "澜江小学", 2: "启明小学"}


def form_html(pack: Pack, name: str, role: str) -> str:
    """One form of a pack as HTML, as a role would meet it, with invented people, classes and answers: nothing is read from
    the base but its code tables. Raises KeyError for no such form."""
    form = pack.part("forms")[name]
    elements = asked.elements_of(pack, form)
    pages = asked.asked_of(form, elements)
    own = {key: CodeTable(key, told.title, told.rows) for key, told in pack.part("codes").items()}
    every = (*choosing.PEOPLE_OF, "")
    ctx = FormContext(
        today=acting.today(), tables={**codes.tables(), **own}, people=dict.fromkeys(every, PEOPLE),
        orgs=dict.fromkeys((*choosing.ORGS_OF, ""), ORGS), units=UNITS, unit_no=1, applicant=role,
        settings={key: one.value for key, one in pack.head.settings.items()}, elements=elements,
        given={"columns": [{"key": "c1", "title": "列一", "kind": "number"}]},
        rows={one.field.of: {"示例": {}} for one in asked.fields_of(pages) if one.kind == "row"},
    )  # fmt: skip
    standing = Standing("", name, NOBODY, pack, ctx.settings, 1)
    view = views.drawn_view(standing, pages, invented(pages, ctx), ctx, with_choices=False)
    return render_to_string("matter/forms/preview.html", {"view": view})


def invented(pages: Sequence[asked.AskedPage], ctx: FormContext) -> dict[str, Any]:
    """Answers that look like some: the first choice, today, a short word; those that the form itself finds wrong left out."""
    told = {one.key: value for one in asked.fields_of(tuple(pages)) if (value := _some(one, ctx)) is not None}
    _values, problems = checking.looked_over(pages, told, ctx)
    wrong = {problem.where.partition("[")[0] for problem in problems}
    return {key: value for key, value in told.items() if key not in wrong}


def _some(one: Asked, ctx: FormContext) -> Any:
    table = ctx.tables.get(one.code)
    day: date = ctx.today
    told: Mapping[str, Any] = {
        "text": "示例", "long_text": "示例说明", "place": "教学楼", "number": one.field.least or 1, "money": 1000,
        "date": day.isoformat(), "time": "08:30", "period": 1, "yes_no": True, "person": next(iter(PEOPLE)),
        "people": list(PEOPLE), "org": next(iter(ORGS)), "orgs": list(ORGS), "unit": 1, "units": list(UNITS),
        "code": next((row.code for row in table or ()), None), "choice": next(iter(one.field.options), None),
        "choices": list(one.field.options[:1]), "row": "示例",
    }  # fmt: skip
    if one.kind == "table":
        return [{column.key: value for column in one.columns if (value := _some(column, ctx)) is not None}]
    return told.get(one.kind) if one.is_typed else None
