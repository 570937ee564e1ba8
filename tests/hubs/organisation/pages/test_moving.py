from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.hubs.organisation import given
from tests.hubs.organisation.pages.test_turning import desk

DAY = date(2026, 9, 16)


@pytest.fixture
def school(base: Any, monkeypatch: pytest.MonkeyPatch) -> given.School:
    from jizuo.ground import acting
    from jizuo.project import rooms

    rooms.plates()
    monkeypatch.setattr(acting, "today", lambda: DAY)
    return given.fill(base, base.unit(), classes=4, pupils=4)


def at(answer: Any, clerk: Any) -> str:
    return answer.headers["Location"].removeprefix(clerk.at)


def test_a_leave_from_search_to_the_register_s_number(base: Any, school: given.School) -> None:
    clerk, head = desk(base, school.unit_no, "clerk"), desk(base, school.unit_no, "head")
    _person, link = school.pupils[2]
    assert "没有异动" in clerk.get("moving")
    text = clerk.get("moving/new?q=黄以然")
    assert f"who={link}" in text
    text = clerk.get(f"moving/new?who={link}")
    assert "休学" in text and "二级以上医院证明" in text and "退学" not in text and "开除" not in text
    assert "复学" not in text
    form = clerk.get(f"moving/new?who={link}&kind=suspend")
    assert f'type="date" name="effect_on" value="{DAY:%Y-%m-%d}"' in form
    answer = clerk.post(
        f"moving/new?who={link}&kind=suspend",
        422,
        effect_on="2026-09-16",
        until_on="2026-09-01",
        reason="因病",
    )
    assert "没有写到哪一天" in answer.content.decode()
    answer = clerk.post(
        f"moving/new?who={link}&kind=suspend", effect_on="2026-09-16", until_on="2027-09-01", reason="因病"
    )
    path = at(answer, clerk)
    assert "待校长决定" in clerk.get(path) and ">同意</button>" not in clerk.get(path)
    assert "1 项异动等您决定" in head.get("")
    assert ">同意</button>" in head.get(path)
    head.post(f"{path}/do", act="agreed")
    assert "等您上报学籍系统" in clerk.get("")
    text = clerk.get(path)
    assert "校内已生效" in text and "材料还差 2 份" in text
    clerk.post(f"{path}/do", act="sent")
    assert "收到后打勾" in clerk.get(path)
    clerk.post(f"{path}/do", act="papers", papers=["asked", "medical"])
    clerk.post(f"{path}/do", act="sent")
    clerk.post(f"{path}/do", act="registered", register_no="XJ-7")
    clerk.post(f"{path}/do", act="closed")
    text = clerk.get(path)
    assert "已办结" in text and "XJ-7" in text and "凭业务号" in text
    assert "已办结" in clerk.get("moving?state=ended") and "没有异动" in clerk.get("moving")


def test_a_homeroom_teacher_asks_for_another_class(base: Any, school: given.School) -> None:
    teacher = desk(base, school.unit_no, "homeroom_teacher", org_ids=[school.classes[0]])
    link = school.pupils[2][1]
    assert "登记异动" in teacher.get(f"people/{link}")
    text = teacher.get(f"moving/new?who={link}&kind=class")
    assert str(school.classes[1]) in text and str(school.classes[2]) not in text
    teacher.get(f"moving/new?who={link}&kind=suspend", 403)
    teacher.get(f"moving/new?who={school.pupils[6][1]}&kind=class", 404)
    answer = teacher.post(
        f"moving/new?who={link}&kind=class",
        to_class_id=str(school.classes[1]),
        effect_on="2026-09-16",
        reason="双胞胎要同班",
    )
    path = at(answer, teacher)
    assert "双胞胎" in teacher.get(path)
    desk(base, school.unit_no, "teacher").get("moving", 403)


def test_who_comes_in_is_named_and_found_in_the_list(base: Any, school: given.School) -> None:
    clerk, head = desk(base, school.unit_no, "clerk"), desk(base, school.unit_no, "head")
    answer = clerk.post(
        "moving/new?kind=transfer_in",
        name="周以远",
        other_text="江北区实验小学",
        effect_on="2026-09-16",
        reason="搬家",
    )
    path = at(answer, clerk)
    head.post(f"{path}/do", act="agreed")
    text = clerk.get(path)
    assert "名册里的同名学生" in text
    link = text.split('name="who" value="')[1].split('"')[0]
    clerk.post(f"{path}/do", act="link", who=link)
    assert "名册里的同名学生" not in clerk.get(path)
    assert f"printing/transfer/{path.rpartition('/')[2]}.pdf" in clerk.get(path)
    clerk.post(f"{path}/do", act="nonsense")
    clerk.post(f"{path}/do", act="link", who="x")


def test_another_school_s_movement_does_not_exist(base: Any, school: given.School) -> None:
    clerk = desk(base, school.unit_no, "clerk")
    answer = clerk.post(
        f"moving/new?who={school.pupils[3][1]}&kind=suspend",
        effect_on="2026-09-16",
        until_on="2027-01-01",
        reason="因病",
    )
    path = at(answer, clerk)
    other = desk(base, base.unit(), "head")
    other.get(path, 404)
    other.post(f"{path}/do", 404, act="agreed")
    assert "没有异动" in other.get("moving")
    assert "待校长决定" in clerk.get(path)


def test_a_lost_child_is_listed_and_found_again(base: Any, school: given.School) -> None:
    from tests.hubs.organisation.actions.test_turning import run

    clerk, scope = desk(base, school.unit_no, "clerk"), base.scope(school.unit_no)
    run(scope, "update affiliation set is_present = true where role = 'pupil'")
    assert "没有要追踪的孩子" in clerk.get("missing")
    (left, left_link), (_absent, absent_link), (_leave, leave_link) = school.pupils[2:5]
    run(
        scope,
        "update affiliation set end_on = %s, end_reason = '27' where id = %s",
        DAY - timedelta(days=9),
        left_link,
    )
    run(scope, "update affiliation set is_present = false where id = any(%s)", [absent_link, leave_link])
    from jizuo.ground.ids import new_id

    run(
        scope,
        "insert into movement (id, unit_no, kind, state, affiliation_id, name, effect_on, until_on, other_text, reason, papers,"
        " register_no, asked_on, closed_by) values (%s, %s, 'suspend', 'closed', %s, '陈', %s, %s, '', '病', '{}', '', %s, '')",
        new_id(), school.unit_no, leave_link, DAY - timedelta(days=90), DAY - timedelta(days=1), DAY - timedelta(days=90),
    )  # fmt: skip
    text = clerk.get("missing")
    assert "离校后没有下一所学校" in text and "休学到期没有复学" in text and "哪里都不在读" in text
    # The next school has taken the child in: another unit, of which only that is told.
    there = base.unit()
    run(
        base.scope(there),
        "insert into affiliation (id, unit_no, person_id, role, is_primary, is_registered, is_present, begin_on, name,"
        " sort_key, base_no, end_reason, sex, local_no, posts, source_id)"
        " values (%s, %s, %s, 'pupil', true, true, true, %s, '陈', 'chen', '0', '', '', '', '{}', '')",
        new_id(), there, left, DAY,
    )  # fmt: skip
    assert "离校后没有下一所学校" not in clerk.get("missing")
