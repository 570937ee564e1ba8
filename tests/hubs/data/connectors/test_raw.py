import csv
import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from jizuo.hubs.data.connectors import raw
from jizuo.hubs.data.connectors.feeds import AT_ONCE, SourceError


class Given:
    """A feed of rows that are made as they are asked for; it counts how many it let out before the last were let go."""

    notes: list[str] = []

    def __init__(self, rows, columns=("n", "at"), *, is_ordered=False, at_once=AT_ONCE):
        self.rows, self.columns, self.is_ordered, self.at_once = (
            rows,
            columns and list(columns),
            is_ordered,
            at_once,
        )
        self.given = 0

    def __iter__(self):
        part = []
        for row in self.rows:
            part.append(row)
            self.given += 1
            if len(part) == self.at_once:
                yield part
                part = []
        if part:
            yield part


def write(feed, **more):
    out = io.BytesIO()
    found = raw.write(feed, out, increment=more.pop("increment", {}), **more)
    return found, list(csv.reader(io.StringIO(out.getvalue().decode("utf-8-sig"))))


def test_rows_are_written_as_they_come():
    found, lines = write(Given([(1, "甲"), (2, None)]))
    assert lines == [["n", "at"], ["1", "甲"], ["2", ""]]
    assert (found.rows, found.columns, found.has_more) == (2, ["n", "at"], False)


def test_ten_million_rows_are_never_held():
    """The feed is as long as that; only a piece is taken, and never more rows at once than one part."""
    feed = Given(((n, n // 3) for n in range(10_000_000)), is_ordered=True)
    found, lines = write(feed, increment={"column": "at"}, most_rows=50_000)
    assert found.has_more and 50_000 <= found.rows < 50_003
    assert found.most_held == AT_ONCE and feed.given <= found.rows + AT_ONCE
    assert found.mark == ("whole", str(found.rows // 3 - 1))
    assert len(lines) == found.rows + 1


def test_ten_million_rows_without_an_order_are_refused_early():
    feed = Given((n, n) for n in range(10_000_000))
    with pytest.raises(SourceError) as caught:
        write(feed, most_rows=5_000)
    assert caught.value.code == "too_many" and feed.given <= 5_000 + AT_ONCE
    assert "增量列" in caught.value.fix


def test_a_column_that_does_not_part_the_rows_is_refused():
    with pytest.raises(SourceError) as caught:
        write(
            Given(((n, 1) for n in range(1000)), is_ordered=True), increment={"column": "at"}, most_rows=100
        )
    assert caught.value.code == "one_mark"


def test_bytes_are_bounded_too():
    with pytest.raises(SourceError):
        write(Given((n, "x" * 1000) for n in range(1000)), most_bytes=10_000)


def test_the_greatest_value_is_remembered_whatever_the_order():
    day = date(2026, 1, 1)
    rows = [(1, day + timedelta(days=2)), (2, day), (3, None), (4, day + timedelta(days=1))]
    found, _lines = write(Given(rows), increment={"column": "at"})
    assert found.mark == ("day", "2026-01-03") and found.unmarked == 1 and found.backwards == 2


def test_headings_of_a_list_with_its_own_importer():
    _found, lines = write(Given([(1, 2)]), heading={"at": "姓名"})
    assert lines == [["姓名"], ["2"]]
    with pytest.raises(SourceError):
        write(Given([(1, 2)]), heading={"x": "姓名"})


def test_rows_of_different_names_share_one_heading():
    found, lines = write(Given([{"a": 1}, {"b": 2, "a": None}], columns=None))
    assert found.columns == ["a", "b"] and lines == [["a", "b"], ["1", ""], ["", "2"]]


def test_the_first_rows_of_a_trial():
    found, lines = write(Given((n, n) for n in range(10_000)), only=5)
    assert found.rows == 5 and len(lines) == 6


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"), (12.0, "12"), (0.5, "0.5"), (Decimal("1.10"), "1.10"), (datetime(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2, 3, 4, tzinfo=UTC), "2026-01-02 03:04:00+00:00"), (date(2026, 1, 2), "2026-01-02"),
        (b"\x01\xff", "01ff"), ([1, "甲"], '[1, "甲"]'), ("a\x00\x07b", "ab"), (310101201409010016, "310101201409010016"),
        (timedelta(hours=1), "1:00:00"),
    ],
)  # fmt: skip
def test_values_as_cells(value, text):
    assert raw.shown(value) == text
