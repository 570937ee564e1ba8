from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from tests.hubs.organisation import given
from tests.hubs.organisation.actions.test_turning import school, state_of, work
from tests.hubs.organisation.walking import deliver_facts

JULY = date(2027, 7, 5)


@pytest.fixture(autouse=True)
def in_july(base: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from jizuo.ground import acting
    from jizuo.project import rooms

    rooms.plates()
    monkeypatch.setattr(acting, "today", lambda: JULY)


def desk(base: Any, unit_no: int, role: str, **grant: Any) -> Any:
    account = base.account("沈知远")
    no = base.grant(account, unit_no, role, **grant)
    client = base.client(account)

    def get(path: str, status: int = 200) -> str:
        answer = client.get(f"/as/{no}/{path}")
        assert answer.status_code == status, answer.content.decode()[:600]
        return answer.content.decode(errors="replace")

    def post(path: str, status: int = 302, **told: Any) -> Any:
        answer = client.post(f"/as/{no}/{path}", told)
        assert answer.status_code == status, answer.content.decode()[:600]
        return answer

    return SimpleNamespace(client=client, get=get, post=post, grant_no=no, at=f"/as/{no}/")


def run_waiting(scope: Any) -> None:
    """The jobs of a unit that wait, as the worker would run them."""
    from django.db import connection

    def waiting() -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute("select id from job where state = 'waiting' and unit_no = %s", [scope.unit_no])
            return [SimpleNamespace(job_id=one) for (one,) in cursor.fetchall()]

    for ref in given.within(scope, waiting):
        work(scope, ref)
    deliver_facts()


def test_a_clerk_turns_the_school_and_takes_it_back(base: Any) -> None:
    made, scope = school(base)
    clerk = desk(base, made.unit_no, "clerk")
    text = clerk.get("turning")
    assert "2027学年" in text and "五（1）班" in text and "一年级" in text and "毕业" in text
    effect = text.split('name="effect" value="')[1].split('"')[0]
    clerk.post("turning/apply", year="2027", unit=str(made.unit_no), effect=effect)
    assert "正在升级" in clerk.get("turning")
    turn = state_of(scope)
    assert "progress" in clerk.get(f"turning/{turn.turn_id}/progress")
    clerk.post("turning/apply", year="2027")
    assert "正在进行" in clerk.get("turning")
    run_waiting(scope)
    text = clerk.get("turning")
    assert "已升级" in text and "撤销升级" in text
    assert clerk.client.get(f"{clerk.at}turning/{turn.turn_id}/progress").headers["HX-Refresh"] == "true"
    # Classes go by the name of the day they are looked at: the new year's from September on.
    assert "五（1）班" not in clerk.get("classes")
    clerk.post(f"turning/{turn.turn_id}/undo")
    run_waiting(scope)
    assert "已撤销" in clerk.get("turning") and "五（1）班" in clerk.get("classes")


def test_a_district_sees_every_school_and_turns_them(base: Any) -> None:
    bureau = base.unit("澜江区教育局", kind="bureau")
    one, two = (school(base, parent=bureau)[0] for _ in range(2))
    with base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{two.unit_no}}}"])
        owner.execute("update school set successor_no = %s where unit_no = %s", [one.unit_no, two.unit_no])
    steward = desk(base, bureau, "district_steward")
    text = steward.get("turning")
    assert "已并入" in text and "全区升级" in text
    assert "五（1）班" in steward.get(f"turning?unit={one.unit_no}")
    steward.post("turning/apply", year="2027", unit="all")
    run_waiting(base.scope(bureau, "district_steward", today=JULY))
    text = steward.get("turning")
    assert "已升级" in text and "撤销全区升级" in text
    assert "全区升级" in desk(base, bureau, "district_leader").get("turning")


def test_it_says_when_it_is_too_early_and_when_there_is_nothing(
    base: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jizuo.ground import acting

    made, _scope = school(base)
    clerk = desk(base, made.unit_no, "clerk")
    monkeypatch.setattr(acting, "today", lambda: date(2027, 3, 1))
    assert "6 月 1 日起" in clerk.get("turning?year=2027")
    clerk.post("turning/apply", year="2027")
    assert "还没到" in clerk.get("turning?year=2027")
    empty = desk(base, base.unit(), "clerk")
    assert "没有班级" in empty.get("turning")


def test_other_units_and_roles_are_out(base: Any) -> None:
    made, scope = school(base)
    other = desk(base, school(base)[0].unit_no, "clerk")
    clerk = desk(base, made.unit_no, "clerk")
    clerk.post("turning/apply", year="2027")
    turn = state_of(scope)
    for path in (f"turning/{turn.turn_id}/progress", f"turning/{turn.turn_id}/undo"):
        other.get(path, 404)
    other.post("turning/apply", 404, year="2027", unit=str(made.unit_no))
    desk(base, made.unit_no, "teacher").get("turning", 403)


def test_large_classes_are_named_on_the_list_and_the_start(base: Any) -> None:
    from jizuo.hubs.organisation import room  # noqa: F401

    made = given.fill(base, base.unit(), classes=1, pupils=57, scheme="6")
    head = desk(base, made.unit_no, "head")
    assert "大班额" in head.get("large-classes") and "57" in head.get("large-classes")
    assert "大班额" in head.get("classes")
    assert "大班额" in head.get("")
    small = given.fill(base, base.unit(), classes=1, pupils=3)
    assert "没有超过标准的班" in desk(base, small.unit_no, "head").get("large-classes")
