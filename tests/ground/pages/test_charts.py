from __future__ import annotations

import json

import pytest
from django.utils import translation

from jizuo.ground.pages.charts import Band, Chart, Series


def make(**more):
    values = {
        "name": "c",
        "title": "各有多少人？",
        "kind": "bar",
        "labels": ["a", "b"],
        "series": [Series("在籍", [1200, None])],
    }
    return Chart(**{**values, **more})


def test_bars_stand_on_zero_and_missing_is_a_gap():
    option = make().option()
    assert option["yAxis"]["min"] == 0
    assert option["series"][0]["data"] == [1200, None]
    json.dumps(option)


def test_twin_writes_missing_in_words():
    with translation.override("zh-hans"):
        assert make(label_head="学段").twin() == {
            "heads": ["学段", "在籍"],
            "rows": [["a", "1,200"], ["b", "无数据"]],
        }


def test_lying_bars_change_axes():
    assert make(is_lying=True).option()["yAxis"]["data"] == ["a", "b"]


def test_band_is_drawn_as_low_and_width_and_takes_no_colour():
    chart = make(kind="line", band=Band("往年", [1, 2], [4, 4]), series=[Series("今年", [3, 3])])
    low, width, line = chart.option()["series"]
    assert (low["data"], width["data"]) == ([1, 2], [3, 2])
    assert line["itemStyle"]["color"] == "@qing"


def test_red_is_only_for_what_is_wrong():
    series = [Series(str(place), [1, 2], is_wrong=place == 4) for place in range(5)]
    colours = [drawn["itemStyle"]["color"] for drawn in make(series=series).option()["series"]]
    assert colours == ["@qing", "@chart-2", "@lan", "@huang", "@zhu"]


def test_parts_lead_to_their_lists():
    option = make(kind="pie", series=[Series("在籍", [1, 2])], hrefs=["/a", "/b"]).option()
    assert [point["href"] for point in option["series"][0]["data"]] == ["/a", "/b"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"kind": "radar"}, "no kind"),
        ({"series": [Series("x", [1])]}, "has 1 values"),
        ({"series": [Series(str(n), [1, 2]) for n in range(6)]}, "one to 5 series"),
        ({"kind": "pie", "labels": list("abcdef"), "series": [Series("x", [1] * 6)]}, "at most 5 parts"),
    ],
)
def test_what_does_not_fit_is_refused(more, words):
    with pytest.raises(ValueError, match=words):
        make(**more)
