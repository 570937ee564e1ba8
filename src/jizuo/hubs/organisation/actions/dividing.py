"""阳光分班 step by step: the clerk proposes the rule, the head approves it and freezes the list, the seed is drawn before
witnesses, the head applies.

The hash of the frozen list is known before the seed; a list has one seed. Who wants another draw gives this one up with a
reason, and both stay on record.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.columns import write_columns
from jizuo.ground.doors import API, action
from jizuo.ground.errors import BadInput, Conflict, Problem
from jizuo.ground.ids import new_id
from jizuo.ground.shapes import Year
from jizuo.hubs.organisation import intakes
from jizuo.hubs.organisation.intakes import DRAWN, DROPPED, FROZEN, PROPOSED
from jizuo.hubs.organisation.queries import dividing as queries
from jizuo.hubs.organisation.queries.dividing import Division
from jizuo.hubs.organisation.queries.intake import OFFICE, schemes_of
from jizuo.plain import dividing
from jizuo.plain.class_name import ClassKey
from jizuo.plain.dividing import CannotDivide, Refusal
from jizuo.plain.school_year import SchoolYear

HEAD_ONLY = frozenset({scopes.HEAD})
MOST_CLASSES, LEAST_WITNESSES = 60, 2
COHORT = (
    "kind = 'class' and closed_on is null and unit_no = %s and stage = %s and scheme = %s and entry_year = %s"
)
CANDIDATES = """
select id, code, name, sex, siblings, wish, coalesce(fixed_class, 0), fixed_reason, is_spread, band from intake
where unit_no = %s and school_year = %s and stage = %s and state = 'reported' and affiliation_id is null
order by sort_key collate "C", id
"""


def cohort_of(unit_no: int, school_year: Year, stage: str) -> ClassKey:
    """学制 and entry year of the classes they enter, number 0. Raises BadInput where the school has no such stage."""
    year = SchoolYear(school_year)
    found = intakes.cohort(schemes_of(unit_no, year), stage, year)
    if found is None:
        raise BadInput(
            _("本校的学制里没有这个学段"), problems=[Problem("stage", stage, _("请在“学校信息”里填写学制"))]
        )
    return ClassKey(*found, 0)


def seated(unit_no: int, stage: str, key: ClassKey) -> dict[int, tuple[str, int, int]]:
    """class number -> (org id, boys, girls) of the cohort's open classes now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select o.class_no, o.id::text, count(a.id) filter (where a.sex = '1'), count(a.id) filter (where a.sex <> '1')"
            f" from (select * from org where {COHORT} and class_no is not null) o left join affiliation a"
            " on a.unit_no = o.unit_no and a.class_id = o.id and a.role = 'pupil' and a.end_on is null"
            " group by 1, 2",
            [unit_no, stage, key.scheme, key.entry_year],
        )
        return {number: (org_id, boys, girls) for number, org_id, boys, girls in cursor.fetchall()}


def locked(division_id: UUID, *states: str) -> Division:
    """A draw of the acting school, kept from others. Raises NotFound, Conflict unless it is in one of `states`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select 1 from class_division where unit_no = %s and id = %s for update",
            [scopes.current().unit_no, division_id],
        )
    found = queries.division(division_id=division_id)
    if found.state not in states:
        title = intakes.DIVISION_TITLES[found.state]
        raise Conflict(_("这次分班现在是“%(state)s”") % {"state": title}, fix=_("别人可能刚办过，请刷新页面"))
    return found


def write(division_id: UUID, **values: Any) -> None:
    """Write columns of a draw."""
    write_columns("class_division", [division_id], **values)


@action(title="提出分班方案", roles=OFFICE, reach=API)
def propose_division(*, school_year: Year, stage: str, classes: int, most: int) -> UUID:
    """Propose how the new pupils are divided: `classes` classes of at most `most`; classes that stand already take part.
    Replaces a proposal that was not approved. Returns its id. Raises BadInput, Conflict while a list is frozen."""
    scope = scopes.current()
    key = cohort_of(scope.unit_no, school_year, stage)
    problems = []
    if not 1 <= classes <= MOST_CLASSES:
        problems.append(Problem("classes", _("班数应在 1 到 60 之间")))
    if not 1 <= most <= intakes.MOST:
        problems.append(
            Problem(
                "most", _("每班最多应在 1 到 %(most)d 之间") % {"most": intakes.MOST}, _("超过就是大班额")
            )
        )
    if problems:
        raise BadInput(_("方案不合规则"), problems=problems)
    numbers = sorted({*range(1, classes + 1), *seated(scope.unit_no, stage, key)})
    division_id = new_id()
    with connection.cursor() as cursor:
        cursor.execute(
            "select state from class_division where unit_no = %s and school_year = %s and stage = %s"
            " and state in ('proposed', 'frozen', 'drawn') for update",
            [scope.unit_no, school_year, stage],
        )
        row = cursor.fetchone()
        if row is not None and row[0] != PROPOSED:
            raise Conflict(_("已有一次分班在进行"), fix=_("先应用它，或请校长作废"))
        cursor.execute(
            "delete from class_division where unit_no = %s and school_year = %s and stage = %s and state = 'proposed'",
            [scope.unit_no, school_year, stage],
        )
        cursor.execute(
            "insert into class_division (id, unit_no, school_year, stage, state, class_nos, most, held, method, input_hash,"
            " seed, result_hash, witnesses, reason, receipt, proposed_by)"
            " values (%s, %s, %s, %s, 'proposed', %s, %s, '{}', '', '', '', '', '[]', '', '{}', %s)",
            [division_id, scope.unit_no, school_year, stage, numbers, most, scope.grant_no],
        )
    audit.note(f"division {division_id} proposed: {len(numbers)} classes of {most}")
    return division_id


@action(title="批准方案并锁定名单", roles=HEAD_ONLY, reach=API)
def approve_division(*, division_id: UUID) -> str:
    """Freeze rule and list as they are now: everybody who has come in and has no class. Returns the SHA-256 of both, to be
    published before the seed is drawn. Raises NotFound, Conflict, BadInput naming each child who stands against the rule."""
    scope = scopes.current()
    found = locked(division_id, PROPOSED)
    key = cohort_of(scope.unit_no, found.school_year, found.stage)
    there = seated(scope.unit_no, found.stage, key)
    numbers = sorted({*found.class_nos, *there})
    held = {number: [boys, girls] for number, (_org, boys, girls) in there.items() if boys + girls}
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, [scope.unit_no, found.school_year, found.stage])
        rows = [list(row) for row in cursor.fetchall()]
        if not rows:
            raise BadInput(
                _("没有等分班的新生"),
                problems=[Problem("division_id", _("还没有人报到"), _("先在“新生”页报到"))],
            )
        alone = lone_marks(rows)
        for row in rows:
            if row[4] in alone:
                row[4] = row[5] = ""
        cursor.executemany(
            "insert into class_division_line (id, unit_no, division_id, intake_id, number, key, name, sex, siblings, wish,"
            " fixed_class, fixed_reason, is_spread, band, way)"
            " values (gen_random_uuid(), %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '')",
            [
                [
                    scope.unit_no,
                    division_id,
                    row[0],
                    number,
                    *row[1:9],
                    row[9] if found.stage not in intakes.SCORELESS else "",
                ]
                for number, row in enumerate(rows, 1)
            ],
        )
    lines = queries.read_lines(division_id)
    candidates = [one.candidate() for one in lines]
    rule = dividing.Rule(
        tuple(numbers), found.most, {number: (boys, girls) for number, (boys, girls) in held.items()}
    )
    refused = dividing.faults(candidates, rule)
    if refused:
        names = {one.key: one.name for one in lines}
        raise BadInput(_("名单和方案对不上"), problems=[problem_of(one, names) for one in refused])
    inputs = dividing.input_hash(candidates, rule)
    write(
        division_id, state=FROZEN, class_nos=numbers, held={str(number): counts for number, counts in held.items()},
        method=dividing.METHOD, input_hash=inputs, approved_by=scope.grant_no, frozen_at=timezone.now(),
    )  # fmt: skip
    audit.note(f"division {division_id} frozen: {len(lines)} children {inputs}")
    return inputs


def lone_marks(rows: Sequence[Sequence[Any]]) -> set[str]:
    """Marks of births of which only one child is here: the others have not come, so there is nothing to bind."""
    marks = [row[4] for row in rows if row[4]]
    return {mark for mark in marks if marks.count(mark) == 1}


def problem_of(refused: Refusal, names: dict[str, str]) -> Problem:
    """A refusal in the clerk's words."""
    who = "、".join(names.get(key, key) for key in refused.keys)[:120]
    words = {
        "classes": (_("没有班"), _("请先提出方案")),
        "most": (_("坐不下"), _("至少要 %(n)d 个班，或提高每班最多人数") % {"n": refused.number}) if refused.number
        else (_("指定到一个班的人太多：%(who)s") % {"who": who}, _("请减少指定")),
        "sex": (_("没有性别：%(who)s") % {"who": who}, _("请在名单里补上后重新导入")),
        "twice": (_("名单里写了两遍：%(who)s") % {"who": who}, _("请撤下一行")),
        "fixed": (_("指定的班不在方案里：%(who)s") % {"who": who}, _("请改指定的班号")),
        "wish": (_("多胞胎的意愿不一致：%(who)s") % {"who": who}, _("请向家长核实后重新登记")),
        "together": (_("要同班，却放不进一个班：%(who)s") % {"who": who}, _("请改指定的班，或改意愿")),
        "apart": (_("要分开，却分不开：%(who)s") % {"who": who}, _("请改指定的班，或改意愿")),
    }  # fmt: skip
    what, fix = words[refused.code]
    return Problem("division_id", what, fix)


@action(title="抽签分班", roles=OFFICE, reach=API)
def draw_division(*, division_id: UUID, seed: str, witnesses: list[list[str]]) -> str:
    """Draw the frozen list by the seed that was drawn in public. witnesses: [name, role] of at least two. Returns the
    SHA-256 of the result. A list has one seed. Raises NotFound, Conflict, BadInput."""
    found = locked(division_id, FROZEN)
    bare = seed.strip()
    seen = [[name.strip()[:50], role.strip()[:50]] for name, role in witnesses if name.strip()]
    problems = []
    if not bare or len(bare) > 120:
        problems.append(Problem("seed", _("种子是空的或太长"), _("写当众抽出的数字或文字，最多 120 字")))
    if len({name for name, _role in seen}) < LEAST_WITNESSES or not all(role for _name, role in seen):
        problems.append(Problem("witnesses", _("见证人不足两位，或没有写身份"), _("例如 家长代表、纪检委员")))
    if problems:
        raise BadInput(_("还不能抽签"), problems=problems)
    lines = queries.read_lines(division_id)
    try:
        places, inputs, result = queries.draw(found, lines, bare)
    except CannotDivide as error:
        names = {one.key: one.name for one in lines}
        raise BadInput(
            _("名单和方案对不上"), problems=[problem_of(one, names) for one in error.refusals]
        ) from None
    if inputs != found.input_hash:
        raise Conflict(_("名单与公布的校验值对不上，没有抽签"), fix=_("请校长作废这次分班，重新锁定名单"))
    with connection.cursor() as cursor:
        cursor.execute(
            "update class_division_line l set class_no = w.class_no, way = w.way, changed_at = now()"
            " from unnest(%s::text[], %s::int[], %s::text[]) as w(key, class_no, way)"
            " where l.unit_no = %s and l.division_id = %s and l.key = w.key",
            [
                list(places), [one.class_no for one in places.values()], [one.way for one in places.values()],
                scopes.current().unit_no, division_id,
            ],
        )  # fmt: skip
    write(
        division_id, state=DRAWN, seed=bare, witnesses=Jsonb(seen), result_hash=result, drawn_by=scopes.current().grant_no,
        drawn_at=timezone.now(),
    )  # fmt: skip
    audit.note(f"division {division_id} drawn {result}")
    return result


@action(title="作废分班", roles=OFFICE, reach=API)
def drop_division(*, division_id: UUID, reason: str) -> None:
    """Give a draw up that was not applied; it stays on record with its reason. Once the list is frozen only the head may.
    Raises NotFound, Conflict, BadInput without a reason."""
    scope = scopes.current()
    found = locked(division_id, *((PROPOSED, FROZEN, DRAWN) if scope.role == scopes.HEAD else (PROPOSED,)))
    if len(reason.strip()) < 2:
        raise BadInput(
            _("没有写理由"), problems=[Problem("reason", _("是空的"), _("作废会留在记录里，请写明为什么"))]
        )
    write(division_id, state=DROPPED, reason=reason.strip()[:200])
    audit.note(f"division {division_id} dropped from {found.state}")
