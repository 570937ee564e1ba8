"""Slips on paper: what stands on them, in every format."""

from __future__ import annotations

import io
import re
import zlib
from datetime import UTC, datetime
from uuid import uuid4

import pytest

BASE_ADDRESS = "https://base.school.cn"


def slip(**more):
    from jizuo.hubs.identity.rules import codes
    from jizuo.hubs.identity.shapes import Slip

    told = {
        "account_id": uuid4(), "name": "阿卜杜拉·买买提", "login_code": codes.draw(8), "code": codes.draw(10),
        "purpose": "activate", "unit_name": "第七小学", "group": "三（2）班", "role": "pupil",
        "expires_at": datetime(2026, 10, 1, tzinfo=UTC),
    }  # fmt: skip
    return Slip(**(told | more))


def text_of(pdf: bytes) -> str:
    """The text of a PDF by its own character maps; enough of the format for what typst writes."""
    objects = dict(re.findall(rb"(?s)\n(\d+) 0 obj(.*?)\nendobj", pdf))
    maps = {}
    for number, body in objects.items():
        plain = unpacked(body)
        if b"beginbfchar" in plain or b"beginbfrange" in plain:
            maps[number] = char_map(plain)
    text = []
    for body in objects.values():
        plain = unpacked(body)
        # What the file says of itself may hold the two letters in a random id.
        if b"BT" not in plain or plain.startswith(b"<?xpacket"):
            continue
        for piece in strings_of(plain):
            text += glyphs(piece, maps)
    return "".join(text)


def unpacked(body: bytes) -> bytes:
    found = re.search(rb"(?s)stream\r?\n(.*?)\r?\nendstream", body)
    if not found:
        return b""
    try:
        # A checksum may end in what looks like the line end before `endstream`; the data are whole without it.
        return zlib.decompressobj().decompress(found[1])
    except zlib.error:
        return found[1]


def char_map(plain: bytes) -> dict[int, str]:
    held = {}
    for block in re.findall(rb"(?s)beginbfchar(.*?)endbfchar", plain):
        for glyph, code in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            held[int(glyph, 16)] = bytes.fromhex(code.decode()).decode("utf-16-be")
    return held


NAMED = {ord("n"): 10, ord("r"): 13, ord("t"): 9, ord("b"): 8, ord("f"): 12}


def strings_of(stream: bytes) -> list[bytes]:
    """Every string of a content stream, hexadecimal or in brackets (which nest); there only shown text is one."""
    found, place = [], 0
    while place < len(stream):
        sign = stream[place : place + 1]
        if stream[place : place + 2] == b"<<":
            place += 1
        elif sign == b"<":
            until = stream.index(b">", place)
            found.append(bytes.fromhex(stream[place + 1 : until].decode()))
            place = until
        elif sign == b"(":
            piece, place = bracketed(stream, place + 1)
            found.append(piece)
        place += 1
    return found


def bracketed(stream: bytes, place: int) -> tuple[bytes, int]:
    """The string that begins at `place`, and where its closing bracket stands."""
    held, depth = bytearray(), 0
    while True:
        byte = stream[place]
        if byte == ord("\\"):
            octal = re.match(rb"[0-7]{1,3}", stream[place + 1 : place + 4])
            held.append(int(octal[0], 8) & 255 if octal else NAMED.get(stream[place + 1], stream[place + 1]))
            place += len(octal[0]) if octal else 1
        elif byte == ord(")") and depth == 0:
            return bytes(held), place
        else:
            depth += {ord("("): 1, ord(")"): -1}.get(byte, 0)
            held.append(byte)
        place += 1


def glyphs(piece: bytes, maps: dict[bytes, dict[int, str]]) -> list[str]:
    numbers = [int.from_bytes(piece[place : place + 2], "big") for place in range(0, len(piece), 2)]
    return [next((held[number] for held in maps.values() if number in held), "") for number in numbers]


def pages_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


def test_a_page_of_slips_carries_every_code_and_name(base):
    from jizuo.hubs.identity import slips
    from jizuo.hubs.identity.rules import codes

    made = [slip(name=name) for name in ("陈以宁", "欧阳修远", "阿卜杜拉·买买提", "㛃玥", "单于飞")]
    pdf = slips.slips_pdf(made, base_address=BASE_ADDRESS)
    text = text_of(pdf)
    for one in made:
        assert codes.show(one.code) in text and codes.show(one.login_code) in text
        assert one.name in text
    assert "三（2）班" in text and "base.school.cn/activate/" in text and "启用账号" in text
    assert pages_of(pdf) == 1


@pytest.mark.parametrize(
    ("count", "per_page", "pages"),
    [(1, 8, 1), (8, 8, 1), (9, 8, 2), (40, 8, 5), (40, 10, 4), (24, 12, 2), (5, 4, 2)],
)
def test_so_many_slips_a_page(base, count, per_page, pages):
    from jizuo.hubs.identity import slips

    pdf = slips.slips_pdf([slip() for _n in range(count)], base_address=BASE_ADDRESS, per_page=per_page)
    assert pages_of(pdf) == pages


def test_an_unknown_layout_is_refused(base):
    from jizuo.hubs.identity import slips

    with pytest.raises(ValueError, match="per_page"):
        slips.slips_pdf([slip()], base_address=BASE_ADDRESS, per_page=7)


@pytest.mark.parametrize("purpose", ["activate", "reset", "paper", "invite", "class_once"])
def test_each_kind_says_what_to_do(base, purpose):
    from jizuo.hubs.identity import slips

    title, steps = slips.words_of(slip(purpose=purpose))
    assert title in text_of(slips.slips_pdf([slip(purpose=purpose)], base_address=BASE_ADDRESS))
    assert steps


def test_somebody_who_has_an_account_gets_no_code(base):
    from jizuo.hubs.identity import slips

    had = slip(code="", expires_at=None)
    assert slips.words_of(had)[0] == "您已有账号"
    assert slips.address_of(had, BASE_ADDRESS) == f"{BASE_ADDRESS}/sign-in/"
    assert "您已有账号" in text_of(slips.slips_pdf([had], base_address=BASE_ADDRESS))


def test_the_workbook_holds_text_cells_only(base):
    import openpyxl

    from jizuo.hubs.identity import slips
    from jizuo.hubs.identity.rules import codes

    made = [slip(name="=cmd|' /C calc'!A0"), slip()]
    sheet = openpyxl.load_workbook(io.BytesIO(slips.slips_workbook(made, base_address=BASE_ADDRESS))).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == slips.HEADS
    assert rows[1][2] == "=cmd|' /C calc'!A0" and rows[2][5] == codes.show(made[1].code)
    assert all(cell.data_type == "s" for row in sheet.iter_rows(min_row=2) for cell in row)


def test_the_text_is_one_line_a_slip(base):
    from jizuo.hubs.identity import slips
    from jizuo.hubs.identity.rules import codes

    made = [slip(), slip()]
    lines = slips.slips_text(made, base_address=BASE_ADDRESS).splitlines()
    assert len(lines) == 3 and codes.show(made[0].code) in lines[1]
    assert all(len(line.split("\t")) == len(slips.HEADS) for line in lines)
