from jizuo.plain.demo.shapes import District
from jizuo.plain.demo.workbooks.registers import (
    PUPIL_HEADINGS,
    STAFF_HEADINGS,
    pupil_register,
    staff_register,
)

from .test_pupils import tables


def test_the_pupil_register_holds_who_is_registered(small: District) -> None:
    for unit in small.schools:
        ((_, headings, rows),) = tables(pupil_register(small, unit))
        assert headings == list(PUPIL_HEADINGS)
        number, name = headings.index("身份证件号"), headings.index("姓名")
        wanted = [small.pupils[i] for i in unit.pupils]
        assert [(r[name], r[number] or "") for r in rows] == [(p.name, p.id_number) for p in wanted]


def test_every_cell_of_the_register_is_text(small: District) -> None:
    ((_, _, rows),) = tables(pupil_register(small, small.units[6]))
    assert all(value is None or isinstance(value, str) for row in rows for value in row)


def test_other_numbers_stand_in_the_second_column(small: District) -> None:
    pupil = next(p for p in small.pupils if p.unit >= 0 and p.register_no.startswith("L"))
    ((_, headings, rows),) = tables(pupil_register(small, small.units[pupil.unit]))
    row = next(r for r in rows if r[headings.index("姓名")] == pupil.name)
    assert row[headings.index("学籍号")] is None
    assert row[headings.index("学籍辅号")] == pupil.register_no


def test_the_staff_register_holds_heads_once(small: District) -> None:
    total = 0
    for unit in small.units:
        ((_, headings, rows),) = tables(staff_register(small, unit))
        assert headings == list(STAFF_HEADINGS)
        total += len(rows)
    assert total == len(small.staff)
