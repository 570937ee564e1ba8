"""A screen of a classroom shows its class and nobody else's; files come as workbooks of text."""

from __future__ import annotations

import io
from typing import Any

from tests.ground.packs.blocks import pack


def test_a_screen_sees_its_own_class_only(base: Any) -> None:
    from jizuo.ground import scope as scopes
    from jizuo.ground.packs.blocks.asking import block_page

    school = pack.town(base, rows=5).schools[0]
    for klass, count in ((school.classes[0], 3), (school.classes[1], 2)):
        with scopes.use(base.scope(school.unit_no, scopes.SCREEN, org_ids=(klass,))):
            (block,) = block_page(scene="outing", page="wall", place=None, query={}).blocks
        assert len(block.context["lines"]) == count
        assert all(not line["href"] for line in block.context["lines"]), "a screen leads nowhere"


def test_a_screen_opens_no_page_that_is_not_its_own(base: Any) -> None:
    import pytest

    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import NotFound
    from jizuo.ground.packs.blocks.asking import block_page

    school = pack.town(base).schools[0]
    with scopes.use(base.scope(school.unit_no, scopes.SCREEN, org_ids=tuple(school.classes[:1]))):
        for page in ("today", "gate", "mine"):
            with pytest.raises(NotFound):
                block_page(scene="outing", page=page, place=None, query={})


def test_a_table_comes_as_a_workbook_of_text(base: Any) -> None:
    from openpyxl import load_workbook

    school = pack.town(base).schools[0]
    client, grant = pack.acting(base, school.unit_no, "head")
    answer = client.get(f"/as/{grant}/s/outing/today/1?file=1&f.state=out")
    assert answer.status_code == 200 and answer["Content-Type"].endswith("sheet")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    cells = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert "在外" in cells and "已回" not in cells and "发热" not in cells
    assert all(
        cell.number_format == "@" for row in sheet.iter_rows() for cell in row if cell.value is not None
    )
    assert client.get(f"/as/{grant}/s/outing/today/0?file=1").status_code == 404
