"""A table drawn by the district: sent, found filled in, returned, agreed to, merged, and handed out as one workbook."""

from __future__ import annotations

import io

import pytest

from jizuo.ground.errors import BadInput, NotFound
from tests.engines.matter.forms.given import place_of
from tests.scenes.given import files_of

COLUMNS = [
    {"title": "筛查人数", "kind": "number"},
    {"title": "近视等级", "kind": "choice", "options": "轻、中、重"},
    {"title": "花费", "kind": "money", "required": False},
    {"title": "在校生数", "kind": "number", "known": "number:present"},
]


@pytest.fixture(scope="module")
def place(base):
    made = place_of(base, files_of("collect"))
    for school in (made.first, made.second):
        counted(base, school.unit_no)
    return made


def counted(base, unit_no):
    """Say that a school has 600 pupils present."""
    from django.db import connection

    from jizuo.ground import scope as scopes

    with scopes.use(base.scope(unit_no)), scopes.open_transaction("test"), connection.cursor() as cursor:
        cursor.execute(
            "insert into unit_summary (id, unit_no, present) values (gen_random_uuid(), %s, 600)"
            " on conflict (unit_no) do update set present = 600",
            [unit_no],
        )


def within(scope, call, **told):
    from jizuo.ground import scope as scopes

    with scopes.use(scope):
        return call(**told)


def bureau(place):
    return place.base.scope(place.bureau, "district_steward", grant_no=777)


def sent(place, key, **more):
    from jizuo.engines.matter.actions.matters import start_matter

    data = {
        "title": "近视防控", "schools": [place.first.unit_no, place.second.unit_no], "due_on": "2026-09-24",
        "rows": "一校一行", "columns": COLUMNS, **more,
    }  # fmt: skip
    return within(bureau(place), start_matter, scene="collect", form="draw", data=data, submit_key=key)


def child(place, school, matter_id):
    from jizuo.engines.matter.forms import sheets

    view = within(bureau(place), sheets.sheet_of, matter_id=matter_id)
    return next(one for one in view.units if one.unit_no == school.unit_no)


def fill(place, school, matter_id, rows):
    from jizuo.engines.matter.forms import actions

    return within(
        place.scope("clerk", school), actions.hand_in, scene="collect", form="fill", data={"sheet": rows},
        submit_key="x" * 20, matter_id=matter_id,
    )  # fmt: skip


def take(place, scope, matter_id, verb, note=""):
    from django.db import connection

    from jizuo.engines.matter.actions.matters import take_step
    from jizuo.ground import scope as scopes

    with scopes.use(scope), scopes.open_transaction("test"), connection.cursor() as cursor:
        cursor.execute("select id from matter_task where matter_id = %s and state = 'open'", [matter_id])
        tasks = cursor.fetchall()
    return within(scope, take_step, task_ids=[tasks[0][0]], verb=verb, note=note)


def test_a_table_goes_out_and_comes_back_as_one(place):
    from openpyxl import load_workbook

    from jizuo.engines.matter.forms import opening, sheets

    table = sent(place, "table-one-1")
    view = within(bureau(place), sheets.sheet_of, matter_id=table)
    assert [one.state for one in view.units] == ["filling", "filling"] and view.done == 0
    assert [one.key for one in view.columns] == ["c1", "c2", "c3", "c4"]
    first = child(place, place.first, table).matter_id
    form = within(place.scope("clerk"), opening.open_form, scene="collect", form="fill", matter_id=first)
    shown = {one.key: one for page in form.pages for one in page.fields}
    cells = {one.title: one for one in shown["sheet"].rows[0]}
    assert shown["title"].words == "近视防控" and not shown["columns"].is_shown
    # What the district left empty is not asked of the school.
    assert not shown["about"].is_shown
    assert (
        cells["在校生数"].is_locked
        and cells["在校生数"].words == "600"
        and cells["在校生数"].owner == "学校已有"
    )
    with pytest.raises(BadInput) as error:
        fill(place, place.first, first, [{"c1": "many", "c2": "极重"}])
    assert {one.where for one in error.value.problems} == {"sheet[0].c1", "sheet[0].c2"}
    fill(place, place.first, first, [{"c1": "120", "c2": "轻", "c3": "35.5", "c4": "1"}])
    assert child(place, place.first, table).state == "signing"
    take(place, place.scope("head"), first, "return", "数对不上")
    assert child(place, place.first, table).state == "back"
    again = within(place.scope("clerk"), opening.open_form, scene="collect", form="fill", matter_id=first)
    kept = {one.key: one for page in again.pages for one in page.fields}["sheet"].rows[0]
    assert [one.value for one in kept][:2] == [120, "轻"]
    fill(place, place.first, first, [{"c1": "118", "c2": "轻", "c3": "35.5"}])
    take(place, place.scope("head"), first, "sign")
    take(place, bureau(place), first, "done")
    view = within(bureau(place), sheets.sheet_of, matter_id=table)
    done = child(place, place.first, table)
    assert done.rows == [{"c1": 118, "c2": "轻", "c3": 3550, "c4": 600}]
    assert view.totals == {"c1": 118, "c3": 3550, "c4": 600} and view.done == 1
    book = load_workbook(io.BytesIO(within(bureau(place), sheets.sheet_workbook, matter_id=table)))
    texts = [
        cell
        for sheet in book
        for row in sheet.iter_rows(values_only=True)
        for cell in row
        if cell is not None
    ]
    assert 118 in texts and 35.5 in texts and "没有填" in texts


def test_another_school_sees_neither_the_table_nor_the_others_answers(place):
    from jizuo.engines.matter.forms import opening, sheets

    table = sent(place, "table-two-2")
    first = child(place, place.first, table).matter_id
    for scope, matter_id in ((place.scope("clerk"), table), (place.scope("clerk", place.second), first)):
        with pytest.raises(NotFound):
            within(scope, sheets.sheet_of, matter_id=matter_id)
    with pytest.raises(NotFound):
        within(
            place.scope("clerk", place.second),
            opening.open_form,
            scene="collect",
            form="fill",
            matter_id=first,
        )


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ({"title": "在校学生数", "kind": "number"}, "已经有了"), ({"title": "家长职业", "kind": "text"}, "不能收集"),
        ({"title": "身份证号", "kind": "text"}, "证件号"), ({"title": "等级", "kind": "choice", "options": "一"}, "选项"),
        ({"title": "随便", "kind": "formula"}, "这种列"),
    ],
)  # fmt: skip
def test_a_column_that_may_not_be_asked_is_refused_where_it_is_drawn(place, column, words):
    with pytest.raises(BadInput) as error:
        sent(place, "table-bad-3", columns=[*COLUMNS[:1], column])
    assert any(words in one.what and one.where.startswith("columns[1]") for one in error.value.problems)
