"""Forms opened through their doors: what is filled in already, what may be chosen, and what another role never sees."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jizuo.ground.errors import NotFound
from tests.engines.matter.forms.given import place_of


@pytest.fixture(scope="module")
def place(base):
    return place_of(base)


def within(scope, call, **told):
    from jizuo.ground import scope as scopes

    with scopes.use(scope):
        return call(**told)


def fields(view):
    return {one.key: one for page in view.pages for one in page.fields}


def test_a_guardian_finds_the_own_child_filled_in(place):
    from jizuo.engines.matter.forms import opening

    view = within(place.scope("guardian"), opening.open_form, scene="field_day", form="consent")
    pupil = fields(view)["pupil"]
    assert pupil.value == str(place.first.pupils[0][0]) and pupil.owner == "学校已有"
    assert [one.value for one in pupil.choices] == [pupil.value]
    assert not fields(view)["why"].is_shown and fields(view)["why"].is_conditional


def test_a_class_role_chooses_among_the_own_class_and_a_clerk_among_all(place):
    from jizuo.engines.matter.forms import opening

    told = {"scene": "field_day", "form": "consent", "field": "pupil"}
    own = within(place.scope("homeroom_teacher"), opening.person_choices, **told)
    everybody = within(place.scope("clerk"), opening.person_choices, **told)
    assert {one.value for one in own.rows} == {str(person) for person, _link in place.first.pupils[:3]}
    assert {one.value for one in everybody.rows} == {str(person) for person, _link in place.first.pupils}


def test_a_form_that_is_not_the_roles_does_not_exist(place):
    from jizuo.engines.matter.forms import opening

    for role, form in (("guardian", "plan"), ("head", "plan"), ("clerk", "nothing")):
        with pytest.raises(NotFound):
            within(place.scope(role), opening.open_form, scene="field_day", form=form)
    with pytest.raises(NotFound):
        within(
            place.scope("guardian"),
            opening.open_form,
            scene="field_day",
            form="consent",
            subject_id=place.first.pupils[1][0],
        )


def test_a_locked_field_comes_from_the_base_and_classes_are_offered(place):
    from jizuo.engines.matter.forms import opening

    with CaptureQueriesContext(connection) as asked:
        view = within(place.scope("clerk"), opening.open_form, scene="field_day", form="plan")
    found = fields(view)
    assert found["school"].is_locked and found["school"].words == f"第{place.first.unit_no}小学"
    assert {one.value for one in found["classes"].choices} == {str(one) for one in place.first.classes}
    assert found["day"].value == "2026-09-16"
    assert len(asked) <= 12, [one["sql"][:90] for one in asked]


def test_a_draft_is_there_again_and_nobody_elses(place):
    from jizuo.engines.matter.forms import actions, opening

    clerk = place.scope("clerk")
    told = {"scene": "field_day", "form": "plan"}
    first = within(
        clerk, actions.save_form_draft, data={"name": "秋游", "by_bus": True}, page=1, submit_key="k1", **told
    )
    again = within(clerk, actions.save_form_draft, data={"name": "秋游去"}, page=0, submit_key="k2", **told)
    view = within(clerk, opening.open_form, **told)
    assert first == again and view.submit_key == "k1" and fields(view)["name"].value == "秋游去"
    other = within(place.scope("clerk", place.second), opening.open_form, **told)
    assert other.draft_id is None and fields(other)["name"].value is None
    assert [one.form for one in within(clerk, opening.my_drafts)] == ["plan"]
    with pytest.raises(NotFound):
        within(place.scope("clerk", place.second), actions.drop_form_draft, draft_id=first)
    within(clerk, actions.drop_form_draft, draft_id=first)
    assert within(clerk, opening.my_drafts) == []


def test_what_the_base_holds_is_found_by_the_names_people_use(place):
    from jizuo.engines.matter.forms import opening

    clerk = place.scope("clerk")
    assert within(clerk, opening.column_held, title="在校生数")[0].word == "number:present"
    assert within(clerk, opening.column_held, title="民族")
    assert within(clerk, opening.column_held, title="本周请假人次") == []
