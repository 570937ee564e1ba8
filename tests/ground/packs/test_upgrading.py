"""What a version changes is told before it is switched to."""

from __future__ import annotations

import pytest

from jizuo.ground.errors import NotAllowed
from tests.scenes import given
from tests.scenes.given import minimal

WHO = "{title: 来访人, english: Who, type: text, length: 40, grade: 3}"


@pytest.fixture(autouse=True)
def plates(base):
    from jizuo.project import rooms

    return rooms.plates()


def pack_of(files):
    from jizuo.ground.packs import reading

    return reading.read(files).pack


def test_changes_are_named_file_by_file_and_writing_alone_is_none():
    from jizuo.ground.packs import upgrading

    first = minimal() | {"codes/visit_kind.csv": "# 种类\ncode,name,english\na,甲,A\nb,乙,B\n"}
    spaced = first | {"roles.yaml": first["roles.yaml"] + "\n# 说明\n"}
    assert upgrading.changes(pack_of(first), pack_of(spaced)) == []
    second = minimal(version="1.1", who=WHO) | {
        "codes/visit_kind.csv": "# 种类\ncode,name,english\na,甲乙,A\nc,丙,C\n",
        "pages/all.yaml": "title: 全部\nblocks: [{kind: table, data: visit}]\n",
    }
    told = {
        (one.part, one.name): (one.what, one.words)
        for one in upgrading.changes(pack_of(first), pack_of(second))
    }
    assert told[("", "scene.yaml")][0] == "changed"
    assert told[("standards", "visit")] == ("changed", "新加 来访人")
    assert told[("codes", "visit_kind")] == ("changed", "新加 丙；去掉 乙；改动 甲乙")
    assert told[("pages", "all")] == ("new", "")
    gone = upgrading.changes(pack_of(second), pack_of(first))
    assert ("pages", "all", "gone") in {(one.part, one.name, one.what) for one in gone}
    assert all(one.what == "new" for one in upgrading.changes(None, pack_of(first)))


def test_what_stays_and_what_cannot_be(base):
    from jizuo.ground import scope as scopes
    from jizuo.ground.packs import actions, queries
    from jizuo.hubs.data.actions import put_rows

    unit = base.unit()
    given.installed(base, unit, minimal("visitu"))
    with scopes.use(base.scope(unit, "clerk")):
        put_rows.put_scene_rows(scene="visitu", dataset="visitu", rows=[{"note": "甲"}, {"note": "乙"}])
    with scopes.use(base.scope(unit, scopes.OPERATOR)):
        good = actions.bring_pack(files=minimal("visitu", "1.1", who=WHO))
        bad = actions.bring_pack(
            files=minimal("visitu", "1.2", note="{title: 内容, english: Note, type: integer, grade: 2}")
        )
    with scopes.use(base.scope(unit, "clerk")):
        told = queries.upgrade_preview(version_id=good)
        assert (told.before, told.after, told.problems) == ("1.0", "1.1", [])
        assert told.held == ["“来访”的 2 行数据保留"]
        refused = queries.upgrade_preview(version_id=bad)
        assert [one.where for one in refused.problems] == ["standards/visitu.yaml: fields.note"]
        assert refused.problems[0].fix
    with scopes.use(base.scope(unit, "teacher")), pytest.raises(NotAllowed):
        queries.upgrade_preview(version_id=good)
    with scopes.use(base.scope(base.unit(), "clerk")):
        assert queries.upgrade_preview(version_id=good).before == ""
