"""HEIF pictures without what a camera wrote beside them."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizuo.plain import heif

SECRET = b"31.2304N 121.4737E phone of Chen"
POINTS = b"points of the picture"
FTYP = b"heic\0\0\0\0mif1heic"


def box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">L4s", len(body) + 8, name) + body


def infe(item: int, kind: bytes, version: int = 2) -> bytes:
    number = struct.pack(">H" if version == 2 else ">L", item)
    return box(b"infe", bytes([version, 0, 0, 0]) + number + b"\0\0" + kind + b"\0")


def heic(*, version: int = 1, way: int = 0, kind: bytes = b"Exif", behind: bytes = b"") -> bytes:
    """A picture of two items: its points, and what is told of it, the latter in the file (way 0) or in `meta` (way 1)."""
    wide = ">H" if version < 2 else ">L"
    items = box(
        b"iinf",
        (bytes(4) + b"\0\2" if version < 2 else b"\1\0\0\0" + struct.pack(">L", 2))
        + infe(1, b"hvc1", 2 if version < 2 else 3)
        + infe(2, kind, 2 if version < 2 else 3),
    )

    def made(points_at: int, told_at: int) -> bytes:
        places = bytes([version, 0, 0, 0, 0x44, 0]) + struct.pack(wide, 2)
        for item, how, at, length in ((1, 0, points_at, len(POINTS)), (2, way, told_at, len(SECRET))):
            places += struct.pack(wide, item) + (struct.pack(">H", how) if version else b"") + b"\0\0"
            places += struct.pack(">HLL", 1, at, length)
        inside = bytes(4) + box(b"hdlr", bytes(24)) + items + box(b"iloc", places)
        inside += box(b"idat", SECRET) if way else b""
        return box(b"ftyp", FTYP) + box(b"meta", inside)

    head = len(made(0, 0)) + 8
    points_at = head if way else head + len(SECRET)
    return made(points_at, 0 if way else head) + box(b"mdat", (b"" if way else SECRET) + POINTS) + behind


@pytest.mark.parametrize("version", [0, 1, 2])
@pytest.mark.parametrize("kind", [b"Exif", b"mime"])
def test_place_and_device_are_gone_and_the_points_stand_where_they_were(version, kind):
    told = heic(version=version, kind=kind)
    clean = heif.without_traces(told)
    assert SECRET in told and SECRET not in clean and len(clean) == len(told)
    assert clean == told.replace(SECRET, bytes(len(SECRET)))
    assert heif.without_traces(clean) == clean


def test_what_is_told_inside_the_head_is_gone_too():
    assert SECRET not in heif.without_traces(heic(way=1))


def test_a_film_behind_it_is_made_free_space():
    told = heic(behind=box(b"mpvd", b"film" + SECRET))
    clean = heif.without_traces(told)
    assert SECRET not in clean and clean.endswith(box(b"free", bytes(4 + len(SECRET))))


def test_a_picture_with_nothing_to_drop_stays_as_it_is():
    told = heic(kind=b"hvc1")
    assert heif.without_traces(told) == told


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0\0\0",
        box(b"ftyp", FTYP),
        box(b"meta", bytes(4)),
        heic()[:-9],
        heic(way=1).replace(b"idat", b"free"),
        heic().replace(b"iloc", b"free"),
        heic().replace(b"infe\2", b"infe\1"),
        heic(way=2),
    ],
)
def test_a_picture_that_is_not_understood_does_not_pass(content):
    with pytest.raises((ValueError, IndexError, struct.error)):
        heif.without_traces(content)


@given(st.binary(max_size=200), st.integers(0, 260))
def test_broken_ones_end_in_words_or_in_as_many_bytes(noise, at):
    told = heic()
    content = told[:at] + noise + told[at + len(noise) :]
    try:
        assert len(heif.without_traces(content)) == len(content)
    except (ValueError, IndexError, struct.error):
        pass
