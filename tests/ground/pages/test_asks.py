from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from jizuo.ground.errors import BadInput
from jizuo.ground.pages.asks import MOST, Ask, cut, seal, seek, unseal, value_of
from jizuo.ground.pages.tables import Column, Filter, Table

COLUMNS = [
    Column("name", "名称", sort=True),
    Column("pupils", "在籍", kind="figure"),
    Column("code", "码", shown=False),
]
FILTERS = [Filter("stage", "学段", [("p", "小学"), ("j", "初中")])]


def read(query: str, **more) -> Ask:
    return Ask.read(QueryDict(query), COLUMNS, FILTERS, sort="name", **more)


def test_plain_address_asks_the_usual():
    ask = read("")
    assert (ask.sort, ask.is_descending, ask.columns, ask.after) == ("name", False, ("name", "pupils"), None)


def test_address_is_read():
    ask = read(f"sort=-name&f.stage=j&q= 启明 &cols=code&cols=nothing&after={seal('启明', 7)}", size=9999)
    assert (ask.sort_word, ask.filters, ask.text) == ("-name", {"stage": "j"}, "启明")
    assert (ask.columns, ask.after, ask.size) == (("code",), ("启明", "7"), MOST)


@pytest.mark.parametrize(
    "query",
    ["sort=pupils", "sort=id;drop", "f.stage=x", "after=%00%01", "before=aGVsbG8", "after=WzEsWzJdXQ"],
)
def test_what_does_not_exist_is_named(query):
    with pytest.raises(BadInput) as caught:
        read(query)
    assert caught.value.problems[0].where == query.split("=")[0].replace("before", "after")
    assert caught.value.problems[0].fix


@hypothesis_settings(max_examples=60, deadline=None)
@given(st.one_of(st.text(), st.integers(), st.none(), st.booleans()), st.text())
def test_cursor_round_trip(value, row_id):
    assert unseal(seal(value, row_id)) == (value, row_id)


@hypothesis_settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_a_cursor_or_a_value_error(text):
    try:
        value, row_id = unseal(text)
    except ValueError:
        return
    assert isinstance(row_id, str)
    assert not isinstance(value, list | dict)


def test_cursor_keeps_days_as_text():
    assert unseal(seal(date(2026, 9, 1), 3)) == ("2026-09-01", "3")


def test_value_of_goes_deeper():
    assert value_of({"school": SimpleNamespace(name="启明")}, "school.name") == "启明"
    assert value_of({}, "school.name") is None


def test_cut_knows_both_ends():
    rows = [{"id": n, "name": f"n{n}"} for n in range(4)]
    first = cut(rows, Ask(size=3), sort_key="name")
    assert (len(first.rows), first.has_previous, first.has_next) == (3, False, True)
    assert unseal(first.last) == ("n2", "2")
    back = cut(
        [{"id": n, "name": f"n{n}"} for n in (2, 1, 0)], Ask(size=3, before=("n3", "3")), sort_key="name"
    )
    assert [row["id"] for row in back.rows] == [0, 1, 2]
    assert (back.has_previous, back.has_next) == (False, True)


def test_paging_through_a_real_table_meets_every_row_once(base):
    from jizuo.ground.models import Unit

    parent = base.unit("翻页区", kind="bureau")
    # Three share a name: only the id tells them apart at the edge of a page.
    wanted = sorted(
        (name, base.unit(name, parent=parent)) for name in ("丙", "甲", "乙", "乙", "乙", "丁", "戊")
    )
    table = [Column("name", "名称", sort=True)]
    for word in ("name", "-name"):
        seen, pages, query = [], [], f"sort={word}"
        while True:
            ask = Ask.read(QueryDict(query), table, sort="name", size=2)
            found = seek(
                Unit.objects.filter(parent_no=parent).values("unit_no", "name"),
                ask,
                field_of={"name": "name"},
                id_field="unit_no",
            )
            seen += [(row["name"], row["unit_no"]) for row in found.rows]
            pages.append([row["unit_no"] for row in found.rows])
            view = Table("t", "单位", table, found, ask, address="/x")
            if not view.next_href:
                break
            query = urlsplit(view.next_href).query
        assert seen == (wanted if word == "name" else wanted[::-1])
        back = Ask.read(QueryDict(urlsplit(view.previous_href).query), table, sort="name", size=2)
        earlier = seek(
            Unit.objects.filter(parent_no=parent).values("unit_no", "name"),
            back,
            field_of={"name": "name"},
            id_field="unit_no",
        )
        assert [row["unit_no"] for row in earlier.rows] == pages[-2]
        assert parse_qs(urlsplit(view.previous_href).query)["before"]


def test_a_cursor_of_the_wrong_kind_is_bad_input(base):
    from jizuo.ground.models import Unit

    ask = Ask(sort="no", after=("not a number", "1"), size=2)
    with pytest.raises(BadInput):
        seek(Unit.objects.values("unit_no"), ask, field_of={"no": "unit_no"}, id_field="unit_no")
