"""Files of a pack: what cannot leave it, cannot blow up, and comes back byte for byte."""

from __future__ import annotations

import io
import os
import stat
import time
import zipfile

import pytest

FILES = {"scene.yaml": "id: visit\n", "forms/visit.yaml": "title: 来访\n", "README.md": "# 来访\n"}


@pytest.fixture(autouse=True)
def words(base):
    """Problems are told in the language in force."""


def zipped(entries, **more):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content, **more)
    return out.getvalue()


@pytest.mark.parametrize(
    "path",
    ["../x.yaml", "/etc/x.yaml", "forms\\x.yaml", "C:/x.yaml", "a/b/c/d.yaml", "forms/x.py", "forms/.x.yaml", "forms//x.yaml",
     "forms/名.yaml", "x.sh"],
)  # fmt: skip
def test_a_path_that_may_not_be(path):
    from jizuo.ground.packs import files

    with pytest.raises(files.BadPack) as caught:
        files.checked([(path, b"a: 1")])
    assert caught.value.problems[0].fix
    with pytest.raises(files.BadPack):
        files.of_zip(zipped([(path, "a: 1")]))


@pytest.mark.parametrize(
    ("entries", "word"),
    [
        ([("forms/a.yaml", b"1"), ("forms/A.yaml", b"2")], "重名"),
        ([(f"forms/a{n}.yaml", b"1") for n in range(300)], "太大"),
        ([("forms/a.yaml", b"x" * 300_000)], "太大"),
        ([("forms/a.yaml", "来访".encode("gb18030"))], "UTF-8"),
        ([("forms/a.yaml", b"a\0b")], "不能保存"),
    ],
)
def test_content_that_may_not_be(entries, word):
    from jizuo.ground.packs import files

    with pytest.raises(files.BadPack) as caught:
        files.checked(entries)
    assert word in caught.value.problems[0].what


def test_a_bomb_is_not_unpacked():
    from jizuo.ground.packs import files

    begun = time.monotonic()
    for bomb in (
        zipped([("forms/a.yaml", b"a" * 50_000_000)]),
        zipped([(f"forms/a{n}.yaml", b"a" * 200_000) for n in range(150)]),
    ):
        with pytest.raises(files.BadPack):
            files.of_zip(bomb)
    assert time.monotonic() - begun < 5


def test_a_link_and_a_broken_zip(tmp_path):
    from jizuo.ground.packs import files

    entry = zipfile.ZipInfo("forms/a.yaml")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    with pytest.raises(files.BadPack) as caught:
        files.of_zip(zipped([(entry, "/etc/passwd")]))
    assert "链接" in caught.value.problems[0].what
    with pytest.raises(files.BadPack):
        files.of_zip(b"PK not a zip")
    (tmp_path / "forms").mkdir()
    os.symlink("/etc/passwd", tmp_path / "forms" / "a.yaml")
    with pytest.raises(files.BadPack):
        files.of_folder(tmp_path)


def test_there_and_back(tmp_path):
    from jizuo.ground.packs import files

    packed = files.to_zip(FILES, "visit", "signed")
    assert files.of_zip(packed) == (dict(sorted(FILES.items())), "signed")
    assert files.to_zip(FILES, "visit", "signed") == packed
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    assert files.of_folder(tmp_path) == FILES
    assert files.digest_of(FILES) == files.digest_of(dict(reversed(FILES.items())))
    assert files.digest_of(FILES) != files.digest_of(FILES | {"README.md": "#"})
