from datetime import date

import pytest

from jizuo.hubs.data.connectors import sql
from jizuo.hubs.data.connectors.feeds import Ask, SourceError


def ask(query, **more):
    return Ask({"query": query}, {}, 1, **more)


def test_the_statement_and_its_parameters():
    assert sql.statement(ask("select a from t"), "postgres") == ("SELECT a FROM t", [])
    text, values = sql.statement(
        ask("select a from t where b like 'x%'", increment={"column": "a"}, mark=date(2026, 1, 2)), "mysql"
    )
    assert "'x%%'" in text and text.count("%s") == 1 and values == [date(2026, 1, 2)]
    text, values = sql.statement(ask("select a from t", increment={"column": "a"}, most=5), "postgres")
    assert text.endswith("limit 5") and values == []


def test_two_columns_of_one_name_are_refused():
    with pytest.raises(SourceError) as caught:
        sql.named(["a", "b", "a"])
    assert "a" in caught.value.reason


def test_a_port_that_is_none():
    assert sql.port_of(Ask({"port": "x"}, {}, 1), 5432) == 0
    assert sql.port_of(Ask({}, {}, 1), 5432) == 5432
