"""Answers as words: names, codes, yes and no."""

from __future__ import annotations


def test_answers_in_words(town):
    matter_id = town.start(on_day="2027-04-12", way="foot", far=True)
    found = {one.key: one.value for one in town.view("guardian", matter_id).answers}
    assert found == {"pupil_id": "陈以宁", "on_day": "2027-04-12", "way": "步行", "far": "是"}
