from jizuo.plain.demo.shapes import District
from jizuo.plain.demo.workbooks.staff import homerooms, places, staff

from .test_pupils import tables


def test_every_unit_lists_its_staff(small: District) -> None:
    for unit in small.units:
        ((_, headings, rows),) = tables(staff(small, unit))
        number, name, full = (headings.index(h) for h in ("身份证号", "姓名", "专任教师"))
        members = [small.staff[i] for i in unit.staff]
        assert [(r[name], r[number]) for r in rows] == [(m.name, m.id_number) for m in members]
        assert [r[full] == "是" for r in rows] == [m.is_full_time for m in members]


def test_shared_teachers_say_where_else(small: District) -> None:
    walking = small.staff[small.cases["walking"][0]]
    assert places(small, walking).endswith("（走教）")
    assert places(small, small.staff[0]) == ""


def test_homeroom_teachers_name_their_class(small: District) -> None:
    unit = small.units[3]
    ((_, headings, rows),) = tables(staff(small, unit))
    said = {r[headings.index("班主任/班级")] for r in rows} - {None, ""}
    own = [c for c in homerooms(small).values() if small.classes[c].unit == unit.id]
    assert "四（2）班" in said
    assert len(said) <= len(own)
