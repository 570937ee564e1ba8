from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import uuid4
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jizuo.hubs.identity.actions.sign_on_tickets import Held
from jizuo.hubs.identity.protocols.cas import answers

HELD = Held("c", uuid4(), uuid4(), (), True, (), datetime(2026, 9, 16, 8, tzinfo=UTC), True, "s", 1)


@pytest.fixture(autouse=True)
def settled(base):
    """Answers need Django's settings."""


def test_claims_become_flat_lists():
    claims = {
        "name": "顾知夏", "roles": ["teacher", "clerk"], "orgs": [{"id": "1", "name": "一小"}],
        "classes": [{"id": "a", "name": "三1班"}, {"id": "b", "name": "三2班"}], "email_verified": True, "stages": [],
    }  # fmt: skip
    assert answers.attributes(claims, HELD) == {
        "authenticationDate": ["2026-09-16T08:00:00+00:00"], "longTermAuthenticationRequestTokenUsed": ["false"],
        "isFromNewLogin": ["true"], "name": ["顾知夏"], "roles": ["teacher", "clerk"], "orgs": ["一小"], "org_ids": ["1"],
        "classes": ["三1班", "三2班"], "class_ids": ["a", "b"], "email_verified": ["true"], "stages": [],
    }  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(), st.sampled_from(["authentication", "proxy"]))
def test_whatever_is_said_stays_well_formed(words, kind):
    tree = ElementTree.fromstring(answers.success("XML", words, {"name": [words]}, proxies=(words,)).content)
    assert len(tree[0]) == 3
    fault = answers.Failure(answers.INVALID_TICKET, words)
    tree = ElementTree.fromstring(answers.failure("XML", fault, kind=kind).content)
    assert tree[0].tag.endswith(f"{kind}Failure") and tree[0].get("code") == "INVALID_TICKET"


def test_markup_in_a_name_is_text():
    answer = answers.success("XML", "u", {"name": ["</cas:user><cas:user>root"]})
    tree = ElementTree.fromstring(answer.content)
    assert tree.findtext(".//{*}name") == "</cas:user><cas:user>root" and len(tree.findall(".//{*}user")) == 1


def test_json_says_the_same():
    told = json.loads(answers.success("JSON", "u", {"name": ["n"]}, iou="PGTIOU-1", proxies=("p",)).content)
    assert told["serviceResponse"]["authenticationSuccess"] == {
        "user": "u", "attributes": {"name": ["n"]}, "proxyGrantingTicket": "PGTIOU-1", "proxies": ["p"],
    }  # fmt: skip
