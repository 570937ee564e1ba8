"""A draft's files as plain data, and names for what is new."""

from __future__ import annotations

import pytest

from jizuo.ground.packs.studio import plain


def test_files_are_read_and_never_raise():
    files = {
        "forms/a.yaml": "title: 甲\npages: [{fields: [x, {key: y, kind: photo}]}]\n",
        "forms/b.yaml": "a: [",
        "scene.yaml": "3",
    }
    assert plain.told(files, "forms/b.yaml") == {} == plain.told(files, "forms/c.yaml")
    assert plain.is_readable(files, "forms/a.yaml") and plain.is_readable(files, "forms/c.yaml")
    assert not plain.is_readable(files, "forms/b.yaml") and not plain.is_readable(files, "scene.yaml")
    assert plain.choices(files, "forms") == [("a", "甲"), ("b", "b")]
    fields = plain.form_fields(plain.told(files, "forms/a.yaml"))
    assert fields == [{"key": "x"}, {"key": "y", "kind": "photo"}]
    assert [plain.bare(one) for one in fields] == ["x", {"key": "y", "kind": "photo"}]


@pytest.mark.parametrize(
    ("title", "taken", "name"),
    [
        ("参赛项目", (), "ssxm"), ("参赛项目", ("ssxm",), "ssxm_2"), ("Long jump", (), "long_jump"), ("米", (), "item_m"),
        ("！", (), "item"), ("100米", (), "item_m"), ("4×100米接力", (), "mjl"),
    ],
)  # fmt: skip
def test_names_come_from_titles(title, taken, name):
    from jizuo.ground.packs.reading import NAME

    assert plain.key_from(title, taken) == name
    assert NAME.fullmatch(name)


def test_numbers_and_empty_words():
    assert (
        plain.number_of(" 3 ") == 3 and plain.number_of("2.5") == 2.5 and plain.number_of("x", usual=1) == 1
    )
    assert plain.tidy({"a": "", "b": None, "c": [], "e": "x"}) == {"e": "x"}
