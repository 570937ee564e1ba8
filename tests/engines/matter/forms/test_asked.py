"""A field is asked as its file says, else as the standard does."""

from __future__ import annotations

from jizuo.engines.matter.forms import asked
from jizuo.engines.matter.shapes import Field, Form, FormPage
from jizuo.hubs.data.standards import Element


def test_the_file_stands_over_the_standard():
    elements = {
        "reason": Element("reason", "说明", "Reason", type="text", length=300, grade=4),
        "days": Element("days", "天数", "Days", type="decimal", scale=1, required=True),
    }
    form = Form(
        "请假",
        (
            FormPage(
                (Field("reason", required=True), Field("days", compute="1"), Field("note", title="备注"))
            ),
        ),
    )
    reason, days, note = asked.fields_of(asked.asked_of(form, elements))
    assert (reason.kind, reason.title, reason.length, reason.grade, reason.required) == (
        "long_text",
        "说明",
        300,
        4,
        True,
    )
    assert days.kind == "number" and days.scale == 1 and not days.is_typed and not days.required
    assert note.kind == "text" and note.required and note.most == asked.MOST_ROWS
