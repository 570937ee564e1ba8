"""A bureau with two schools and a live duty at the first of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from tests.base import TODAY
from tests.hubs.organisation import given as towns
from tests.hubs.organisation.importers.given import rows_of


@dataclass
class Town:
    """`act(role, unit)` gives a scope with an account of its own; `do(scope, door, ...)` calls a door."""

    base: Any
    district: Any

    @property
    def schools(self) -> list[Any]:
        return self.district.schools

    def act(self, role: str, unit: int | None = None, *, account: Any = None, **more: Any) -> Any:
        account = account or self.base.account("陆晓岚")
        unit_no = unit or (self.district.unit_no if role.startswith("district") else self.schools[0].unit_no)
        told = {key: list(value) for key, value in more.items() if key.endswith("_ids")}
        grant_no = self.base.grant(account, unit_no, role, **told)
        return self.base.scope(unit_no, role, grant_no=grant_no, account_id=account.pk, **more)

    def operator(self, day: date = TODAY) -> Any:
        from jizuo.ground import acting

        return replace(acting.base_job_scope(self.district.unit_no), today=day)

    def do(self, scope: Any, door: str, **told: Any) -> Any:
        from jizuo.ground import scope as scopes
        from jizuo.hubs.organisation.special import actions, queries

        with scopes.use(scope):
            return getattr(actions if hasattr(actions, door) else queries, door)(**told)

    def draft(self, scope: Any, **more: Any) -> UUID:
        told: dict[str, Any] = {
            "title": "2026 学年学生资助", "legal_basis": "义务教育法第六条", "kinds": ["minimum", "disabled"],
            "unit_nos": [self.schools[0].unit_no], "roles": ["clerk"], "begin_on": date(2026, 9, 1),
            "until": date(2027, 8, 31), **more,
        }  # fmt: skip
        return self.do(scope, "set_duty", **told)

    def live(self, **more: Any) -> UUID:
        duty_id = self.draft(self.act("district_steward"), **more)
        self.do(self.act("district_admin"), "approve_duty", duty_id=duty_id)
        return duty_id

    def number(self, place: int, school: int = 0) -> str:
        person = self.schools[school].pupils[place][0]
        return self.rows("select base_no from affiliation where person_id = %s", person, school=school)[0][0]

    def rows(self, sql: str, *values: Any, school: int = 0) -> list[tuple]:
        return rows_of(self.base, self.schools[school].unit_no, sql, *values)

    def listed(self, *lines: tuple[str, ...], heads: str = "基座号\t姓名\t类别\t证件号\t有效期至") -> str:
        return "\n".join([heads, *("\t".join(line) for line in lines)])

    def line(
        self, place: int, kind: str = "低保", number: str = "", until: str = "2027-06-30"
    ) -> tuple[str, ...]:
        person = self.schools[0].pupils[place][0]
        name = self.rows("select name from affiliation where person_id = %s", person)[0][0]
        return (self.number(place), name, kind, number, until)

    def bring(self, scope: Any, duty_id: UUID, *lines: tuple[str, ...], source: str = "civil_affairs") -> int:
        return self.do(scope, "take_special_list", duty_id=duty_id, source=source, pasted=self.listed(*lines))


@pytest.fixture(scope="session")
def town(base: Any) -> Town:
    from jizuo.project import rooms

    rooms.plates()
    return Town(base, towns.district(base, schools=2, classes=2, pupils=8))
