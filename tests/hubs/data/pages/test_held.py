"""An import's page says which of its columns the register holds already."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hubs.organisation.importers.given import school, sheet
from tests.hubs.organisation.walking import clerk, walk


@pytest.fixture(scope="module")
def unit_no(base: Any) -> int:
    from jizuo.project import rooms

    rooms.plates()
    return school(base)


def listed(base: Any, unit_no: int, name: str, importer: str = "pupils", source: str = "school") -> Any:
    rows = [["姓名", "班级", "性别", "民族", "过敏"], [name, "三（1）班", "女", "汉族", "花生"]]
    if importer == "pupil_register":
        rows = [["姓名", "年级", "班级", "性别", "民族", "学籍号"], [name, "三年级", "1班", "女", "汉族", ""]]
    return walk(base, clerk(base, unit_no), sheet(rows), "表.xlsx", importer, source=source)


def page(base: Any, unit_no: int, batch_id: Any) -> Any:
    account = base.account("陆晓岚")
    no = base.grant(account, unit_no, "clerk")
    return base.client(account).get(f"/as/{no}/imports/{batch_id}/held")


def test_what_the_register_has_said_is_marked_and_what_it_has_not_is_asked(base, unit_no):
    first = listed(base, unit_no, "王一")
    assert page(base, unit_no, first.batch_id).content.decode().strip() == ""
    first.apply()
    listed(base, unit_no, "王一", "pupil_register", "register").apply()
    again = listed(base, unit_no, "王二")
    shown = page(base, unit_no, again.batch_id)
    text = shown.content.decode()
    assert shown.status_code == 200 and "民族" in text and "性别" in text and "过敏" not in text
    columns = page_of(base, unit_no, again.batch_id)
    assert "已有）" in columns


def page_of(base: Any, unit_no: int, batch_id: Any) -> str:
    account = base.account("陆晓岚")
    no = base.grant(account, unit_no, "clerk")
    return base.client(account).get(f"/as/{no}/imports/{batch_id}/columns").content.decode()


def test_another_school_finds_no_such_import(base, unit_no):
    batch = listed(base, unit_no, "王三")
    assert page(base, base.unit(), batch.batch_id).status_code == 404
    assert page(base, unit_no, batch.batch_id).status_code == 200
