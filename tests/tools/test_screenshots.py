"""The pictures of README and guides are those that the script takes, at their size, and its codes are RFC 6238's."""

from __future__ import annotations

import base64
import re
import struct
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import screenshots  # noqa: E402

SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_the_standard(at: int, code: str) -> None:
    assert screenshots.totp(SECRET, at) == code


def test_readme_and_guides_show_what_the_script_takes() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs" / "guides").glob("*.md")]
    shown = {
        name for page in pages for name in re.findall(r"pictures/([\w-]+)\.png", page.read_text("utf-8"))
    }
    assert shown == {picture.name for picture in screenshots.PICTURES}


def test_a_picture_brings_what_it_stands_on() -> None:
    assert [one.name for one in screenshots.with_needed("notice-family")] == [
        "notice-draft", "notice-sent", "notice-family",
    ]  # fmt: skip
    assert [one.name for one in screenshots.with_needed("turn")] == ["turn"]
    assert tuple(screenshots.with_needed(None)) == screenshots.PICTURES


@pytest.mark.parametrize("picture", screenshots.PICTURES, ids=lambda picture: picture.name)
def test_pictures_are_small_and_of_their_screen(picture: screenshots.Picture) -> None:
    content = (screenshots.FOLDER / f"{picture.name}.png").read_bytes()
    assert content.startswith(b"\x89PNG")
    assert struct.unpack(">II", content[16:24]) == picture.screen
    assert len(content) <= screenshots.MOST_BYTES
