"""A preview says of whom it speaks: pupils and guardians come in one file."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest

from tests.hubs.organisation.importers.given import school, sheet
from tests.hubs.organisation.importers.test_pupils import HEADINGS, pupil
from tests.hubs.organisation.walking import walk

PHONES = ("13812345678", "13912345678")
ADULTS = ("李母", "王父", "张母")


def roster(*phones: str, seats: tuple[str, ...] = ("1", "2", "3")) -> bytes:
    """Three pupils with a guardian each."""
    names = zip(("李一", "王一", "张一"), ADULTS, phones, seats, strict=True)
    rows = [
        [*pupil(name, "三（1）班", f"{at}", "", adult, "", phone), seat]
        for at, (name, adult, phone, seat) in enumerate(names, 1)
    ]
    return sheet([[*HEADINGS, "座号"], *rows])


@pytest.fixture(scope="module")
def place(base: Any) -> Any:
    """Three pupils and three guardians with one telephone among them."""
    from jizuo.project import rooms

    rooms.plates()
    unit_no = school(base)
    account = base.account("陆晓岚")
    grant_no = base.grant(account, unit_no, "clerk")
    scope = base.scope(unit_no, "clerk", grant_no=grant_no, account_id=account.pk)
    first = walk(base, scope, roster(*[PHONES[0]] * 3), "甲.xlsx", "pupils")
    told = first.batch.options["people"]
    first.apply()
    return SimpleNamespace(
        base=base,
        scope=scope,
        first=told,
        account=account,
        client=base.client(account),
        at=f"/as/{grant_no}/imports",
    )


def people(walked: Any) -> Any:
    from jizuo.hubs.data.actions.touching import PEOPLE

    return walked.batch.options[PEOPLE]


def page(place: Any, walked: Any) -> str:
    return place.client.get(f"{place.at}/{walked.batch_id}").content.decode()


def test_who_is_new_is_counted_by_kind(place):
    assert place.first == {"new": {"pupil": 3, "guardian": 3}}


def test_telephones_of_guardians_change_no_pupil(place):
    """The gap this closes: the page said that people had changed, and a clerk took them for pupils."""
    walked = walk(place.base, place.scope, roster(PHONES[1], PHONES[1], PHONES[0]), "乙.xlsx", "pupils")
    assert people(walked) == {"new": {}, "changed": {"guardian": 2}}
    shown = page(place, walked)
    assert "家长 2 人的信息有变化" in shown and not re.search(r"学生 \d", shown)
    walked.step("discard_batch")


def test_a_pupil_counts_once_beside_her_guardian(place):
    """Pupils of whom different things change are told apart from those of whom two things change: the twin."""
    seats = ("9", "2", "3")
    walked = walk(
        place.base, place.scope, roster(PHONES[1], PHONES[0], PHONES[0], seats=seats), "丙.xlsx", "pupils"
    )
    assert people(walked)["changed"] == {"pupil": 1, "guardian": 1}
    assert "学生 1 人、家长 1 人的信息有变化" in page(place, walked)
    walked.step("discard_batch")


def test_the_list_of_imports_counts_the_same_people(place):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.queries.imports import import_lines

    walked = walk(place.base, place.scope, roster(PHONES[1], PHONES[1], PHONES[0]), "丁.xlsx", "pupils")
    with scopes.use(place.scope):
        line = next(one for one in import_lines() if one.batch_id == walked.batch_id)
    assert (line.new, line.changed) == (0, 2)
    walked.step("discard_batch")


def test_a_file_without_people_counts_its_records():
    from jizuo.hubs.data.queries.imports import people_counts

    told = {"org": {"new": 1, "changed": 2, "same": 0, "gone": 0}}
    assert people_counts(told, {"new": {}})["changed"] == 2 and people_counts({}, {}) == {}
