"""A scene's rows to take along: whole unit, own rights, and a second factor for a person."""

from __future__ import annotations

import pytest

from jizuo.ground.errors import NotAllowed, NotFound
from tests.hubs.data.queries.test_scene_rows import place  # noqa: F401


def book(base, unit_no, role, **more):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.queries.scene_book import scene_book
    from jizuo.plain.workbook import read

    with scopes.use(base.scope(unit_no, role, **more)):
        content = scene_book(scene="sport")
    (sheet,) = read.read(content, "sport.xlsx").visible
    return sheet.name, [[cell.text for cell in row] for row in sheet.rows]


def test_the_machine_takes_everything_in_clear(place):  # noqa: F811
    base, _bureau, school, _other = place
    name, rows = book(base, school.unit_no, "operator")
    assert name == "报名"
    heading = next(row for row in rows if "学生" in row)
    symptom = [row[heading.index("不适症状")] for row in rows[rows.index(heading) + 1 :]]
    assert symptom.count("头晕") == len(school.pupils)
    assert any("跑步" in row for row in rows) and not any("run" in row for row in rows)


def test_a_person_needs_a_second_factor_and_sees_what_is_hers(place):  # noqa: F811
    base, _bureau, school, _other = place
    account = {"account_id": base.account().pk}
    with pytest.raises(NotAllowed) as caught:
        book(base, school.unit_no, "clerk", **account)
    assert caught.value.step_up
    _name, rows = book(base, school.unit_no, "clerk", stepped_up=True, **account)
    assert any("＊＊＊" in row for row in rows) and not any("头晕" in row for row in rows)
    with pytest.raises(NotAllowed):
        book(base, school.unit_no, "homeroom_teacher", stepped_up=True, **account)
    with pytest.raises(NotFound):
        book(base, base.unit(), "clerk", stepped_up=True, **account)


def test_who_took_it_stands_in_the_audit(place):  # noqa: F811
    base, _bureau, school, _other = place
    book(base, school.unit_no, "clerk", stepped_up=True, account_id=base.account().pk)
    with base.owner() as owner, owner.transaction():
        owner.execute("select set_config('app.units', %s, true)", [f"{{{school.unit_no}}}"])
        row = owner.execute(
            "select columns, row_count from audit_entry where door = 'data.scene_book' and result = 'done' order by at desc"
        ).fetchone()
    assert "sport.pupil_id" in row[0] and row[1] == len(school.pupils)
