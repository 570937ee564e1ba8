"""The page of one matter: two taps, a sheet for the reason, what the office may do."""

from __future__ import annotations

from tests.engines.matter.pages.test_lists import page


def test_open_and_press(town):
    matter_id = town.start(on_day="2027-05-11")
    task = next(one.task_id for one in town.todo("homeroom_teacher") if one.matter_id == matter_id)
    text = page(town, "homeroom_teacher", f"matters/{matter_id}").content.decode()
    assert "同意" in text and "退回补正" in text and "逾期" in text
    back = {"verb": "return", "note": ""}
    assert page(town, "homeroom_teacher", f"matters/{matter_id}/take/{task}", back).status_code == 422
    assert (
        page(town, "homeroom_teacher", f"matters/{matter_id}/take/{task}", {"verb": "approve"}).status_code
        == 302
    )
    assert town.view("clerk", matter_id).state == "done"


def test_doing_with_the_whole(town):
    matter_id = town.start(on_day="2027-05-12")
    assert page(town, "clerk", f"matters/{matter_id}/move").status_code == 200
    assert page(town, "head", f"matters/{matter_id}/move").status_code == 403
    assert page(town, "guardian", f"matters/{matter_id}/do/press", {}).status_code == 302
    assert page(town, "clerk", f"matters/{matter_id}/do/end", {"note": "停课"}).status_code == 302
    assert page(town, "clerk", f"matters/{matter_id}/do/fly", {}).status_code == 404
    assert page(town, "teacher", f"matters/{matter_id}").status_code == 404
    assert town.view("guardian", matter_id).state == "ended"


def test_what_units_below_did(town):
    from uuid import uuid4

    from jizuo.engines.matter.actions import matters

    with town.as_("district_steward"):
        parent = matters.start_matter(
            scene="trip",
            form="ask",
            data={"what": "人数", "schools": [town.world.first.unit_no, town.world.second.unit_no]},
            submit_key=uuid4().hex,
        )
    (child,) = [
        one.matter_id for one in town.todo("clerk") if one.title.endswith("人数") or one.step_title == "填表"
    ][:1]
    told = page(town, "district_steward", f"matters/{parent}/children").content.decode()
    assert told.index("启明小学") < told.index("北寨小学")
    town.take("clerk", "done", child, count=3)
    told = page(town, "district_steward", f"matters/{parent}/children").content.decode()
    assert told.index("北寨小学") < told.index("启明小学"), "who has not done it comes first"
    assert "不限" not in told
