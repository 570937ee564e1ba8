"""A copy: every reference by its place, nothing by its letters alone."""

from __future__ import annotations

import pytest
from tests.scenes import given

from jizuo.ground.packs.files import BadPack
from jizuo.ground.packs.studio import copying, plain


def test_references_follow_and_words_stay():
    files = given.files_of("leave")
    after = copying.renamed(files, "qingjia", "我校请假", owner="云杉小学")
    head = plain.told(after, "scene.yaml")
    assert (head["id"], head["title"], head["owner"], head["version"], head["grade"]) == (
        "qingjia", "我校请假", "云杉小学", "1.0", "draft",
    )  # fmt: skip
    assert plain.told(after, "standards/qingjia.yaml")["fields"]["kind"]["code"] == "qingjia_kind"
    assert plain.told(after, "forms/leave.yaml")["over"] == "qingjia"
    assert [one.get("into") for one in plain.told(after, "flows/leave.yaml")["steps"]][2] == "qingjia"
    roles = plain.told(after, "roles.yaml")["roles"]
    assert roles["guardian"]["read"] == {"qingjia": "child"} and roles["guardian"]["start"] == ["leave"]
    assert list(plain.told(after, "examples/short.yaml")["expect"]["rows"]) == ["qingjia"]
    assert (
        after["README.md"] == files["README.md"]
        and after["codes/qingjia_kind.csv"] == files["codes/leave_kind.csv"]
    )
    assert copying.names_of(after, "qingjia")["codes"] == (
        "qingjia_kind",
        "qingjia_part",
        "qingjia_staff_kind",
    )


def test_a_file_that_cannot_be_read_is_named():
    files = given.files_of("leave") | {"forms/x.yaml": "a: ["}
    assert not copying.is_copyable(files) and copying.is_copyable(given.files_of("leave"))
    with pytest.raises(BadPack):
        copying.renamed(files, "qingjia", "")
