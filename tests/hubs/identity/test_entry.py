from __future__ import annotations


def test_a_secret_shows_itself_to_nobody(base):
    from jizuo.hubs.identity.entry import Secret

    secret = Secret("qingshan")
    assert "qingshan" not in f"{secret} {secret!r} {[secret]}" and secret.reveal == "qingshan"


def test_hashes_keep_purposes_apart(base):
    from jizuo.hubs.identity import entry

    assert entry.code_hash("a", "123456") != entry.code_hash("b", "123456")
    assert entry.paper_hash("123456") != entry.code_hash("a", "123456")
    assert entry.target_hash("phone", "13800138000") == entry.phone_blind("13800138000")
    assert entry.target_hash("email", "13800138000") != entry.phone_blind("13800138000")
    assert entry.address_hash("2001:db8::1") == entry.address_hash("2001:db8::2")
    assert len(entry.code_hash("a", "1")) == 32


def test_a_visitor_reaches_nothing_but_the_base(base):
    from django.test import RequestFactory

    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity import entry

    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.3")
    request.session = base.client().session
    with entry.as_visitor(request) as scope:
        assert scopes.current() is scope
        assert (scope.role, scope.units, scope.address) == (entry.VISITOR, (0,), "203.0.113.3")
        assert scope.role not in scopes.ROLES
