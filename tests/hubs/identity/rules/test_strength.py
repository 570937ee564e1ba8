from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from jizuo.hubs.identity.rules import strength

AT = datetime(2026, 9, 16, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("methods", "level"),
    [
        ([], 0),
        (["pwd"], 1),
        (["sms"], 1),
        (["paper", "pwd"], 1),
        (["otp"], 1),
        (["otp", "recovery"], 1),
        (["pwd", "otp"], 2),
        (["sms", "recovery"], 2),
        (["oidc"], 1),
        (["wecom", "otp"], 2),
        (["oidc", "second"], 2),
        (["key"], 3),
        (["synced"], 3),
        (["pwd", "otp", "key"], 3),
    ],
)
def test_levels(methods, level):
    assert strength.level(methods) == level


@pytest.mark.parametrize(
    ("methods", "acr", "amr"),
    [
        ([], "0", ()),
        (["pwd"], "1", ("pwd",)),
        (["pwd", "recovery"], "2", ("mfa", "otp", "pwd")),
        (["key"], "3", ("hwk", "mfa", "user")),
        (["pwd", "synced"], "3", ("mfa", "pwd", "swk", "user")),
    ],
)
def test_what_clients_hear(methods, acr, amr):
    proofs = [(one, AT + timedelta(minutes=place)) for place, one in enumerate(methods)]
    told = strength.told(proofs)
    assert (told.acr, told.amr) == (acr, amr)
    assert told.auth_time == (proofs[-1][1] if proofs else None)


def test_every_method_has_its_words():
    assert set(strength.AMR) == strength.KEYS | strength.SECONDS | strength.FIRSTS
