"""Sources: what is declared, sealed, offered."""

from __future__ import annotations

import pytest

from tests.hubs.identity.elsewhere import out, path_of, words


def test_a_source_that_is_off_is_not_there(base, source, provider):
    row = source("oidc")
    client = base.client()
    back = path_of(provider.visit(out(client, row)))
    type(row).objects.filter(pk=row.pk).update(is_on=False)
    assert client.get(back).status_code == 422
    assert row.name not in words(client.get("/sign-in/"))


def as_role(base, unit_no, role, **more):
    from jizuo.ground import scope as scopes

    if unit_no == 0:
        return scopes.use(scopes.Scope(role=role, unit_no=0, units=(0,), stepped_up=True, **more))
    return scopes.use(base.scope(unit_no, role, stepped_up=True, **more))


def told(provider, **more):
    from jizuo.hubs.identity.shapes import SourceTold

    return SourceTold("oidc", "市平台", "lan", "client", {"issuer": provider.url, **more})


def test_a_school_declares_its_own_and_sees_no_others(base, provider, reachable):
    from jizuo.ground.errors import NotFound
    from jizuo.hubs.identity.actions import sources
    from jizuo.hubs.identity.entry import Secret
    from jizuo.hubs.identity.models import OutsideSource

    one, other = base.unit(), base.unit()
    with as_role(base, one, "clerk"):
        source_id = sources.declare_source(told=told(provider), secrets={"secret": Secret("hidden-secret-7")})
        assert [line.source_id for line in sources.sources()] == [source_id]
    row = OutsideSource.objects.get(pk=source_id)
    assert row.unit_no == one and b"hidden-secret-7" not in bytes(row.secrets) and "head" not in row.may_open
    with as_role(base, other, "clerk"):
        assert sources.sources() == []
        for call in (sources.one_source, sources.source_to_look_at):
            with pytest.raises(NotFound):
                call(source_id=source_id)
        with pytest.raises(NotFound):
            sources.turn_source(source_id=source_id, is_on=False)
    shown = words(base.client().get("/sign-in/", {"school": one}))
    assert "市平台" in shown and "市平台" not in words(base.client().get("/sign-in/", {"school": other}))


def test_a_changed_address_wants_the_secret_again(base, provider, reachable):
    from jizuo.ground.errors import BadInput
    from jizuo.hubs.identity.actions import sources
    from jizuo.hubs.identity.entry import Secret

    with as_role(base, base.unit(), "clerk"):
        source_id = sources.declare_source(told=told(provider), secrets={"secret": Secret("hidden-secret-7")})
        sources.change_source(source_id=source_id, told=told(provider, scope="openid"), secrets={})
        moved = told(provider, issuer="https://evil.example")
        with pytest.raises(BadInput):
            sources.change_source(source_id=source_id, told=moved, secrets={"secret": Secret(" ")})
        sources.change_source(source_id=source_id, told=moved, secrets={"secret": Secret("new")})
        assert sources.source_to_look_at(source_id=source_id).secrets == {"secret": "new"}


def test_declaring_takes_the_second_factor_and_what_is_wrong_is_named(base, provider, reachable):
    from jizuo.ground.errors import BadInput, NotAllowed
    from jizuo.ground.scope import use
    from jizuo.hubs.identity.actions import sources
    from jizuo.hubs.identity.shapes import SourceTold

    unit_no = base.unit()
    with use(base.scope(unit_no, "clerk")), pytest.raises(NotAllowed):
        sources.declare_source(told=told(provider), secrets={})
    bad = SourceTold("wecom", "", "qing", "", {"endpoint": "http://x.cn"}, "name", "phone")
    with as_role(base, unit_no, "clerk"), pytest.raises(BadInput) as caught:
        sources.declare_source(told=bad, secrets={})
    assert {one.where for one in caught.value.problems} == {
        "name",
        "client_id",
        "agent_id",
        "endpoint",
        "match_claim",
    }
