"""A school with a clerk, a homeroom teacher and families at their desks."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.hubs.message import given


@pytest.fixture(scope="module")
def place(base: Any) -> Any:
    """school; `desk(role, **grant)` gives a signed-in client whose get and post stand in the acting role."""
    school = given.school(base)

    def desk(role: str, unit_no: int | None = None, **grant: Any) -> Any:
        account = base.account("沈知远")
        client = base.client(account)
        number = base.grant(account, unit_no or school.unit_no, role, **grant)
        at = f"/as/{number}/"
        return SimpleNamespace(
            client=client, grant_no=number, at=at, account=account,
            get=lambda path="", **more: client.get(at + path, **more),
            post=lambda path="", data=None, **more: client.post(at + path, data or {}, **more),
        )  # fmt: skip

    def family(place: int, *, child: int | None = None) -> Any:
        child_id = school.pupils[place if child is None else child][0]
        return desk("guardian", person_id=school.guardians[place][0], child_ids=[child_id])

    def run_jobs() -> None:
        from jizuo.ground import jobs

        waiting = given.rows(
            base,
            school.unit_no,
            "select id, grant_no from job where state = 'waiting' and unit_no = %s",
            school.unit_no,
        )
        for job_id, grant_no in waiting:
            jobs.run_job(job_id=str(job_id), unit_no=school.unit_no, grant_no=grant_no)

    return SimpleNamespace(base=base, school=school, desk=desk, family=family, run_jobs=run_jobs)


def form(school: Any, **more: Any) -> dict[str, Any]:
    """The write form filled in."""
    told = {
        "title": "秋季社会实践告家长书", "text": "{孩子}所在的{班级}周五去植物园。", "audience": "families",
        "needs": "choice", "options": "同意\n不同意", "all": "1",
    }  # fmt: skip
    return told | more


@pytest.fixture
def clerk(place: Any) -> Any:
    return place.desk("clerk", person_id=place.school.staff[1][0])


@pytest.fixture
def sent(place: Any, clerk: Any) -> str:
    """The path of a notice that was written and sent on the pages."""
    answer = clerk.post("notices/new", form(place.school))
    assert answer.status_code == 302, answer.content.decode()[:3000]
    path = answer["Location"].removeprefix(clerk.at)
    clerk.post(f"{path}/send")
    place.run_jobs()
    return path
