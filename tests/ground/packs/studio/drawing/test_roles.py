"""Rights by ticking."""

from __future__ import annotations

from tests.ground.packs.studio.given import filled
from tests.scenes import given

from jizuo.ground.packs.studio import plain
from jizuo.ground.packs.studio.drawing import roles


def place_of(files, title):
    return [row.title for row in roles.sheet(files).rows].index(title)


def test_rights_are_ticked_and_posts_are_added(base):
    files = given.files_of("leave")
    place = place_of(files, "区领导")
    files = filled(
        roles.EDITOR, files, "roles", **{f"r{place}_read-leave": "unit", f"r{place}_pages": ["school"]}
    )
    assert plain.told(files, "roles.yaml")["roles"]["district_leader"] == {
        "pages": ["school"],
        "read": {"leave": "unit"},
    }
    files = filled(roles.EDITOR, files, "roles", "add", new_title="校医")
    place = place_of(files, "校医")
    files = filled(
        roles.EDITOR, files, "roles", **{f"r{place}_read-leave": "unit", f"r{place}_given_by": ["head"]}
    )
    posts = plain.told(files, "roles.yaml")["posts"]
    assert posts["xy"] == {"title": "校医", "given_by": ["head"], "use": {"read": {"leave": "unit"}}}
    files = filled(roles.EDITOR, files, "roles", f"remove:{place}")
    assert list(plain.told(files, "roles.yaml")["posts"]) == ["gatekeeper", "timetabler"]


def test_families_are_not_offered_what_they_may_not_have(base):
    sheet = roles.sheet(given.files_of("leave"))
    row = next(one for one in sheet.rows if one.title == "家长")
    offered = {one.name: [key for key, _word in one.options] for one in row.asked}
    assert offered["read-leave"] == ["", "self", "child", "mine"]
    assert "write-leave" not in offered and "manage" not in offered
