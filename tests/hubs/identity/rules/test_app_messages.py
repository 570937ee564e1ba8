"""Which rule a refused message broke, and what of it may be shown."""

from __future__ import annotations

import pytest

from jizuo.hubs.identity.rules import app_messages


@pytest.mark.parametrize(
    "code, words, rule",
    [
        ("redirect", "", "redirect"),
        ("invalid_request", "code_challenge is required (PKCE with S256)", "pkce_missing"),
        ("invalid_request", "code_challenge_method must be S256", "pkce_method"),
        ("invalid_client", "no such client, or its secret is wrong", "secret"),
        ("invalid_client", "this client is registered for another way than none", "way"),
        ("invalid_client", "no registered key of this client made the signature", "assertion_key"),
        ("invalid_client", "the client assertion is of the future", "clock"),
        ("invalid_client", "jti of the client assertion is missing", "assertion"),
        ("invalid_grant", "the code was used before; the tokens it produced are revoked", "code_used"),
        ("invalid_grant", "no such code: used, too old, or of another provider", "code_old"),
        ("invalid_grant", "code_verifier does not match the code_challenge", "verifier"),
        ("invalid_scope", "this client may not ask for scope phone", "scope"),
        ("slow_down", "the device asks too often", "device"),
        ("invalid_request", "max_age must be a whole number of seconds", "parameter"),
        ("invalid_client", "no such app_id, or its secret is wrong", "secret"),
        (
            "invalid_grant",
            "no such ticket: used, too old, of another app_id, or its sign-on has ended",
            "ticket_used",
        ),
        ("INVALID_TICKET", "no such ticket: used, too old, or its sign-on has ended", "ticket_used"),
        ("INVALID_TICKET", "renew is set and the ticket is not of a new sign-in", "renew"),
        ("INVALID_TICKET_SPEC", "this endpoint validates tickets that begin with ST-", "ticket_kind"),
        ("INVALID_SERVICE", "service differs from the one that the ticket was made for", "service"),
        ("INVALID_REQUEST", "ticket is missing", "parameter"),
        ("INVALID_PROXY_CALLBACK", "pgtUrl cannot be reached: timeout", "proxy"),
        ("new_error", "nobody foresaw this", "other"),
    ],
)
def test_a_refusal_names_its_rule(code, words, rule):
    assert app_messages.rule_of(code, words) == rule


def test_every_rule_that_can_be_named_is_worded():
    named = {rule for _start, rule in app_messages.WORDS} | set(app_messages.CODES.values())
    assert named <= set(app_messages.RULES)
    assert all(str(rule.title) and str(rule.mend) for rule in app_messages.RULES.values())


def test_what_is_secret_or_personal_is_told_by_its_length():
    told = app_messages.shown(
        {name: ["geheim"] for name in app_messages.HIDDEN} | {"Client_Secret": "geheim"}
    )
    assert "geheim" not in str(told) and told["code"] == "*** (6)"
    assert app_messages.shown({"scope": ["openid", "x"], "redirect_uri": "https://a.cn/"}) == {
        "scope": "openid | x", "redirect_uri": "https://a.cn/",
    }  # fmt: skip


def test_a_flood_is_cut():
    told = app_messages.shown({f"p{number}": "x\0" * 1000 for number in range(100)})
    assert len(told) == app_messages.MOST_SHOWN
    assert all(len(value) <= app_messages.LONGEST_SHOWN and "\0" not in value for value in told.values())
