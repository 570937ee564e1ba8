import pytest

from jizuo.ground import scope as scopes
from tests.ground.gateways.push import Ding, WeChat, running
from tests.ground.gateways.test_message import message, settings

wechat, ding = running(WeChat), running(Ding)


@pytest.fixture
def unit_no(base):
    return base.unit()


def tickets(base, name):
    with base.owner() as owner:
        return owner.execute(
            "select args from procrastinate_jobs where task_name = %s and status = 'todo' order by id", [name]
        ).fetchall()


def test_a_trial_waits_sealed_and_is_sent_by_the_worker(base, secrets, rows, unit_no, wechat):
    from jizuo.ground.gateways import actions, jobs, queries

    secrets("wechat", settings(wechat))
    with scopes.use(base.scope(unit_no, "operator")):
        trial_id = actions.try_channel(channel="wechat", address="oFollower-1", template="homework")
    (args,) = [one for (one,) in tickets(base, jobs.TRY) if one["trial_id"] == str(trial_id)]
    assert "oFollower-1" not in str(args)
    assert jobs.run_trial(**args) == "accepted"
    (body,) = wechat.delivered
    assert body["data"] == {"thing1": {"value": "试发"}, "time2": {"value": "2026-09-16 10:00"}}
    assert jobs.run_trial(**args) == "accepted" and len(wechat.delivered) == 1, "a job run twice sends once"
    with scopes.use(base.scope(unit_no, "operator")):
        sent = queries.sent(channel="wechat", key=jobs.trial_key(trial_id))
    assert (sent.state, sent.masked) == ("accepted", "o****")


def test_a_trial_that_cannot_be_sent_says_nothing_was(base, secrets, unit_no, wechat, caplog):
    from jizuo.ground.gateways import jobs
    from jizuo.ground.ids import new_id
    from jizuo.ground.keys import Purpose, ring

    secrets("wechat", settings(wechat))
    trial_id = new_id()
    sealed = ring().seal(Purpose.IDENTIFIERS, b"@all", bound_to=trial_id.bytes).hex()
    args = {
        "trial_id": str(trial_id),
        "channel": "wechat",
        "unit_no": unit_no,
        "sealed": sealed,
        "template": "",
    }
    assert jobs.run_trial(**args) == "nothing"
    assert wechat.calls == [] and "trial" in caplog.text


def test_dingtalk_is_asked_what_became_of_it(base, secrets, rows, unit_no, ding):
    from jizuo.ground.gateways import jobs

    secrets("dingtalk", settings(ding, timeout_seconds=5))
    first = message(unit_no, "dingtalk", "luo01", key="a")
    again = message(unit_no, "dingtalk", "luo01", key="b")
    late = message(unit_no, "dingtalk", "luo01", key="c", values={"title": "t", "text": "x"})
    ding.tasks[int(late.provider_id)] = {}
    scope = base.scope(unit_no, "operator")
    with scopes.use(scope):
        assert jobs.ask_reports() == 0, "not in the first minute"
    with base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{unit_no}}}"])
        owner.execute("update send_attempt set tried_at = now() - interval '5 minutes'")
    with scopes.use(scope):
        assert jobs.ask_reports() == 2
        assert jobs.ask_reports() == 0
    found = dict(rows(unit_no, "select key, report || ' ' || report_code from send_attempt"))
    assert found == {"a": "delivered unread", "b": "failed forbidden", "c": " "}
    facts = rows(
        unit_no, "select payload->>'attempt_id', payload->>'state' from fact where unit_no = %s", [unit_no]
    )
    assert sorted(facts) == sorted([(str(first.attempt_id), "delivered"), (str(again.attempt_id), "failed")])
    with base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{unit_no}}}"])
        owner.execute("update send_attempt set tried_at = now() - interval '25 hours'")
    ding.tasks[int(late.provider_id)] = {"read_user_id_list": ["luo01"]}
    with scopes.use(scope):
        assert jobs.ask_reports() == 0, "the provider keeps it a day"


def test_an_account_that_is_gone_or_broken_stops_nobody(base, secrets, rows, unit_no, ding):
    from jizuo.ground.gateways import jobs

    path = secrets("dingtalk", settings(ding))
    message(unit_no, "dingtalk", "luo01")
    with base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{unit_no}}}"])
        owner.execute("update send_attempt set tried_at = now() - interval '5 minutes'")
    path.write_text("{")
    with scopes.use(base.scope(unit_no, "operator")):
        assert jobs.ask_reports() == 0
        path.unlink()
        assert jobs.ask_reports() == 0
    assert jobs.ask_now(0) == 0


def test_the_worker_knows_both(base):
    from procrastinate.contrib.django import app

    from jizuo.ground.gateways import jobs

    assert {jobs.TRY, jobs.ASK} <= set(app.tasks)
    assert jobs.ASK in {task.task.name for task in app.periodic_registry.periodic_tasks.values()}
