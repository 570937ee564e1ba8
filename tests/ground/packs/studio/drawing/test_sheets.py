"""Every editor over every scene that ships: a sheet that comes back as it went out changes nothing."""

from __future__ import annotations

import pytest
from tests.ground.packs.studio.given import filled, form_of
from tests.scenes import given

FOLDERS = ("standards", "flows", "pages", "indicators", "alerts")


def cases():
    for scene in given.shipped():
        files = given.files_of(scene)
        for folder in FOLDERS:
            for path in files:
                if path.startswith(f"{folder}/"):
                    yield scene, folder, path.partition("/")[2].removesuffix(".yaml")
        yield scene, "roles", "roles"
        yield scene, "head", "head"


@pytest.mark.parametrize(("scene", "folder", "name"), list(cases()))
def test_a_sheet_that_comes_back_as_it_was_changes_nothing(base, scene, folder, name):
    from jizuo.ground.packs import reading
    from jizuo.ground.packs.studio.drawing.editors import EDITORS
    from jizuo.project import rooms

    rooms.plates()
    files = given.files_of(scene)
    after = filled(EDITORS[folder], files, name)
    changed = {path: after[path] for path in after if after[path] != files.get(path)}
    for path, text in changed.items():
        assert reading.of_yaml(text) == reading.of_yaml(files[path]), path
    assert not changed


def test_rows_move_and_go(base):
    from jizuo.ground.packs.studio.drawing.editors import EDITORS
    from jizuo.ground.packs.studio.drawing.sheets import posted

    sheet = EDITORS["flows"].sheet(given.files_of("leave"), "leave")
    told = [origin for origin, _values in posted(sheet, form_of(sheet)).rows]
    assert told == [0, 1, 2, 3]
    for do, order in (("up:1", [1, 0, 2, 3]), ("down:1", [0, 2, 1, 3]), ("remove:2", [0, 1, 3]),
                      ("up:0", told), ("down:3", told), ("remove:9", told), ("what", told),
                      ("add", [0, 1, 2, 3, -1])):  # fmt: skip
        assert [origin for origin, _values in posted(sheet, form_of(sheet, do)).rows] == order, do


def test_problems_stand_beside_their_row(base):
    from jizuo.ground.errors import Problem
    from jizuo.ground.packs.studio.drawing.editors import EDITORS
    from jizuo.ground.packs.studio.drawing.sheets import beside

    files = given.files_of("leave")
    sheet = EDITORS["standards"].sheet(files, "leave")
    problems = [
        Problem("standards/leave.yaml: fields.kind", "a"), Problem("forms/leave.yaml: pages[0].fields[1].when", "b"),
        Problem("standards/leave.yaml: key", "c"), Problem("flows/leave.yaml: steps[0]", "d"),
    ]  # fmt: skip
    whole, rows = beside(problems, sheet)
    assert [one.what for one in whole] == ["c"]
    assert [(place, [one.what for one in told]) for place, told in enumerate(rows) if told] == [
        (1, ["a", "b"])
    ]
