"""A form as it is shown."""

from __future__ import annotations

from jizuo.ground.errors import Problem


def shown(field_day, within, values, **more):
    from jizuo.engines.matter.forms import standing, views

    def body():
        return views.form_view(standing.to_begin("field_day", "plan"), values, **more)

    view = within(field_day.scope("clerk"), body)
    return view, {
        one.name: one
        for page in view.pages
        for field in page.fields
        for one in (field, *(c for r in field.rows for c in r))
    }


def test_rows_errors_and_worked_out_cells_stand_where_they_belong(field_day, within):
    values = {"cost": 3550, "lines": [{"thing": "水", "count": "2", "price": "1.5"}, {}], "by_bus": True}
    _view, named = shown(field_day, within, values, problems=[Problem("lines[1].thing", "请填写", "写上")])
    assert named["cost"].value == "35.50" and named["lines[0].sum"].words == "300"
    assert named["lines[1].thing"].error == "请填写，写上" and named["lines[1].thing"].value is None
    assert (
        named["bus"].is_shown
        and named["by_bus"].chosen == ["yes"]
        and named["lines[0].count"].dom_id == "lines-0-count"
    )


def test_a_page_that_is_not_there_leads_to_one_that_is(field_day, within):
    view, _named = shown(field_day, within, {}, page=9)
    assert view.page == 1 and view.is_live
