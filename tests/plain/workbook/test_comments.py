import io
import re
import zipfile
from xml.etree import ElementTree

import pytest

from jizuo.plain.workbook.comments import MOST_COMMENTS, Comments, Mark, Unusual
from jizuo.plain.workbook.limits import DEFAULT

from .makers import grid, with_part, xlsx

PART = "xl/worksheets/sheet1.xml"


def _comments(data):
    archive = zipfile.ZipFile(io.BytesIO(data))
    names = {name.lower(): name for name in archive.namelist()}
    return Comments(archive, names, PART, 1, DEFAULT), archive.read(PART), archive.read("[Content_Types].xml")


def test_new_comments_bring_their_parts_links_and_types():
    comments, body, types = _comments(grid([["x"]]))
    body = comments.add(
        body, [Mark("名单", 1, "A", "甲"), Mark("名单", 1, "A", "乙"), Mark("名单", 2, "B", "丙")]
    )
    types = comments.declare(types)
    for part in (body, types, *comments.parts.values()):
        ElementTree.fromstring(part)
    notes = comments.parts["xl/commentsOfCheck1.xml"].decode()
    assert re.findall(r'ref="(\w+)"', notes) == ["A1", "B2"] and "甲\n乙" in notes
    assert b"legacyDrawing" in body and body.index(b"</sheetData>") < body.index(b"<legacyDrawing")
    assert b"commentsOfCheck1" in types and b'Extension="vml"' in types
    assert b"rIdCheck2" in comments.parts["xl/worksheets/_rels/sheet1.xml.rels"]


def test_old_comments_stay_and_an_old_one_is_not_written_over():
    def fill(book):
        sheet = book.add_worksheet("名单")
        sheet.write(0, 0, "x")
        sheet.write_comment(0, 0, "旧")

    comments, body, types = _comments(xlsx(fill))
    changed = comments.add(body, [Mark("名单", 1, "A", "新"), Mark("名单", 2, "A", "丙")])
    assert changed == body and comments.declare(types) == types
    notes = next(part.decode() for name, part in comments.parts.items() if "comments" in name)
    assert "旧" in notes and "新" not in notes and "丙" in notes
    assert re.findall(r'authorId="(\d)"', notes)[-1] == "1"


def test_the_number_of_comments_is_bounded():
    comments, body, _ = _comments(grid([["x"]]))
    comments.add(body, [Mark("名单", row, "A", "x") for row in range(1, MOST_COMMENTS + 50)])
    assert comments.parts["xl/commentsOfCheck1.xml"].count(b"<comment ") == MOST_COMMENTS


def test_links_that_lead_nowhere_are_unusual():
    rels = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" '
        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments" Target="../no.xml"/>'
        b"</Relationships>"
    )
    with pytest.raises(Unusual):
        _comments(with_part(grid([["x"]]), "xl/worksheets/_rels/sheet1.xml.rels", rels))
