"""No scene that ships shows a field of the marked kinds - scores, ranks, remarks, health, aid, punishment - to a group: not on
a page that a class, a school or the public looks at together, nor in a message."""

from __future__ import annotations

import pytest

from jizuo.project.scenes import shipped
from tests.scenes.given import files_of

#: Places that several people look at together.
TOGETHER = ("screen", "public")
FAMILY = {"guardian", "pupil"}


@pytest.fixture(scope="module", autouse=True)
def plates(base):
    from jizuo.project import rooms

    return rooms.plates()


def marked(pack):
    """dataset -> marked fields: by the words of their titles, or of grade 4 and up."""
    from jizuo.hubs.data.parts import marked_of

    return {name: set(marked_of(standard)) for name, standard in pack.part("standards").items()}


@pytest.mark.parametrize("scene", shipped())
def test_no_marked_field_on_a_page_for_many(scene):
    from jizuo.ground.packs import checking

    pack, problems = checking.check_files(files_of(scene))
    assert problems == []
    fields = marked(pack)
    for name, page in pack.part("pages").items():
        for block in page.blocks:
            if page.place in TOGETHER:
                assert not set(block.columns) & fields.get(block.data, set()), (name, block)
    for role in FAMILY & set(pack.roles.roles):
        use = pack.roles.roles[role]
        for dataset, reach in use.read.items():
            assert reach in ("self", "child", "mine") or not fields.get(dataset), (role, dataset)


@pytest.mark.parametrize("scene", shipped())
def test_a_page_for_many_with_a_marked_field_is_refused(scene):
    """The checker refuses the same page once it is put on a screen of the classroom."""
    from jizuo.ground.packs import checking

    files = files_of(scene)
    pack, _problems = checking.check_files(files)
    fields = marked(pack)
    tried = 0
    for name, page in pack.part("pages").items():
        shows = [
            block
            for block in page.blocks
            if block.kind == "table" and set(block.columns) & fields.get(block.data, set())
        ]
        if not shows or page.place in TOGETHER:
            continue
        path = f"pages/{name}.yaml"
        text = files[path]
        lines = [line for line in text.splitlines() if not line.startswith("place:")]
        changed = files | {path: "\n".join([lines[0], "place: screen", *lines[1:]]) + "\n"}
        _pack, found = checking.check_files(changed)
        assert [problem for problem in found if problem.where.startswith(path)], (name, found)
        tried += 1
    if not tried:
        pytest.skip("the scene shows no marked field anywhere")
