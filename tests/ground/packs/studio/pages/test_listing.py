"""The studio's first page, a new scene, a copy, a next version, through the addresses."""

from __future__ import annotations

from uuid import uuid4

import pytest
from tests.scenes import given
from tests.scenes.given import minimal


@pytest.fixture
def at(base):
    """`at(role, unit)`: a client and the address of its role."""

    def make(role, unit):
        account = base.account()
        return base.client(account), f"/as/{base.grant(account, unit, role)}/"

    return make


def test_a_teacher_begins_and_a_family_sees_nothing(base, at):
    unit = base.unit()
    client, start = at("teacher", unit)
    assert "回答三个问题" in client.get(f"{start}studio").content.decode()
    refused = client.post(f"{start}studio/new", {"title": ""})
    assert refused.status_code == 422 and "先给场景起个名字" in refused.content.decode()
    made = client.post(
        f"{start}studio/new", {"title": "借伞", "filled_by": "teacher", "approved_by": "clerk"}
    )
    assert made.status_code == 302
    assert "借伞" in client.get(made["Location"]).content.decode()
    assert "借伞" in client.get(f"{start}studio").content.decode()
    family, home = at("guardian", unit)
    assert family.get(f"{home}studio").status_code == 403
    other, home = at("teacher", base.unit())
    assert "借伞" not in other.get(f"{home}studio").content.decode()
    assert other.get(made["Location"].replace(start, home)).status_code == 404


def test_copies_and_next_versions(base, at):
    unit = base.unit()
    version_id = given.installed(base, unit, minimal("visitlist"))
    client, start = at("clerk", unit)
    assert client.get(f"{start}studio/copy/{version_id}").status_code == 200
    made = client.post(f"{start}studio/copy/{version_id}", {"title": "门卫来访"})
    assert "门卫来访" in client.get(made["Location"]).content.decode()
    assert (
        client.post(f"{start}studio/copy/{version_id}", {"title": "x", "scene": "visitlist"}).status_code
        == 409
    )
    assert client.post(f"{start}studio/copy/{uuid4()}", {"title": "x"}).status_code == 404
    assert f"{start}studio/revise/visitlist" in client.get(f"{start}studio").content.decode()
    next_one = client.post(f"{start}studio/revise/visitlist")
    assert f"{start}studio/revise/visitlist" not in client.get(f"{start}studio").content.decode()
    assert "1.1 版" in client.get(next_one["Location"]).content.decode()
    assert client.get(f"{start}studio/revise/visitlist")["Location"].endswith("/studio")
