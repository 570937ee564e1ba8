"""A flow by its steps."""

from __future__ import annotations

from tests.ground.packs.studio.given import filled
from tests.scenes import given

from jizuo.ground.packs import reading
from jizuo.ground.packs.studio import beginning, plain
from jizuo.ground.packs.studio.drawing import flow


def steps(files, name="sports"):
    return plain.told(files, f"flows/{name}.yaml")["steps"]


def test_steps_are_added_moved_and_left_out_by_condition(base):
    files = beginning.files_of("sports", "运动会报名", owner="校", filled_by="guardian", approved_by="head")
    files = filled(
        flow.EDITOR, files, "sports", "add", new_kind="person", new_title="教务处确认", new_who0="clerk"
    )
    assert steps(files)[-1] == {"key": "jwcqr", "title": "教务处确认", "who": ["clerk"], "do": "approve"}
    files = filled(
        flow.EDITOR, files, "sports", "up:3",
        **{"r3_who1": "head", "r3_passes": "all", "r3_within": "2", "r3_late": "clerk", "r3_when-field": "applicant.role",
           "r3_when-op": "ne", "r3_when-value": "校长"},
    )  # fmt: skip
    assert steps(files)[2] == {
        "key": "jwcqr", "title": "教务处确认", "who": ["clerk", "head"], "do": "approve", "passes": "all", "within": 2,
        "late": {"tell": ["clerk"]}, "when": 'applicant.role != "head"',
    }  # fmt: skip
    files = filled(flow.EDITOR, files, "sports", "remove:2", h_limit="5", h_withdraw="untouched", h_rate="1")
    told = plain.told(files, "flows/sports.yaml")
    assert len(told["steps"]) == 3 and (told["limit"], told["withdraw"], told["rate"]) == (
        5,
        "untouched",
        True,
    )


def test_automatic_steps_know_their_table(base):
    files = beginning.files_of("sports", "运动会报名", owner="校", filled_by="guardian")
    files |= flow.begin(files, "more", "补报", "sports")
    assert steps(files, "more")[1]["set"] == {"pupil_id": "form.pupil_id", "class_id": "subject.class_id"}
    files = filled(flow.EDITOR, files, "more", "add", new_kind="tell", new_title="告诉家长")
    files = filled(flow.EDITOR, files, "more", "add", new_kind="write")
    assert [one.get("auto", "") for one in steps(files, "more")] == ["", "write", "tell", "write"]


def test_words_the_studio_does_not_ask_about_stay(base):
    files = given.files_of("leave")
    after = filled(flow.EDITOR, files, "staff", r0_title="代课的人同意")
    assert steps(after, "staff")[0] == steps(files, "staff")[0] | {"title": "代课的人同意"}
    assert ("person:form.substitute_id", "表上填的“代课人”") in flow.people(files, "staff")
    assert ("post.gatekeeper", "门卫") in flow.people(files, "leave")
    assert ("settings.long_days", "学生请假几天以上要校长批") in flow.compared(files, "leave")
    assert flow.coded(files, "leave")["applicant.role"]["head"] == "校长"


def once(files, name="join"):
    return plain.told(files, f"flows/{name}.yaml").get("once")


def test_what_may_be_applied_for_once_only_is_ticked(base):
    from jizuo.project import rooms

    rooms.plates()
    files = beginning.files_of("sports", "运动会报名", owner="校", filled_by="guardian")
    (asked,) = [one for one in flow.sheet(files, "sports").head if one.name == "once"]
    assert asked.kind == "checks" and asked.value == () and ("pupil_id", "学生") in asked.options
    assert once(filled(flow.EDITOR, files, "sports"), "sports") is None
    files = filled(flow.EDITOR, files, "sports", h_once=["pupil_id"])
    assert once(files, "sports") == ["pupil_id"]
    by_hand = beginning.files_of("sports", "运动会报名", owner="校", filled_by="guardian")
    by_hand["flows/sports.yaml"] = "once: [pupil_id]\n" + by_hand["flows/sports.yaml"]
    assert reading.read(files).pack == reading.read(by_hand).pack is not None
    assert once(filled(flow.EDITOR, files, "sports", h_once=[]), "sports") is None


def test_what_is_never_the_same_is_not_offered(base):
    files = given.files_of("repair")
    (asked,) = [one for one in flow.sheet(files, "repair").head if one.name == "once"]
    assert "picture" not in dict(asked.options) and "place" in dict(asked.options)


def test_once_stays_as_it_is_written(base):
    files = given.files_of("club")
    held = once(files)
    assert held == ["pupil_id", "term", "club"] and filled(flow.EDITOR, files, "join") == files
    (asked,) = [one for one in flow.sheet(files, "join").head if one.name == "once"]
    order = [key for key, _word in asked.options if key in held]
    after = filled(flow.EDITOR, files, "join", h_once=order[::-1])
    assert after == files, "the order of the boxes changes nothing"
    files["flows/join.yaml"] = files["flows/join.yaml"].replace("once: [pupil_id,", "once: [gone, pupil_id,")
    (asked,) = [one for one in flow.sheet(files, "join").head if one.name == "once"]
    assert ("gone", "gone") in asked.options and filled(flow.EDITOR, files, "join") == files
    assert once(filled(flow.EDITOR, files, "join", h_once=order)) == held
