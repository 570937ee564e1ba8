"""A slip in the hand, a notice on the phone, and who has not answered."""

from __future__ import annotations

from tests.journeys.conftest import fits, picture
from tests.journeys.september.offices import PASSWORD
from tests.journeys.september.school import Desk, School

TITLE = "秋季社会实践告家长书"
ANSWERS = "select answer <> '', count(*) from receipt where unit_no = %s group by 1 order by 1"


def a_parent_comes_in(school: School, phone: Desk, child: str, code: str) -> None:
    """With the code of the slip and a password of one's own, to the own child and no other."""
    page = phone.page
    page.goto(f"{school.live.url}/activate/")
    page.fill("[name=code]", code)
    page.click("form .btn-main")
    page.wait_for_url("**/activate/password/")
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=again]", PASSWORD)
    phone.press("设好并登录")
    page.wait_for_url("**/as/*/")
    phone.start = page.url
    assert fits(page)
    others = school.rows("select name from affiliation where unit_no = %s and role = 'pupil'", school.unit_no)
    assert [name for (name,) in others if name in phone.words()] == [child]


def a_notice_goes_out(school: School, clerk: Desk) -> int:
    """To the families of a class, asking for a choice; returns how many children it asks for."""
    class_id = school.class_id(school.year, 1)
    asked = school.one("select count(*) from affiliation where class_id = %s and end_on is null", class_id)
    clerk.go("notices/new")
    clerk.page.fill("#title", TITLE)
    clerk.page.fill("#text", "{孩子}所在的{班级}周五去植物园。")
    clerk.page.locator(f"[name=class][value='{class_id}']").check()
    clerk.page.locator("[name=needs][value=choice]").check()
    clerk.press("看预览")
    clerk.see("家长会看到")
    assert clerk.number("发给") == asked
    clerk.press("发送")
    clerk.press("现在发送", within=clerk.page.locator("dialog[open]"))
    school.wait("select state from notice where unit_no = %s", "sent", school.unit_no)
    clerk.page.reload()
    assert (clerk.number("已回"), clerk.number("没回")) == (0, asked)
    assert school.rows(ANSWERS, school.unit_no) == [(False, asked)]
    return int(asked)


def a_parent_answers(school: School, clerk: Desk, phone: Desk, child: str, asked: int) -> None:
    """On the phone, for the own child; the office sees it, names who is missing, and reminds them in one tap."""
    phone.go("messages")
    phone.page.locator("main a", has_text=TITLE).first.click()
    phone.see(f"{child}所在的一（1）班周五去植物园。")
    phone.press("同意")
    phone.see("已收到您的回执")
    picture(phone.page, f"answered-{school.plan.scheme}")
    assert school.rows(ANSWERS, school.unit_no) == [(False, asked - 1), (True, 1)]
    clerk.page.reload()
    assert (clerk.number("已回"), clerk.number("没回")) == (1, asked - 1)
    remind = f"提醒没回的 {asked - 1} 家"
    clerk.page.get_by_role("link", name=str(asked - 1), exact=True).first.click()
    clerk.see("没回的")
    names = school.rows(
        "select a.name from receipt r join affiliation a on a.unit_no = r.unit_no and a.person_id = r.child_id"
        " and a.role = 'pupil' and a.end_on is null where r.unit_no = %s and r.answer = '' order by 1",
        school.unit_no,
    )
    shown = [row.locator("td").nth(1).inner_text() for row in clerk.page.locator("main tbody tr").all()]
    assert sorted(shown) == [name for (name,) in names] and child not in shown
    clerk.page.go_back()
    clerk.press(remind)
    clerk.see(f"已提醒 {asked - 1} 个孩子的家长")
    clerk.see("催过 1 次")
    picture(clerk.page, f"notice-{school.plan.scheme}")
