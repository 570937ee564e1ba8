from __future__ import annotations


def ticket():
    from jizuo.hubs.identity.protocols.openid.tickets import Ticket
    from jizuo.hubs.identity.rules.openid import Asked

    asked = Asked(
        "c",
        "https://a.cn/b",
        ("openid",),
        prompt=frozenset({"login"}),
        claims={"id_token": {"name": None}},
        asked_at=7.0,
    )
    return Ticket(asked)


def test_a_ticket_comes_back_as_it_went(base):
    from jizuo.hubs.identity.protocols.openid import tickets

    made = tickets.agreed(ticket(), "h", 3.0)
    assert tickets.of_address(tickets.address(made)) == made
    assert tickets.of_address("https://evil.cn" + tickets.address(made)) is None
    assert tickets.read(tickets.write(made)[:-1] + "!") is None


def test_a_ticket_of_the_day_before_is_over(base, monkeypatch):
    import time

    from jizuo.hubs.identity.protocols.openid import tickets

    text, now = tickets.write(ticket()), time.time()
    monkeypatch.setattr(time, "time", lambda: now + tickets.MOST_SECONDS + 60)
    assert tickets.read(text) is None


def test_an_address_with_a_sign_of_the_policy_widens_nothing(base):
    from django.http import HttpResponse

    from jizuo.hubs.identity.protocols.openid import tickets

    for uri, added in (
        ("https://a.cn/x", ("https://a.cn",)),
        ("cn.app:/x", ("cn.app:",)),
        ("https://a.cn;b/", None),
    ):
        response = HttpResponse()
        tickets.let_end_at(response, uri)
        assert getattr(response, "widened", {}).get("form-action") == added
