"""The head, the README and the settings."""

from __future__ import annotations

from tests.ground.packs.studio.given import filled
from tests.scenes import given

from jizuo.ground.packs.studio import plain
from jizuo.ground.packs.studio.drawing import head


def test_the_head_and_its_settings(base):
    files = given.files_of("leave")
    files = filled(head.EDITOR, files, "head", "add", h_title="我校请假", h_readme="# 我校\r\n谁用", new_title="每人几次",
                   new_kind="number", new_value="2")  # fmt: skip
    told = plain.told(files, "scene.yaml")
    assert (
        told["title"] == "我校请假" and told["english"] == "Leave" and files["README.md"] == "# 我校\n谁用\n"
    )
    assert told["settings"]["mrjc"] == {"title": "每人几次", "kind": "number", "value": 2}
    files = filled(head.EDITOR, files, "head", "remove:2", r0_value="5")
    told = plain.told(files, "scene.yaml")
    assert (
        list(told["settings"]) == ["long_days", "staff_long_days"]
        and told["settings"]["long_days"]["value"] == 5
    )
    assert told["settings"]["long_days"]["english"]
