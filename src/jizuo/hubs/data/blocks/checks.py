"""What is wrong with a block that shows rows: names that are not there, and what a group may not see."""

from __future__ import annotations

from django.utils.translation import gettext as _

from jizuo.ground.errors import Problem
from jizuo.ground.packs.parts import Pack
from jizuo.ground.packs.shapes import Block, BlockPage
from jizuo.hubs.data.datasets import SENSITIVE
from jizuo.hubs.data.parts import SceneStandard, marked_of
from jizuo.hubs.data.queries.rows import ROWS_BEFORE_FACTOR
from jizuo.hubs.data.scene_wheres import column_problems, data_problems, standard_of, where_problems


def check_rows(pack: Pack, block: Block, page: BlockPage, where: str) -> list[Problem]:
    """What is wrong with a block that shows rows."""
    found = data_problems(pack, block.data, f"{where}.data")
    standard = standard_of(pack, block.data)
    if standard is None:
        return found
    found += column_problems(standard, block.columns, f"{where}.columns")
    found += where_problems(pack, standard, block.where, f"{where}.where")
    if block.order:
        found += column_problems(standard, [block.order], f"{where}.order")
    if block.to and block.to not in pack.part("pages"):
        found.append(Problem(f"{where}.to", _("包里没有页面：%(name)s") % {"name": block.to[:60]}))
    if not 1 <= block.limit <= ROWS_BEFORE_FACTOR:
        found.append(
            Problem(f"{where}.limit", _("一页 1 到 %(n)s 行") % {"n": ROWS_BEFORE_FACTOR}, "limit: 50")
        )
    return found + group_problems(standard, block, page, where)


def group_problems(standard: SceneStandard, block: Block, page: BlockPage, where: str) -> list[Problem]:
    """Marked fields that would be shown to a group: on a screen, on a public page, or on a board."""
    if page.place not in ("screen", "public") and block.kind != "board":
        return []
    marked = marked_of(standard)
    named = {one.key: one for one in standard.body.elements}
    wanted = [*block.columns, block.lane, block.order, *(one.column for one in block.where)]
    if not block.columns:
        wanted += [key for key, one in named.items() if one.grade < SENSITIVE]
    found = []
    for key in dict.fromkeys(one for one in wanted if one in marked):
        what = _("“%(title)s”不能给一群人看") % {"title": named[key].title}
        found.append(Problem(where, what, _("去掉这一列，或让每家只看自己的孩子")))
    if page.place == "screen" and standard.subject and not standard.klass:
        found.append(Problem(where, _("课堂大屏上只能有本班的数据"), _("在标准里写 class: 班级的字段")))
    return found


def check_board(pack: Pack, block: Block, page: BlockPage, where: str) -> list[Problem]:
    """A board needs a code field for its lanes."""
    found = check_rows(pack, block, page, where)
    standard = standard_of(pack, block.data)
    if standard is not None:
        found += column_problems(standard, [block.lane], f"{where}.lane", ["code"])
    return found


def check_calendar(pack: Pack, block: Block, page: BlockPage, where: str) -> list[Problem]:
    """A calendar needs a day."""
    found = check_rows(pack, block, page, where)
    standard = standard_of(pack, block.data)
    if standard is not None:
        days = [block.day, *([block.end] if block.end else [])]
        found += column_problems(standard, days, f"{where}.day", ["date"])
    return found
