"""September's people: lists drawn into classes, families asked, slips for a class. The steps of `bench.september` in
which somebody acts; each raises when it left something else than what was promised."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from bench import base, roster
from bench.base import answer, timed
from bench.september import AGAIN, ANSWERS, ASKED_AGAIN, DIVIDED, SEED, SLIPS, rows, whole

OPTIONS = ("同意", "不同意")
ASKABLE = """
select count(*) from affiliation a join org o on o.unit_no = a.unit_no and o.id = a.class_id
where a.role = 'pupil' and a.end_on is null and a.is_present and o.closed_on is null
"""
RECEIPTS = """
select count(*), count(distinct (unit_no, notice_id, child_id)), count(distinct (unit_no, notice_id, no)),
       count(answered_at), count(*) filter (where answered_at is null and answer <> '')
from receipt
"""
COPIES = """
select count(*), count(distinct (m.notice_id, i.recipient_id, i.child_id)) from inbox_item i
join message m on m.unit_no = i.unit_no and m.id = i.message_id where m.notice_id is not null
"""
SIGNERS = """
select distinct on (r.id) r.unit_no, r.notice_id, r.child_id, i.recipient_id from receipt r
join message m on m.unit_no = r.unit_no and m.notice_id = r.notice_id
join inbox_item i on i.unit_no = r.unit_no and i.message_id = m.id and i.child_id = r.child_id
join guardian_of k on k.guardian_id = i.recipient_id and k.child_id = i.child_id and k.may_sign and k.may_view
order by r.id, i.recipient_id
"""
CHOSEN = """
select a.person_id, a.name, a.class_id, a.id from affiliation a
where a.unit_no = %s and a.role = 'pupil' and a.end_on is null and a.class_id is not null
order by a.class_id, a.seat_no, a.id limit %s
"""


def draw() -> None:
    """Divide lists of growing length; every draw again, and again from another order."""
    from jizuo.plain import dividing

    seconds, even = {}, {}
    for count, classes in DIVIDED:
        pupils = candidates(count, classes)
        rule = dividing.Rule(tuple(range(1, classes + 1)), 55, {})
        took: dict[str, float] = {}
        with timed(took, "seconds"):
            inputs = dividing.input_hash(pupils, rule)
            places = dividing.divide(pupils, rule, "seed")
            said = dividing.result_hash("seed", inputs, places)
        for order in (pupils, pupils[::-1], random.Random(SEED).sample(pupils, count)):
            again = dividing.divide(order, rule, "seed")
            inputs = dividing.input_hash(order, rule)
            if again != places or dividing.result_hash("seed", inputs, again) != said:
                raise RuntimeError(f"a draw of {count} is not the same when it is played again")
        seats = Counter(place.class_no for place in places.values())
        boys = Counter(places[one.key].class_no for one in pupils if one.sex == dividing.BOY)
        seconds[count] = took["seconds"]
        even[count] = [
            f"{min(held[number] for number in rule.classes)} to {max(held.values())}"
            for held in (seats, boys)
        ]
    answer(seconds=seconds, even=even)


def candidates(count: int, classes: int) -> list[Any]:
    """A list as a school has it: one birth in fifty is of twins (half of them together), one pupil in forty is spread, one
    in a hundred has a class already."""
    from jizuo.plain.dividing import APART, BOY, GIRL, TOGETHER, Candidate

    chance = random.Random(f"{SEED}/{count}")
    found = []
    for number in range(count):
        is_twin = number % 100 < 2
        birth = number // 100
        found.append(
            Candidate(
                f"pupil-{number:05d}",
                BOY if chance.random() < 0.53 else GIRL,
                siblings=f"birth-{birth}" if is_twin else "",
                wish=(TOGETHER if birth % 2 else APART) if is_twin else "",
                fixed=chance.randint(1, classes) if number % 100 == 50 else 0,
                is_spread=number % 40 == 39,
            )
        )
    return found


def clerks(unit_nos: Sequence[int]) -> dict[int, Any]:
    """unit -> the scope of its clerk, an account that holds the role in each of them."""
    from jizuo.ground import acting, grants
    from jizuo.ground import scope as scopes
    from jizuo.ground.ids import new_id
    from jizuo.hubs.identity.actions import accounts
    from jizuo.hubs.identity.models import Account

    with scopes.use(whole()), scopes.open_transaction("bench"):
        (code,) = accounts.free_login_codes(1)
        account = Account.objects.create(id=new_id(), login_code=code, display_name="陆晓岚", password="")
        numbers = grants.give_many(
            grants.NewGrant(account_id=account.pk, unit_no=unit_no, role=scopes.CLERK) for unit_no in unit_nos
        )
    return {unit_no: acting.scope_for_job(no) for unit_no, no in zip(unit_nos, numbers, strict=True)}


def schools(scope: Any) -> list[int]:
    """Every unit with pupils."""
    return [
        unit_no
        for (unit_no,) in rows(
            scope,
            "select distinct unit_no from affiliation where role = 'pupil' and end_on is null order by 1",
        )
    ]


def receipts() -> None:
    """Ask every family, answer some, count all."""
    from jizuo.ground import jobs
    from jizuo.ground import scope as scopes
    from jizuo.hubs.message.actions import notices as doors
    from jizuo.hubs.message.queries import notices
    from jizuo.hubs.message.shapes import Draft

    with roster.acting():
        scope = whole()
        ((askable,),) = rows(scope, ASKABLE)
        took: dict[str, float] = {}
        sent: list[tuple[Any, UUID, UUID]] = []
        desks = clerks(schools(scope))
        with timed(took, "ask"):
            for clerk in desks.values():
                with scopes.use(clerk):
                    found, _notice = notices.writing()
                    draft = Draft(
                        title="秋游活动告家长书", text="{孩子}的秋游定在周五。", needs="choice", options=OPTIONS,
                        class_ids=tuple(one.org_id for one in found),
                    )  # fmt: skip
                    notice_id = doors.save_notice(draft=draft, writer_name="陆晓岚")
                    ref = doors.send_notice(notice_id=notice_id)
                if ref is None:
                    raise RuntimeError("a new notice was sent already")
                jobs.run_job(job_id=str(ref.job_id), unit_no=clerk.unit_no, grant_no=clerk.grant_no)
                sent.append((clerk, notice_id, ref.job_id))
        asked, copies = counted(scope, askable, 0)
        for clerk, notice_id, job_id in sent[:ASKED_AGAIN]:
            run = jobs.Run(job_id, clerk, 0, 1)
            try:
                with scopes.use(clerk):
                    if doors.send_notice(notice_id=notice_id) is not None:
                        raise RuntimeError("a notice was sent twice")
                    doors.send_chunks(run, notice_id=str(notice_id))
            finally:
                run.close()
        if counted(scope, askable, 0) != (asked, copies):
            raise RuntimeError("asking again added receipts or copies")
        answered = answer_some(scope, took)
        with timed(took, "count"):
            seen = Counter[str]()
            for clerk, notice_id, _job in sent:
                with scopes.use(clerk):
                    _notice, classes, _reads, _ways = notices.notice_progress(notice_id=notice_id)
                for one in classes:
                    seen += Counter({"asked": one.asked, "answered": one.answered})
        is_kept = counted(scope, askable, answered) == (asked, copies)
        if not is_kept or seen != Counter(asked=asked, answered=answered):
            raise RuntimeError(
                f"{asked} asked and {answered} answered, the schools' pages count {dict(seen)}"
            )
        answer(asked=asked, copies=copies, answered=answered, schools=len(sent), **took)


def answer_some(scope: Any, took: dict[str, float]) -> int:
    """Answer a seeded sample through the door, some of them twice; returns how many receipts. took: gets ``answer``."""
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import Conflict
    from jizuo.hubs.message.actions.answers import answer_notice

    found = sorted(rows(scope, SIGNERS))
    sample = random.Random(SEED).sample(found, min(ANSWERS, len(found)))
    families = [
        (
            scopes.Scope(
                role=scopes.GUARDIAN, unit_no=unit_no, units=(unit_no,), person_id=adult, child_ids=(child,),
                today=scope.today,
            ),
            notice_id,
        )
        for unit_no, notice_id, child, adult in sample
    ]  # fmt: skip
    with timed(took, "answer"):
        for family, notice_id in families:
            with scopes.use(family):
                answer_notice(notice_id=notice_id, answer=OPTIONS[0])
    for family, notice_id in families[:AGAIN]:
        try:
            with scopes.use(family):
                answer_notice(notice_id=notice_id, answer=OPTIONS[1])
        except Conflict:
            continue
        raise RuntimeError("a receipt was answered twice")
    return len(families)


def counted(scope: Any, askable: int, answered: int) -> tuple[int, int]:
    """(receipts, copies in the inboxes). Raises RuntimeError when one is lost, doubled or answered without an answer."""
    ((asked, children, numbers, answers, strays),) = rows(scope, RECEIPTS)
    ((copies, pairs),) = rows(scope, COPIES)
    is_once = asked == children == numbers == askable and copies == pairs
    if not is_once or answers != answered or strays:
        raise RuntimeError(
            f"of {askable} children {asked} receipts, {children} children, {numbers} numbers, {answers} answers of"
            f" {answered}, {strays} strays, {copies} copies of {pairs}"
        )
    return asked, copies


def reset() -> None:
    """New passwords for the first pupils of the largest school, with their slips."""
    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity import slips
    from jizuo.hubs.identity.actions import accounts, passwords
    from jizuo.hubs.identity.models import Account
    from jizuo.hubs.identity.rules.limits import Purpose
    from jizuo.hubs.identity.shapes import Newcomer

    with roster.acting():
        ((largest, _count),) = rows(
            whole(),
            "select unit_no, count(*) from affiliation where role = 'pupil' and end_on is null group by 1"
            " order by 2 desc, 1 limit 1",
        )
        clerk = clerks([largest])[largest]
        pupils = [
            Newcomer(person_id, name, scopes.PUPIL, org_id=class_id, affiliation_id=link)
            for person_id, name, class_id, link in rows(clerk, CHOSEN, largest, max(SLIPS))
        ]
        with scopes.use(clerk):
            accounts.make_accounts(unit_no=largest, people=pupils, with_slips=False)
            with scopes.open_transaction("bench"):
                people = {one.person_id: one for one in Account.objects.filter(
                    person_id__in=[pupil.person_id for pupil in pupils])}  # fmt: skip
                for number, account in enumerate(people.values()):
                    passwords.store(account, f"Autumn-{number}-leaves")
        ids = [people[pupil.person_id].pk for pupil in pupils]
        seconds = {}
        for count in SLIPS:
            took: dict[str, float] = {}
            with timed(took, "seconds"):
                with scopes.use(clerk):
                    made = accounts.reset_accounts(account_ids=ids[:count], purpose=Purpose.RESET)
                paper = slips.slips_pdf(made, base_address="https://base.example.edu.cn")
            codes = {slip.code for slip in made if slip.purpose == Purpose.RESET}
            if len(codes - {""}) != count or not paper.startswith(b"%PDF"):
                raise RuntimeError(f"{len(codes)} codes on slips of {count}")
            seconds[count] = took["seconds"]
        answer(seconds=seconds)


if __name__ == "__main__":
    from jizuo.project.start import set_up

    set_up("app")
    base.steps({"draw": draw, "receipts": receipts, "reset": reset})
