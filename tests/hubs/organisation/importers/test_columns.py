"""Which column feeds which field."""

from __future__ import annotations

import pytest

from jizuo.plain.workbook import read, shape

pytestmark = pytest.mark.usefixtures("base")


def table(*headings: str):
    text = "\t".join(headings) + "\n" + "\t".join("甲乙" for _ in headings)
    (found,) = shape.find_tables(read.read_pasted(text).visible[0], headings)
    return found


@pytest.mark.parametrize(
    ("headings", "adults"),
    [
        (["姓名", "监护人一姓名", "监护人一关系", "监护人一电话", "监护人二姓名"],
         [{"name": 1, "relation": 2, "phone": 3}, {"name": 4}]),
        (["姓名", "成员1姓名", "成员1关系", "成员1身份证件号", "成员1是否监护人"],
         [{"name": 1, "relation": 2, "number": 3, "is_legal": 4}]),
        (["姓名", "父亲", "父亲电话", "母亲", "母亲电话"],
         [{"name": 1, "phone": 2, "fixed": 0}, {"name": 3, "phone": 4, "fixed": 1}]),
        (["姓名", "家长姓名", "与学生关系", "家长电话"], [{"name": 1, "relation": 2, "phone": 3}]),
        (["姓名", "父亲职务", "母亲学历"], []),
    ],
)  # fmt: skip
def test_guardians_are_found_by_their_headings(headings, adults):
    from jizuo.hubs.organisation.importers import columns

    assert columns.adult_columns(table(*headings))[0] == adults


@pytest.mark.parametrize(
    ("heading", "is_so"), [("家庭月收入", True), ("残疾类型", True), ("数学成绩", True), ("现住址", False)]
)
def test_what_no_list_may_collect(heading, is_so):
    from jizuo.hubs.organisation.importers import columns

    assert columns.is_forbidden(heading) is is_so


def test_a_choice_goes_before_memory_and_memory_before_the_proposal():
    from jizuo.hubs.organisation.importers import columns, values
    from jizuo.hubs.organisation.importers.pupils import PUPIL_SPECS
    from jizuo.plain.workbook import mapping

    found = table("姓名", "班级", "曾用名")
    key = mapping.fingerprint(found)

    def places(remembered, chosen):
        return columns.map_columns(PUPIL_SPECS, values.CHECKERS, found, remembered, chosen).places

    assert places({}, {}) == {"name": 0, "class": 1, "former_name": 2}
    remembered = {key: {"C": "name", "B": "class"}}
    assert places(remembered, {}) == {"name": 2, "class": 1}
    assert places(remembered, {key: {"A": "name", "Z": "sex"}}) == {"name": 0}
