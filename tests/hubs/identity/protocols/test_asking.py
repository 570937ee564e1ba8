"""The way past our pages, which every protocol shares."""

from __future__ import annotations

import pytest

from tests.hubs.identity.protocols.openid.conftest import following, prove_again, vendor

__all__ = ["vendor"]


def test_a_classroom_screen_signs_nobody_in(base, vendor):
    """Its session stands for a class, not for the teacher who opened it."""
    from types import SimpleNamespace

    from jizuo.hubs.identity.protocols import asking

    user = SimpleNamespace(is_authenticated=True)
    session = SimpleNamespace(sign_on=SimpleNamespace(purpose="screen"))
    request = SimpleNamespace(user=user, session=session)
    assert asking.holder_of(request, None, None) is None


def test_a_scope_taken_away_while_the_page_was_open(base, vendor, person, address):
    account, app = person("teacher"), vendor()
    where = following(app.ask(base.client(REMOTE_ADDR=address), scope="openid profile"))
    app.change(scopes=["openid"])
    answer = prove_again(base.client(REMOTE_ADDR=address), account, where)
    assert "error=invalid_scope" in answer["Location"]


@pytest.fixture
def request_(base):
    from django.test import RequestFactory

    return RequestFactory().get("/")


@pytest.mark.parametrize(
    ("uri", "said", "where"),
    [
        ("https://a.cn/x", {"t": "1"}, "https://a.cn/x?t=1"), ("https://a.cn/x?a=b", {"t": "1"}, "https://a.cn/x?a=b&t=1"),
        ("https://a.cn/x?", {"t": "1"}, "https://a.cn/x?t=1"), ("https://a.cn/x?", {}, "https://a.cn/x?"),
        ("https://a.cn/学", {}, "https://a.cn/%E5%AD%A6"), ("cn.app:/x", {"t": "&"}, "cn.app:/x?t=%26"),
    ],
)  # fmt: skip
def test_what_is_said_stands_behind_the_address(request_, uri, said, where):
    from jizuo.hubs.identity.protocols import asking

    answer = asking.send(request_, uri, "query", said)
    assert answer["Location"] == where and answer["Cache-Control"] == "no-store"
