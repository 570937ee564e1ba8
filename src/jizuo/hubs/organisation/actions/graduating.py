"""Graduates: certificate numbers by the school's rule, where each goes, and a batch handed to the next school.

A number is given once: it stays with the graduate when a turn is taken back and done again. What is handed on crosses
the wall only as news delivered by the unit above both schools, and only the least of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit, facts
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, action
from jizuo.ground.errors import BadInput, Conflict, NotFound, Problem
from jizuo.ground.facts import Told
from jizuo.ground.ids import new_id
from jizuo.ground.shapes import Year
from jizuo.hubs.organisation import turns
from jizuo.hubs.organisation.queries.graduating import OFFICE, graduates_of, receivers, root_of
from jizuo.plain.school_year import Stage

TAKEN, RETURNED, SENT = "taken", "returned", "sent"
FACT_SENT, FACT_SETTLED = "GraduatesHandedOver", "HandoverSettled"
MOST_DIGITS = 8


@action(title="设定证书编号规则", roles=OFFICE, reach=API)
def set_certificate_rule(*, stage: str, prefix: str, digits: int = 4) -> None:
    """How the acting school numbers certificates of a stage from now on: prefix, year, serial of `digits` digits. Numbers
    that were given stay. Raises BadInput."""
    problems = []
    if stage not in set(Stage):
        problems.append(Problem("stage", _("没有这个学段")))
    if not 1 <= digits <= MOST_DIGITS:
        problems.append(Problem("digits", _("流水号位数不对"), _("填 1 到 8")))
    if len(prefix) > 20 or not all(char.isalnum() or char in "-—〔〕（）()字第" for char in prefix):
        problems.append(
            Problem("prefix", _("前缀里有不能用的字"), _("用字母、数字、汉字和短横线，不超过 20 个字"))
        )
    if problems:
        raise BadInput(_("没有保存编号规则"), problems=problems)
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into certificate_rule (id, unit_no, stage, prefix, digits) values (%s, %s, %s, %s, %s)"
            " on conflict (unit_no, stage) do update set prefix = excluded.prefix, digits = excluded.digits,"
            " changed_at = now()",
            [new_id(), scopes.current().unit_no, stage, prefix, digits],
        )


@action(title="编毕业证书号", roles=OFFICE, reach=API)
def number_certificates(*, school_year: Year, stage: str) -> int:
    """Give every graduate of the acting school and stage in a year who has none a certificate number, class by class in
    the order of seats; returns how many. Two at once: the second waits and finds nothing left. Raises Conflict without
    a rule."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('certificates'), %s)", [scope.unit_no])
        cursor.execute(
            "select prefix, digits from certificate_rule where unit_no = %s and stage = %s",
            [scope.unit_no, stage],
        )
        rule = cursor.fetchone()
        if rule is None:
            raise Conflict(_("还没有这个学段的编号规则"), fix=_("请先填前缀和位数"))
        cursor.execute(
            "select coalesce(max(serial), 0) from graduation where unit_no = %s and school_year = %s and stage = %s",
            [scope.unit_no, school_year, stage],
        )
        (last,) = cursor.fetchone()
        cursor.execute(
            "select certificate_no from graduation where unit_no = %s and certificate_no <> ''",
            [scope.unit_no],
        )
        taken = {number for (number,) in cursor.fetchall()}
        lacking = [one for one in graduates_of(school_year) if one.stage == stage and not one.certificate_no]
        rows = []
        for one in lacking:
            last += 1
            while (number := turns.certificate_no(rule[0], school_year, last, rule[1])) in taken:
                last += 1
            rows.append((new_id(), one.affiliation_id, one.person_id, last, number))
        cursor.execute(
            "insert into graduation (id, unit_no, affiliation_id, person_id, school_year, stage, serial, certificate_no,"
            " to_text) select w.id, %s, w.link, w.person, %s, %s, w.serial, w.number, ''"
            " from unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::int[], %s::text[]) as w(id, link, person, serial, number)"
            " on conflict (unit_no, affiliation_id) do update set serial = excluded.serial,"
            " certificate_no = excluded.certificate_no, stage = excluded.stage, changed_at = now()",
            [scope.unit_no, school_year, stage, *([row[at] for row in rows] for at in range(5))],
        )
    audit.note(f"certificates {school_year} {stage}: {len(rows)}")
    return len(rows)


@action(title="登记毕业去向", roles=OFFICE, reach=API)
def set_destination(
    *,
    school_year: Year,
    affiliation_ids: Sequence[UUID],
    to_unit_no: int | None = None,
    to_text: str = "",
) -> int:
    """Write where graduates of the acting school go: a school of the base, or one outside in words (both empty: not known
    again); returns how many. Those handed over stay as they are. Raises BadInput, NotFound for who did not graduate."""
    scope = scopes.current()
    there = {one.affiliation_id: one for one in graduates_of(school_year)}
    wanted = list(dict.fromkeys(affiliation_ids))
    if not wanted:
        raise BadInput(_("没有选学生"), problems=[Problem("pick", _("请先打勾"))])
    if set(wanted) - set(there):
        raise NotFound(_("有学生不在这一届毕业生里"), fix=_("请刷新页面"))
    if to_unit_no is not None and to_unit_no not in receivers():
        raise BadInput(
            _("没有这所学校"), problems=[Problem("to_unit_no", str(to_unit_no), _("请从列表里选"))]
        )
    open_ones = [there[link] for link in wanted if there[link].handover_id is None]
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into graduation (id, unit_no, affiliation_id, person_id, school_year, stage, certificate_no,"
            " to_unit_no, to_text) select gen_random_uuid(), %s, w.link, w.person, %s, w.stage, '', %s, %s"
            " from unnest(%s::uuid[], %s::uuid[], %s::text[]) as w(link, person, stage)"
            " on conflict (unit_no, affiliation_id) do update set to_unit_no = excluded.to_unit_no,"
            " to_text = excluded.to_text, changed_at = now()",
            [
                scope.unit_no, school_year, to_unit_no, "" if to_unit_no is not None else to_text.strip()[:120],
                [one.affiliation_id for one in open_ones], [one.person_id for one in open_ones],
                [one.stage for one in open_ones],
            ],
        )  # fmt: skip
    return len(open_ones)


@action(title="移交毕业生", roles=OFFICE, reach=API)
def hand_over(*, school_year: Year, to_unit_no: int, note: str = "") -> UUID:
    """Hand the graduates who go to a school of the base to it as one batch; returns its number. They stand in its
    waiting list once the news is delivered. Raises NotFound, Conflict when nobody is left to hand over."""
    scope = scopes.current()
    if to_unit_no not in receivers():
        raise NotFound(_("没有这所学校"))
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('handover'), %s)", [scope.unit_no])
        going = [
            one
            for one in graduates_of(school_year)
            if one.to_unit_no == to_unit_no and one.handover_id is None
        ]
        if not going:
            raise Conflict(_("没有要移交给这所学校的毕业生"), fix=_("先登记去向；已经移交的不会再交一次"))
        batch_no, handover_id = new_id(), new_id()
        write_handover(
            handover_id,
            batch_no,
            scope.unit_no,
            "out",
            to_unit_no,
            school_year,
            going[0].stage,
            len(going),
            note,
        )
        write_lines(
            handover_id, scope.unit_no,
            [(one.person_id, one.name, one.sex, one.base_no, one.class_name, one.certificate_no) for one in going],
        )  # fmt: skip
        cursor.execute(
            "update graduation set handover_id = %s, changed_at = now() where unit_no = %s and affiliation_id = any(%s)",
            [handover_id, scope.unit_no, [one.affiliation_id for one in going]],
        )
    facts.tell(FACT_SENT, unit_no=root_of(scope.unit_no), batch_no=str(batch_no), sender=scope.unit_no)
    audit.disclose(["name", "sex"], [one.person_id for one in going], len(going))
    audit.note(f"handover {batch_no} to {to_unit_no}")
    return batch_no


def write_handover(
    handover_id: UUID,
    batch_no: UUID,
    unit_no: int,
    way: str,
    other: int,
    school_year: Year,
    stage: str,
    pupils: int,
    note: str,
) -> bool:
    """One side's row; False when it stands already."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into handover (id, unit_no, batch_no, way, other_unit_no, school_year, stage, state, pupils, note)"
            " values (%s, %s, %s, %s, %s, %s, %s, 'sent', %s, %s) on conflict (unit_no, batch_no, way) do nothing",
            [handover_id, unit_no, batch_no, way, other, school_year, stage, pupils, note.strip()[:200]],
        )
        return cursor.rowcount == 1


def write_lines(
    handover_id: UUID, unit_no: int, people: Sequence[tuple[UUID, str, str, str, str, str]]
) -> None:
    """The pupils of one side's row, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into handover_line (id, unit_no, handover_id, person_id, name, sex, base_no, class_name,"
            " certificate_no, ordinal) select gen_random_uuid(), %s, %s, w.* from unnest(%s::uuid[], %s::text[], %s::text[],"
            " %s::text[], %s::text[], %s::text[]) with ordinality as w",
            [unit_no, handover_id, *([row[at] for row in people] for at in range(6))],
        )


def deliver_sent(fact: Told) -> None:
    """The unit above writes the receiver's side; told twice it writes once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, other_unit_no, school_year, stage, pupils, note, state from handover where unit_no = %s"
            " and batch_no = %s and way = 'out'",
            [fact.payload["sender"], fact.payload["batch_no"]],
        )
        row = cursor.fetchone()
        if row is None or row[6] != SENT:
            return
        here = new_id()
        sender_id, receiver, school_year, stage, pupils, note, _state = row
        if not write_handover(
            here,
            UUID(fact.payload["batch_no"]),
            receiver,
            "in",
            fact.payload["sender"],
            school_year,
            stage,
            pupils,
            note,
        ):
            return
        cursor.execute(
            "select person_id, name, sex, base_no, class_name, certificate_no from handover_line where unit_no = %s"
            " and handover_id = %s order by ordinal",
            [fact.payload["sender"], sender_id],
        )
        write_lines(here, receiver, cursor.fetchall())


@action(title="接收或退回毕业生", roles=OFFICE, reach=API)
def settle_handover(*, batch_no: UUID, to: str, note: str = "") -> None:
    """The receiving school takes a batch or gives it back (``taken``, ``returned``); the sender may call back one that
    was not taken (``returned``). Raises NotFound, Conflict when it was settled already."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(
            "select way, state, other_unit_no from handover where batch_no = %s and unit_no = %s for update",
            [batch_no, scope.unit_no],
        )
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("没有这一批毕业生"))
    way, state, other = row
    if state != SENT or to not in (TAKEN, RETURNED) or (way == "out" and to == TAKEN):
        raise Conflict(_("这一批已经处理过了"), fix=_("请刷新页面"))
    write_settled(scope.unit_no, batch_no, to, note)
    facts.tell(FACT_SETTLED, unit_no=root_of(scope.unit_no), batch_no=str(batch_no), other=other, to=to)
    audit.note(f"handover {batch_no} {to}")


def write_settled(unit_no: int, batch_no: UUID, to: str, note: str) -> None:
    """One side's row gets its end; the graduates of a returned batch may be handed over again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update handover set state = %s, settled_at = now(), note = case when %s = '' then note else %s end,"
            " changed_at = now() where unit_no = %s and batch_no = %s and state = 'sent'",
            [to, note.strip(), note.strip()[:200], unit_no, batch_no],
        )
        if to == RETURNED:
            cursor.execute(
                "update graduation g set handover_id = null, changed_at = now() from handover h where h.unit_no = %s"
                " and h.batch_no = %s and h.way = 'out' and g.unit_no = h.unit_no and g.handover_id = h.id",
                [unit_no, batch_no],
            )


def deliver_settled(fact: Told) -> None:
    """The unit above writes the other side's end. Where both settled at once the first news counts on each side, and a
    batch that one side took is taken."""
    write_settled(fact.payload["other"], UUID(fact.payload["batch_no"]), fact.payload["to"], "")


def register() -> None:
    """Name the handlers; called on the room's plate."""
    facts.on(FACT_SENT, "organisation.handover", deliver_sent)
    facts.on(FACT_SETTLED, "organisation.handover_settled", deliver_settled)
