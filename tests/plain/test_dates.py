from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizuo.plain import dates
from jizuo.plain.dates import DateRead, Precision

FIRST = date(2014, 9, 1)


@pytest.mark.parametrize(
    "cell",
    [
        "20140901",
        "2014.9.1",
        "2014.09.01",
        "2014-09-01",
        "2014-9-1",
        "2014/9/1",
        "2014年9月1日",
        "2014年9月1号",
        "２０１４．９．１",
        " 2014 年 9 月 1 日 ",
        "2014－09－01",
        "2014。9。1",
        "2014-09-01 00:00:00",
        "2014-09-01T08:30:00Z",
        "2014/9/1 8:30",
        "2014.9.1.",
        "二〇一四年九月一日",
        "二零一四年九月一日",
        "\u200b2014-09-01",
        FIRST,
        datetime(2014, 9, 1, 8, 30),
        41883,
        41883.0,
        41883.35,
        20140901,
        20140901.0,
    ],
)
def test_reads_one_day(cell):
    assert dates.read(cell) == DateRead(FIRST, Precision.DAY)


@pytest.mark.parametrize(
    ("cell", "value", "precision"),
    [
        ("2014年9月", date(2014, 9, 1), Precision.MONTH),
        ("2014年9月份", date(2014, 9, 1), Precision.MONTH),
        ("2014.9", date(2014, 9, 1), Precision.MONTH),
        ("2014-12", date(2014, 12, 1), Precision.MONTH),
        ("201409", date(2014, 9, 1), Precision.MONTH),
        (201409, date(2014, 9, 1), Precision.MONTH),
        (2014.9, date(2014, 9, 1), Precision.MONTH),
        (2014.09, date(2014, 9, 1), Precision.MONTH),
        (2014.11, date(2014, 11, 1), Precision.MONTH),
        ("2014", date(2014, 1, 1), Precision.YEAR),
        ("2014年", date(2014, 1, 1), Precision.YEAR),
        (2014, date(2014, 1, 1), Precision.YEAR),
        ("二〇一四年十二月", date(2014, 12, 1), Precision.MONTH),
        ("二〇一四年十二月二十一日", date(2014, 12, 21), Precision.DAY),
        ("19000101", date(1900, 1, 1), Precision.DAY),
        ("2100-12-31", date(2100, 12, 31), Precision.DAY),
        (1, date(1900, 1, 1), Precision.DAY),
        (59, date(1900, 2, 28), Precision.DAY),
        (61, date(1900, 3, 1), Precision.DAY),
    ],
)
def test_reads(cell, value, precision):
    assert dates.read(cell) == DateRead(value, precision)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (None, "empty"),
        ("", "empty"),
        (" \u3000", "empty"),
        ("2014-13-01", "month"),
        ("20141301", "month"),
        ("2014年13月", "month"),
        ("2014-00-01", "month"),
        ("2014-02-30", "day"),
        ("2014-9-0", "day"),
        ("2013年2月29日", "day"),
        (60, "day"),
        ("1899-12-31", "range"),
        ("2101-01-01", "range"),
        ("140901", "range"),
        (date(1899, 1, 1), "range"),
        (datetime(2101, 1, 1), "range"),
        (0, "range"),
        (-5, "range"),
        (99999, "range"),
        (1e20, "range"),
        (2014.1, "unclear"),
        ("01/09/2014", "unclear"),
        ("14.9.1", "form"),
        ("14年9月1日", "form"),
        ("41883", "form"),
        ("2014-9.1", "form"),
        ("昨天", "form"),
        ("2014-09-01 or so", "form"),
        (True, "form"),
        (float("nan"), "form"),
        (float("inf"), "form"),
        (timedelta(days=1), "form"),
    ],
)
def test_refuses(cell, code):
    with pytest.raises(dates.BadDate) as caught:
        dates.read(cell)
    assert caught.value.code == code
    assert any("\u4e00" <= char <= "\u9fff" for char in caught.value.reason)


def test_counted_from_1904():
    assert dates.read(40421, epoch_1904=True).value == FIRST


@given(
    st.dates(date(1900, 1, 1), date(2100, 12, 31)),
    st.sampled_from(["%Y%m%d", "%Y-%m-%d", "%Y.%m.%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y-%m-%d 23:59:59"]),
)
def test_every_written_form_comes_back(day, form):
    text = day.strftime(form)
    assert dates.read(text) == DateRead(day, Precision.DAY)
    assert (
        dates.read(text.replace("-0", "-").replace(".0", ".").replace("/0", "/").replace("月0", "月")).value
        == day
    )


@given(st.dates(date(1900, 3, 1), date(2100, 12, 31)), st.floats(0, 0.999))
def test_every_serial_comes_back(day, clock):
    serial = (day - date(1899, 12, 30)).days
    if not 1900 <= serial <= 2100:
        assert dates.read(serial + clock).value == day


@given(st.one_of(st.text(), st.text(alphabet="0123456789-./年月日 "), st.integers(), st.floats(), st.none()))
def test_a_date_in_range_or_our_error(cell):
    try:
        found = dates.read(cell)
    except dates.BadDate as error:
        assert error.code
    else:
        assert date(1900, 1, 1) <= found.value <= date(2100, 12, 31)
