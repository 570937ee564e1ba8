"""The pages of duties over HTTP, for the bureau and for a school's entrusted person."""

from __future__ import annotations

import re


def desk(town, role, unit=None):
    account = town.base.account("沈知远")
    no = town.base.grant(account, unit or town.district.unit_no, role)
    return town.base.client(account), f"/as/{no}"


def test_a_duty_walks_from_draft_to_its_end(town):
    school = town.schools[0].unit_no
    steward, at = desk(town, "district_steward")
    page = steward.get(f"{at}/special/new").content.decode()
    assert "法定依据" in page and "低保家庭" in page
    told = {"title": "寒假走访", "legal_basis": "未成年人保护法第四十三条", "kinds": ["left_behind"], "roles": ["clerk"],
            "units": [str(school)], "begin_on": "2026-09-01", "until": "2028-02-28"}  # fmt: skip
    assert steward.post(f"{at}/special/new", {**told, "until": ""}).status_code == 422
    made = steward.post(f"{at}/special/new", told)
    duty = re.search(r"special/([0-9a-f-]{36})", made["Location"]).group(1)
    assert "要由另一个人批准" in steward.get(f"{at}/special/{duty}").content.decode()
    clerk, desk_at = desk(town, "clerk", school)
    assert clerk.get(f"{desk_at}/special/{duty}").status_code == 404
    admin, admin_at = desk(town, "district_admin")
    assert admin.post(f"{admin_at}/special/{duty}/do/approve").status_code == 302
    assert "寒假走访" in clerk.get(f"{desk_at}/special").content.decode()
    number, name, *_rest = town.line(0)
    listed = town.listed((number, name, "留守儿童", "", "2027-08-30"))
    posted = {"source": "civil_affairs", "pasted": listed}
    assert clerk.post(f"{desk_at}/special/{duty}/do/list", posted).status_code == 302
    page = clerk.get(f"{desk_at}/special/{duty}").content.decode()
    assert name in page and "民政部门" in page and "未成年人保护法" in page
    assert "不足 5 人" in steward.get(f"{at}/special/{duty}").content.decode()
    assert clerk.post(f"{desk_at}/special/{duty}/do/close", {"reason": "x"}).status_code == 403
    assert steward.post(f"{at}/special/{duty}/do/close", {"reason": "走访结束"}).status_code == 302
    assert clerk.get(f"{desk_at}/special/{duty}").status_code == 404
    assert "现在没有专责事项" not in steward.get(f"{at}/special").content.decode()


def test_without_a_duty_the_page_says_so(town):
    clerk, at = desk(town, "clerk", town.schools[1].unit_no)
    assert "现在没有专责事项" in clerk.get(f"{at}/special").content.decode()
    assert clerk.get(f"{at}/special/new").status_code == 403
