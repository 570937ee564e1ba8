from __future__ import annotations

import pytest


def test_a_ticket_tells_the_age_of_a_form(base, clock):
    from jizuo.hubs.identity.pages import forms

    ticket = forms.issue_ticket()
    clock.pass_(seconds=7)
    assert 7 <= forms.age_seconds(ticket) < 8


@pytest.mark.parametrize("ticket", ["", "x", "eyJ9:forged:sig"])
def test_a_forged_ticket_is_brand_new(base, ticket):
    from jizuo.hubs.identity.pages import forms

    assert forms.age_seconds(ticket) == 0


def test_what_a_door_refused_stands_beside_its_field(base):
    from jizuo.ground.errors import BadInput, NotFound, Problem
    from jizuo.hubs.identity.pages import forms

    form = forms.SlipCode({"code": "x"})
    form.is_valid()
    form.take(
        BadInput("码不对", problems=[Problem("code", "抄错了", "再看一眼"), Problem("elsewhere", "别处")])
    )
    form.take(NotFound("没有", fix="刷新"))
    assert form.errors["code"] == ["抄错了。再看一眼。"]
    assert form.non_field_errors() == ["别处。", "没有。刷新。"]
