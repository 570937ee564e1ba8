"""`jizuo code`: an edition of codes from a sheet, and a unit's own codes, by command."""

from __future__ import annotations

from jizuo.project.exits import Exit
from tests.project.commands.test_standard import place, run

__all__ = ["place", "run"]


def test_an_edition_is_staged_and_published(run, tmp_path):
    path = tmp_path / "kinds.csv"
    path.write_text("代码,名称,上级\n1,家长,9\n", encoding="utf-8")
    told = ("stage", "visit_kind", path, "--edition", "2099", "--on", "2099-09-01", "--title", "来访类别")
    ended, _told, words = run("code", *told)
    assert ended == Exit.DATA and "上级 9 不存在" in words
    path.write_text("代码,名称\n1,家长\n2,访客\n", encoding="utf-8")
    ended, answer, _ = run("code", *told)
    assert ended == Exit.OK and len(answer["edition"]["changes"]) == 2
    assert run("code", "publish", "visit_kind", "2099")[0] == Exit.OK
    assert run("code", "publish", "visit_kind", "2099")[0] == Exit.HELD
    assert run("code", "publish", "visit_kind", "2098")[0] == Exit.DATA
    assert run("code", "show", "visit_kind", "--on", "2099-09-02")[1]["table"]["count"] == 2
    assert "ethnic" in [one["table"] for one in run("code", "list", "mz")[1]["tables"]]


def test_a_unit_keeps_its_own_codes(run):
    assert run("code", "keep", "ethnic", "H1", "客家", "--maps-to", "01")[0] == Exit.OK
    ended, _told, words = run("code", "keep", "ethnic", "H2", "别的", "--maps-to", "H2")
    assert ended == Exit.DATA and "成环" in words
    assert run("code", "local", "ethnic")[1]["codes"][0]["national_name"] == "汉族"
