"""The four scenes of items and publishing, in use in a small district."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest

from jizuo.ground import scope as scopes
from tests.scenes import given, world


class Desk:
    """A district where items are asked for. Everybody acts by role."""

    def __init__(self, base: Any) -> None:
        from jizuo.ground.packs import actions

        self.base = base
        self.world = world.make(base)
        for scene in ("certificate", "document", "news", "calendar"):
            given.installed(base, self.world.bureau.unit_no, given.files_of(scene), is_for_below=True)
        with self.as_("clerk"):
            actions.give_post(scene="document", post="office", person_id=self.world.first.posts[0].person_id)

    def actor(self, role: str, at: str = "") -> world.Actor:
        return self.world.actor(role, at, ("office",))

    @contextmanager
    def as_(self, role: str, at: str = "", **more: Any) -> Any:
        with scopes.use(self.world.scope(self.actor(role, at), **more)):
            yield

    def start(self, role: str, scene: str, form: str, at: str = "", **answers: Any) -> UUID:
        from jizuo.engines.matter.actions import matters

        subject = UUID(answers["pupil_id"]) if "pupil_id" in answers else None
        with self.as_(role, at):
            return matters.start_matter(
                scene=scene, form=form, data=answers, submit_key=uuid4().hex, subject_id=subject
            )

    def ask(self, name: str = "陈以宁", role: str = "guardian", at: str = "", **more: Any) -> UUID:
        told = {"pupil_id": str(self.world.people[name]), "purpose": "申请签证", "at_desk": False} | more
        return self.start(role, "certificate", "certificate", at, **told)

    def take(
        self, role: str, matter_id: UUID, verb: str = "approve", note: str = "", at: str = "", **data: Any
    ) -> Any:
        from jizuo.engines.matter.actions import matters
        from jizuo.engines.matter.queries import todos

        with self.as_(role, at):
            ids = [one.task_id for one in todos.todo(limit=200).rows if one.matter_id == matter_id]
            return matters.take_step(task_ids=ids, verb=verb, note=note, data=data)

    def issued(self, at: str = "", name: str = "陈以宁") -> UUID:
        """A certificate that was asked for and given."""
        matter_id = self.ask(name, "clerk" if at else "guardian", at)
        self.take("clerk", matter_id, at=at)
        self.take("head", matter_id, at=at)
        return matter_id

    def written(self, title: str = "关于举办秋季运动会的通知") -> UUID:
        """An outgoing paper that was signed."""
        matter_id = self.start(
            "teacher",
            "document",
            "outgoing",
            title=title,
            to_whom="各年级组",
            copy_to="档案室",
            text="定于十月二十日举办。\n请各组准备。",
        )
        self.take("post.office", matter_id)
        self.take("head", matter_id, "sign")
        return matter_id


@pytest.fixture(scope="module")
def desk(base: Any) -> Desk:
    from jizuo.project import rooms

    rooms.plates()
    return Desk(base)
