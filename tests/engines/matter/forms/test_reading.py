"""What a browser posts, as answers."""

from __future__ import annotations

from django.http import QueryDict

from jizuo.engines.matter.forms import reading


def test_names_say_what_is_a_list_a_cell_or_the_pages_own(base):
    post = QueryDict(
        "name=&name=甲&kind=&c[]=1&c[]=&do=submit&lines[2].a=x&lines[0].a=y&lines[0].b[]=1&x.y=3&proof.kept=7&proof.drop=7"
    )

    class Request:
        POST, FILES = post, QueryDict("")

    told = reading.posted(Request())
    assert told == {
        "name": "甲",
        "kind": "",
        "c": ["1"],
        "lines": [{"a": "y", "b": ["1"]}, {"a": "x"}],
        "proof": [],
    }


def test_rows_are_added_and_dropped():
    told = {"lines": [{"a": 1}, {"a": 2}]}
    assert reading.row_change(told, "drop:lines:0") and told["lines"] == [{"a": 2}]
    assert reading.row_change(told, "add:lines") and told["lines"] == [{"a": 2}, {}]
    assert not reading.row_change(told, "submit") and not reading.row_change(told, "drop:../x:1")
