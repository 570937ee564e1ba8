from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from jizuo.hubs.identity.rules import openid
from jizuo.hubs.identity.rules.openid import Asked, Holder, Refused, Step

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
ASKED = Asked("c", "https://a.cn/", ("openid",), asked_at=NOW.timestamp())
HOLDER = Holder("s", NOW - timedelta(minutes=10), "1", ("pwd",), False, "2", frozenset({"openid"}))
MUST_KEY = {"id_token": {"acr": {"essential": True, "value": "3"}}}


def outcome(asked, holder):
    try:
        return openid.next_step(asked, holder, NOW)
    except Refused as fault:
        return fault.code


@pytest.mark.parametrize(
    ("asked", "holder", "expected"),
    [
        ({}, {}, Step.ANSWER),
        ({}, None, Step.SIGN_IN),
        ({"prompt": {"none"}}, None, "login_required"),
        ({"prompt": {"login"}}, {}, Step.SIGN_IN),
        ({"prompt": {"login"}}, {"authed_at": NOW}, Step.ANSWER),
        ({"max_age": 60}, {}, Step.SIGN_IN),
        ({"max_age": 0}, {"authed_at": NOW}, Step.ANSWER),
        ({"max_age": 3600}, {}, Step.ANSWER),
        ({}, {"is_dated": False}, Step.ANSWER),
        ({"max_age": 3600}, {"is_dated": False}, Step.SIGN_IN),
        ({"max_age": 3600}, {"is_dated": False, "authed_at": NOW}, Step.SIGN_IN),
        ({"max_age": 3600, "prompt": {"none"}}, {"is_dated": False}, "login_required"),
        ({"prompt": {"login"}}, {"is_dated": False, "authed_at": NOW}, Step.SIGN_IN),
        ({"prompt": {"select_account"}}, {}, Step.SELECT),
        ({"prompt": {"select_account"}}, {"selected_at": NOW.timestamp()}, Step.ANSWER),
        ({}, {"hinted": ("other",)}, Step.SIGN_IN),
        ({}, {"hinted": ("other",), "authed_at": NOW}, "login_required"),
        ({"scopes": ("openid", "admin")}, {}, Step.STEP_UP),
        ({"scopes": ("openid", "admin")}, {"can": "1"}, "unmet_authentication_requirements"),
        ({"scopes": ("openid", "admin"), "prompt": {"none"}}, {}, "interaction_required"),
        ({"acr_values": ("2",)}, {}, Step.STEP_UP),
        ({"acr_values": ("2",), "prompt": {"none"}}, {}, Step.ANSWER),
        ({"acr_values": ("2",)}, {"acr": "2"}, Step.ANSWER),
        ({"acr_values": ("2",)}, {"can": "1"}, Step.ANSWER),
        ({"acr_values": ("3",)}, {"acr": "2", "can": "2"}, Step.ANSWER),
        ({"acr_values": ("3",)}, {"acr": "2", "can": "3"}, Step.STEP_UP),
        ({"claims": MUST_KEY}, {"acr": "2", "can": "2"}, "unmet_authentication_requirements"),
        ({"claims": MUST_KEY}, {"acr": "2", "can": "3"}, Step.STEP_UP),
        ({"claims": MUST_KEY}, {"acr": "3"}, Step.ANSWER),
        ({}, {"agreed": frozenset()}, Step.CONSENT),
        ({}, {"agreed": frozenset(), "is_child": True}, Step.GUARDIAN),
        ({"prompt": {"none"}}, {"agreed": frozenset()}, "consent_required"),
        ({"prompt": {"consent"}}, {}, Step.CONSENT),
        ({"prompt": {"consent"}}, {"agreed_at": NOW.timestamp()}, Step.ANSWER),
    ],
)
def test_what_comes_next(asked, holder, expected):
    if "prompt" in asked:
        asked = asked | {"prompt": frozenset(asked["prompt"])}
    assert outcome(replace(ASKED, **asked), None if holder is None else replace(HOLDER, **holder)) == expected


@pytest.mark.parametrize(
    ("birth_on", "is_child"),
    [(None, True), (date(2012, 11, 20), False), (date(2012, 11, 21), True), (date(2012, 2, 29), False)],
)
def test_fourteen_on_the_day(birth_on, is_child):
    assert openid.is_child_on(birth_on, date(2026, 11, 20)) is is_child
