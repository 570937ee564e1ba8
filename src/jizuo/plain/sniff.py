"""What a file is, told by its bytes, and whether one of its kind may come in.

The name only has to agree with the content; it never decides. Within a family (a spreadsheet is xlsx, xls,
csv; a picture is jpg, png) a wrong ending is let through: exports of old systems and phones are full of them,
the content is what is kept as the type, and no reader is misled.
"""

from __future__ import annotations

import codecs
import io
import re
import struct
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import filetype

from jizuo.plain import drawing

MB = 1024 * 1024

SHEET, PAPER, SLIDES, IMAGE, SOUND, FILM, ARCHIVE = (
    "sheet",
    "paper",
    "slides",
    "image",
    "sound",
    "film",
    "archive",
)

_OPEN_XML = "application/vnd.openxmlformats-officedocument."
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
XLSX, DOCX, PPTX = (
    _OPEN_XML + rest
    for rest in ("spreadsheetml.sheet", "wordprocessingml.document", "presentationml.presentation")
)
XLSM, XLS, DOC, PPT = (
    "application/vnd.ms-excel.sheet.macroenabled.12",
    "application/vnd.ms-excel",
    "application/msword",
    "application/vnd.ms-powerpoint",
)
ODS, ODT, ODP = (_OPEN_DOCUMENT + rest for rest in ("spreadsheet", "text", "presentation"))
TEXT, CSV, HTML, SVG, PDF, ZIP = (
    "text/plain",
    "text/csv",
    "text/html",
    "image/svg+xml",
    "application/pdf",
    "application/zip",
)
PROGRAM = "application/x-executable"

#: type -> (family, endings that agree with it)
TYPES: dict[str, tuple[str, frozenset[str]]] = {
    type_: (family, frozenset(endings.split()))
    for type_, family, endings in (
        (XLSX, SHEET, "xlsx"),
        (XLSM, SHEET, "xlsm"),
        (XLS, SHEET, "xls et"),
        (ODS, SHEET, "ods"),
        (CSV, SHEET, "csv tsv"),
        (TEXT, "text", "txt md"),
        (DOCX, PAPER, "docx"),
        (DOC, PAPER, "doc wps"),
        (ODT, PAPER, "odt"),
        (PPTX, SLIDES, "pptx"),
        (PPT, SLIDES, "ppt dps"),
        (ODP, SLIDES, "odp"),
        (PDF, "pdf", "pdf"),
        ("image/jpeg", IMAGE, "jpg jpeg jpe jfif"),
        ("image/png", IMAGE, "png apng"),
        ("image/gif", IMAGE, "gif"),
        ("image/webp", IMAGE, "webp"),
        ("image/bmp", IMAGE, "bmp"),
        ("image/heic", IMAGE, "heic heif"),
        (SVG, "drawing", "svg"),
        ("audio/mpeg", SOUND, "mp3"),
        ("audio/mp4", SOUND, "m4a"),
        ("audio/x-wav", SOUND, "wav"),
        ("audio/ogg", SOUND, "ogg oga"),
        ("video/mp4", FILM, "mp4 m4v"),
        ("video/quicktime", FILM, "mov"),
        ("video/webm", FILM, "webm"),
        (ZIP, ARCHIVE, "zip"),
    )
}

_SHEETS = {XLSX, XLS, ODS, CSV}
_PICTURES = {type_ for type_, (family, _) in TYPES.items() if family == IMAGE} | {SVG}
_DOCUMENTS = _SHEETS | _PICTURES | {TEXT, DOCX, DOC, ODT, PPTX, PPT, ODP, PDF}
_MEDIA = {type_ for type_, (family, _) in TYPES.items() if family in (SOUND, FILM)}


@dataclass(frozen=True, slots=True)
class Kind:
    """What may come in as one kind of file. most: bytes; may_hold_macros: only we read it."""

    most: int
    types: frozenset[str]
    may_hold_macros: bool = False


KINDS: dict[str, Kind] = {
    "roster": Kind(50 * MB, frozenset(_SHEETS | {XLSM, TEXT}), may_hold_macros=True),
    "oneroster": Kind(200 * MB, frozenset({ZIP})),
    "picture": Kind(10 * MB, frozenset(_PICTURES)),
    "document": Kind(50 * MB, frozenset(_DOCUMENTS)),
    "attachment": Kind(20 * MB, frozenset(_DOCUMENTS | _MEDIA | {ZIP})),
    "media": Kind(500 * MB, frozenset(_MEDIA)),
    "export": Kind(500 * MB, frozenset(_SHEETS | {TEXT, PDF, ZIP, DOCX})),
}


@dataclass(frozen=True, slots=True)
class Sniffed:
    """What the bytes say. type: one of `TYPES`, or another media type nobody accepts, or '' when unknown.

    encoding: utf-8 | utf-8-sig | utf-16 | gb18030 for text (told from its first 1 MiB), else ''.
    fault: '' | locked (needs a password) | damaged (cut short) | active (a drawing with a script).
    """

    type: str
    encoding: str = ""
    has_macros: bool = False
    fault: str = ""


class Refused(ValueError):
    """The file may not come in.

    code: empty | too_big | locked | damaged | active | unknown | program | page | macros | wrong_type |
    mismatch. `most` in bytes, `type` what the bytes say, `ending` what the name says.
    """

    def __init__(self, code: str, *, most: int = 0, type: str = "", ending: str = "") -> None:
        super().__init__(code)
        self.code, self.most, self.type, self.ending = code, most, type, ending


def check(stream: BinaryIO, *, name: str, kind: str) -> Sniffed:
    """Raises `Refused` unless the file may come in as `kind` (KeyError for an unknown one) under `name`.

    `stream` is seekable; it is read from its start and left there. A text that the name calls csv is `CSV`.
    """
    rule = KINDS[kind]
    size = stream.seek(0, io.SEEK_END)
    ending = ending_of(name)
    if size == 0:
        raise Refused("empty", ending=ending)
    if size > rule.most:
        raise Refused("too_big", most=rule.most, ending=ending)
    found = sniff(stream)
    stream.seek(0)
    if found.type == TEXT and (ending not in TYPES[TEXT][1]):
        family_of_name = next((family for family, endings in TYPES.values() if ending in endings), "")
        if family_of_name == SHEET:
            found = Sniffed(CSV, found.encoding)
    if found.fault:
        raise Refused(found.fault, type=found.type, ending=ending)
    if not found.type:
        raise Refused("unknown", ending=ending)
    if found.type == PROGRAM:
        raise Refused("program", type=found.type, ending=ending)
    if found.type == HTML:
        raise Refused("page", type=found.type, ending=ending)
    if found.type not in rule.types:
        raise Refused("wrong_type", type=found.type, ending=ending)
    if found.has_macros and not rule.may_hold_macros:
        raise Refused("macros", type=found.type, ending=ending)
    family = TYPES[found.type][0]
    if not any(ending in endings for other, endings in TYPES.values() if other == family):
        raise Refused("mismatch", type=found.type, ending=ending)
    return found


def sniff(stream: BinaryIO) -> Sniffed:
    """The type of `stream` (seekable) by its bytes alone."""
    stream.seek(0)
    head = stream.read(8192)
    if not head:
        return Sniffed("")
    if _PROGRAMS.match(head):
        return Sniffed(PROGRAM)
    if head.startswith(b"PK"):
        return _zip(stream)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _compound(stream)
    if head.startswith(b"%PDF-"):
        return Sniffed(PDF)
    guessed = filetype.guess(head)
    # Formats with a magic of two or three letters would claim texts; a text is looked at first.
    text = _text(stream)
    if text is not None:
        return text
    if guessed is None:
        return Sniffed("")
    return Sniffed({"image/apng": "image/png", "video/x-m4v": "video/mp4"}.get(guessed.mime, guessed.mime))


_PROGRAMS = re.compile(
    rb"MZ|\x7fELF|\xfe\xed\xfa[\xce\xcf]|[\xce\xcf]\xfa\xed\xfe|\xca\xfe\xba\xbe|dex\n|\0asm|#!|L\0\0\0\x01\x14\x02\0"
)


def ending_of(name: str) -> str:
    """The lower-case ending of a file name without its dot; '' when it has none."""
    stem, dot, ending = clean_name(name).rpartition(".")
    return ending.lower() if dot and stem else ""


_BAD = frozenset('<>:"|?*')


def clean_name(name: str) -> str:
    """A name fit to show and to offer for download: the last part of a path, no control, no direction mark,
    NFC, at most 150 characters with the ending kept; '文件' when nothing is left."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(
        letter
        for letter in last
        if unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Zl", "Zp") and letter not in _BAD
    ).strip(" .")
    if len(kept) > 150:
        stem, dot, ending = kept.rpartition(".")
        kept = stem[: 149 - len(ending)] + dot + ending if dot and len(ending) <= 10 else kept[:150]
    return kept or "文件"


#: The list of names in a zip is read whole, so its size is bounded before.
_MOST_DIRECTORY = 16 * MB
_END = struct.Struct("<4s4H2LH")


def _zip(stream: BinaryIO) -> Sniffed:
    size = stream.seek(0, io.SEEK_END)
    tail_at = max(0, size - 65_557)
    stream.seek(tail_at)
    tail = stream.read()
    at = tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) - at < _END.size:
        return Sniffed(ZIP, fault="damaged")
    if _END.unpack_from(tail, at)[5] > _MOST_DIRECTORY:
        return Sniffed(ZIP, fault="damaged")
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = {entry.filename: entry for entry in archive.infolist()}
            stated = entries.get("mimetype")
            if stated and stated.file_size < 200 and stated.compress_type == zipfile.ZIP_STORED:
                with archive.open(stated) as handle:
                    mime = handle.read(200).decode("ascii", "replace").strip()
                if mime in (ODS, ODT, ODP):
                    return Sniffed(mime, has_macros=any(name.startswith("Basic/") for name in entries))
    except (
        zipfile.BadZipFile,
        OSError,
        ValueError,
        NotImplementedError,
        RuntimeError,
        EOFError,
        struct.error,
    ):
        return Sniffed(ZIP, fault="damaged")
    names = {name.lower().replace("\\", "/") for name in entries}
    if "[content_types].xml" in names:
        has_macros = any(name.endswith("vbaproject.bin") for name in names)
        if any(name.startswith("xl/workbook.") for name in names):
            return Sniffed(XLSM if has_macros else XLSX, has_macros=has_macros)
        if "word/document.xml" in names:
            return Sniffed(DOCX, has_macros=has_macros)
        if "ppt/presentation.xml" in names:
            return Sniffed(PPTX, has_macros=has_macros)
    if any(entry.flag_bits & 1 for entry in entries.values()):
        return Sniffed(ZIP, fault="locked")
    return Sniffed(ZIP)


def _compound(stream: BinaryIO) -> Sniffed:
    """The old Office container: its list of streams says what it is."""
    try:
        names = set(_compound_names(stream))
    except (struct.error, IndexError, UnicodeDecodeError):
        return Sniffed("", fault="damaged")
    if "EncryptedPackage" in names:
        return Sniffed(XLSX, fault="locked")
    has_macros = bool(names & {"_VBA_PROJECT_CUR", "_VBA_PROJECT", "VBA", "Macros"})
    for marks, type_ in (
        ({"Workbook", "Book"}, XLS),
        ({"WordDocument"}, DOC),
        ({"PowerPoint Document"}, PPT),
    ):
        if names & marks:
            return Sniffed(type_, has_macros=has_macros)
    return Sniffed("")


_MOST_SECTORS = 4096


def _compound_names(stream: BinaryIO) -> Iterator[str]:
    stream.seek(0)
    header = stream.read(512)
    width = 1 << struct.unpack_from("<H", header, 30)[0]
    if width not in (512, 4096):
        raise struct.error("sector size")
    sector = struct.unpack_from("<L", header, 48)[0]
    tables = struct.unpack_from("<109L", header, 76)
    per_table = width // 4

    def read(number: int) -> bytes:
        stream.seek((number + 1) * width)
        return stream.read(width)

    for _ in range(_MOST_SECTORS):
        if sector >= 0xFFFFFFFA:
            return
        block = read(sector)
        if len(block) < 128:
            raise struct.error("cut short")
        for at in range(0, len(block), 128):
            length = struct.unpack_from("<H", block, at + 64)[0]
            if 2 <= length <= 64:
                yield block[at : at + length - 2].decode("utf-16-le")
        sector = struct.unpack_from("<L", read(tables[sector // per_table]), sector % per_table * 4)[0]
    raise struct.error("directory without an end")


_TEXT_LOOKED_AT = MB
_CONTROL = re.compile(r"[\0-\x08\x0b\x0e-\x19\x1b-\x1f\x7f]")
# Atomic groups: a long run of comments must not be tried in every partition.
_FRONT = r"\s*+(?:<\?xml[^>]*>\s*+)?(?><!--.*?-->\s*+|<!doctype\s+svg[^>\[]*(?:\[.*?\])?\s*>\s*+)*+"
_PAGE = re.compile(
    _FRONT + r"<(?:!doctype\s+html|html|head|body|script|iframe|table|meta|style)\b",
    re.IGNORECASE | re.DOTALL,
)
_DRAWING = re.compile(_FRONT + r"<(?:\w+:)?svg\b", re.IGNORECASE | re.DOTALL)


def _text(stream: BinaryIO) -> Sniffed | None:
    stream.seek(0)
    head = stream.read(_TEXT_LOOKED_AT)
    for encoding in _encodings(head):
        decoder = codecs.getincrementaldecoder(encoding)("strict")
        try:
            text = decoder.decode(head, final=len(head) < _TEXT_LOOKED_AT)
        except UnicodeDecodeError:
            continue
        if _CONTROL.search(text):
            continue
        if _PAGE.match(text):
            return Sniffed(HTML, encoding)
        if _DRAWING.match(text):
            stream.seek(0)
            return Sniffed(SVG, encoding, fault=drawing.fault(stream.read()))
        return Sniffed(TEXT, encoding)
    return None


def _encodings(head: bytes) -> tuple[str, ...]:
    if head.startswith(codecs.BOM_UTF8):
        return ("utf-8-sig",)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    return ("utf-8", "gb18030")
