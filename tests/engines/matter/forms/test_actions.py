"""A form handed in under one key is one matter, and its draft is gone."""

from __future__ import annotations

import pytest

from jizuo.ground import scope as scopes
from jizuo.ground.errors import BadInput
from tests.engines.matter.forms.given import GOOD


def test_handing_in_twice_is_one_matter(field_day):
    from jizuo.engines.matter.forms import actions, opening

    data = {**GOOD, "leader": str(field_day.first.staff[0][0]), "classes": [str(field_day.first.classes[0])]}
    with scopes.use(field_day.scope("clerk", person_id=field_day.first.staff[1][0])):
        actions.save_form_draft(scene="field_day", form="plan", data=data, submit_key="once-only")
        with pytest.raises(BadInput):
            actions.hand_in(scene="field_day", form="plan", data={**data, "name": ""}, submit_key="once-only")
        found = {
            actions.hand_in(scene="field_day", form="plan", data=data, submit_key="once-only")
            for _tap in range(2)
        }
        assert len(found) == 1 and opening.my_drafts() == []
