"""A draft on its way out: asked, looked at by another, published, in use; twice when it is changed later."""

from __future__ import annotations

import pytest
from tests.ground.packs.studio.test_drafting import plates
from tests.scenes import given

from jizuo.ground.errors import BadInput, Conflict, NotAllowed

__all__ = ["plates"]


def test_two_people_publish_and_change(base, plates):
    from jizuo.ground import scope as scopes
    from jizuo.ground.packs import versions
    from jizuo.ground.packs.studio import drafting, reviewing, trying

    unit = base.unit()
    teacher = base.scope(unit, "teacher", account_id=base.account("杜文").pk)
    clerk = base.scope(unit, "clerk", account_id=base.account("何佳").pk)
    head = base.scope(unit, "head", account_id=base.account("周敏").pk)
    with scopes.use(teacher):
        version_id = drafting.start_scene(title="借教具", filled_by="teacher", approved_by="clerk")
        scene = drafting.scene_draft(version_id=version_id).scene
        assert trying.put_trial_rows(version_id=version_id, dataset=scene) == 3
        reviewing.ask_review(version_id=version_id)
        with pytest.raises(Conflict):
            drafting.save_scene_draft(
                version_id=version_id, changes={"README.md": "x"}, seen=drafting.scene_draft(version_id=version_id).seen
            )  # fmt: skip
        with pytest.raises(NotAllowed):
            reviewing.publish_scene(version_id=version_id)
    with scopes.use(clerk):
        with pytest.raises(BadInput):
            reviewing.review_scene(version_id=version_id, is_good=False)
        reviewing.review_scene(version_id=version_id, is_good=False, note="请写清谁用")
    with scopes.use(teacher):
        draft = drafting.scene_draft(version_id=version_id)
        assert draft.is_open and draft.review_note == "请写清谁用"
        drafting.save_scene_draft(
            version_id=version_id, changes={"README.md": "# 借教具\n教师借\n"}, seen=draft.seen
        )
        reviewing.ask_review(version_id=version_id)
        reviewing.take_back_draft(version_id=version_id)
        reviewing.ask_review(version_id=version_id)
    with scopes.use(clerk):
        reviewing.review_scene(version_id=version_id, is_good=True)
        reviewing.publish_scene(version_id=version_id)
    assert given.build(base) == ["done"]
    assert given.within(base, unit, lambda: versions.in_use(scene, unit).version_id) == version_id
    with base.owner() as owner:
        assert owner.execute(
            "select count(*) from scene_trial where version_id = %s", [version_id]
        ).fetchone() == (0,)
    with scopes.use(clerk):
        second = drafting.revise_scene(scene=scene)
        draft = drafting.scene_draft(version_id=second)
        drafting.save_scene_draft(
            version_id=second, changes={"README.md": "# 借教具\n再改\n"}, seen=draft.seen
        )
        with pytest.raises(NotAllowed):
            reviewing.publish_scene(version_id=second)
        reviewing.ask_review(version_id=second)
        with pytest.raises(NotAllowed):
            reviewing.review_scene(version_id=second, is_good=True)
    with scopes.use(head):
        reviewing.review_scene(version_id=second, is_good=True)
    with scopes.use(clerk):
        reviewing.publish_scene(version_id=second)
    assert given.within(base, unit, lambda: versions.in_use(scene, unit).version_id) == second


def test_what_the_checker_finds_keeps_a_draft_in(base, plates):
    from jizuo.ground import scope as scopes
    from jizuo.ground.packs.studio import drafting, reviewing

    with scopes.use(base.scope(base.unit(), "clerk", account_id=base.account().pk)):
        version_id = drafting.start_scene(title="家访", filled_by="homeroom_teacher")
        draft = drafting.scene_draft(version_id=version_id)
        text = draft.files[f"standards/{draft.scene}.yaml"] + "  income: {title: 父母收入, type: integer}\n"
        drafting.save_scene_draft(
            version_id=version_id, changes={f"standards/{draft.scene}.yaml": text}, seen=draft.seen
        )
        for door in (reviewing.ask_review, reviewing.publish_scene):
            with pytest.raises(BadInput) as caught:
                door(version_id=version_id)
            assert "父母收入" in str(caught.value.problems)
        with pytest.raises(Conflict):
            reviewing.take_back_draft(version_id=version_id)
