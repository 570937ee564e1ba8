"""A picture as everybody may have it: what is seen, without what a camera or a program wrote into it.

A phone writes where, when and with what a picture was taken, often a small copy from before it was cut, and a short film
behind it. Kept is what a browser needs to draw the picture as it is: its points, colours, and which side is up.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator

from jizuo.plain import heif

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
#: Chunks of a PNG that change how it looks (PNG 1.2 and 3, APNG); every critical one is kept by its capital.
_PNG_KEPT = frozenset(
    {
        b"tRNS",
        b"gAMA",
        b"cHRM",
        b"sRGB",
        b"iCCP",
        b"sBIT",
        b"bKGD",
        b"pHYs",
        b"cICP",
        b"acTL",
        b"fcTL",
        b"fdAT",
    }
)
_WEBP_KEPT = frozenset({b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
#: Bits of VP8X that announce Exif and XMP.
_WEBP_TOLD = 0x08 | 0x04
_SCAN_END = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)
_ORIENTATION = 0x0112


def without_traces(content: bytes, type_: str) -> bytes:
    """The same picture without place, time, device, texts, small copies and what hangs behind its end.

    type_: one of `CLEANED`, KeyError for another. Nothing is drawn anew, so nothing is lost that is seen. Raises ValueError
    for a picture that is cut short or not of its type.
    """
    try:
        return CLEANED[type_](content)
    except (IndexError, struct.error) as error:
        raise ValueError("cut short") from error


def _jpeg(content: bytes) -> bytes:
    if content[:2] != b"\xff\xd8":
        raise ValueError("not a JPEG")
    kept, at, side = [content[:2]], 2, 1
    while True:
        if content[at] != 0xFF:
            raise ValueError("no marker")
        while content[at + 1] == 0xFF:
            at += 1
        marker = content[at + 1]
        if marker == 0xD9:
            break
        (length,) = struct.unpack_from(">H", content, at + 2)
        end = at + 2 + length
        if length < 2 or end > len(content):
            raise ValueError("cut short")
        body = content[at + 4 : end]
        if marker == 0xE1 and body.startswith(b"Exif\0\0"):
            side = _side_of(body[6:]) or side
        elif marker == 0xE0 and body.startswith(b"JFIF\0"):
            kept.append(_segment(0xE0, body[:12] + b"\0\0"))
        elif not (0xE0 <= marker <= 0xEF or marker == 0xFE) or _is_drawn(marker, body):
            kept.append(content[at:end])
        at = end
        if marker == 0xDA:
            found = _SCAN_END.search(content, at)
            if found is None:
                raise ValueError("cut short")
            kept.append(content[at : found.start()])
            at = found.start()
    if side != 1:
        place = 2 if len(kept) > 1 and kept[1][1] == 0xE0 else 1
        kept.insert(place, _segment(0xE1, _turned(side)))
    return b"".join([*kept, b"\xff\xd9"])


def _is_drawn(marker: int, body: bytes) -> bool:
    """Whether an application's segment says how the colours are meant."""
    return (marker == 0xE2 and body.startswith(b"ICC_PROFILE\0")) or (
        marker == 0xEE and body.startswith(b"Adobe")
    )


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _side_of(tiff: bytes) -> int:
    """Which side is up (Exif 2.3, tag 274): 1 to 8, 0 where it is not told."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 0
    try:
        (first,) = struct.unpack_from(f"{order}L", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, first)
        for place in range(count):
            tag, kind, _count, value = struct.unpack_from(f"{order}HHLH", tiff, first + 2 + 12 * place)
            if tag == _ORIENTATION and kind == 3:
                return value if 1 <= value <= 8 else 0
    except struct.error:
        return 0
    return 0


def _turned(side: int) -> bytes:
    """An Exif body that says nothing but which side is up."""
    return b"Exif\0\0MM\0*" + struct.pack(">LHHHLHHL", 8, 1, _ORIENTATION, 3, 1, side, 0, 0)


def _png(content: bytes) -> bytes:
    if not content.startswith(_SIGNATURE):
        raise ValueError("not a PNG")
    kept, at = [_SIGNATURE], len(_SIGNATURE)
    while True:
        (length,) = struct.unpack_from(">L", content, at)
        name, end = content[at + 4 : at + 8], at + 12 + length
        if end > len(content):
            raise ValueError("cut short")
        if name[:1].isupper() or name in _PNG_KEPT:
            kept.append(content[at:end])
        if name == b"IEND":
            return b"".join(kept)
        at = end


def _webp(content: bytes) -> bytes:
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP":
        raise ValueError("not a WebP")
    kept = []
    for name, body in _riff(content):
        if name == b"VP8X":
            body = bytes([body[0] & ~_WEBP_TOLD]) + body[1:]
        if name in _WEBP_KEPT:
            kept.append(name + struct.pack("<L", len(body)) + body + b"\0" * (len(body) % 2))
    if not kept:
        raise ValueError("cut short")
    inside = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<L", len(inside)) + inside


def _riff(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    (size,) = struct.unpack_from("<L", content, 4)
    if size + 8 > len(content):
        raise ValueError("cut short")
    at, last = 12, size + 8
    while at + 8 <= last:
        (length,) = struct.unpack_from("<L", content, at + 4)
        if at + 8 + length > last:
            raise ValueError("cut short")
        yield content[at : at + 4], content[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


#: type -> how it is made clean: the kinds of pictures that cameras make.
CLEANED: dict[str, Callable[[bytes], bytes]] = {
    "image/jpeg": _jpeg,
    "image/png": _png,
    "image/webp": _webp,
    "image/heic": heif.without_traces,
}
#: Those that every browser shows.
TYPES = ("image/jpeg", "image/png", "image/webp")
