import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from jizuo.ground import scope as scopes
from jizuo.ground.gateways.shapes import SendResult

PHONE = "138 0013 8000"


class Gateway:
    """Counts what it is given and answers as told; looks up what is on record at that moment."""

    title = "试验网关"

    def __init__(self, base):
        self.base, self.given, self.on_record = base, [], []
        self.answer = SendResult("accepted", "P1", "OK", 5)
        self._lock = threading.Lock()

    def send(self, phone, template, params):
        with self._lock:
            self.given.append((phone, template, dict(params)))
            self.on_record.append(self.base_rows())
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def base_rows(self):
        return rows(self.base, self.unit_no)


def rows(base, unit_no):
    with base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{unit_no}}}"])
        return owner.execute(
            "select key, state, masked, cost_fen from send_attempt where unit_no = %s order by id", [unit_no]
        ).fetchall()


@pytest.fixture
def gateway(base, monkeypatch):
    from jizuo.ground.gateways import sms

    made = Gateway(base)
    made.unit_no = base.unit()
    monkeypatch.setattr(sms, "configured", lambda: made)
    monkeypatch.setattr(sms, "daily_cap", lambda: 5)
    return made


def _send(gateway, key="k1", **more):
    from jizuo.ground.gateways import send

    given = {"unit_no": gateway.unit_no, "phone": PHONE, "template": "login_code", "params": {"code": "1"}}
    return send.sms(**given, key=key, **more)


def test_the_attempt_is_on_record_before_it_is_made(base, gateway):
    assert _send(gateway) == SendResult("accepted", "P1", "OK", 5)
    assert gateway.given == [("+8613800138000", "login_code", {"code": "1"})]
    assert gateway.on_record == [[("k1", "trying", "138****8000", 0)]]
    assert rows(base, gateway.unit_no) == [("k1", "accepted", "138****8000", 5)]


@pytest.mark.parametrize("state", ["accepted", "refused", "unknown"])
def test_one_key_is_sent_once_whatever_came_of_it(gateway, state):
    gateway.answer = SendResult(state, "P2", "X", 5)
    assert _send(gateway) == _send(gateway) == gateway.answer
    assert len(gateway.given) == 1


def test_a_crash_in_the_middle_counts_as_unknown_and_is_not_repeated(base, gateway):
    gateway.answer = RuntimeError("killed")
    with pytest.raises(RuntimeError):
        _send(gateway)
    assert rows(base, gateway.unit_no)[0][1] == "trying"
    gateway.answer = SendResult("accepted")
    assert _send(gateway).state == "unknown"
    assert len(gateway.given) == 1


def test_the_daily_cap_holds_among_many_at_once_and_ends_with_the_day(base, gateway):
    from django.db import connection

    from jizuo.ground.errors import Conflict

    def one(number):
        try:
            return _send(gateway, key=f"k{number}").state
        except Conflict as fault:
            return str(fault)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(one, range(12)))
    assert found.count("accepted") == 5
    assert sum("已用完（5 条）" in one for one in found) == 7
    assert len(gateway.given) == 5
    tomorrow = base.scope(gateway.unit_no).today + timedelta(days=400)
    with scopes.use(base.scope(gateway.unit_no, today=tomorrow)):
        assert _send(gateway, key="next").state == "accepted"


def test_it_refuses_to_send_inside_a_door(base, gateway):
    inside = scopes.use(base.scope(gateway.unit_no))
    with inside, scopes.open_transaction("t"), pytest.raises(RuntimeError, match="outside a door"):
        _send(gateway)
    assert gateway.given == []


def test_without_a_gateway_nothing_is_recorded(base):
    from jizuo.ground.gateways import send, sms

    unit_no = base.unit()
    result = send.sms(unit_no=unit_no, phone=PHONE, template="login_code", params={}, key="k")
    assert (result.state, result.code) == ("refused", sms.NO_GATEWAY)
    assert rows(base, unit_no) == []


def test_no_phone_number_stands_in_the_record_or_the_audit(base, gateway):
    _send(gateway)
    with base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{gateway.unit_no}}}"])
        for table in ("send_attempt", "audit_entry"):
            text = str(
                owner.execute(
                    f"select t::text, t.* from {table} t where unit_no = %s", [gateway.unit_no]
                ).fetchall()
            )
            assert "ground" in text or "k1" in text
            assert "13800138000" not in text
            assert b"13800138000".hex() not in text


def test_use_and_cost_by_unit(base, gateway):
    from jizuo.ground.gateways import queries

    _send(gateway, key="a")
    gateway.answer = SendResult("refused", code="x")
    _send(gateway, key="b")
    from django.utils import timezone

    today = timezone.localdate()
    with scopes.use(base.scope(gateway.unit_no, "head")):
        found = queries.sms_use(begin_on=today - timedelta(days=1), end_on=today + timedelta(days=2))
        assert found == [queries.SmsUse(gateway.unit_no, 2, 1, 5)]
        assert queries.sms_use(begin_on=today + timedelta(days=2), end_on=today + timedelta(days=3)) == []
        assert queries.sms_setting() == queries.SmsSetting("试验网关", True, 5)
    with scopes.use(base.scope(base.unit(), "head")):
        assert queries.sms_use(begin_on=today - timedelta(days=1), end_on=today + timedelta(days=2)) == []
