"""YAML made strict, and each fault of a pack with its place."""

from __future__ import annotations

import pytest

HEAD = 'id: visit\ntitle: 来访\nenglish: Visits\nowner: school\nversion: "1.0"\n'


@pytest.fixture(autouse=True)
def plates(base):
    from jizuo.project import rooms

    return rooms.plates()


def faults(files):
    from jizuo.ground.packs import reading

    return [(one.where, one.what, one.fix) for one in reading.read({"scene.yaml": HEAD} | files).problems]


def test_each_fault_has_its_place_and_its_mend():
    found = faults(
        {
            "forms/visit.yaml": "title: x\npages:\n  - fields:\n      - {key: a, defalt: 3}\n",
            "flows/visit.yaml": "title: x\nform: 3\nsteps: []\n",
            "from/a.yaml": "a: 1\n",
            "notes.md": "x",
            "forms/Bad.yaml": "title: x\n",
        }
    )
    assert ("forms/visit.yaml: pages[0].fields[0]", "不认识的词：defalt", "是不是 default？") in found
    assert any(where == "flows/visit.yaml: form" and "文字" in what for where, what, _fix in found)
    assert ("from/a.yaml", "不认识的文件或文件夹：from", "是不是 forms？") in found
    assert any(where == "notes.md" for where, _what, _fix in found)
    assert any(where == "forms/Bad.yaml" for where, _what, _fix in found)


def test_a_pack_without_a_head_is_none():
    from jizuo.ground.packs import reading

    found = reading.read({"README.md": "#"})
    assert found.pack is None and found.problems[0].where == "scene.yaml"
    bad = reading.read({"scene.yaml": HEAD.replace("visit", "Visit 1").replace('"1.0"', '"eins"')})
    assert {one.where for one in bad.problems} == {"scene.yaml: id", "scene.yaml: version"}


def test_two_writings_of_one_thing_are_equal():
    from jizuo.ground.packs import reading

    first = reading.read(
        {"scene.yaml": HEAD, "pages/all.yaml": "title: 全部\nblocks: [{kind: text, text: 你好}]\n"}
    ).pack
    page = first.part("pages")["all"]
    second = reading.read(
        {"scene.yaml": reading.to_yaml(first.head), "pages/all.yaml": reading.to_yaml(page)}
    ).pack
    assert first == second and first.digest != second.digest
    other = reading.read({"scene.yaml": HEAD, "pages/all.yaml": "title: 别的\nblocks: []\n"}).pack
    assert first != other
