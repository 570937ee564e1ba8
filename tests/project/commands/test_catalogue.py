from __future__ import annotations

from jizuo.project.exits import Exit
from tests.project.commands.finding import jizuo as jizuo
from tests.project.commands.finding import place as place


def test_the_catalogue_by_command(jizuo, tmp_path):
    code, told = jizuo("catalogue", "search", "xjzt")
    assert code == Exit.OK and "pupil.status" in [one["key"] for one in told["found"]]
    code, told = jizuo("catalogue", "search", "没有这种东西")
    assert code == Exit.DATA and told["found"] == []
    assert jizuo("catalogue", "count")[0] == Exit.OK
    code, told = jizuo("catalogue", "list")
    assert {one["name"]: one["rows"] for one in told["datasets"]}["pupil"] == 6
    file = tmp_path / "assets.xlsx"
    code, told = jizuo(
        "catalogue", "assets", "--register", "pupil", "--owner", "区教育局", "--steward", "信息科", "--source", "学籍",
        "--file", file,
    )  # fmt: skip
    assert code == Exit.OK and [one["dataset"] for one in told["assets"]] == ["pupil"]
    assert file.read_bytes()[:2] == b"PK"
