import pytest

from jizuo.ground.errors import BadInput
from jizuo.hubs.data.datasets import Dataset, Field
from jizuo.hubs.data.tables import wanted


def field(key, title, **more):
    more.setdefault("db_type", "varchar(40)")
    return Field(key=key, title=title, english=key, grade=more.pop("grade", 1), **more)


def dataset(*fields, key=("a",), wall="unit"):
    return Dataset("x", "甲", "X", "x", wall, False, "1", "data", {one.key: one for one in fields}, key=key)


def test_what_a_sheet_cannot_feed_is_not_wanted(base):
    made = dataset(
        field("a", "编号"), field("s", "证件", kind="sealed"), field("l", "标签", db_type="varchar(9)[]"),
        field("j", "其他", db_type="jsonb"), field("u", "谁", db_type="uuid", kind="id"),
    )  # fmt: skip
    assert [one.key for one in wanted.wanted_of(made)] == ["a"]


def test_steps_follow_the_field(base):
    made = dataset(
        field("a", "编号"),
        field("t", "联系电话"),
        field("n", "姓名"),
        field("d", "日期", db_type="date", kind="date"),
    )
    kinds = {one.key: [step.kind for step in one.steps][-1] for one in wanted.wanted_of(made)}
    assert kinds == {"a": "most", "t": "phone", "n": "most", "d": "date"}


def test_declared_steps_go_before_the_usual_ones(base):
    made = dataset(field("a", "编号"))
    (one,) = wanted.wanted_of(made, {"a": [{"step": "split", "take": 2}]})
    assert one.steps[0].kind == "split" and one.steps[-1].kind == "most"
    (only,) = wanted.wanted_of(made, {"a": ["only", "trim"]})
    assert [step.kind for step in only.steps] == ["trim"]
    with pytest.raises(BadInput):
        wanted.wanted_of(made, {"a": ["nothing"]})


def test_initials_come_of_the_title_where_none_are_told(base):
    (one,) = wanted.wanted_of(dataset(field("a", "课程代码")))
    assert one.initials.upper() == "KCDM"


def test_only_a_keyed_table_of_a_unit_is_open():
    assert wanted.is_open(dataset(field("a", "编号")))
    assert not wanted.is_open(dataset(field("a", "编号"), key=()))
    assert not wanted.is_open(dataset(field("a", "编号"), wall="person"))
