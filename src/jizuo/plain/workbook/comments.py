"""The comments of one sheet of an xlsx: those it has are kept, ours are added."""

from __future__ import annotations

import re
import zipfile
from typing import NamedTuple
from xml.sax.saxutils import escape

from jizuo.plain.workbook import limits as bounds
from jizuo.plain.workbook import package
from jizuo.plain.workbook.cells import column_index
from jizuo.plain.workbook.limits import Limits

MOST_COMMENTS = 2000

_XML = '<?xml version="1.0" encoding="UTF-8"?>'
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_AFTER_DRAWING = (
    b"<legacyDrawingHF",
    b"<picture",
    b"<oleObjects",
    b"<controls",
    b"<webPublishItems",
    b"<tableParts",
    b"<extLst",
    b"</worksheet>",
)


class Unusual(Exception):
    """The archive is valid but not laid out as this package knows how to change it."""


class Mark(NamedTuple):
    """One fault. `row` from 1, `column` letters as on the screen ("" for a fault of the whole row)."""

    sheet: str
    row: int
    column: str
    message: str


class Comments:
    """`parts` are the parts to write into the archive, once `add` has run."""

    def __init__(
        self, archive: zipfile.ZipFile, names: dict[str, str], part: str, number: int, limits: Limits
    ) -> None:
        folder, _, base = part.replace("\\", "/").rpartition("/")
        self.folder = folder
        self.rels_name = names.get(f"{folder}/_rels/{base}.rels".lower(), f"{folder}/_rels/{base}.rels")
        self.rels = (
            bounds.member(archive, self.rels_name, limits)
            if self.rels_name in archive.namelist()
            else f'{_XML}<Relationships xmlns="{_PACKAGE}"></Relationships>'.encode()
        )
        self.parts: dict[str, bytes] = {}
        self.number = number
        self.old = self._existing(archive, names, limits)

    def _existing(
        self, archive: zipfile.ZipFile, names: dict[str, str], limits: Limits
    ) -> tuple[str, bytes, str, bytes] | None:
        found: dict[str, str] = {}
        for tag in re.findall(rb"<Relationship\b[^>]*>", self.rels):
            kind = re.search(rb'Type="[^"]*/(comments|vmlDrawing)"', tag)
            target = re.search(rb'Target="([^"]*)"', tag)
            if kind and target:
                path = package.resolve(self.folder, target.group(1).decode("utf-8", "replace"))
                found[kind.group(1).decode()] = names.get(path.lower(), "")
        if not found:
            return None
        if len(found) != 2 or not all(found.values()):
            raise Unusual
        comments, drawing = found["comments"], found["vmlDrawing"]
        return (
            comments,
            bounds.member(archive, comments, limits),
            drawing,
            bounds.member(archive, drawing, limits),
        )

    def add(self, body: bytes, faults: list[Mark]) -> bytes:
        """The sheet's part, pointing to comments on `faults`; several on one cell become one."""
        said: dict[str, list[str]] = {}
        for one in faults:
            said.setdefault(f"{one.column.upper()}{one.row}", []).append(one.message)
        if self.old is None:
            comments_name = f"xl/commentsOfCheck{self.number}.xml"
            drawing_name = f"xl/drawings/vmlDrawingOfCheck{self.number}.vml"
            comments = f'{_XML}<comments xmlns="{_MAIN}"><authors></authors>'
            comments_part = comments.encode() + b"<commentList></commentList></comments>"
            drawing = (
                b'<xml xmlns:v="urn:schemas-microsoft-com:vml"'
                b' xmlns:o="urn:schemas-microsoft-com:office:office"'
                b' xmlns:x="urn:schemas-microsoft-com:office:excel"></xml>'
            )
            links = (
                f'<Relationship Id="rIdCheck1" Type="{_RELATION}/comments" Target="/{comments_name}"/>'
                f'<Relationship Id="rIdCheck2" Type="{_RELATION}/vmlDrawing" Target="/{drawing_name}"/>'
            )
            self.parts[self.rels_name] = self.rels.replace(
                b"</Relationships>", links.encode() + b"</Relationships>"
            ).replace(b'relationships"/>', b'relationships">' + links.encode() + b"</Relationships>")
            after = body.find(b"</sheetData>")
            ends = [found for sign in _AFTER_DRAWING if (found := body.find(sign, after)) >= 0]
            if not ends:
                raise Unusual
            at = min(ends)
            link = f'<legacyDrawing xmlns:r="{_RELATION}" r:id="rIdCheck2"/>'.encode()
            body = body[:at] + link + body[at:]
        else:
            comments_name, comments_part, drawing_name, drawing = self.old
        taken = set(re.findall(rb'<comment\b[^>]*\bref="([A-Z]+\d+)"', comments_part))
        author = len(re.findall(rb"<author\b", comments_part))
        notes: list[str] = []
        shapes: list[str] = []
        for place, messages in said.items():
            if place.encode() in taken or len(notes) >= MOST_COMMENTS:
                continue
            text = escape("\n".join(dict.fromkeys(messages)))
            notes.append(
                f'<comment ref="{place}" authorId="{author}"><text><r>'
                f'<t xml:space="preserve">{text}</t></r></text></comment>'
            )
            shapes.append(_shape(place, len(shapes)))
        comments_part = re.sub(rb"<authors\s*/>", b"<authors></authors>", comments_part)
        comments_part = comments_part.replace(
            b"</authors>", "<author>基座检查</author></authors>".encode(), 1
        )
        if b"</commentList>" not in comments_part or b"</xml>" not in drawing:
            raise Unusual
        self.parts[comments_name] = comments_part.replace(
            b"</commentList>", "".join(notes).encode() + b"</commentList>", 1
        )
        self.parts[drawing_name] = drawing.replace(b"</xml>", "".join(shapes).encode() + b"</xml>", 1)
        return body

    def declare(self, types: bytes) -> bytes:
        """[Content_Types].xml with our parts named."""
        if self.old is not None:
            return types
        added = (
            f'<Override PartName="/xl/commentsOfCheck{self.number}.xml" ContentType="application/'
            'vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"/>'
        )
        if not re.search(rb'(?i)Extension="vml"', types):
            kind = "application/vnd.openxmlformats-officedocument.vmlDrawing"
            added = f'<Default Extension="vml" ContentType="{kind}"/>' + added
        return types.replace(b"</Types>", added.encode() + b"</Types>", 1)


def _shape(place: str, number: int) -> str:
    letters = place.rstrip("0123456789")
    row, column = int(place[len(letters) :]) - 1, column_index(letters)
    return (
        f'<v:shape id="_x0000_s9{number:05d}" style="position:absolute;width:220pt;height:60pt;'
        'visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>'
        '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
        f"<x:Anchor>{column + 1}, 15, {row}, 2, {column + 4}, 15, {row + 4}, 4</x:Anchor>"
        f"<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
    )
