"""A table that gets or loses fields takes its flow and its pages along."""

from __future__ import annotations

from jizuo.ground.packs.studio import beginning, plain
from jizuo.ground.packs.studio.drawing import following, undoing


def begun(base):
    """A scene whose records can be taken back."""
    files = beginning.files_of("sports", "运动会报名", owner="校", filled_by="guardian", approved_by="head")
    told = plain.told(files, "flows/sports.yaml")
    changes = undoing.changed(files, told, {"undo": "1"})
    return files, told, changes


def test_a_new_field_is_kept_and_listed_and_an_old_one_let_go(base):
    from jizuo.ground.packs import reading

    files, told, changes = begun(base)
    files = {**files, **changes, "flows/sports.yaml": reading.to_yaml(told)}
    after = {**files, **following.kept(files, "sports", "sports", ["bz"], ["class_id", "cancelled_on"])}
    flow = plain.told(after, "flows/sports.yaml")
    assert flow["steps"][1]["set"] == {"pupil_id": "form.pupil_id", "bz": "form.bz"}
    assert flow["undo"]["steps"][0]["set"] == {}
    after = {**files, **following.listed(files, "sports", ["bz"], ["class_id"])}
    assert plain.told(after, "pages/all.yaml")["blocks"][-1]["columns"] == ["pupil_id", "cancelled_on", "bz"]


def test_other_tables_and_other_forms_stay(base):
    files, _told, _changes = begun(base)
    assert following.kept(files, "sports", "other", ["bz"], []) == {}
    assert following.kept(files, "other", "sports", ["bz"], []) == {}
    assert following.listed(files, "other", ["bz"], []) == {}
