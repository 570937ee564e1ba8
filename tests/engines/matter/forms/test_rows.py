"""A row of the pack's own dataset as a choice."""

from __future__ import annotations

from jizuo.engines.matter.forms import asked, rows
from jizuo.engines.matter.shapes import Field, Form, FormPage

FIELDS = list(
    asked.fields_of(
        asked.asked_of(Form("表", (FormPage((Field("room", kind="row", of="b_room", title="房间"),)),)), {})
    )
)


def test_the_chosen_row_stands_beside_its_label():
    known = {"b_room": {"多功能厅": {"name": "多功能厅", "places": 200}}}
    assert rows.chosen(FIELDS, {"room": "多功能厅"}, known) == {
        "room_row": {"name": "多功能厅", "places": 200}
    }
    assert rows.chosen(FIELDS, {}, known) == {"room_row": {"name": None, "places": None}}
    assert rows.chosen(FIELDS, {}, {}) == {"room_row": {}}
