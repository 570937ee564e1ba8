from __future__ import annotations


def test_a_refusal_of_a_bearer_names_its_way(base):
    from django.test import RequestFactory

    from jizuo.hubs.identity.protocols.openid import wire
    from jizuo.hubs.identity.rules.openid import Refused

    request = RequestFactory().post("/")
    for code, way in (("invalid_token", "Bearer"), ("invalid_client", "Basic")):
        answer = wire.refused(request, Refused(code, "words", status=401))
        assert answer.status_code == 401 and answer["WWW-Authenticate"].startswith(way)
        assert answer["Cache-Control"] == "no-store"
    few = wire.refused(request, Refused("insufficient_scope", "words", status=403))
    assert few.status_code == 403 and 'error="insufficient_scope"' in few["WWW-Authenticate"]
    assert "WWW-Authenticate" not in wire.refused(request, Refused("invalid_scope", "words"))
