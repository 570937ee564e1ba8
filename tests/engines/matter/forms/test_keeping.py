"""Files of a form belong to its matter."""

from __future__ import annotations

from jizuo.ground.ids import new_id


def test_a_matter_that_is_not_there_opens_nothing(field_day, within):
    from jizuo.engines.matter.forms import keeping

    clerk = field_day.scope("clerk")
    assert within(clerk, lambda: keeping.may_open(clerk, None)) is False
    assert within(clerk, lambda: keeping.may_open(clerk, new_id())) is False
    within(clerk, lambda: keeping.own_files(new_id(), {"name": "没有文件"}))
