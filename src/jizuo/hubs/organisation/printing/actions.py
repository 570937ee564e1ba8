"""Printing as a deed: each copy is written down; certificates have a code that anybody may check; a seal is asked for,
approved by the head and used under a number."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from jizuo.ground import audit, keys
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, PAGE, action
from jizuo.ground.errors import BadInput, Conflict, NotAllowed, NotFound, Problem
from jizuo.ground.ids import new_id
from jizuo.ground.packs import reach
from jizuo.hubs.data.codes import name_of
from jizuo.hubs.organisation import class_names, movements
from jizuo.hubs.organisation.printing import codes, rules
from jizuo.hubs.organisation.printing.codes import Found
from jizuo.hubs.organisation.printing.queries import OFFICE, PRINTERS, blocks_of
from jizuo.hubs.organisation.printing.shapes import Checked, Sheet
from jizuo.hubs.organisation.queries.classes import class_page
from jizuo.hubs.organisation.queries.moving import movement_view
from jizuo.plain.addresses import address_key
from jizuo.plain.names import mask_name

LONGEST_DAYS = 366


def written_day(day: date) -> str:
    """A day as written on paper."""
    return _("%(year)s年%(month)s月%(day)s日") % {"year": day.year, "month": day.month, "day": day.day}


def unit_name() -> str:
    """The full name of the acting unit."""
    with connection.cursor() as cursor:
        cursor.execute("select name from unit where unit_no = %s", [scopes.current().unit_no])
        return cursor.fetchone()[0]


def checked_copies(kind: str, paper: str, copies: int, reason: str = "-") -> None:
    """Raise BadInput for a size the paper is not set for, a number of copies that nobody prints, or no reason."""
    problems = []
    if kind not in rules.KINDS:
        problems.append(Problem("kind", kind, _("请从列表里选")))
    elif paper not in rules.KINDS[kind].papers:
        problems.append(Problem("paper", paper, _("请选 A4")))
    if not 1 <= copies <= rules.MOST_COPIES:
        problems.append(
            Problem("copies", _("份数要在 1 到 %(n)s 之间") % {"n": rules.MOST_COPIES}, _("请改份数"))
        )
    if not reason.strip():
        problems.append(Problem("reason", _("没有写用途"), _("请写给谁、办什么用")))
    if problems:
        raise BadInput(_("没有打印"), problems=problems)


def write_copy(kind: str, title: str, paper: str, copies: int, reason: str, ref_id: UUID | None) -> None:
    """One line of the register of copies."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into print_copy (unit_no, kind, title, ref_id, paper, copies, reason, grant_no)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s)",
            [scope.unit_no, kind, title[:160], ref_id, paper, copies, reason.strip()[:120], scope.grant_no],
        )


@action(title="打印班级名单", roles=PRINTERS, reach=API)
def print_class(
    *, class_id: UUID, kind: str = rules.CLASS_LIST, paper: str = "a4", copies: int = 1, reason: str = ""
) -> Sheet:
    """Take a class list, seat cards or a door sign of a class in reach, and write the copy down. Guardians, phones and
    special identities never stand on it. Raises BadInput, NotFound."""
    if kind not in rules.OF_A_CLASS:
        raise BadInput(_("没有打印"), problems=[Problem("kind", kind, _("请从列表里选"))])
    checked_copies(kind, paper, copies)
    found = class_page(class_id=class_id)
    name = found.view.name
    pupils = [
        [str(one.seat_no or ""), one.local_no, one.name, one.sex] for one in found.pupils if one.is_present
    ]
    title = f"{name} {rules.KINDS[kind].title}"
    write_copy(kind, title, paper, copies, reason, found.view.org_id)
    if kind != rules.DOOR_SIGN:
        audit.disclose(["name", "sex"], _people_of(found.pupils))
    data = {
        "school": unit_name(), "day": scopes.current().today.isoformat(), "class": name, "pupils": pupils,
        "teacher": _("、").join(one.name for one in found.homeroom),
    }  # fmt: skip
    return Sheet(kind, title, paper, data, blocks_of(kind))


def _people_of(pupils: Any) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select person_id from affiliation where unit_no = %s and id = any(%s)",
            [scopes.current().unit_no, [one.affiliation_id for one in pupils]],
        )
        return [person for (person,) in cursor.fetchall()]


@action(title="开在读证明", roles=OFFICE, reach=API, for_scenes=True)
def issue_certificate(
    *,
    affiliation_id: UUID | None = None,
    person_id: UUID | None = None,
    reason: str,
    copies: int = 1,
    valid_days: int = 90,
) -> UUID:
    """Issue a 在读证明 for a pupil present at the acting school, named by the affiliation or as a person; returns the
    certificate, to be printed with `print_certificate`. Raises NotFound, BadInput, Conflict for somebody who is not
    present."""
    checked_copies(rules.ENROLMENT, "a4", copies, reason)
    if (affiliation_id is None) == (person_id is None):
        raise BadInput(
            _("没有开证明"), problems=[Problem("affiliation_id", _("没有选学生"), _("请选一名学生"))]
        )
    if not 1 <= valid_days <= LONGEST_DAYS:
        raise BadInput(
            _("没有开证明"), problems=[Problem("valid_days", str(valid_days), _("填 1 到 366 天"))]
        )
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, person_id, name, class_id, is_present, end_on from affiliation where unit_no = %s and role = 'pupil'"
            " and (id = %s or person_id = %s) order by end_on nulls first, is_present desc limit 1",
            [scope.unit_no, affiliation_id, person_id],
        )
        row = cursor.fetchone()
        if row is None:
            raise NotFound(_("没有这名学生"))
        affiliation_id, person_id, name, class_id, is_present, end_on = row
        if end_on is not None or not is_present:
            raise Conflict(_("%(name)s 现在不在本校读") % {"name": name}, fix=_("在读证明请到就读的学校开"))
        view = class_names.of_ids([class_id]).get(class_id) if class_id else None
        certificate_id = new_id()
        _code, blind, sealed = codes.make(scope.unit_no, _place(certificate_id))
        told: list[Any] = [
            certificate_id, scope.unit_no, rules.ENROLMENT, affiliation_id, person_id, name, view.name if view else "",
            reason.strip()[:120], scope.today, scope.today + timedelta(days=valid_days), blind, sealed, scope.grant_no,
        ]  # fmt: skip
        cursor.execute(
            "insert into certificate (id, unit_no, kind, affiliation_id, person_id, name, class_name, reason, issued_on,"
            " valid_to, withdrawn_reason, blind, sealed, issued_by)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '', %s, %s, %s)",
            told,
        )
    write_copy(
        rules.ENROLMENT, f"{name} {rules.KINDS[rules.ENROLMENT].title}", "a4", copies, reason, certificate_id
    )
    return certificate_id


def _place(certificate_id: UUID) -> bytes:
    return b"certificate.sealed/" + certificate_id.bytes


@action(title="打印在读证明", roles=OFFICE | scopes.FAMILY_ROLES, reach=PAGE)
def print_certificate(*, certificate_id: UUID) -> Sheet:
    """The paper of a certificate of the acting school that has not been withdrawn; a family's is its own child's. The copies
    were written down when it was issued. Raises NotFound, Conflict."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.name, c.class_name, c.reason, c.issued_on, c.valid_to, c.withdrawn_on, c.sealed, c.person_id, p.sex,"
            " p.birth_on, f.entered_on from certificate c"
            " join person p on p.id = c.person_id left join pupil f on f.unit_no = c.unit_no and f.id = c.affiliation_id"
            " where c.unit_no = %s and c.id = %s",
            [scope.unit_no, certificate_id],
        )
        row = cursor.fetchone()
    if row is None or (
        scope.role in scopes.FAMILY_ROLES and row[7] not in (*reach.children(), scope.person_id)
    ):
        raise NotFound(_("没有这份证明"))
    name, class_name, reason, issued_on, valid_to, withdrawn_on, sealed, person_id, sex, born, entered = row
    if withdrawn_on is not None:
        raise Conflict(_("这份证明已经作废"), fix=_("请重新开一份"))
    code = codes.unseal(sealed, _place(certificate_id))
    audit.disclose(["name", "sex", "birth_on"], [person_id])
    data = {
        "school": unit_name(), "day": written_day(issued_on), "class": class_name, "name": name, "sex": name_of("sex", sex),
        "born": written_day(born) if born else "", "entered": written_day(entered) if entered else "", "reason": reason,
        "until": written_day(valid_to - timedelta(days=1)), "code": code,
    }  # fmt: skip
    title = f"{name} {rules.KINDS[rules.ENROLMENT].title}"
    return Sheet(rules.ENROLMENT, title, "a4", data, blocks_of(rules.ENROLMENT))


@action(title="作废证明", roles=OFFICE, reach=API)
def withdraw_certificate(*, certificate_id: UUID, reason: str) -> None:
    """Withdraw a certificate of the acting school: the public page says so at once. Raises NotFound, BadInput, Conflict
    where it was withdrawn before."""
    if not reason.strip():
        raise BadInput(_("没有作废"), problems=[Problem("reason", _("没有写原因"), _("请写为什么作废"))])
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(
            "select withdrawn_on from certificate where unit_no = %s and id = %s for update",
            [scope.unit_no, certificate_id],
        )
        row = cursor.fetchone()
        if row is None:
            raise NotFound(_("没有这份证明"))
        if row[0] is not None:
            raise Conflict(_("这份证明已经作废"))
        cursor.execute(
            "update certificate set withdrawn_on = %s, withdrawn_reason = %s, changed_at = now() where id = %s",
            [scope.today, reason.strip()[:120], certificate_id],
        )


@action(title="打印转学联系表", roles=OFFICE, reach=API)
def print_transfer(*, movement_id: UUID, copies: int = 1) -> Sheet:
    """The 转学联系表 of a transfer in or out of the acting school, with room for four seals; the copy is written down.
    Raises NotFound, Conflict for another kind of movement."""
    checked_copies(rules.TRANSFER, "a4", copies)
    line = movement_view(movement_id=movement_id).line
    if line.kind not in (movements.TRANSFER_IN, movements.TRANSFER_OUT):
        raise Conflict(_("这项异动不是转学"), fix=_("请从转学的异动里打印"))
    scope = scopes.current()
    born, sex = "", ""
    if line.affiliation_id is not None:
        with connection.cursor() as cursor:
            cursor.execute(
                "select p.id, p.birth_on, p.sex from affiliation a join person p on p.id = a.person_id"
                " where a.unit_no = %s and a.id = %s",
                [scope.unit_no, line.affiliation_id],
            )
            person_id, told, code = cursor.fetchone()
        born, sex = told.isoformat() if told else "", name_of("sex", code)
        audit.disclose(["name", "sex", "birth_on"], [person_id])
    own, other = unit_name(), line.other
    leaves, joins = (own, other) if line.kind == movements.TRANSFER_OUT else (other, own)
    rows = [
        [_("姓名"), line.name], [_("性别"), sex], [_("出生日期"), born], [_("班级"), line.from_class or line.to_class],
        [_("转出学校"), leaves], [_("转入学校"), joins], [_("原因"), line.reason], [_("从哪天起"), line.effect_on.isoformat()],
    ]  # fmt: skip
    offices = [_("转入学校"), _("转入地教育行政部门"), _("转出学校"), _("转出地教育行政部门")]
    title = f"{line.name} {rules.KINDS[rules.TRANSFER].title}"
    write_copy(rules.TRANSFER, title, "a4", copies, line.reason, movement_id)
    data = {"school": own, "day": scope.today.isoformat(), "rows": rows, "offices": offices}
    return Sheet(rules.TRANSFER, title, "a4", data, blocks_of(rules.TRANSFER))


@action(title="改打印的字样", roles=OFFICE, reach=API)
def set_print_template(*, kind: str, blocks: Mapping[str, str]) -> None:
    """Write the acting school's words for a kind of paper; an empty block goes back to the usual words. The words are set
    as plain text with the placeholders of their block, nothing in them is run. Raises BadInput naming each block."""
    if kind not in rules.KINDS:
        raise BadInput(_("没有保存"), problems=[Problem("kind", kind, _("请从列表里选"))])
    known, problems = rules.KINDS[kind].blocks, []
    for key, text in blocks.items():
        if key not in known:
            problems.append(Problem(key, _("没有这一段"), "、".join(known)))
        elif len(text) > rules.MOST_LETTERS:
            problems.append(Problem(key, _("太长了"), _("不超过 %(n)s 个字") % {"n": rules.MOST_LETTERS}))
        elif strange := rules.strange_fields(known[key], text):
            may = "、".join(rules.known_fields(known[key])) or _("这一段不用占位词")
            problems.append(Problem(key, _("不认识 {%(word)s}") % {"word": strange[0]}, may))
    if problems:
        raise BadInput(_("没有保存"), problems=problems)
    kept = {
        key: text.strip()
        for key, text in blocks.items()
        if text.strip() and text.strip() != str(known[key].usual)
    }
    told: list[Any] = [new_id(), scopes.current().unit_no, kind, Jsonb(kept)]
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into print_template (id, unit_no, kind, blocks) values (%s, %s, %s, %s)"
            " on conflict (unit_no, kind) do update set blocks = excluded.blocks, changed_at = now()",
            told,
        )


@action(title="申请用印", roles=PRINTERS, reach=API)
def ask_seal(*, seal: str, what: str, copies: int, reason: str, certificate_id: UUID | None = None) -> UUID:
    """Ask for a seal on something: which seal, on what, how many copies, why. Raises BadInput, NotFound."""
    problems = [
        Problem(name, _("没有写"), _("请填写"))
        for name, told in (("what", what), ("reason", reason), ("seal", seal)) if not told.strip()
    ]  # fmt: skip
    if not 1 <= copies <= rules.MOST_COPIES:
        problems.append(
            Problem("copies", _("份数要在 1 到 %(n)s 之间") % {"n": rules.MOST_COPIES}, _("请改份数"))
        )
    if problems:
        raise BadInput(_("没有申请"), problems=problems)
    scope, seal_use_id = scopes.current(), new_id()
    with connection.cursor() as cursor:
        if certificate_id is not None:
            cursor.execute(
                "select 1 from certificate where unit_no = %s and id = %s and withdrawn_on is null",
                [scope.unit_no, certificate_id],
            )
            if cursor.fetchone() is None:
                raise NotFound(_("没有这份证明"))
        cursor.execute(
            "insert into seal_use (id, unit_no, seal, what, copies, reason, certificate_id, state, note, asked_by)"
            " values (%s, %s, %s, %s, %s, %s, %s, 'asked', '', %s)",
            [seal_use_id, scope.unit_no, seal.strip()[:40], what.strip()[:160], copies, reason.strip()[:120], certificate_id,
             scope.grant_no],
        )  # fmt: skip
    return seal_use_id


def seal_use_for(seal_use_id: UUID, to: str) -> dict[str, Any]:
    """A seal use of the acting school, locked, that may go to `to`. Raises NotFound, Conflict."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select state, asked_by, year, serial from seal_use where unit_no = %s and id = %s for update",
            [scopes.current().unit_no, seal_use_id],
        )
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("没有这项用印"))
    if not rules.may_move(row[0], to):
        raise Conflict(
            _("这项用印现在是“%(state)s”，不能这样做") % {"state": rules.STATE_TITLES[row[0]]},
            fix=_("请刷新页面看最新状态"),
        )
    return dict(zip(("state", "asked_by", "year", "serial"), row, strict=True))


@action(title="批用印", roles=frozenset({scopes.HEAD}), reach=API)
def decide_seal(*, seal_use_id: UUID, is_agreed: bool, note: str = "") -> None:
    """The head agrees to a seal use or not; not to one she asked for in the same role. Raises NotFound, Conflict,
    NotAllowed."""
    to = rules.APPROVED if is_agreed else rules.REFUSED
    found, scope = seal_use_for(seal_use_id, to), scopes.current()
    if is_agreed and found["asked_by"] == scope.grant_no:
        raise NotAllowed(_("自己申请的用印，要由另一位校领导批"), fix=_("请另一位校长来批"))
    with connection.cursor() as cursor:
        cursor.execute(
            "update seal_use set state = %s, note = %s, decided_by = %s, decided_at = now(), changed_at = now() where id = %s",
            [to, note.strip()[:120], scope.grant_no, seal_use_id],
        )


@action(title="登记用印", roles=OFFICE, reach=API)
def note_sealed(*, seal_use_id: UUID) -> str:
    """Write down that an approved use was sealed; returns its number of the civil year. Two at once get two numbers.
    Raises NotFound, Conflict."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('seal_use'), %s)", [scope.unit_no])
        seal_use_for(seal_use_id, rules.SEALED)
        cursor.execute(
            "select coalesce(max(serial), 0) + 1 from seal_use where unit_no = %s and year = %s",
            [scope.unit_no, scope.today.year],
        )
        (serial,) = cursor.fetchone()
        cursor.execute(
            "update seal_use set state = 'sealed', year = %s, serial = %s, sealed_by = %s, sealed_at = now(),"
            " changed_at = now() where id = %s",
            [scope.today.year, serial, scope.grant_no, seal_use_id],
        )
    return rules.seal_number(scope.today.year, serial)


@action(title="查验证明", roles=[scopes.VISITOR])
def check_certificate(*, code: str) -> Checked:
    """What anybody may know of a paper with a check code: school, masked name, kind, day and state. An unknown code, one of
    an unknown unit and one that cannot be a code go the same way with the same work. Every try of an address counts."""
    scope = scopes.current()
    ring, now = keys.ring(), timezone.now()
    key = ring.blind(address_key(scope.address), kind="check.address")
    old = now - rules.WINDOW
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from check_tally where key in (select key from check_tally where begun_at < %s and key <> %s limit 20"
            " for update skip locked)",
            [now - timedelta(days=1), key],
        )
        cursor.execute(
            "insert into check_tally as t (key, tries, begun_at) values (%s, 1, %s) on conflict (key) do update set"
            " tries = case when t.begun_at < %s then 1 else t.tries + 1 end,"
            " begun_at = case when t.begun_at < %s then excluded.begun_at else t.begun_at end returning tries, begun_at",
            [key, now, old, old],
        )
        tries, begun_at = cursor.fetchone()
        if rules.is_over(tries, begun_at, now):
            return Checked("limited")
    unit_no, told = rules.read_code(code) or (scopes.BASE_UNIT, code[:60])
    found = codes.find(unit_no, told)
    if found is None:
        return Checked("unknown")
    is_valid = found.valid_to is None or scope.today < found.valid_to
    state = "withdrawn" if found.withdrawn_on else "valid" if is_valid else "expired"
    name = mask_name(found.name) if found.name else ""
    return Checked(state, found.unit, name, found.kind, found.title, found.issued_on, found.valid_to)


def found_certificate(unit_no: int, blind: bytes) -> Found | None:
    """The certificate with this code; see `codes.Finder`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select u.name, c.name, c.kind, c.issued_on, c.valid_to, c.withdrawn_on from certificate c"
            " join unit u on u.unit_no = c.unit_no where c.unit_no = %s and c.blind = %s",
            [unit_no, blind],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    unit, name, kind, issued_on, valid_to, withdrawn_on = row
    return Found(unit, name, kind, str(rules.KINDS[kind].title), issued_on, valid_to, withdrawn_on)
