"""A list from admission (录取名单): children who enter next autumn, made up."""

from __future__ import annotations

from datetime import date

from jizuo.plain.demo.shapes import Unit
from jizuo.plain.demo.workbooks.sheet import Book, Column
from jizuo.plain.idnumber import make

_COLUMNS: tuple[Column, ...] = (
    ("录取编号", "", 12), ("姓名", "", 10), ("性别", "", 6), ("身份证号", "", 21), ("毕业幼儿园", "", 18),
    ("双胞胎", "", 8), ("分班意愿", "", 10), ("监护人一", "姓名", 10), ("监护人一", "关系", 8), ("监护人一", "电话", 14),
)  # fmt: skip
_SURNAMES, _FIRST, _SECOND = "陈林黄周吴徐孙朱马胡", "以若子思嘉一梓书语安", "宁安然远明涵辰悦恩禾"
_KINDERGARTENS = ("临江幼儿园", "澜江实验幼儿园", "青禾幼儿园")
#: The fictional region of the demonstration.
_REGION = "339922"


def intake(unit: Unit, *, year: int, count: int = 64) -> bytes:
    """The list of `count` children who enter `unit` in autumn of `year`, six and a bit years old; the third and fourth, and
    the thirteenth and fourteenth, are twins. The same input gives the same bytes."""
    rows = []
    for at in range(count):
        is_second = at in (3, 13)
        base = at - 1 if is_second else at
        surname = _SURNAMES[base * 7 % 10]
        born = date(year - 7, 9, 1).toordinal() + base * 5 % 360
        is_twin = at in (2, 3, 12, 13)
        wish = "" if not is_twin else "同班" if at < 10 else "不同班"
        rows.append(
            (
                f"{year}{at + 1:04}", surname + _FIRST[at * 3 % 10] + _SECOND[(at * 7 + at // 10) % 10], "男" if at % 2 else "女",
                make(_REGION, date.fromordinal(born), 500 + at),
                _KINDERGARTENS[base % 3], "甲乙"[at // 10] if is_twin else "", wish,
                surname + "建国明强伟"[base % 5], "父亲", f"1390013{base:04}",
            )
        )  # fmt: skip
    book = Book(date(year, 7, 1))
    book.table("录取名单", f"{unit.name}{year}年录取名单", _COLUMNS, rows)
    return book.bytes()
