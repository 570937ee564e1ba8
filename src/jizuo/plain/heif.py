"""A HEIF picture (ISO/IEC 23008-12, in the boxes of ISO/IEC 14496-12) without what the camera wrote beside it.

Places inside such a file are counted from its beginning, so nothing is taken out: what tells of place, time and device is
overwritten with zeros. Which side is up stands in the picture's own properties and stays, and so does its small copy, which is
an item as the picture is.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping

#: Boxes of the file itself that the picture needs; any other (a film behind it, a maker's own) is made free space.
_KEPT = frozenset({b"ftyp", b"meta", b"mdat", b"free", b"skip"})
#: Items that are told of the picture and are not drawn: Exif, XMP, and what another standard names by its address.
_TOLD = frozenset({b"Exif", b"mime", b"uri "})
_IN_FILE, _IN_META = 0, 1


def without_traces(content: bytes) -> bytes:
    """The same picture, of the same length. Raises ValueError, IndexError or struct.error for one that is cut short."""
    made = bytearray(content)
    boxes = list(_boxes(content, 0, len(content)))
    if not boxes or boxes[0][0] != b"ftyp" or not any(name == b"meta" for name, _begin, _end in boxes):
        raise ValueError("not a HEIF picture")
    at = 0
    for name, begin, end in boxes:
        if name == b"meta":
            for place, stop in _told(content, begin + 4, end):
                made[place:stop] = bytes(stop - place)
        elif name not in _KEPT:
            made[at + 4 : at + 8] = b"free"
            made[begin:end] = bytes(end - begin)
        at = end
    return bytes(made)


def _boxes(content: bytes, at: int, last: int) -> Iterator[tuple[bytes, int, int]]:
    """(name, begin of the body, end) of each box in a stretch."""
    while at < last:
        (size,), name, head = struct.unpack_from(">L", content, at), content[at + 4 : at + 8], 8
        if size == 1:
            (size,), head = struct.unpack_from(">Q", content, at + 8), 16
        end = last if size == 0 else at + size
        if end > last or end < at + head:
            raise ValueError("cut short")
        yield name, at + head, end
        at = end


def _told(content: bytes, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Begin and end of every stretch that tells of the picture without being drawn. begin: of the boxes inside `meta`."""
    held = {name: (at, stop) for name, at, stop in _boxes(content, begin, end)}
    told = _told_items(content, *held[b"iinf"]) if b"iinf" in held else set()
    if not told:
        return
    if b"iloc" not in held:
        raise ValueError("no places")
    for item, way, place, length in _places(content, held[b"iloc"][0]):
        if item not in told:
            continue
        bounds: Mapping[int, tuple[int, int]] = {
            _IN_FILE: (0, len(content)),
            _IN_META: held.get(b"idat", (0, 0)),
        }
        if way not in bounds or not length:
            raise ValueError("a place that is not understood")
        first, last = bounds[way]
        if first + place + length > last:
            raise ValueError("cut short")
        yield first + place, first + place + length


def _told_items(content: bytes, at: int, end: int) -> set[int]:
    version = content[at]
    entries = at + (6 if version == 0 else 8)
    found = set()
    for name, begin, _end in _boxes(content, entries, end):
        if name != b"infe":
            continue
        if content[begin] == 2:
            item, _protection, kind = struct.unpack_from(">HH4s", content, begin + 4)
        elif content[begin] == 3:
            item, _protection, kind = struct.unpack_from(">LH4s", content, begin + 4)
        else:
            raise ValueError("an old list of items")
        if kind in _TOLD:
            found.add(item)
    return found


def _places(content: bytes, at: int) -> Iterator[tuple[int, int, int, int]]:
    """(item, how its place is counted, place, length) of each stretch that the box `iloc` names."""
    version, sizes, more = content[at], content[at + 4], content[at + 5]
    of_place, of_length, of_base = sizes >> 4, sizes & 15, more >> 4
    of_index = more & 15 if version else 0
    wide = 4 if version == 2 else 2
    at += 6

    def number(width: int) -> int:
        nonlocal at
        if at + width > len(content):
            raise ValueError("cut short")
        at += width
        return int.from_bytes(content[at - width : at], "big")

    for _item in range(number(wide)):
        item = number(wide)
        way = number(2) & 15 if version else _IN_FILE
        number(2)
        base = number(of_base)
        for _stretch in range(number(2)):
            number(of_index)
            place = base + number(of_place)
            yield item, way, place, number(of_length)
