"""September's people: lists drawn into classes, slips for a class. Each step raises when it left something else than what
was promised."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from typing import Any

from bench import base, roster
from bench.base import answer, timed
from bench.september import DIVIDED, SEED, SLIPS, rows, whole

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
    base.steps({"draw": draw, "reset": reset})
