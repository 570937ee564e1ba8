"""办事 on the page: ticks answer together."""

from __future__ import annotations

import re


def page(town, role, path, data=None):
    actor = town.actor(role)
    client = town.base.client(actor.account)
    address = f"/as/{actor.grant_no}/{path}"
    return client.get(address) if data is None else client.post(address, data, follow=False)


def test_ticked_and_answered(town):
    ids = [town.start(on_day=f"2027-05-0{day}") for day in (1, 2)]
    text = page(town, "homeroom_teacher", "matters").content.decode()
    picks = re.findall(r'name="pick"[^>]*value="(approve:[^"]+)"', text)
    assert len(picks) >= 2 and "陈以宁 外出 2027-05-01" in text
    assert page(town, "homeroom_teacher", "matters/take", {"pick": picks}).status_code == 302
    assert {town.view("clerk", one).state for one in ids} == {"done"}
    assert "还没有" not in page(town, "guardian", "matters?view=mine").content.decode()
    assert "没有等您办的" in page(town, "teacher", "matters").content.decode()


def test_who_comes_second_is_told_whose_answer_it_was(town):
    """In bulk and one by one; what is no task at all is left out."""
    ids = [town.start(on_day=f"2027-05-{day:02}") for day in (11, 12)]
    actor = town.actor("homeroom_teacher")
    client, here = town.base.client(actor.account), f"/as/{actor.grant_no}/matters"
    text = client.get(here).content.decode()
    picks = re.findall(r'name="pick"[^>]*value="(approve:[^"]+)"', text)
    for _person in range(2):
        answer = client.post(
            f"{here}/take", {"pick": [*picks, "approve:" + "x" * 36, "approve", ""]}, follow=True
        )
    assert "2 件没有办：陆晓岚已经办了：同意" in answer.content.decode()
    for matter in ids:
        (task,) = [one.task_id for one in town.view("clerk", matter).tasks if one.step == "homeroom"]
        answer = client.post(f"{here}/{matter}/take/{task}", {"verb": "refuse", "note": "晚了"}, follow=True)
        assert (
            "陆晓岚已经办了：同意" in answer.content.decode() and town.view("clerk", matter).state == "done"
        )


def test_a_due_day_whose_holidays_are_not_published_carries_a_mark(town):
    known, far, late = (town.start(on_day=f"2027-05-{day}") for day in (21, 22, 23))
    for day, matter in (("2026-09-18", known), ("2031-01-06", far), ("2026-09-01", late)):
        town.rows("update matter_task set due_on = %s where matter_id = %s returning id", [day, matter])
    text = page(town, "homeroom_teacher", "matters").content.decode()
    rows = {
        one: re.search(rf"<tr>(?:(?!</tr>).)*{one}.*?</tr>", text, re.DOTALL)[0] for one in (known, far, late)
    }
    assert "2031-01-06前" in rows[far] and "假期待定" in rows[far]
    assert "假期待定" not in rows[known] and "假期待定" not in rows[late]
    assert text.count("假期待定：那一年的放假安排还没有公布") == 1
    town.take("homeroom_teacher", "approve", far)
    assert "假期待定" not in page(town, "homeroom_teacher", "matters").content.decode()
