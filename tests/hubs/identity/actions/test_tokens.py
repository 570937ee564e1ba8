"""What each grant does stands in protocols/openid; here what is kept and for how long."""

from __future__ import annotations

from tests.hubs.identity.protocols.openid.conftest import signed_in, vendor

__all__ = ["signed_in", "vendor"]


def test_nothing_that_was_handed_out_stands_in_a_table(base, vendor, signed_in):
    _account, browser = signed_in()
    app = vendor()
    made = app.tokens(browser)
    code = app.code(browser)
    with base.owner() as owner:
        for table in ("app_secret", "authorization_code", "token_family", "refresh_token", "access_token"):
            text = str(owner.execute(f"select t::text from {table} t").fetchall())
            for secret in (app.secret, code, made["access_token"], made["refresh_token"]):
                assert secret not in text and secret.encode().hex() not in text, table


def test_the_night_forgets_what_is_over(base, vendor, signed_in, clock):
    from jizuo.hubs.identity.actions import tokens
    from jizuo.hubs.identity.models import AccessToken, AuthorizationCode, TokenFamily

    _account, browser = signed_in()
    app = vendor()
    app.tokens(browser)
    app.code(browser)
    clock.pass_(days=9)
    tokens.forget_old()
    for model in (AccessToken, AuthorizationCode, TokenFamily):
        assert not model.objects.filter(app_id=app.client_id).exists(), model


def test_an_assertion_is_noted_once(base):
    from datetime import UTC, datetime
    from uuid import uuid4

    from jizuo.hubs.identity.actions import tokens

    jti, until = uuid4().hex, datetime(2030, 1, 1, tzinfo=UTC)
    assert tokens.note_assertion("c", jti, until) and not tokens.note_assertion("c", jti, until)
    assert tokens.note_assertion("d", jti, until), "another client's is another"
