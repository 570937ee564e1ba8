"""One school of the demonstration with its pupils, guardians and staff, brought in as a clerk would."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.hubs.organisation.importers.given import district, rows_of, school, unit_named
from tests.hubs.organisation.walking import deliver_facts, walk

NAME = "启明小学"


@pytest.fixture(scope="session")
def place(base: Any) -> Any:
    """The school: unit_no, `desk(role, **grant)` gives a signed-in client and its address."""
    from jizuo.plain.demo.workbooks import pupils, staff
    from jizuo.project import rooms

    rooms.plates()
    unit_no = school(base, NAME)
    account = base.account("陆晓岚")
    grant_no = base.grant(account, unit_no, "clerk")
    scope = base.scope(unit_no, "clerk", grant_no=grant_no, account_id=account.pk)
    unit = unit_named(NAME)
    for content, importer in ((pupils(district(), unit), "pupils"), (staff(district(), unit), "staff")):
        walked = walk(base, scope, content, f"{importer}.xlsx", importer)
        assert walked.state == "ready", walked.problems("error")[:3]
        walked.apply()
    deliver_facts()

    def desk(role: str, unit: int | None = None, *, is_stepped_up: bool = False, **grant: Any) -> Any:
        who = base.account("沈知远")
        no = base.grant(who, unit or unit_no, role, **grant)
        client = base.client(who)
        if is_stepped_up:
            import time

            session = client.session
            session["second_factor_at"] = time.time()
            session.save()
        return SimpleNamespace(client=client, at=f"/as/{no}", grant_no=no, account=who)

    def rows(sql: str, *values: Any) -> list[tuple]:
        return rows_of(base, unit_no, sql, *values)

    return SimpleNamespace(base=base, unit_no=unit_no, desk=desk, rows=rows)
