"""Blank forms with a number each, and one typed back once."""

from __future__ import annotations

import pytest

from jizuo.ground.errors import BadInput, NotFound
from tests.engines.matter.forms.given import place_of


@pytest.fixture(scope="module")
def place(base):
    return place_of(base)


def within(scope, call, **told):
    from jizuo.ground import scope as scopes

    with scopes.use(scope):
        return call(**told)


def numbers(place):
    from django.db import connection

    from jizuo.ground import scope as scopes

    with scopes.use(place.scope("clerk")), scopes.open_transaction("test"), connection.cursor() as cursor:
        cursor.execute(
            "select no, subject_id from matter_paper where unit_no = %s order by no", [place.first.unit_no]
        )
        return cursor.fetchall()


def test_a_paper_is_printed_for_each_child_and_typed_back_once(place):
    from jizuo.engines.matter.actions.matters import start_matter
    from jizuo.engines.matter.forms import paper

    clerk = place.scope("clerk")
    children = [person for person, _link in place.first.pupils[:2]]
    printed = within(clerk, paper.paper_pdf, scene="field_day", form="consent", subject_ids=children)
    assert printed.startswith(b"%PDF")
    rows = numbers(place)
    assert {subject for _no, subject in rows} == set(children) and len({no for no, _subject in rows}) == 2
    no, subject = rows[0]
    view = within(clerk, paper.paper_form, no=no)
    fields = {one.key: one for page in view.pages for one in page.fields}
    assert view.paper_no == no and fields["pupil"].value == str(subject)
    with pytest.raises(NotFound):
        within(place.scope("clerk", place.second), paper.paper_form, no=no)
    told = {
        "scene": "field_day", "form": "consent", "data": {"pupil": str(subject), "says": "同意"}, "way": "paper", "paper_no": no,
    }  # fmt: skip
    with pytest.raises(BadInput):
        within(clerk, start_matter, submit_key="paper-no-sign", **told)


def test_nobody_elses_child_and_no_pile_is_printed(place):
    from jizuo.engines.matter.forms import paper

    clerk = place.scope("clerk")
    with pytest.raises(NotFound):
        within(
            clerk, paper.paper_pdf, scene="field_day", form="consent", subject_ids=[place.second.pupils[0][0]]
        )
    with pytest.raises(BadInput):
        within(clerk, paper.paper_pdf, scene="field_day", form="consent", subject_ids=[])
    with pytest.raises(NotFound):
        within(clerk, paper.paper_form, no=1)
