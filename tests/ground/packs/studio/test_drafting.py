"""Drafts on PostgreSQL: begun, drawn, saved by two, copied, brought back, thrown away."""

from __future__ import annotations

import re

import pytest
from tests.scenes import given
from tests.scenes.given import minimal

from jizuo.ground.errors import BadInput, Conflict, NotAllowed, NotFound


@pytest.fixture(scope="module")
def plates(base):
    from jizuo.project import rooms

    return rooms.plates()


def acting(base, unit, role="teacher", name="陆晓岚"):
    from jizuo.ground import scope as scopes

    return scopes.use(base.scope(unit, role, account_id=base.account(name).pk))


@pytest.mark.parametrize("filled_by", ["guardian", "homeroom_teacher", "teacher", "clerk", ""])
@pytest.mark.parametrize("approved_by", ["", "head", "homeroom_teacher"])
def test_a_beginning_has_nothing_to_mend(base, plates, filled_by, approved_by):
    from jizuo.ground.packs.studio import drafting

    if approved_by == "homeroom_teacher" and filled_by not in ("guardian", "homeroom_teacher"):
        pytest.skip("a class teacher approves what is about pupils")
    with acting(base, base.unit()):
        version_id = drafting.start_scene(title="运动会报名", filled_by=filled_by, approved_by=approved_by)
        draft = drafting.scene_draft(version_id=version_id)
        pack, problems = draft.checked()
        assert pack and not problems
        assert draft.scene.startswith("ydhbm") and draft.title == "运动会报名"


def test_another_school_finds_no_draft(base, plates):
    from jizuo.ground.packs.studio import drafting

    unit, other = base.unit(), base.unit()
    with acting(base, unit):
        version_id = drafting.start_scene(title="图书漂流")
        assert [one.version_id for one in drafting.scene_drafts()] == [version_id]
    with acting(base, other):
        assert drafting.scene_drafts() == []
        for door in (
            drafting.scene_draft,
            drafting.draft_zip,
            drafting.drop_scene_draft,
            drafting.scene_history,
        ):
            with pytest.raises(NotFound):
                door(version_id=version_id)
    with acting(base, unit, "guardian"), pytest.raises(NotAllowed):
        drafting.scene_drafts()


def test_who_saves_second_looks_again_first(base, plates):
    from jizuo.ground.packs.studio import drafting

    unit = base.unit()
    with acting(base, unit):
        version_id = drafting.start_scene(title="借琴房", filled_by="teacher")
        first = drafting.scene_draft(version_id=version_id)
        seen = drafting.save_scene_draft(
            version_id=version_id, changes={"README.md": "# 借琴房\n谁用\n"}, seen=first.seen
        )
        with pytest.raises(Conflict):
            drafting.save_scene_draft(version_id=version_id, changes={"README.md": "x"}, seen=first.seen)
        for bad in (
            {"../x.yaml": "a: 1"},
            {"run.py": "1"},
            {"scene.yaml": None},
            {"scene.yaml": "id: other\n"},
        ):
            with pytest.raises(BadInput):
                drafting.save_scene_draft(version_id=version_id, changes=bad, seen=seen)
        seen = drafting.save_scene_draft(version_id=version_id, changes={"forms/x.yaml": "a: ["}, seen=seen)
        assert drafting.scene_draft(version_id=version_id).checked()[1]
        drafting.drop_scene_draft(version_id=version_id)
        assert drafting.scene_drafts() == []


def test_what_goes_out_comes_back_byte_for_byte(base, plates):
    from jizuo.ground.packs import files as pack_files
    from jizuo.ground.packs.studio import drafting

    with acting(base, base.unit()):
        version_id = drafting.start_scene(title="校服订购", filled_by="guardian", approved_by="clerk")
        draft = drafting.scene_draft(version_id=version_id)
        packed = drafting.draft_zip(version_id=version_id)
        found, _signature = pack_files.of_zip(packed)
        assert found == draft.files
        assert drafting.put_scene_files(version_id=version_id, files=found, seen=draft.seen) == draft.seen
        found["README.md"] += "\n一句话\n"
        seen = drafting.put_scene_files(version_id=version_id, files=found, seen=draft.seen)
        after = drafting.scene_draft(version_id=version_id)
        assert after.seen == seen != draft.seen
        assert {path for path in found if after.files[path] != draft.files[path]} == {"README.md"}


def test_what_is_edited_as_text_is_drawn_and_what_is_drawn_is_text(base, plates):
    from tests.ground.packs.studio.given import filled

    from jizuo.ground.packs import files as pack_files
    from jizuo.ground.packs.studio import drafting
    from jizuo.ground.packs.studio.drawing import data, flow

    with acting(base, base.unit()):
        version_id = drafting.start_scene(title="社团海报", filled_by="guardian", approved_by="clerk")
        draft = drafting.scene_draft(version_id=version_id)
        (name,) = [
            path.partition("/")[2].removesuffix(".yaml") for path in draft.files if path.startswith("flows/")
        ]
        drawn = filled(flow.EDITOR, dict(draft.files), name, h_once=["pupil_id"])
        drawn = filled(data.EDITOR, drawn, name, "add", new_title="海报", new_kind="photo")
        drafting.put_scene_files(version_id=version_id, files=drawn, seen=draft.seen)
        found, _signature = pack_files.of_zip(drafting.draft_zip(version_id=version_id))
        assert "once:" in found[f"flows/{name}.yaml"] and "of: web" not in found[f"forms/{name}.yaml"]
        form = found[f"forms/{name}.yaml"]
        found[f"forms/{name}.yaml"] = re.sub(r"( *)kind: photo\n", r"\1kind: photo\n\1of: web\n", form)
        seen = drafting.scene_draft(version_id=version_id).seen
        drafting.put_scene_files(version_id=version_id, files=found, seen=seen)
        back = drafting.scene_draft(version_id=version_id)
        assert back.files == found
        (row,) = [one for one in data.EDITOR.sheet(back.files, name).rows if one.title == "海报"]
        assert next(one.value for one in row.asked if one.name == "web") is True
        head = {one.name: one.value for one in flow.EDITOR.sheet(back.files, name).head}
        assert head["once"] == ("pupil_id",)
        assert (
            filled(data.EDITOR, dict(back.files), name)
            == filled(flow.EDITOR, dict(back.files), name)
            == found
        )


@pytest.mark.parametrize("scene", given.shipped())
def test_a_copy_of_every_scene_stands_on_its_own(base, plates, scene):
    from jizuo.ground.packs import checking
    from jizuo.ground.packs.studio import copying

    files = given.files_of(scene)
    before, faults = checking.check_files(files)
    if before is None or faults:
        pytest.skip(f"{scene} is not ready")
    after, problems = checking.check_files(copying.renamed(files, f"my_{scene}"[:30], "我们的"))
    assert after is not None and not problems
    assert after.head.id == f"my_{scene}"[:30] and after.head.title == "我们的"
    assert len(after.files) == len(files)
    assert not {*after.part("standards"), *after.part("codes")} & {
        *before.part("standards"),
        *before.part("codes"),
    }
    back = copying.renamed(after.files, scene, before.head.title, version=before.head.version)
    assert checking.check_files(back)[0].parts == before.parts


def test_a_copy_and_the_next_version(base, plates):
    from jizuo.ground.packs.studio import drafting

    unit, other = base.unit(), base.unit()
    version_id = given.installed(base, unit, minimal("visitst"))
    with acting(base, other):
        made = drafting.copy_scene(version_id=version_id, title="来访登记")
        draft = drafting.scene_draft(version_id=made)
        assert draft.scene == "visitst_2" and "standards/visitst_2.yaml" in draft.files
        with pytest.raises(NotFound):
            drafting.revise_scene(scene="visitst")
        with pytest.raises(Conflict):
            drafting.copy_scene(version_id=version_id, scene="visitst")
    with acting(base, unit):
        mine = drafting.revise_scene(scene="visitst")
        assert drafting.revise_scene(scene="visitst") == mine
        draft = drafting.scene_draft(version_id=mine)
        assert draft.number == "1.1" and draft.in_use
        assert [one.number for one in drafting.scene_history(version_id=mine)] == ["1.1", "1.0"]
