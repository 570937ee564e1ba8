from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizuo.plain import cleaning
from jizuo.plain.cleaning import BadStep, Cleaned, Step, clean, parse, run, shown, usual
from jizuo.plain.codes import Code, CodeTable

SEX = CodeTable("sex", "性别", [Code("1", "男性", aliases=("男",)), Code("2", "女性", aliases=("女",))])


def tables(name):
    return SEX if name == "sex" else None


@pytest.mark.parametrize(
    ("steps", "given_", "stored", "by"),
    [
        (["trim"], "  三（2）班 ", "三（2）班", ("trim",)),
        (["invisible"], "李\u200b四", "李四", ("invisible",)),
        (["half_width"], "ＡＢ１２", "AB12", ("half_width",)),
        (["collapse"], "一  二\u3000三", "一 二 三", ("collapse",)),
        (["no_blanks"], "张 三", "张三", ("no_blanks",)),
        (["empty_words"], "无", None, ("empty_words",)),
        (["date"], "2014年9月1日", "2014-09-01", ("date",)),
        (["date"], "20140901", "2014-09-01", ("date",)),
        (["date"], date(2014, 9, 1), "2014-09-01", ()),
        (["date"], 41883, "2014-09-01", ("date",)),
        (["month"], "2014年9月", "2014-09-01", ("month",)),
        (["moment"], "2014/09/01 08:30", "2014-09-01 08:30:00", ("moment",)),
        ([{"step": "code", "table": "sex"}], "女", "2", ("code",)),
        (["id_number"], "11010519491231002x", "11010519491231002X", ("id_number",)),
        (["phone"], "+86 138-1234-5678", "13812345678", ("phone",)),
        (["name"], "张 三", "张三", ("name",)),
        (["bare_number"], "06", "6", ("bare_number",)),
        (["bare_number"], "000", "0", ("bare_number",)),
        (["bare_number"], "甲06", "甲06", ()),
        ([{"step": "bare_number", "most": 3}], "0106", "0106", ()),
        (["whole"], "12号", "12", ("whole",)),
        (["whole"], "1,234", "1234", ("whole",)),
        (["decimal"], "12.50", "12.5", ("decimal",)),
        (["decimal"], "15%", "0.15", ("decimal",)),
        (["flag"], "√", "true", ("flag",)),
        (["flag"], False, "false", ("flag",)),
        ([{"step": "split", "by": "、", "take": 2}], "语文、数学", "数学", ("split",)),
        ([{"step": "split"}], "语文，数学", "语文", ("split",)),
        ([{"step": "split", "take": 3}], "语文，数学", None, ("split",)),
        ([{"step": "constant", "value": "本校"}], "别处", "本校", ("constant",)),
        ([{"step": "default", "value": "本校"}], None, "本校", ("default",)),
        ([{"step": "default", "value": "本校"}], "别处", "别处", ()),
        (["trim", "half_width", "date"], " ２０１４.9.1 ", "2014-09-01", ("trim", "half_width", "date")),
    ],
)
def test_each_step(steps, given_, stored, by):
    assert clean(parse(steps), given_, tables) == Cleaned(stored, shown(given_), by)


@pytest.mark.parametrize(
    ("steps", "given_", "code"),
    [
        (["date"], "9月1日", "date_form"),
        (["date"], "2014年9月", "date_precision"),
        (["moment"], "昨天", "moment"),
        ([{"step": "code", "table": "sex"}], "其它", "unknown_code"),
        ([{"step": "code", "table": "nothing"}], "1", "no_table"),
        (["id_number"], "110105194912310021", "document_check"),
        (["id_number"], "3.10101E+17", "broken_number"),
        (["trim"], 310101201409010000, "broken_number"),
        (["phone"], "1381234567", "phone_length"),
        (["name"], "  ", None),
        (["whole"], "十二", "number"),
        ([{"step": "whole", "most": 10}], "11", "number"),
        (["decimal"], "很多", "number"),
        ([{"step": "decimal", "places": 1}], "12.55", "places"),
        (["flag"], "也许", "flag"),
        ([{"step": "most", "most": 3}], "四个字的", "too_long"),
    ],
)
def test_what_cannot_be_stored_says_why(steps, given_, code):
    found = clean(parse(steps), given_, tables)
    assert found.value is None
    assert found.was == shown(given_)
    assert found.fault.code.startswith(code) if code else found.fault is None, found


def test_a_fault_brings_what_would_mend_it():
    assert clean(parse([{"step": "most", "most": 3}]), "四个字的").fault.suggestion == "四个字"
    assert clean(parse([{"step": "decimal", "places": 1}]), "12.26").fault.suggestion == "12.3"


@pytest.mark.parametrize(
    "told",
    ["datee", {"step": "split", "take": 0}, {"step": "split", "take": "2"}, {"step": "code"}, {"step": "trim", "by": "x"},
     {"step": "join"}, {"step": "join", "columns": "a"}, {"by": "x"}, 3],
)  # fmt: skip
def test_a_declaration_that_cannot_be_run_is_refused(told):
    with pytest.raises(BadStep):
        parse([told])


def test_a_near_miss_is_named():
    with pytest.raises(BadStep, match="half_width"):
        parse(["half_widht"])


def test_fill_down_takes_the_nearest_value_above():
    found = run(parse(["trim", "fill_down"]), ["三（2）班", "同上", None, " 〃 ", "三（3）班", ""])
    assert [one.value for one in found] == ["三（2）班"] * 4 + ["三（3）班"] * 2
    assert found[1].was == "同上" and found[1].steps == ("fill_down",)
    assert found[3].steps == ("trim", "fill_down")


def test_ditto_with_nothing_above_is_a_fault():
    (found,) = run(parse(["fill_down"]), ["同上"])
    assert found.fault.code == "ditto"


def test_join_puts_other_columns_behind():
    others = {"市": ["上海", "上海"], "区": ["长宁", None]}
    steps = parse([{"step": "join", "columns": ["市", "区"], "by": "-"}, "trim"])
    assert [one.value for one in run(steps, ["中国", None], others=others)] == ["中国-上海-长宁", "上海"]
    with pytest.raises(BadStep, match="街道"):
        run(parse([{"step": "join", "columns": ["街道"]}]), ["x"], others=others)


@pytest.mark.parametrize(
    ("more", "kinds"),
    [
        ({"kind": "date"}, "date"),
        ({"kind": "text", "db_type": "timestamp with time zone"}, "moment"),
        ({"kind": "number", "db_type": "numeric(5, 2)"}, "decimal"),
        ({"kind": "text", "db_type": "bigint"}, "whole"),
        ({"kind": "bool"}, "flag"),
        ({"kind": "code", "table": "sex"}, "code"),
        ({"kind": "text", "db_type": "varchar(20)"}, "most"),
        ({"kind": "text", "is_phone": True}, "phone"),
        ({"kind": "text", "is_document": True}, "id_number"),
        ({"kind": "text", "is_name": True, "db_type": "varchar(50)"}, "name"),
    ],
)
def test_the_usual_steps_of_a_field(more, kinds):
    kind = more.pop("kind")
    assert kinds in [step.kind for step in usual(kind, **more)]


def test_a_declaration_comes_back_as_it_was_told():
    told = [{"step": "split", "by": "、", "take": 2}, {"step": "trim"}, {"step": "join", "columns": ["a"]}]
    assert [step.told() for step in parse(told)] == told


def test_numbers_and_days_are_shown_as_people_read_them():
    values = [12.0, 12.5, True, Decimal("1.50"), datetime(2014, 9, 1), datetime(2014, 9, 1, 8, 30), None]
    assert [shown(value) for value in values] == [
        "12", "12.5", "TRUE", "1.50", "2014-09-01", "2014-09-01 08:30:00", "",
    ]  # fmt: skip


CELLS = st.one_of(
    st.none(), st.text(max_size=40), st.integers(-(10**17), 10**17), st.floats(allow_nan=False), st.booleans(),
    st.dates(date(1850, 1, 1), date(2200, 1, 1)),
    st.sampled_from([" ２０１４.9.1 ", "同上", "男", "女 ", "+86 13812345678", "1,234", "15%", "张 三", "２０14年9月"]),
)  # fmt: skip
CHAINS = st.sampled_from(
    [
        usual("text"), usual("text", db_type="varchar(8)"), usual("date"), usual("bool"),
        usual("number", db_type="numeric(9, 2)"), usual("text", db_type="integer"), usual("code", table="sex"),
        usual("text", is_phone=True), usual("text", is_name=True), usual("text", is_document=True),
        usual("text", db_type="timestamptz"), (Step("month"),), (Step("no_blanks"), Step("half_width")),
    ]
)  # fmt: skip


@given(CHAINS, CELLS)
def test_cleaning_a_clean_value_changes_nothing(chain, cell):
    once = clean(chain, cell, tables)
    if once.value is not None:
        again = clean(chain, once.value, tables)
        assert again == Cleaned(once.value, once.value, ())


@given(CHAINS, st.lists(CELLS, max_size=12))
def test_the_original_is_kept_and_every_change_has_its_step(chain, column):
    for cell, cleaned in zip(column, run(chain, column, tables), strict=True):
        assert cleaned.was == shown(cell)
        assert cleaned.value is None or cleaned.fault is None
        if cleaned.value is not None and cleaned.value != cleaned.was:
            assert cleaned.steps
        if not cleaned.steps and cleaned.fault is None:
            assert (cleaned.value or "") == cleaned.was or cleaning.is_blank(cell)
