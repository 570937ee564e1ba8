"""A form as it is shown."""

from __future__ import annotations

from datetime import date

from jizuo.ground.errors import Problem
from tests.engines.matter.forms.given import place_of
from tests.scenes.given import files_of


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


def test_working_days_of_a_year_without_published_holidays_say_so(base, within):
    from jizuo.engines.matter.forms import standing, views

    place = place_of(base, files_of("leave"))

    def words(year):
        values = {"from_on": f"{year}-03-02", "to_on": f"{year}-03-06"}
        scope = place.scope("guardian", today=date(year, 3, 1))
        view = within(scope, lambda: views.form_view(standing.to_begin("leave", "leave"), values))
        return next(one.words for page in view.pages for one in page.fields if one.key == "days")

    assert words(2026) == "5"
    # The second of March is a Sunday then.
    assert words(2031).startswith("4（放假安排还没有公布")
