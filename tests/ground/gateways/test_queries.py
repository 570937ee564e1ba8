from datetime import timedelta

import pytest

from jizuo.ground import scope as scopes
from jizuo.ground.gateways.shapes import Report, SendResult


@pytest.fixture
def unit_no(base):
    return base.unit()


@pytest.fixture
def acting(base, unit_no):
    return base.scope(unit_no, "operator")


def attempt(acting, key, result, channel="wechat"):
    from jizuo.ground.gateways import actions

    with scopes.use(acting):
        attempt_id, _before = actions.note_send_attempt(
            channel=channel, key=key, gateway=channel, template="t", address_hash=b"h", masked="o****"
        )
        if result is not None:
            actions.note_send_result(attempt_id=attempt_id, result=result)
    return attempt_id


def states(acting):
    from jizuo.ground.gateways import queries

    with scopes.use(acting):
        return {one.channel: one for one in queries.channel_states()}


def test_the_newest_success_and_failure_of_each_channel(acting, secrets):
    attempt(acting, "a", SendResult("refused", code="40164", words="invalid ip"))
    good = attempt(acting, "b", SendResult("accepted", "1", "0"))
    attempt(acting, "c", SendResult("refused", code="43004", words="require subscribe"))
    attempt(acting, "d", SendResult("unknown", code="timeout"), channel="dingtalk")
    found = states(acting)
    assert list(found) == ["sms", "mail", "wechat", "wechat_mini", "wecom", "wecom_school", "dingtalk"]
    wechat = found["wechat"]
    assert wechat.last_success.attempt_id == good
    assert (wechat.last_failure.code, wechat.last_failure.words) == ("43004", "require subscribe")
    assert "关注" in wechat.last_failure.fix
    assert found["dingtalk"].last_failure.state == "unknown" and found["dingtalk"].last_success is None
    assert (found["mail"].last_success, found["mail"].last_failure) == (None, None)
    assert not any(one.is_on for one in found.values())


def test_what_is_under_way_counts_as_unclear(acting, secrets):
    attempt(acting, "a", None)
    assert states(acting)["wechat"].last_failure.state == "trying"


def test_a_message_that_was_taken_and_did_not_arrive_shows_why(acting, secrets):
    from jizuo.ground.gateways import actions, queries

    attempt_id = attempt(acting, "a", SendResult("accepted", "1", "0"))
    with scopes.use(acting):
        actions.note_report(attempt_id=attempt_id, report=Report("failed", "user block"))
        sent = queries.sent(channel="wechat", key="a")
    assert (sent.state, sent.report, sent.report_code) == ("accepted", "failed", "user block")
    assert "关掉" in sent.fix


def test_another_units_messages_are_not_there(base, acting, secrets):
    from jizuo.ground.gateways import queries

    attempt(acting, "a", SendResult("accepted", "1", "0"))
    other = base.scope(base.unit(), "operator")
    assert states(other)["wechat"].last_success is None
    with scopes.use(other):
        assert queries.sent(channel="wechat", key="a") is None
    with scopes.use(acting):
        assert queries.sent(channel="wechat", key="a").state == "accepted"


def test_which_messages_wait_for_a_report(base, acting, rows, unit_no):
    from jizuo.ground.gateways import queries

    for key, result in (
        ("a", SendResult("accepted", "1", "0")),
        ("b", SendResult("accepted", "", "0")),
        ("c", SendResult("refused", "2", "x")),
    ):
        attempt(acting, key, result, channel="dingtalk")
    with base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{unit_no}}}"])
        owner.execute("update send_attempt set tried_at = now() - %s", [timedelta(hours=1)])
    with scopes.use(acting):
        found = queries.unreported(channel="dingtalk", most=10)
    assert [(one.provider_id, one.unit_no, one.account) for one in found] == [("1", unit_no, "dingtalk")]
