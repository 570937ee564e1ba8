from __future__ import annotations

import time
from typing import Any

import pytest

from jizuo.ground.ids import new_id


@pytest.fixture(scope="module")
def bureau(base: Any) -> int:
    return base.unit("澜江区教育局", kind="bureau")


def acting(base: Any, unit_no: int, role: str, *, stepped_up: bool = False) -> Any:
    account = base.account("沈知远")
    client = base.client(account)
    client.grant = base.grant(account, unit_no, role)
    if stepped_up:
        session = client.session
        session["second_factor_at"] = time.time()
        session.save()
    return client


def page(client: Any, path: str) -> str:
    answer = client.get(f"/as/{client.grant}/{path}")
    assert answer.status_code == 200, answer.content.decode()[:500]
    return answer.content.decode()


@pytest.fixture(scope="module")
def operator(base: Any, bureau: int) -> Any:
    return acting(base, bureau, "operator", stepped_up=True)


def job(base: Any, unit_no: int, state: str) -> Any:
    from django.db import connection

    from jizuo.ground import scope as scopes

    job_id = new_id()
    with scopes.use(base.scope(unit_no)), scopes.open_transaction("test"), connection.cursor() as cursor:
        cursor.execute(
            "insert into job (id, unit_no, kind, title, args, queue, state, done, total, unit_word, chunk, error, fix,"
            " tries) values (%s, %s, 'data.check', '检查启明名册', '{}', 'people', %s, 30, 120, '行', 0, '', '', 0)",
            [job_id, unit_no, state],
        )
    return job_id


def test_jobs_are_watched_cancelled_and_retried(base: Any, bureau: int, operator: Any) -> None:
    job_id = job(base, bureau, "running")
    text = page(operator, "jobs")
    assert "检查启明名册" in text and "30 / 120 行" in text and f"jobs/{job_id}/cancel" in text
    assert "检查启明名册" in page(operator, f"jobs/{job_id}")
    operator.post(f"/as/{operator.grant}/jobs/{job_id}/cancel")
    assert "正在停" in page(operator, "jobs")
    failed = job(base, bureau, "failed")
    operator.post(f"/as/{operator.grant}/jobs/{failed}/retry")
    assert f"jobs/{failed}/retry" not in page(operator, "jobs")


def test_jobs_page_by_key(base: Any, operator: Any, bureau: int) -> None:
    from django.http import QueryDict

    other = base.unit("北寨教育局", kind="bureau")
    client = acting(base, other, "district_admin")
    made = [job(base, other, "done") for _n in range(53)]
    first = page(client, "jobs")
    assert first.count("检查启明名册") == 50 and "53" in first
    href = first.split('rel="next"')[0].rsplit("?", 1)[-1] if 'rel="next"' in first else ""
    if not href:
        from jizuo.ground.pages.asks import seal

        href = "after=" + seal(str(made[3]), made[3])
    rest = page(client, "jobs?" + QueryDict(href).urlencode())
    assert rest.count("检查启明名册") == 3


def test_a_dead_fact_is_read_and_retried(base: Any, operator: Any, bureau: int) -> None:
    from jizuo.ground.models import Fact

    fact = Fact.objects.create(
        name="DatasetRefreshed", unit_no=bureau, payload={}, state="dead", tries=8, last_error="KeyError: 'x'"
    )
    text = page(operator, "facts")
    assert "DatasetRefreshed" in text and "KeyError" in text
    assert "投不出去" in page(operator, "health")
    operator.post(f"/as/{operator.grant}/facts/{fact.pk}/retry")
    fact.refresh_from_db()
    assert fact.state == "waiting"
    assert "KeyError" not in page(operator, "facts")
    fact.delete()


def test_the_wall_and_the_tables_are_looked_at(operator: Any) -> None:
    text = page(operator, "health/wall")
    assert "每张表都在墙内" in text and "是这个版本的" in text


def test_a_permission_is_given_told_and_taken_back(base: Any, bureau: int, operator: Any) -> None:
    teacher = acting(base, bureau, "teacher")
    assert teacher.get(f"/as/{teacher.grant}/api/read/ground.audit_list").status_code == 403
    told = {
        "door": "ground.job_list",
        "role": "teacher",
        "unit_no": str(bureau),
        "is_allowed": "0",
        "reason": "试",
    }
    answer = operator.post(f"/as/{operator.grant}/permissions", told)
    assert answer.status_code == 302, answer.content.decode()
    assert "任务列表" in page(operator, "permissions")
    assert teacher.get(f"/as/{teacher.grant}/api/read/ground.job_list").status_code == 403
    from jizuo.ground.models import DoorGrant

    override = DoorGrant.objects.get(unit_no=bureau, role="teacher", door="ground.job_list")
    operator.post(f"/as/{operator.grant}/permissions/{override.pk}/drop")
    assert teacher.get(f"/as/{teacher.grant}/api/read/ground.job_list").status_code == 200


@pytest.mark.parametrize(
    "change, words",
    [
        ({"door": "ground.set_override", "is_allowed": "1"}, "只能由管理员做"),
        ({"reason": "  "}, "理由"),
        ({"role": "operator", "door": "ground.set_override", "is_allowed": "0"}, "不能收走自己"),
    ],
)
def test_what_may_not_be_given(operator: Any, bureau: int, change: dict[str, str], words: str) -> None:
    told = {
        "door": "ground.job_list",
        "role": "teacher",
        "unit_no": str(bureau),
        "is_allowed": "1",
        "reason": "试",
    }
    answer = operator.post(f"/as/{operator.grant}/permissions", told | change)
    assert answer.status_code == 422 and words in answer.content.decode()


def test_permissions_need_the_second_factor_and_the_own_reach(base: Any, bureau: int) -> None:
    told = {
        "door": "ground.job_list",
        "role": "teacher",
        "unit_no": str(bureau),
        "is_allowed": "0",
        "reason": "试",
    }
    plain = acting(base, bureau, "district_admin")
    answer = plain.post(f"/as/{plain.grant}/permissions", told)
    assert answer.status_code == 302 and "step-up" in answer["Location"]
    elsewhere = acting(base, base.unit("北寨教育局", kind="bureau"), "district_admin", stepped_up=True)
    assert elsewhere.post(f"/as/{elsewhere.grant}/permissions", told).status_code == 422
    everywhere = elsewhere.post(f"/as/{elsewhere.grant}/permissions", told | {"unit_no": ""})
    assert everywhere.status_code == 422


def test_the_audit_is_filtered(base: Any, operator: Any, bureau: int) -> None:
    plain = acting(base, bureau, "teacher")
    plain.get(f"/as/{plain.grant}/api/read/ground.audit_list")
    text = page(operator, "audit?f.result=refused&f.role=teacher&f.days=1")
    assert "审计记录" in text and "被拒" in text and "教师 沈知远" in text
    assert "教师 沈知远" not in page(operator, "audit?q=没有这样的操作")
    assert "教师 沈知远" in page(operator, "audit?q=审计记录")


@pytest.mark.parametrize("path", ["jobs", "facts", "audit", "permissions", "health", "health/wall"])
@pytest.mark.parametrize("role", ["teacher", "pupil", "guardian", "homeroom_teacher", "district_leader"])
def test_others_do_not_see_them(base: Any, bureau: int, role: str, path: str) -> None:
    client = acting(base, bureau, role)
    assert client.get(f"/as/{client.grant}/{path}").status_code == 403
