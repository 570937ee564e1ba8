"""Where a form stands: to begin, in a running matter, and whose files are in it."""

from __future__ import annotations

import pytest

from jizuo.ground.errors import NotFound
from jizuo.ground.ids import new_id

FILE = {"id": "0190a000-0000-7000-8000-000000000001", "name": "a.png", "size": 3}


def test_files_are_found_wherever_they_stand():
    from jizuo.engines.matter.forms import standing

    assert (
        standing.file_ids({"a": [FILE], "rows": [{"b": [FILE]}], "c": {"id": "x", "name": "y", "size": 1}})
        == [FILE["id"]] * 2
    )


def test_a_form_to_begin_knows_its_pages_and_flow(field_day, within):
    from jizuo.engines.matter.forms import standing

    told = within(field_day.scope("clerk"), lambda: standing.to_begin("field_day", "plan"))
    assert [page.title for page in told.pages] == ["活动", "费用"]
    assert (
        standing.flow_of(told.pack, "consent").subject == "pupil"
        and standing.flow_of(told.pack, "none") is None
    )


def test_a_matter_that_is_not_there_has_no_form(field_day, within):
    from jizuo.engines.matter.forms import standing

    with pytest.raises(NotFound):
        within(field_day.scope("clerk"), lambda: standing.to_go_on("field_day", "plan", new_id()))
    with pytest.raises(NotFound):
        within(field_day.scope("guardian"), lambda: standing.to_begin("field_day", "plan"))


def test_a_file_of_somebody_else_is_not_taken(field_day, within):
    from jizuo.engines.matter.forms import standing

    clerk = field_day.scope("clerk")
    told = within(clerk, lambda: standing.to_begin("field_day", "plan"))
    assert within(clerk, lambda: standing.files_of(told, {FILE["id"], "x"})) == {}
