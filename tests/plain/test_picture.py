"""Pictures without what a camera wrote into them."""

from __future__ import annotations

import struct
import zlib

import pytest

from jizuo.plain import picture
from tests.plain.test_heif import SECRET as TOLD
from tests.plain.test_heif import heic

SECRET = b"31.2304N 121.4737E iPhone of Chen"


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def exif(side: int, order: str = ">") -> bytes:
    """An Exif body with a side and a secret behind it."""
    head = b"MM\0*" if order == ">" else b"II*\0"
    entry = struct.pack(f"{order}HHLHH", 0x0112, 3, 1, side, 0)
    return b"Exif\0\0" + head + struct.pack(f"{order}LH", 8, 1) + entry + struct.pack(f"{order}L", 0) + SECRET


def jpeg(*extra: bytes, tail: bytes = b"") -> bytes:
    """A JPEG in its outer shape: segments, one scan with a stuffed byte and a restart mark, the end."""
    return (
        b"\xff\xd8" + segment(0xE0, b"JFIF\0\x01\x02\0\0\x48\0\x48\x01\x01abc") + b"".join(extra) + segment(0xDB, b"\0" * 65)
        + segment(0xC0, b"\x08\0\x10\0\x10\x01\x01\x11\0") + segment(0xDA, b"\x01\x01\0\0\x3f\0")
        + b"\x12\xff\x00\x34\xff\xd0\x56" + b"\xff\xd9" + tail
    )  # fmt: skip


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">L", len(body)) + name + body + struct.pack(">L", zlib.crc32(name + body))


def png(*extra: bytes, tail: bytes = b"") -> bytes:
    """A white PNG of one point."""
    head = chunk(b"IHDR", struct.pack(">LLBBBBB", 1, 1, 8, 2, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n" + head + b"".join(extra) + chunk(b"IDAT", zlib.compress(b"\0\xff\xff\xff")) + chunk(b"IEND", b"")
        + tail
    )  # fmt: skip


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    inside = b"WEBP" + b"".join(
        name + struct.pack("<L", len(body)) + body + b"\0" * (len(body) % 2) for name, body in chunks
    )
    return b"RIFF" + struct.pack("<L", len(inside)) + inside


def test_a_photo_keeps_its_points_and_loses_place_time_and_device():
    told = jpeg(
        segment(0xE1, exif(1)),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRET),
        segment(0xE2, b"MPF\0" + SECRET),
        segment(0xED, b"Photoshop 3.0\0" + SECRET),
        segment(0xFE, SECRET),
        tail=b"film" + SECRET,
    )
    clean = picture.without_traces(told, "image/jpeg")
    assert SECRET not in clean and b"Exif" not in clean and b"abc" not in clean
    assert clean.endswith(b"\x12\xff\x00\x34\xff\xd0\x56\xff\xd9")
    assert picture.without_traces(clean, "image/jpeg") == clean


@pytest.mark.parametrize("order", [">", "<"])
@pytest.mark.parametrize("side", [3, 6, 8])
def test_a_photo_taken_on_its_side_stands_upright_still(side, order):
    clean = picture.without_traces(jpeg(segment(0xE1, exif(side, order))), "image/jpeg")
    assert SECRET not in clean and clean.count(b"Exif\0\0") == 1
    body = clean[clean.index(b"Exif\0\0") + 6 :]
    assert picture._side_of(body) == side
    assert clean[2:4] == b"\xff\xe0" and clean[20:22] == b"\xff\xe1"


def test_colours_are_kept():
    told = jpeg(segment(0xE2, b"ICC_PROFILE\0\x01\x01warm"), segment(0xEE, b"Adobe\0\x64\0\0\0\0\x01"))
    clean = picture.without_traces(told, "image/jpeg")
    assert b"ICC_PROFILE\0\x01\x01warm" in clean and b"Adobe" in clean


def test_a_png_keeps_what_is_drawn():
    told = png(
        chunk(b"sRGB", b"\0"), chunk(b"eXIf", SECRET), chunk(b"tEXt", b"Author\0" + SECRET), chunk(b"tIME", SECRET[:7]),
        tail=SECRET,
    )  # fmt: skip
    assert picture.without_traces(told, "image/png") == png(chunk(b"sRGB", b"\0"))


def test_a_webp_no_longer_announces_what_is_gone():
    told = riff(
        (b"VP8X", bytes([0x1C]) + b"\0" * 9),
        (b"VP8L", b"abc"),
        (b"EXIF", SECRET),
        (b"XMP ", SECRET),
        (b"odd ", b"x"),
    )
    assert picture.without_traces(told, "image/webp") == riff(
        (b"VP8X", bytes([0x10]) + b"\0" * 9), (b"VP8L", b"abc")
    )


@pytest.mark.parametrize(
    ("content", "type_"),
    [
        (b"", "image/jpeg"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (jpeg()[:-2], "image/jpeg"),
        (b"\xff\xd8\xff\xe1\xff\xff", "image/jpeg"),
        (b"\xff\xd8\x00\x00", "image/jpeg"),
        (png()[:-4], "image/png"),
        (jpeg(), "image/png"),
        (riff((b"VP8L", b"abc"))[:-3], "image/webp"),
        (riff(), "image/webp"),
    ],
)
def test_a_picture_that_is_not_whole_does_not_pass(content, type_):
    with pytest.raises(ValueError):
        picture.without_traces(content, type_)


def test_other_kinds_are_not_made_clean():
    with pytest.raises(KeyError):
        picture.without_traces(b"", "image/bmp")


def test_a_phones_own_kind_is_made_clean_and_not_for_everybody():
    assert TOLD not in picture.without_traces(heic(), "image/heic")
    assert "image/heic" not in picture.TYPES


def test_an_exif_that_lies_about_its_size_says_nothing():
    for body in (b"", b"XX", b"MM\0*\0\0\0\x08", b"MM\0*\xff\xff\xff\xff", exif(9)[6:]):
        assert picture._side_of(body) == 0
