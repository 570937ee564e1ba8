"""Drafts: one for each form and subject, within bounds."""

from __future__ import annotations

import pytest

from jizuo.engines.matter.forms import drafts
from jizuo.ground.errors import BadInput
from jizuo.ground.ids import new_id


def test_a_draft_is_kept_found_and_dropped(field_day, within):
    head, version = field_day.scope("head"), new_id()

    def walk():
        drafts.save("field_day", "plan", version, {"name": "甲"}, 1, None, "key-one")
        found = drafts.find("field_day", "plan", None)
        gone = drafts.drop(submit_key="key-one")
        return found, gone, drafts.find("field_day", "plan", None), drafts.drop(submit_key="")

    found, gone, after, nothing = within(head, walk)
    assert (found.data, found.page, found.submit_key) == ({"name": "甲"}, 1, "key-one")
    assert gone and after is None and not nothing


def test_what_was_taken_over_is_kept_with_what_it_was_taken_into(field_day, within):
    head, version = field_day.scope("head"), new_id()

    def walk():
        kept = []
        for taken in (["name", "lines[0].thing"], []):
            drafts.save("field_day", "plan", version, {"name": "甲"}, 0, None, "key-two", taken)
            kept.append(drafts.find("field_day", "plan", None).taken)
        drafts.drop(submit_key="key-two")
        return kept

    assert within(head, walk) == [["name", "lines[0].thing"], []]


def test_a_draft_that_is_too_large_is_refused(field_day, within):
    with pytest.raises(BadInput):
        within(
            field_day.scope("head"),
            lambda: drafts.save("field_day", "plan", new_id(), {"name": "x" * 600_000}, 0, None),
        )
