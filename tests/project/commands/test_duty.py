"""`jizuo duty`: open a draft that a person must approve, list, close."""

from __future__ import annotations

from uuid import UUID

import pytest

from jizuo.project.exits import Exit
from tests.project.commands.test_correction import run, town

__all__ = ["run", "town"]


def opened(town, *more):
    return (
        "open", "冬季走访", "--basis", "未成年人保护法第四十三条", "--kind", "left_behind", "--school",
        town.schools[0].unit_no, "--until", "2027-12-31", "--unit", town.unit_no, *more,
    )  # fmt: skip


def test_a_duty_is_opened_as_a_draft_listed_and_closed(town, run):
    from jizuo.project.commands import duty

    code, made = run(duty, *opened(town))
    assert code == Exit.OK and made["state"] == "draft"
    listed = run(duty, "list", "--unit", town.unit_no)[1]["duties"]
    assert [(one["id"], one["state"], one["is_on"]) for one in listed] == [(made["duty"], "draft", False)]
    code, done = run(duty, "close", UUID(made["duty"]), "不做了", "--unit", town.unit_no)
    assert code == Exit.OK and done["records"] == 0
    assert run(duty, "list", "--unit", town.unit_no)[1]["duties"][0]["state"] == "closed"


def test_what_no_duty_may_name_is_refused(town, run):
    from jizuo.ground.errors import BadInput
    from jizuo.project.commands import duty

    with pytest.raises(BadInput):
        run(duty, *opened(town, "--kind", "rich"))
