from datetime import UTC, datetime

import pytest

from jizuo.ground import scope as scopes
from jizuo.ground.gateways.shapes import Event, Report, SendResult

AT = 1_790_000_000
OPENID = "oia2TjuEGTNoeX76QEjQNrcURxG8"


@pytest.fixture
def unit_no(base):
    return base.unit()


@pytest.fixture
def acting(base, unit_no):
    return base.scope(unit_no, "operator")


def note(acting, event, account="wechat"):
    from jizuo.ground.gateways import actions

    with scopes.use(acting):
        return actions.note_event(account=account, event=event)


def told(rows, unit_no, name):
    """The facts of this name in the outbox of a unit, oldest first."""
    return [
        payload
        for (payload,) in rows(
            unit_no, "select payload from fact where unit_no = %s and name = %s order by id", [unit_no, name]
        )
    ]


def followers(rows, unit_no):
    return rows(
        unit_no,
        "select id, scene, is_following, heard_at, t::text from channel_follower t where unit_no = %s",
        [unit_no],
    )


def test_a_follower_comes_and_goes(acting, rows, unit_no):
    from jizuo.ground.gateways import queries

    assert note(acting, Event("followed", "wechat", OPENID, AT, "bind7K2"))
    assert note(acting, Event("left", "wechat", OPENID, AT + 60))
    assert note(acting, Event("followed", "wechat", OPENID, AT + 120))
    ((follower_id, scene, is_following, heard_at, text),) = followers(rows, unit_no)
    assert (scene, is_following, heard_at) == ("bind7K2", True, datetime.fromtimestamp(AT + 120, UTC))
    assert OPENID not in text and OPENID.encode().hex() not in text
    payload = {"follower_id": str(follower_id), "channel": "wechat"}
    assert told(rows, unit_no, "ChannelFollowed") == [payload, payload]
    assert told(rows, unit_no, "ChannelLeft") == [payload]
    with scopes.use(acting):
        found = queries.follower(follower_id=follower_id)
    assert (found.address, found.channel, found.scene, found.is_following) == (
        OPENID,
        "wechat",
        "bind7K2",
        True,
    )


def test_told_twice_is_heard_once_and_late_news_is_none(acting, rows, unit_no):
    assert note(acting, Event("followed", "wechat", OPENID, AT))
    assert not note(acting, Event("followed", "wechat", OPENID, AT))
    assert note(acting, Event("left", "wechat", OPENID, AT + 60))
    assert not note(acting, Event("followed", "wechat", OPENID, AT)), "older than what is known"
    assert not note(acting, Event("left", "wechat", OPENID, AT + 61))
    assert followers(rows, unit_no)[0][2] is False
    assert len(told(rows, unit_no, "ChannelFollowed")) == len(told(rows, unit_no, "ChannelLeft")) == 1


def test_a_new_code_scanned_by_a_follower_is_news(acting, rows, unit_no):
    assert note(acting, Event("followed", "wechat", OPENID, AT, "bind1"))
    assert note(acting, Event("followed", "wechat", OPENID, AT + 5, "bind2"))
    assert followers(rows, unit_no)[0][1] == "bind2"
    assert len(told(rows, unit_no, "ChannelFollowed")) == 2


def test_two_at_once_are_one(base, acting, rows, unit_no):
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    def one(_n):
        try:
            return note(acting, Event("followed", "wechat", OPENID, AT))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(one, range(4))) == [False, False, False, True]
    assert len(followers(rows, unit_no)) == 1


def test_accounts_and_channels_stay_apart(acting, rows, unit_no):
    for account, channel in (("wechat", "wechat"), ("wechat-9", "wechat"), ("wecom", "wecom_school")):
        assert note(acting, Event("followed", channel, "same", AT), account)
    assert len(followers(rows, unit_no)) == 3


def test_nothing_is_made_of_nothing(acting, rows, unit_no):
    for event in (Event("other"), Event("followed", "wechat", "", AT), Event("reported", "wechat", "o", AT)):
        assert not note(acting, event)
    assert followers(rows, unit_no) == []


def accepted(acting, provider_id, key="k", account="wechat"):
    from jizuo.ground.gateways import actions

    with scopes.use(acting):
        attempt_id, _before = actions.note_send_attempt(
            channel="wechat", key=key, gateway=account, template="t", address_hash=b"h", masked="o****"
        )
        actions.note_send_result(
            attempt_id=attempt_id, result=SendResult("accepted", provider_id, "0", words="ok")
        )
    return attempt_id


def test_a_report_is_noted_once(acting, rows, unit_no):
    attempt_id = accepted(acting, "200163836")
    event = Event("reported", "wechat", OPENID, AT, "", "200163836", Report("failed", "user block"))
    assert note(acting, event) and not note(acting, event)
    assert rows(
        unit_no,
        "select report, report_code, reported_at is not null from send_attempt where id = %s",
        [attempt_id],
    ) == [("failed", "user block", True)]
    payload = {"attempt_id": str(attempt_id), "state": "failed", "code": "user block"}
    assert told(rows, unit_no, "SendReported") == [payload]


def test_a_report_of_another_account_or_message_is_not_ours(acting, rows, unit_no):
    accepted(acting, "1", account="wechat-9")
    for provider_id in ("1", "2", ""):
        event = Event("reported", "wechat", OPENID, AT, "", provider_id, Report("delivered"))
        assert not note(acting, event)
    assert told(rows, unit_no, "SendReported") == []


def test_another_units_follower_is_not_there(base, acting, rows, unit_no):
    """And its own is: the twin."""
    from jizuo.ground.errors import NotFound
    from jizuo.ground.gateways import queries

    note(acting, Event("followed", "wechat", OPENID, AT))
    follower_id = followers(rows, unit_no)[0][0]
    with scopes.use(base.scope(base.unit(), "operator")), pytest.raises(NotFound):
        queries.follower(follower_id=follower_id)
    with scopes.use(acting):
        assert queries.follower(follower_id=follower_id).address == OPENID


def test_only_the_operator_may_try(base, acting, unit_no, secrets):
    from jizuo.ground.errors import BadInput, NotAllowed
    from jizuo.ground.gateways import actions

    with scopes.use(base.scope(unit_no, "head")), pytest.raises(NotAllowed):
        actions.try_channel(channel="wecom", address="LuoWei")
    with scopes.use(acting):
        for channel, address, word in (
            ("pigeon", "x", "没有这个渠道"),
            ("wecom", "@all", "接收人编号"),
            ("wecom", "LuoWei", "没有设置"),
        ):
            with pytest.raises(BadInput, match=word):
                actions.try_channel(channel=channel, address=address)
        secrets("wecom", {"corp_id": "x"})
        with pytest.raises(BadInput, match="缺少"):
            actions.try_channel(channel="wecom", address="LuoWei")
