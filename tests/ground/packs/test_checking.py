"""The check that concerns all parts: roles, posts, doors and rights on what is not there."""

from __future__ import annotations

import pytest

from tests.scenes.given import files_of, minimal, shipped


@pytest.fixture(autouse=True)
def plates(base):
    from jizuo.project import rooms

    return rooms.plates()


def faults(**changes):
    from jizuo.ground.packs import checking

    files = minimal() | {path.replace("__", "/"): text for path, text in changes.items()}
    return [(one.where, one.what, one.fix) for one in checking.check_files(files)[1]]


def test_a_whole_pack_has_no_fault():
    assert faults() == []


@pytest.mark.parametrize(
    ("roles", "where", "fix"),
    [
        ("roles: {clark: {read: {visit: unit}}}", "roles.yaml: roles.clark", "是不是 clerk？"),
        ("roles: {clerk: {read: {vist: unit}}}", "roles.yaml: roles.clerk.read", "是不是 visit？"),
        ("roles: {clerk: {start: [visit]}}", "roles.yaml: roles.clerk.start", "可以用：—"),
        ("roles: {clerk: {pages: [all]}}", "roles.yaml: roles.clerk.pages", "可以用：—"),
        ("roles: {clerk: {read: {person: unit}}}", "roles.yaml: roles.clerk.read", "可以用：visit"),
        ("posts: {porter: {title: 门卫, given_by: [guardian]}}", "roles.yaml: posts.porter.given_by", ""),
        ("posts: {porter: {title: 门卫, given_by: []}}", "roles.yaml: posts.porter.given_by", ""),
        ("posts: {porter: {title: 门卫, use: {write: {other: unit}}}}", "roles.yaml: posts.porter.use.write", "可以用：visit"),
        ("doors: [data.rows]", "roles.yaml: doors", ""),
        ("doors: [nothing.at_all]", "roles.yaml: doors", ""),
    ],
)  # fmt: skip
def test_a_right_that_cannot_be(roles, where, fix):
    found = faults(**{"roles.yaml": roles})
    assert [one for one in found if one[0] == where and fix in one[2]], found


def test_a_pack_without_words_for_people():
    assert faults(**{"README.md": "  "})[0][0] == "README.md"


def test_the_place_of_a_fault_is_told_once_and_not_without_end():
    from jizuo.ground.packs import checking

    files = minimal() | {
        "roles.yaml": "roles:\n" + "".join(f"  role{n}: {{read: {{visit: unit}}}}\n" for n in range(400))
    }
    found = checking.check_files(files)[1]
    assert len(found) == checking.MOST_PROBLEMS == len(set(found))


@pytest.mark.parametrize("scene", shipped())
def test_what_ships_has_no_fault(scene):
    from jizuo.ground.packs import checking

    pack, problems = checking.check_files(files_of(scene))
    assert problems == [] and pack.head.id == scene
