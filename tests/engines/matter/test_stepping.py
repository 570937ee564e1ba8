"""Notes that say why, and tasks that cannot be answered so."""

from __future__ import annotations

import pytest

from jizuo.ground.errors import BadInput


def test_a_note(base):
    from jizuo.engines.matter import stepping

    assert stepping.checked_note("  好 ") == "好"
    for note, must in (("", True), ("x" * 1001, False)):
        with pytest.raises(BadInput):
            stepping.checked_note(note, must=must)


def test_a_verb_that_the_step_has_not(town):

    matter_id = town.start(on_day="2027-03-11")
    result = town.take("homeroom_teacher", "sign", matter_id)
    assert result.done == 0 and "不能这样办" in result.skipped[0].why
