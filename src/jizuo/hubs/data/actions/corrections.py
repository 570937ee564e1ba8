"""A person says that a value is wrong; the owner's people answer in time, mend it, or bring it to the register.

Saying it of a field that has a live ticket joins it. An answer may be disputed, which brings it to the district. What is
late goes up by night. A ticket whose field comes to hold what was asked closes by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit, facts
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, PAGE, action
from jizuo.ground.errors import BadInput, Conflict, NotAllowed, NotFound, Problem
from jizuo.ground.ids import new_id
from jizuo.hubs.data import behind, datasets, owners
from jizuo.hubs.data.queries import corrections as queries
from jizuo.hubs.data.rules import corrections as rules

MOST_TEXT = 500
MOST_NUMBER = 60
#: Tickets compared with their records at once.
CHUNK = 500


@action(title="说这里不对", roles=scopes.ROLES)
def ask_correction(
    *,
    dataset: str,
    record_id: UUID,
    subject_id: UUID,
    field: str,
    says: str,
    unit_no: int,
    wanted: str = "",
) -> UUID:
    """Keep that a person holds `field` of a record to be wrong: `wanted` is what it should be, `says` why or on which
    papers; one of them is needed. Returns the ticket, an older one where the field has a live one already.

    The calling room has checked that the record is within reach. `wanted` is kept as a value only for a role that sees
    the field in clear; else it stands among the words, so that nobody tries values out. Asking again replaces one's own
    words. Raises BadInput for a field without a standard, words that say nothing, or a value the field cannot hold.
    """
    scope = scopes.current()
    known = datasets.all_datasets().get(dataset)
    if (
        known is None
        or field not in known.fields
        or not known.fields[field].is_claimed
        or not behind.correctable(dataset)
    ):
        raise BadInput(_("没有这一项"), problems=[Problem("field", field[:60])])
    said_of = known.fields[field]
    told, value = says.strip(), wanted.strip()
    if not behind.of(dataset).sees(said_of, scope.role) and scope.role not in scopes.FAMILY_ROLES:
        told, value = "：".join(part for part in (value, told) if part), ""
    if not (told or value) or len(told) > MOST_TEXT:
        raise BadInput(
            _("请写明应该是什么"),
            problems=[Problem(said_of.title, _("写 1 到 %(n)s 个字") % {"n": MOST_TEXT})],
        )
    try:
        value = rules.stored(said_of, value)
    except ValueError as error:
        raise BadInput(
            _("请写明应该是什么"), problems=[Problem(said_of.title, str(error), _("或把它写在说明里"))]
        ) from error
    held = queries.values_now([(dataset, record_id)]).get((dataset, record_id), {}).get(field)
    if value and rules.same(said_of, held, value):
        raise BadInput(
            _("现在就是这个值"), problems=[Problem(said_of.title, _("与现在的一样"), _("请再看一看"))]
        )
    correction_id = live_ticket(dataset, record_id, field, unit_no, subject_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "update correction_asker set says = %s, wanted = %s, is_met = null, changed_at = now()"
            " where unit_no = %s and correction_id = %s and account_id is not distinct from %s",
            [told, value, unit_no, correction_id, scope.account_id],
        )
        if not cursor.rowcount:
            asked: list[Any] = [
                new_id(), unit_no, correction_id, scope.account_id, scope.grant_no, scope.person_id, scope.role, told,
                value,
            ]  # fmt: skip
            cursor.execute(
                "insert into correction_asker (id, unit_no, correction_id, account_id, grant_no, person_id, role, says,"
                " wanted, dispute) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, '')",
                asked,
            )
    audit.note(f"correction {correction_id}")
    return correction_id


def live_ticket(dataset: str, record_id: UUID, field: str, unit_no: int, subject_id: UUID) -> UUID:
    """The live ticket of a field, made where there is none."""
    scope = scopes.current()
    owner = owners.owner_of(dataset, field, unit_no) or rules.SCHOOL
    correction_id = new_id()
    row: list[Any] = [
        correction_id, unit_no, dataset, record_id, subject_id, field, owner, rules.level_of(owner),
        rules.due(scope.today, rules.ANSWER, queries.clocks()),
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into correction (id, unit_no, dataset, record_id, subject_id, field, owner, level, due_on, state, answer)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'open', '') on conflict (unit_no, dataset, record_id, field)"
            " where state in ('open', 'waiting', 'disputed') do nothing",
            row,
        )
        if cursor.rowcount:
            facts.tell("CorrectionAsked", unit_no=unit_no, correction_id=str(correction_id))
            return correction_id
        cursor.execute(
            "select id from correction where unit_no = %s and dataset = %s and record_id = %s and field = %s"
            " and state = any(%s)",
            [unit_no, dataset, record_id, field, list(rules.LIVE)],
        )
        return cursor.fetchone()[0]


@action(title="答复更正", roles=queries.READERS, reach=API)
def answer_correction(*, correction_id: UUID, answer: str) -> None:
    """Answer in words the askers will read: what was changed, or why not; on a disputed one this is the district's
    decision and ends it. Raises BadInput, NotFound, NotAllowed, Conflict when somebody has answered already."""
    told = words(answer)
    state, _owner, unit_no = held(correction_id)
    to = rules.DECIDED if state == rules.DISPUTED else rules.ANSWERED
    move(state, to)
    column = "decision" if to == rules.DECIDED else "answer"
    with connection.cursor() as cursor:
        cursor.execute(
            f"update correction set state = %s, {column} = %s, answered_by = %s, changed_at = now(),"
            " answered_at = coalesce(answered_at, now()), closed_at = now() where id = %s",
            [to, told, scopes.current().grant_no, correction_id],
        )
    news(correction_id, unit_no, to)


@action(title="送学籍（教师）系统更正", roles=rules.ANSWERING_ROLES, reach=API)
def send_correction(*, correction_id: UUID, register_no: str) -> None:
    """Write down that a correction was filed at the national register under `register_no`: it waits there and closes
    when the register's next import brings the value. Raises BadInput for no number or a field the register does not own,
    NotFound, NotAllowed, Conflict."""
    number = register_no.strip()
    if not number or len(number) > MOST_NUMBER:
        raise BadInput(
            _("请写学籍（教师）系统里的受理编号"),
            problems=[Problem(_("受理编号"), _("写 1 到 %(n)s 个字") % {"n": MOST_NUMBER})],
        )
    state, _owner, unit_no = held(correction_id)
    move(state, rules.WAITING)
    with connection.cursor() as cursor:
        cursor.execute(
            "update correction set state = 'waiting', register_no = %s, sent_on = %s, due_on = %s, changed_at = now()"
            " where id = %s and owner = %s",
            [
                number, scopes.current().today, rules.due(scopes.current().today, rules.REGISTER, queries.clocks()),
                correction_id, rules.AT_REGISTER,
            ],
        )  # fmt: skip
        if not cursor.rowcount:
            raise BadInput(_("这一项不以学籍（教师）系统为准"), fix=_("请直接改正或答复"))
    news(correction_id, unit_no, rules.WAITING)


@action(title="就地改正", roles=rules.ANSWERERS[rules.SCHOOL], reach=API)
def mend_correction(*, correction_id: UUID, value: str, answer: str = "") -> None:
    """Write `value` as the owner's word through the door of the room behind the record, and answer. A ticket that asked
    for just this closes as mended; another is answered. Raises BadInput for a value the field cannot hold or an owner
    who is not the school's to speak for, NotFound, NotAllowed, Conflict."""
    state, owner, unit_no = held(correction_id)
    move(state, rules.ANSWERED)
    with connection.cursor() as cursor:
        cursor.execute("select dataset, record_id, field from correction where id = %s", [correction_id])
        dataset, record_id, key = cursor.fetchone()
    source_ = owners.known_sources().get(owner)
    if source_ is not None and source_.kind not in rules.MENDED_HERE:
        raise BadInput(
            _("这一项以“%(owner)s”为准，不能在这里改") % {"owner": source_.word},
            fix=_("请在来源处更正，下次导入时这件会自己办结"),
        )
    field = datasets.get(dataset).fields[key]
    try:
        stored = rules.stored(field, value)
    except ValueError as error:
        raise BadInput(_("这个值不能保存"), problems=[Problem(field.title, str(error))]) from error
    behind.of(dataset).mend(dataset, record_id, unit_no, key, stored, owner)
    if answer.strip():
        with connection.cursor() as cursor:
            cursor.execute("update correction set answer = %s where id = %s", [words(answer), correction_id])
    if close_mended(ids=[correction_id]):
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "update correction set state = 'answered', answer = %s, answered_by = %s, answered_at = now(),"
            " closed_at = now(), changed_at = now() where id = %s",
            [answer.strip() or _("已改正"), scopes.current().grant_no, correction_id],
        )
    news(correction_id, unit_no, rules.ANSWERED)


@action(title="不接受答复", roles=scopes.ROLES, reach=PAGE)
def dispute_correction(*, correction_id: UUID, says: str) -> None:
    """An asker does not accept the answer: the district decides. Once, and within the days of `dispute`. Raises
    BadInput, NotFound for who did not ask, Conflict for a ticket that cannot be disputed any more."""
    told = words(says)
    ticket = own(correction_id)
    if "dispute" not in ticket.may:
        raise Conflict(_("这件现在不能再提异议"), fix=_("过了期限的请重新说明这里不对"))
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select 1 from correction o, correction c where c.id = %s and o.unit_no = c.unit_no"
            " and o.dataset = c.dataset and o.record_id = c.record_id and o.field = c.field and o.state = any(%s))",
            [correction_id, list(rules.LIVE)],
        )
        if cursor.fetchone()[0]:
            raise Conflict(_("同一项又有新的申请在办"), fix=_("请等那一件办完"))
        cursor.execute(
            "update correction set state = 'disputed', level = 'district', due_on = %s, raised_at = now(),"
            " closed_at = null, reminded_on = null, changed_at = now() where id = %s",
            [rules.due(scopes.current().today, rules.DECIDE, queries.clocks()), correction_id],
        )
        cursor.execute(
            "update correction_asker set dispute = %s, changed_at = now() where correction_id = %s and account_id = %s",
            [told, correction_id, scopes.current().account_id],
        )
    news(correction_id, ticket.unit_no, rules.DISPUTED)


@action(title="撤回更正申请", roles=scopes.ROLES, reach=PAGE)
def withdraw_correction(*, correction_id: UUID) -> None:
    """Take one's own words back; the ticket ends where nobody else asked. Raises NotFound, Conflict."""
    ticket = own(correction_id)
    if "withdraw" not in ticket.may:
        raise Conflict(_("这件已经办完"), fix=_("请刷新页面"))
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from correction_asker where correction_id = %s and account_id is distinct from %s",
            [correction_id, scopes.current().account_id],
        )
        if cursor.fetchone()[0]:
            cursor.execute(
                "delete from correction_asker where correction_id = %s and account_id = %s",
                [correction_id, scopes.current().account_id],
            )
        else:
            cursor.execute(
                "update correction set state = 'withdrawn', closed_at = now(), changed_at = now() where id = %s",
                [correction_id],
            )


@action(title="设定更正时限", roles=[scopes.DISTRICT_ADMIN, scopes.OPERATOR], reach=API)
def set_correction_clock(*, step: str, days: int) -> None:
    """Set how many working days a step has in this base (1 to 90); tickets that run keep their day. Raises BadInput."""
    if step not in rules.CLOCKS or not rules.LEAST_DAYS <= days <= rules.MOST_DAYS:
        raise BadInput(
            _("时限不对"),
            problems=[
                Problem(str(rules.CLOCK_TITLES.get(step, step[:20])), _("写 %(a)s 到 %(b)s 个工作日")
                        % {"a": rules.LEAST_DAYS, "b": rules.MOST_DAYS})
            ],
        )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into correction_clock (step, days) values (%s, %s) on conflict (step) do update set days = excluded.days",
            [step, days],
        )


@action(title="催办和上报更正", roles=[scopes.OPERATOR])
def chase_corrections() -> dict[str, int]:
    """By night, in the units in reach: close what the source has mended, bring what is late up to the district with
    days of its own, remind of what is due soon; returns how many of each."""
    today, given = scopes.current().today, queries.clocks()
    mended = close_mended()
    with connection.cursor() as cursor:
        cursor.execute(
            "update correction set level = 'district', raised_at = now(), reminded_on = null, due_on = %s, changed_at = now()"
            " where state in ('open', 'waiting') and level = 'school' and due_on < %s returning id, unit_no",
            [rules.due(today, rules.DECIDE, given), today],
        )
        raised = cursor.fetchall()
        cursor.execute(
            "update correction set reminded_on = %s where state = any(%s) and reminded_on is null and due_on <= %s"
            " returning id, unit_no",
            [today, list(rules.LIVE), rules.due(today, rules.REMIND, given)],
        )
        reminded = cursor.fetchall()
    for correction_id, unit_no in raised:
        facts.tell("CorrectionRaised", unit_no=unit_no, correction_id=str(correction_id))
    for correction_id, unit_no in reminded:
        facts.tell("CorrectionDue", unit_no=unit_no, correction_id=str(correction_id))
    return {"mended": mended, "raised": len(raised), "reminded": len(reminded)}


def close_mended(*, ids: Sequence[UUID] | None = None, names: Collection[str] | None = None) -> int:
    """Close live tickets whose field holds what one of the askers wanted; returns how many. ids, names: only these
    tickets, only of these datasets. Inside a door or a handler, within its units."""
    only: list[Any] = [None if ids is None else list(ids)] * 2
    only += [None if names is None else list(names)] * 2
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.id, c.unit_no, c.dataset, c.record_id, c.field, array_agg(k.wanted) from correction c"
            " join correction_asker k on k.unit_no = c.unit_no and k.correction_id = c.id and k.wanted <> ''"
            " where c.state = any(%s) and (%s::uuid[] is null or c.id = any(%s)) and (%s::text[] is null or c.dataset = any(%s))"
            " group by c.unit_no, c.id",
            [list(rules.LIVE), *only],
        )
        live = cursor.fetchall()
    closed = 0
    for first in range(0, len(live), CHUNK):
        some = live[first : first + CHUNK]
        now = queries.values_now([(row[2], row[3]) for row in some])
        for correction_id, unit_no, dataset, record_id, key, wanted in some:
            field = datasets.get(dataset).fields.get(key)
            row = now.get((dataset, record_id))
            if field is None or row is None:
                continue
            met = sorted({one for one in wanted if rules.same(field, row.get(key), one)})
            if met:
                close(correction_id, unit_no, met)
                closed += 1
    return closed


def close(correction_id: UUID, unit_no: int, met: Sequence[str]) -> None:
    """End a ticket whose field holds one of `met` now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update correction set state = 'mended', closed_at = now(), changed_at = now() where id = %s",
            [correction_id],
        )
        cursor.execute(
            "update correction_asker set is_met = (wanted = any(%s)), changed_at = now()"
            " where unit_no = %s and correction_id = %s and wanted <> ''",
            [list(met), unit_no, correction_id],
        )
    news(correction_id, unit_no, rules.MENDED)


def on_refreshed(fact: facts.Told) -> None:
    """An import wrote these datasets (fact ``DatasetRefreshed``)."""
    close_mended(names=fact.payload.get("datasets", ()))


def held(correction_id: UUID) -> tuple[str, str, int]:
    """(state, owner, unit) of a ticket the acting role answers, locked. Raises NotFound, NotAllowed."""
    role = scopes.current().role
    with connection.cursor() as cursor:
        cursor.execute(
            "select state, owner, unit_no, level from correction where id = %s for update", [correction_id]
        )
        row = cursor.fetchone()
    if row is None or (role in rules.ANSWERERS[rules.DISTRICT] and row[3] != rules.DISTRICT):
        raise NotFound(_("没有这件更正申请"))
    state, owner, unit_no, level = row
    if role != scopes.OPERATOR and not rules.may_answer(role, owner, level, state):
        raise NotAllowed(_("这件由区教育局答复"), fix=_("请等区里的结果"))
    audit.note(f"correction {correction_id}")
    return state, owner, unit_no


def own(correction_id: UUID) -> queries.Ticket:
    """A ticket that the acting account asked for. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute("select 1 from correction where id = %s for update", [correction_id])
    found = [one for one in queries.my_corrections() if one.correction_id == correction_id]
    if not found:
        raise NotFound(_("没有这件更正申请"))
    return found[0]


def move(state: str, to: str) -> None:
    """Raise Conflict unless a ticket may go from `state` to `to`."""
    if not rules.may_move(state, to):
        raise Conflict(_("这件申请已经答复过"), fix=_("请刷新页面"))


def words(text: str) -> str:
    """Words that others will read. Raises BadInput for none or too many."""
    told = text.strip()
    if not told or len(told) > MOST_TEXT:
        raise BadInput(
            _("请写明答复"),
            problems=[
                Problem(_("答复"), _("写 1 到 %(n)s 个字") % {"n": MOST_TEXT}, _("改了什么，或为什么不改"))
            ],
        )
    return told


def news(correction_id: UUID, unit_no: int, state: str) -> None:
    """Tell that a ticket came to `state`."""
    facts.tell("CorrectionMoved", unit_no=unit_no, correction_id=str(correction_id), state=state)
