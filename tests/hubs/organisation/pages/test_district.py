from __future__ import annotations

from io import BytesIO
from typing import Any

import openpyxl
import pytest

from tests.hubs.organisation import given


@pytest.fixture(scope="module")
def district(base: Any) -> given.District:
    return given.district(base)


@pytest.fixture(scope="module")
def steward(base: Any, district: given.District) -> Any:
    account = base.account("沈知远")
    client = base.client(account)
    client.grant = base.grant(account, district.unit_no, "district_steward")
    return client


def page(client: Any, path: str = "") -> str:
    answer = client.get(f"/as/{client.grant}/{path}")
    assert answer.status_code == 200, answer.content.decode()[:500]
    return answer.content.decode()


def test_the_numbers_come_first(steward: Any) -> None:
    text = page(steward)
    # three schools of two classes with six pupils; one of each school is borrowed in, one lent out
    assert ">33<" in text and "在校学生数 33" in text and "借入 3" in text and "借出 3" in text
    assert "师生比 1\u00a0:\u00a05.5" in text
    assert "1 所还没有名册" in text or "2 所还没有名册" in text


def test_a_school_without_data_says_so(steward: Any) -> None:
    text = page(steward, "schools?f.fresh=never")
    assert "北寨小学（筹）" in text and "无数据" in text and ">0<" not in text


@pytest.mark.parametrize("sort", ["name", "-registered", "refreshed_at", "pupils_per_teacher", "-classes"])
def test_schools_page_by_key(steward: Any, district: given.District, sort: str) -> None:
    from jizuo.ground import scope as scopes
    from jizuo.ground.pages.asks import Ask, unseal
    from jizuo.hubs.organisation.queries import numbers

    seen, after = [], None
    while True:
        ask = Ask(sort=sort.lstrip("-"), is_descending=sort.startswith("-"), after=after, size=2)
        with scopes.use(district.scope()):
            found = numbers.school_list(ask=ask)
        seen += [line.unit_no for line in found.slice.rows]
        if not found.slice.has_next:
            break
        after = unseal(found.slice.last)
    assert len(seen) == len(set(seen)) == found.count == 5


def test_a_briefing_carries_definition_and_source(steward: Any) -> None:
    answer = steward.get(f"/as/{steward.grant}/briefing")
    book = openpyxl.load_workbook(BytesIO(b"".join(answer) if answer.streaming else answer.content))
    rows = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    line = next(row for row in rows if row[0] == "在籍学生数")
    assert line[1] == "33" and "学籍在本校" in line[3] and line[5] == "学籍系统导出的名册"
    assert "启明第1小学" in [row[0].value for row in book.worksheets[2].iter_rows()]


def test_every_number_has_its_definition(steward: Any) -> None:
    text = page(steward, "definitions")
    assert 'id="pupils_per_teacher"' in text and "在校学生数 ÷ 专任教师数" in text


def test_a_head_sees_the_own_school_only(base: Any, district: given.District) -> None:
    account = base.account()
    client = base.client(account)
    client.grant = base.grant(account, district.schools[0].unit_no, "head")
    text = page(client)
    assert ">11<" in text and "小学一年级" in text
    assert client.get(f"/as/{client.grant}/schools").status_code == 403


def test_small_groups_are_told_inside_the_school_only(
    base: Any, district: given.District, steward: Any
) -> None:
    assert "少于 5" in page(steward, "schools?cols=name&cols=lent_in")
    from jizuo.hubs.organisation.queries.numbers import shown

    assert [shown(n, is_outside=True) for n in (None, 0, 1, 4, 5)] == [None, 0, None, None, 5]
    assert shown(1, is_outside=False) == 1


@pytest.mark.parametrize("role", ["district_leader", "district_admin", "district_steward"])
def test_the_start_page_offers_only_what_the_role_may_open(
    base: Any, district: given.District, role: str
) -> None:
    """A faulty import, two who may be one and a correction wait; whoever may not open them is not sent there."""
    import re

    from jizuo.ground import scope as scopes
    from jizuo.ground.ids import new_id
    from jizuo.hubs.data.models import Batch

    unit_no = district.schools[0].unit_no
    with scopes.use(base.scope(unit_no)), scopes.open_transaction("test"):
        Batch.objects.create(id=new_id(), unit_no=unit_no, importer="pupils", source="school", state="faulty")
    account = base.account()
    client = base.client(account)
    client.grant = base.grant(account, district.unit_no, role)
    text = page(client)
    assert ("批有错要改" in text) == (role != "district_leader")
    content = text[text.index("<main") :]
    for address in sorted(set(re.findall(rf'href="(/as/{client.grant}/[^"]*)"', content))):
        assert client.get(address.replace("&amp;", "&")).status_code == 200, address
