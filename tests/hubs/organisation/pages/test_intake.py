"""The pages of new pupils over HTTP: list in, coming in by name and by code, notices, twins."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.hubs.organisation import given
from tests.hubs.organisation.actions.test_intake import awaited, listed, numbers
from tests.hubs.organisation.importers.given import school, sheet
from tests.hubs.organisation.importers.test_intake import HEADINGS, child
from tests.hubs.organisation.pages.test_turning import desk
from tests.hubs.organisation.walking import Walked, clerk

OF = "year=2026&stage=primary"


@pytest.fixture
def place(base: Any) -> Any:
    """A school with three awaited children, and desks at it."""
    scope = awaited(base)
    return SimpleNamespace(
        base=base, scope=scope, unit_no=scope.unit_no, clerk=desk(base, scope.unit_no, "clerk")
    )


def test_a_file_goes_from_the_page_to_its_check(base: Any) -> None:
    unit_no = school(base, classes=False)
    scope = clerk(base, unit_no)
    office = desk(base, unit_no, "clerk")
    empty = office.get("intake")
    assert "还没有录取名单" in empty and "带入本校升学" not in empty
    text = office.get("intake/new")
    assert "小学" in text and "不能带成绩" in text
    office.post("intake/new", 422, year="2026", stage="senior")
    office.post("intake/new", 422, year="2026", stage="primary")
    file = SimpleUploadedFile("录取名单.xlsx", sheet([HEADINGS, child(1, "陈以宁")]))
    answer = office.post("intake/new", year="2026", stage="primary", file=file)
    batch_id = answer.headers["Location"].rstrip("/").rpartition("/")[2]
    walked = Walked(base, scope, batch_id)
    assert walked.run().state == "ready"
    walked.apply()
    assert "陈以宁" in office.get("intake")


def test_a_nine_year_school_begins_its_list_with_its_own_pupils(base: Any) -> None:
    office = desk(base, given.fill(base, base.unit(), scheme="5-4").unit_no, "clerk")
    text = office.get("intake")
    assert "带入本校升学" in text and 'name="stage" value="junior"' in text


def test_one_tap_at_the_desk_and_one_back(place: Any) -> None:
    first = listed(place.scope)[0]
    text = place.clerk.get(f"intake?{OF}&q={first.name}")
    assert first.name in text and "报到" in text and "139000" in text
    place.clerk.post("intake/do", act="report", id=str(first.intake_id), back=f"?{OF}")
    text = place.clerk.get(f"intake?{OF}&state=reported")
    assert "已报到" in text and "撤回报到" in text
    place.clerk.post("intake/do", act="admitted", id=str(first.intake_id))
    assert numbers(place.scope).reported == 0
    place.clerk.post("intake/do", act="close", year="2026", stage="primary")
    text = place.clerk.get(f"intake?{OF}&state=absent")
    assert text.count("tel:139") == 3
    answer = place.clerk.post("intake/do", act="report", id=str(first.intake_id), back="//evil.example/")
    assert "evil" not in answer.headers["Location"]


def test_a_scanned_code_lets_in_once(place: Any) -> None:
    code = listed(place.scope)[1].code
    answer = place.clerk.client.get(f"/i/{place.unit_no}/{code}/")
    assert answer.status_code == 302 and answer.headers["Location"].endswith(f"intake/scan?code={code}")
    assert numbers(place.scope).reported == 0, "looking is not coming in"
    assert "报到" in place.clerk.get(f"intake/scan?code={code}")
    assert "已报到" in place.clerk.post("intake/scan", 200, code=code.lower()).content.decode()
    assert "已经报过到了" in place.clerk.post("intake/scan", 200, code=code).content.decode()
    assert "已经报过到了" in place.clerk.get(f"intake/scan?code={code}")
    assert numbers(place.scope).reported == 1
    assert "没有这名新生" in place.clerk.post("intake/scan", 404, code="AAAAAAAA").content.decode()


def test_a_code_opens_nothing_for_others(place: Any, base: Any) -> None:
    code = listed(place.scope)[0].code
    stranger = desk(base, base.unit(), "clerk")
    parent = desk(base, place.unit_no, "guardian")
    for who in (stranger, parent):
        assert who.client.get(f"/i/{place.unit_no}/{code}/").status_code == 404
        assert (
            listed(place.scope)[0].name not in who.client.get(f"/i/{place.unit_no}/{code}/").content.decode()
        )
    assert base.client().get(f"/i/{place.unit_no}/{code}/").status_code == 302
    stranger.get(f"intake/scan?code={code}", 404)
    for path in ("intake", "intake/scan", "dividing"):
        parent.get(path, 403)


def test_notices_are_printed_for_those_who_are_awaited(place: Any) -> None:
    answer = place.clerk.client.get(f"{place.clerk.at}intake/notices.pdf?{OF}")
    assert answer.status_code == 200 and answer.content.startswith(b"%PDF")
    for one in listed(place.scope):
        place.clerk.post("intake/do", act="report", id=str(one.intake_id))
    place.clerk.get(f"intake/notices.pdf?{OF}", 404)


def test_twins_and_given_classes_are_noted(place: Any) -> None:
    first, second, third = listed(place.scope)
    text = place.clerk.get(f"intake/twins?{OF}&q=l")
    assert "已登记的多胞胎" in text
    place.clerk.post(
        "intake/do", act="twins", pick=[str(first.intake_id), str(second.intake_id)], wish="together"
    )
    text = place.clerk.get(f"intake/twins?{OF}")
    assert first.name in text and "同班" in text
    place.clerk.post("intake/do", act="place", id=str(third.intake_id), fixed_class="2", reason="教室在一楼")
    assert "教室在一楼" in place.clerk.get(f"intake/{third.intake_id}")
    place.clerk.post("intake/do", act="withdrawn", id=str(third.intake_id), note="去了民办")
    assert "去了民办" in place.clerk.get(f"intake/{third.intake_id}")
    place.clerk.post("intake/do", act="apart", id=str(first.intake_id))
    assert {one.siblings for one in listed(place.scope)} == {""}
