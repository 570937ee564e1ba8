from __future__ import annotations


def test_the_discovery_document_names_what_is_there(base):
    client = base.client()
    told = client.get("/.well-known/openid-configuration").json()
    assert told == client.get("/.well-known/oauth-authorization-server").json()
    assert told["issuer"] == "http://testserver" and told["code_challenge_methods_supported"] == ["S256"]
    assert told["backchannel_logout_supported"] and told["authorization_response_iss_parameter_supported"]
    for name, where in told.items():
        if name.endswith("_endpoint") or name == "jwks_uri":
            answer = client.get(where.removeprefix("http://testserver"))
            assert answer.status_code != 404, name


def test_the_jwks_holds_public_parts_only(base):
    answer = base.client().get("/openid/jwks/")
    assert answer["Access-Control-Allow-Origin"] == "*"
    found = answer.json()["keys"]
    assert {key["alg"] for key in found} == {"ES256", "RS256"}
    assert not any({"d", "p", "q", "dp", "dq", "qi"} & set(key) for key in found)


def test_a_foreign_host_is_no_issuer(base):
    client = base.client(raise_request_exception=False)
    assert client.get("/.well-known/openid-configuration", HTTP_HOST="evil.example").status_code == 400
