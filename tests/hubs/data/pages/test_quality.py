"""Pages of quality over HTTP: a steward's, a school's, a homeroom teacher's."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.hubs.data.quality_given import build


@pytest.fixture
def town(base: Any) -> SimpleNamespace:
    """A checked town; `desk(unit, role)` is a signed-in client: get(path), post(path, **form)."""
    made = build(base)
    made.check()

    def desk(unit_no: int, role: str, **more: Any) -> SimpleNamespace:
        account = base.account("陆晓岚")
        grant_no = base.grant(account, unit_no, role, **more)
        client = base.client(account)

        def get(path: str, status: int = 200) -> Any:
            answer = client.get(f"/as/{grant_no}/{path}")
            assert answer.status_code == status, answer.content.decode()[:800]
            return answer

        def post(path: str, form: Any, status: int = 302) -> Any:
            answer = client.post(f"/as/{grant_no}/{path}", form)
            assert answer.status_code == status, answer.content.decode()[:800]
            return answer

        return SimpleNamespace(get=get, post=post, at=f"/as/{grant_no}")

    made.desk = desk
    return made


def page(answer: Any) -> str:
    return answer.content.decode()


def test_a_district_sees_schools_and_small_groups_stay_small(town: Any) -> None:
    desk = town.desk(town.bureau, "district_steward")
    shown = page(desk.get("quality"))
    assert "综合得分" in shown and "各校得分" in shown and "少于 5 条" in shown
    assert "quality/failing/" not in shown
    desk.get("quality/failing/staff_certificate", 403)
    desk.get("quality/failing.xlsx", 403)
    assert "各校得分" in page(desk.get("quality?sort=-open"))


def test_a_homeroom_teacher_sees_her_work_and_no_scores(town: Any) -> None:
    school = town.schools[0]
    town.write("update pupil set address = '', changed_at = now() where id = %s", school.pupils[0][1])
    town.check()
    desk = town.desk(school.unit_no, "homeroom_teacher", org_ids=[school.classes[0]])
    shown = page(desk.get("quality"))
    assert "在校学生要有现住址" in shown and "综合得分" not in shown
    assert str(school.pupils[0][1]) in page(desk.get("quality/failing/pupil_address"))
    desk.get("quality/failing/staff_certificate", 404)
    desk.get("quality/report", 403)


def test_a_check_is_started_watched_and_stopped(town: Any) -> None:
    import re

    desk = town.desk(town.bureau, "district_steward")
    where = desk.post("quality", {}).headers["Location"]
    job = re.search(r"job=([0-9a-f-]{36})", where)
    assert job
    assert "停止检查" in page(desk.get(f"quality?job={job[1]}"))
    assert "正在检查数据质量" in page(desk.get(f"quality/progress/{job[1]}"))
    desk.post("quality", {"cancel": job[1]})
    assert "停止检查" not in page(desk.get(f"quality?job={job[1]}"))
    desk.get("quality?job=nothing", 404)
    town.desk(town.schools[0].unit_no, "head").post("quality", {})


def test_pages_of_quality_ask_little(town: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tests.house.test_budgets import MOST, NO_QUESTION

    school = town.schools[0]
    asked = {}
    for unit_no, role, paths in (
        (
            town.bureau,
            "district_steward",
            ("quality", "quality/rules", "quality/report", "quality/rules/new"),
        ),
        (
            school.unit_no,
            "clerk",
            ("quality", "quality/failing/staff_certificate", "quality/report", "quality/rules"),
        ),
        (school.unit_no, "head", ("quality",)),
    ):
        desk = town.desk(unit_no, role)
        for path in paths:
            desk.get(path)
            with CaptureQueriesContext(connection) as seen:
                desk.get(path)
            asked[role, path] = sum(
                not one["sql"].upper().startswith(NO_QUESTION) for one in seen.captured_queries
            )
    assert {key: count for key, count in asked.items() if count > MOST} == {}


def test_a_trend_begins_in_the_second_week(town: Any) -> None:
    from datetime import timedelta

    from jizuo.ground import acting

    desk = town.desk(town.bureau, "district_steward")
    for path in ("quality", "quality/report"):
        shown = page(desk.get(path))
        assert "这里开始有曲线" in shown and "quality-trend" not in shown
    town.write("update quality_score set day = %s", acting.today() - timedelta(days=8))
    for path in ("quality", "quality/report"):
        shown = page(desk.get(path))
        assert "quality-trend" in shown and "这里开始有曲线" not in shown
