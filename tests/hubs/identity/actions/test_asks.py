"""The queue of a school."""

from __future__ import annotations

import pytest

from tests.hubs.identity.elsewhere import phone_of, through, who, words


def test_the_school_says_who_somebody_is_and_another_school_sees_nothing(
    base, source, provider, person, school
):
    row = source("oidc")
    provider.person = {"sub": f"p-{phone_of()}", "name": "沈老师", "email": "s@x.cn"}
    client = base.client()
    at = through(client, provider, row)["Location"]
    told = {"unit_no": school.unit_no, "name": "沈班主任", "words": "三（2）班"}
    assert client.post(at, told).status_code == 302
    assert client.post(at, told).status_code in (409, 422), "asked twice"
    assert "等教务员确认" in words(client.get(at))
    from jizuo.hubs.identity.models import OutsideAsk

    ask = OutsideAsk.objects.get(unit_no=school.unit_no)
    other = person("clerk")
    stranger = base.client(other)
    assert "沈班主任" not in words(stranger.get(f"/as/{other.grant_no}/sign-in-asks"))
    clerk = base.client(school.clerk)
    page = words(clerk.get(f"/as/{school.clerk.grant_no}/sign-in-asks"))
    assert "沈班主任" in page and "s@x.cn" in page
    answer = {"ask": str(ask.pk), "act": "refuse", "why": "不认识"}
    stranger.post(f"/as/{other.grant_no}/sign-in-asks/decide", answer)
    ask.refresh_from_db()
    assert ask.state == "asked", "another school answered"
    clerk.post(f"/as/{school.clerk.grant_no}/sign-in-asks/decide", answer)
    assert "不认识" in words(client.get(at))
    client.post(at, told)
    ask = OutsideAsk.objects.get(unit_no=school.unit_no, state="asked")
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import NotAllowed, NotFound
    from jizuo.hubs.identity.actions import asks

    def as_clerk(account, **more):
        return scopes.use(base.scope(account.unit_no, "clerk", grant_no=account.grant_no, **more))

    with as_clerk(school.clerk), pytest.raises(NotAllowed):
        asks.approve_ask(ask_id=ask.pk, login_code=school.teacher.code)
    with as_clerk(other, stepped_up=True), pytest.raises(NotFound):
        asks.approve_ask(ask_id=ask.pk, login_code=school.teacher.code)
    with as_clerk(school.clerk, stepped_up=True):
        with pytest.raises(NotFound):
            asks.approve_ask(ask_id=ask.pk, login_code=other.code)
        asks.approve_ask(ask_id=ask.pk, login_code=school.teacher.code)
    client = base.client()
    through(client, provider, row)
    assert who(client) == str(school.teacher.pk)
