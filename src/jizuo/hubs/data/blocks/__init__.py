"""The blocks of a scene's page that show rows of a dataset: table, list, record, board, calendar."""

from __future__ import annotations

from jizuo.ground.packs import blocks
from jizuo.ground.packs.blocks import BlockKind
from jizuo.hubs.data.blocks import boards, checks, rows, samples, tables

KINDS = {
    "table": BlockKind(
        tables.ask_table, "data/blocks/_table.html", rows.WORDS, checks.check_rows,
        file=tables.file_of, sample=samples.table, on_screen=True,
    ),
    "list": BlockKind(
        tables.ask_list, "data/blocks/_list.html", rows.WORDS, checks.check_rows, sample=samples.listed, on_screen=True
    ),
    "record": BlockKind(
        tables.ask_record, "data/blocks/_record.html", rows.WORDS, checks.check_rows, sample=samples.record
    ),
    "board": BlockKind(
        boards.ask_board, "data/blocks/_board.html", rows.WORDS | {"lane"}, checks.check_board,
        act=boards.move_card, sample=samples.board,
    ),
    "calendar": BlockKind(
        boards.ask_calendar, "data/blocks/_calendar.html", rows.WORDS | {"day", "end"}, checks.check_calendar,
        sample=samples.month, on_screen=True,
    ),
}  # fmt: skip


def offer() -> None:
    """Offer the kinds; called on the plate."""
    for name, kind in KINDS.items():
        blocks.offer(name, kind)
