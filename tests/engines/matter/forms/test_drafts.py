"""Drafts: one for each form and subject, within bounds."""

from __future__ import annotations

import pytest

from jizuo.engines.matter.forms import drafts
from jizuo.ground.errors import BadInput
from jizuo.ground.ids import new_id


def test_a_draft_is_kept_found_and_dropped(outing, within):
    head, version = outing.scope("head"), new_id()

    def walk():
        drafts.save("outing", "plan", version, {"name": "甲"}, 1, None, "key-one")
        found = drafts.find("outing", "plan", None)
        gone = drafts.drop(submit_key="key-one")
        return found, gone, drafts.find("outing", "plan", None), drafts.drop(submit_key="")

    found, gone, after, nothing = within(head, walk)
    assert (found.data, found.page, found.submit_key) == ({"name": "甲"}, 1, "key-one")
    assert gone and after is None and not nothing


def test_a_draft_that_is_too_large_is_refused(outing, within):
    with pytest.raises(BadInput):
        within(
            outing.scope("head"),
            lambda: drafts.save("outing", "plan", new_id(), {"name": "x" * 600_000}, 0, None),
        )
