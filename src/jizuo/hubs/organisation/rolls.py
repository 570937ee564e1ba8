"""The roll of a class as a block of a scene's page: everybody is there until tapped, approved leave is there already.

Two datasets of the scene hold it: the absent, one row each, and the sheet, one row a class, day and period. Sending it
again puts it right: who is there after all becomes ``present``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from jizuo.ground import scope as scopes
from jizuo.ground.errors import BadInput, NotFound, Problem
from jizuo.ground.made import Filter
from jizuo.ground.packs import blocks, reach, versions
from jizuo.ground.packs.blocks import BlockKind, Done, PageAsk, word_of
from jizuo.ground.packs.parts import Pack
from jizuo.ground.packs.shapes import Block, BlockPage
from jizuo.hubs.data import codes
from jizuo.hubs.data.actions.put_rows import put_scene_rows
from jizuo.hubs.data.parts import SceneStandard
from jizuo.hubs.data.queries.scene_rows import Sight, scene_rows
from jizuo.hubs.data.scene_wheres import code_table, column_problems, data_problems, standard_of
from jizuo.hubs.organisation import class_names
from jizuo.hubs.organisation.class_names import ClassView
from jizuo.hubs.organisation.queries.classes import ATTENDS

ABSENT, LEAVE, PRESENT = "absent", "leave", "present"
#: Words of a sheet that the roll fills in, where the standard has them.
COUNTS = ("expected", "present", "absent", "on_leave")
MOST_OF_CLASS = 100
PUPILS = (
    "select a.person_id, a.name, a.seat_no from affiliation a where a.unit_no = %(unit)s and a.role = 'pupil'"
    " and a.end_on is null and a.is_present and (a.class_id = %(id)s or {attends})"
    ' order by a.seat_no nulls last, a.sort_key collate "C", a.id'
)


@dataclass(frozen=True, slots=True)
class Line:
    """A pupil on the roll. state: '' for there, else a code of the absent; is_fixed: on approved leave."""

    person_id: UUID
    name: str
    seat_no: int | None
    state: str = ""
    word: str = ""
    is_fixed: bool = False


def classes_of(sight: Sight) -> list[ClassView]:
    """The classes whose roll the reader may take: the own ones, or every class of the school. One read."""
    scope = scopes.current()
    if sight.how == "unit":
        return class_names.of_units([scope.unit_no])
    return sorted(class_names.of_ids(scope.org_ids).values(), key=lambda one: one.order)


def chosen(classes: Sequence[ClassView], asked: str) -> ClassView:
    """The class that is asked for, the first without a word. Raises NotFound."""
    found = next((one for one in classes if str(one.org_id) == asked), None)
    if found is None and (asked or not classes):
        raise NotFound(_("没有这个班"), fix=_("请从列表里选"))
    return found or classes[0]


def periods_of(block: Block, sight: Sight) -> list[tuple[str, str]]:
    """(code, word) of the periods; none when a day has one roll."""
    table = codes.tables().get(sight.known.fields[block.by].code_table) if block.by else None
    return [(one.code, one.name) for one in table] if table else []


def pupils_of(klass: ClassView) -> list[Line]:
    """Everybody who should be there, by seat and name. One read."""
    scope = scopes.current()
    given: dict[str, Any] = {"unit": scope.unit_no, "id": klass.org_id, "today": scope.today}
    with connection.cursor() as cursor:
        cursor.execute(PUPILS.format(attends=ATTENDS), given)
        return [Line(*row) for row in cursor.fetchall()]


def written(
    block: Block, page: PageAsk, klass: ClassView, period: str, dataset: str, columns: list[str]
) -> list[dict[str, Any]]:
    """What is there already of a class, day and period."""
    standard: SceneStandard = page.pack.part("standards")[dataset]
    tests = [
        Filter(standard.klass, "eq", str(klass.org_id)),
        Filter(block.day, "eq", scopes.current().today),
        *([Filter(block.by, "eq", period)] if block.by else []),
    ]
    return scene_rows(
        scene=page.scene, dataset=dataset, columns=columns, filters=tests, limit=MOST_OF_CLASS
    ).rows


def away_by_leave(block: Block, page: PageAsk, people: Sequence[UUID]) -> set[UUID]:
    """Who is on approved leave today, by the scene that knows, as far as the reader may read it there."""
    if not block.known or not people:
        return set()
    name, first, last = block.known
    for scene, installed in versions.all_in_use(scopes.current().unit_no).items():
        standard = installed.pack.part("standards").get(name)
        if standard is None or name not in reach.uses_of(installed).read:
            continue
        today = scopes.current().today
        rows = scene_rows(
            scene=scene, dataset=name, columns=[standard.subject],
            filters=[Filter(first, "le", today), Filter(last, "ge", today)], limit=MOST_OF_CLASS,
        ).rows  # fmt: skip
        return {row[standard.subject] for row in rows} & set(people)
    return set()


def lines_of(block: Block, page: PageAsk, sight: Sight, klass: ClassView, period: str) -> list[Line]:
    """The roll as it stands: everybody of the class, marked as sent before, and by approved leave."""
    lines = pupils_of(klass)
    held = {
        row[sight.standard.subject]: row
        for row in written(block, page, klass, period, block.data, [sight.standard.subject, block.lane])
    }
    leave = away_by_leave(block, page, [one.person_id for one in lines])
    table = codes.tables().get(sight.known.fields[block.lane].code_table)
    words = {one.code: one.name for one in table} if table else {}
    found = []
    for one in lines:
        state = held[one.person_id][block.lane] if one.person_id in held else ""
        if one.person_id in leave and state in ("", LEAVE):
            found.append(replace(one, state=LEAVE, word=words.get(LEAVE, LEAVE), is_fixed=True))
        elif state and state != PRESENT:
            found.append(replace(one, state=state, word=words.get(state, state)))
        else:
            found.append(one)
    return found


def ask_roll(block: Block, page: PageAsk) -> dict[str, Any] | None:
    """The roll of a class, ready to be sent."""
    if block.data not in page.use.write or block.sheet not in page.use.write:
        return None
    sight = Sight(page.scene, block.data, is_write=True)
    classes = classes_of(sight)
    if not classes:
        return {"refusal": _("您还没有任教的班级。"), "fix": _("请教务员在任课里登记。")}
    klass = chosen(classes, page.query.get("class", ""))
    periods = periods_of(block, sight)
    period = page.query.get("period", "") or (periods[0][0] if periods else "")
    if periods and period not in dict(periods):
        raise NotFound(_("没有这一节"))
    lines = lines_of(block, page, sight, klass, period)
    sheet = written(block, page, klass, period, block.sheet, sheet_columns(page.pack, block))
    away = sum(bool(one.state) for one in lines)
    return {
        "title": word_of(block.title, block.english) or sight.known.word,
        "lines": lines,
        "klass": klass,
        "period": period,
        "day": scopes.current().today,
        "classes": [(one.name, address(page, one, period), one.org_id == klass.org_id) for one in classes],
        "periods": [(word, address(page, klass, code), code == period) for code, word in periods],
        "away": away,
        "there": len(lines) - away,
        "is_sent": bool(sheet),
    }


def address(page: PageAsk, klass: ClassView, period: str) -> str:
    """The roll of a class and period."""
    return f"{page.address}?{urlencode({'class': klass.org_id, **({'period': period} if period else {})})}"


def sheet_columns(pack: Pack, block: Block) -> list[str]:
    """The columns of a sheet that the roll fills."""
    standard = standard_of(pack, block.sheet)
    return [one.key for one in standard.body.elements if one.key in COUNTS] if standard else []


def send_roll(block: Block, page: PageAsk, posted: Any) -> Done:
    """Keep the roll of a class: the absent and the sheet. Sending it again changes what is there. Raises NotFound for a
    class or pupil out of reach, BadInput."""
    sight = Sight(page.scene, block.data, is_write=True)
    klass = chosen(classes_of(sight), posted.get("class", ""))
    period = posted.get("period", "")
    if block.by and period not in dict(periods_of(block, sight)):
        raise BadInput(_("没有选节次"), fix=_("请从上面选一节"))
    lines = lines_of(block, page, sight, klass, period)
    tapped = set(posted.getlist("away"))
    if strange := tapped - {str(one.person_id) for one in lines}:
        raise NotFound(_("有 %(n)s 个人不在这个班") % {"n": len(strange)}, fix=_("请刷新后再点"))
    same = {sight.standard.klass: str(klass.org_id), block.day: scopes.current().today.isoformat()}
    if block.by:
        same[block.by] = period
    rows, away, leave = [], 0, 0
    for one in lines:
        if one.is_fixed:
            state = LEAVE
        elif str(one.person_id) in tapped:
            state = one.state or ABSENT
        else:
            state = PRESENT if one.state else ""
        away += state not in ("", PRESENT, LEAVE)
        leave += state == LEAVE
        if state:
            rows.append({sight.standard.subject: str(one.person_id), block.lane: state, **same})
    if rows:
        put_scene_rows(scene=page.scene, dataset=block.data, rows=rows)
    put_sheet(block, page, klass, same, {
        "expected": len(lines), "present": len(lines) - away - leave, "absent": away, "on_leave": leave,
    })  # fmt: skip
    words = _("%(class)s 已点名：应到 %(all)s 人，没到 %(away)s 人，请假 %(leave)s 人") % {
        "class": klass.name, "all": len(lines), "away": away, "leave": leave,
    }  # fmt: skip
    return Done(words, urlencode({"class": klass.org_id, **({"period": period} if period else {})}))


def put_sheet(
    block: Block, page: PageAsk, klass: ClassView, same: Mapping[str, Any], counts: Mapping[str, int]
) -> None:
    """The row of the class, with what its standard has of the counts and who took the roll."""
    standard: SceneStandard = page.pack.part("standards")[block.sheet]
    row: dict[str, Any] = {standard.klass: str(klass.org_id), block.day: same[block.day]}
    if block.by:
        row[block.by] = same[block.by]
    row |= {key: counts[key] for key in sheet_columns(page.pack, block)}
    taker = scopes.current().person_id
    if standard.mine and taker is not None:
        row[standard.mine] = str(taker)
    stamp = next((one.key for one in standard.body.elements if one.type == "timestamptz"), "")
    if stamp:
        row[stamp] = timezone.now().isoformat()
    put_scene_rows(scene=page.scene, dataset=block.sheet, rows=[row])


def check_roll(pack: Pack, block: Block, page: BlockPage, where: str) -> list[Problem]:
    """Datasets, fields and codes that a roll needs."""
    found: list[Problem] = []
    for word, name in (("data", block.data), ("sheet", block.sheet)):
        found += data_problems(pack, name, f"{where}.{word}")
        standard = standard_of(pack, name)
        if standard is None:
            continue
        found += column_problems(standard, [block.day], f"{where}.day", ["date"])
        if block.by:
            found += column_problems(standard, [block.by], f"{where}.by", ["code"])
        of = standard.subject if word == "data" else standard.klass
        needed = {of, block.day, *([block.by] if block.by else [])}
        if not standard.klass or (word == "data" and not standard.subject):
            found.append(
                Problem(f"{where}.{word}", _("点名要有学生和班级"), _("在标准里写 subject 和 class"))
            )
        elif set(standard.body.key) != needed:
            fix = f"key: [{', '.join(sorted(needed))}]"
            found.append(Problem(f"{where}.{word}", _("再点一次会多出一行：自然键不对"), fix))
        if word == "data":
            found += lane_problems(pack, standard, block, where)
    if block.known and len(block.known) != 3:
        found.append(Problem(f"{where}.known", _("要写数据集、开始日、结束日"), "[leave, from_on, to_on]"))
    return found


def lane_problems(pack: Pack, standard: SceneStandard, block: Block, where: str) -> list[Problem]:
    """The code field of the absent and the three codes it needs."""
    found = column_problems(standard, [block.lane], f"{where}.lane", ["code"])
    element = standard.body.element(block.lane)
    if found or element is None:
        return found
    missing = [one for one in (ABSENT, LEAVE, PRESENT) if one not in code_table(pack, element.code)]
    if missing:
        what = _("代码表 %(table)s 缺代码：%(codes)s") % {"table": element.code, "codes": "、".join(missing)}
        found.append(Problem(f"{where}.lane", what, f"codes/{element.code}.csv"))
    return found


def sample_roll(pack: Pack, block: Block) -> Mapping[str, Any]:
    """A class of three, one away."""
    names = ("陈以宁", "马小川", "阿卜杜拉·买买提")
    lines = [
        Line(UUID(int=place), name, place, ABSENT if place == 2 else "")
        for place, name in enumerate(names, 1)
    ]
    return {
        "lines": lines,
        "there": 2,
        "away": 1,
        "classes": [],
        "periods": [],
        "klass": {"name": "三（1）班"},
    }


KINDS = {
    "roll": BlockKind(
        ask_roll, "organisation/blocks/_roll.html",
        frozenset({"data", "sheet", "day", "by", "lane", "known"}), check_roll, act=send_roll, sample=sample_roll,
    ),
}  # fmt: skip


def offer() -> None:
    """Offer the kind; called on the plate."""
    for name, kind in KINDS.items():
        blocks.offer(name, kind)
