from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from jizuo.ground.errors import BadInput, Conflict, NotAllowed, NotFound
from tests.hubs.organisation.actions.test_moving import DAY, Place
from tests.hubs.organisation.actions.test_turning import act, run


@pytest.fixture(scope="module")
def place(base: Any) -> Place:
    return Place(base)


def issue(place: Place, pupil: int = 2, **more: Any) -> UUID:
    from jizuo.hubs.organisation.printing import actions

    told = {"affiliation_id": place.made.pupils[pupil][1], "reason": "办理居住证"} | more
    return act(place.clerk, actions.issue_certificate, **told)


def sheet(place: Place, certificate_id: UUID) -> Any:
    from jizuo.hubs.organisation.printing import actions

    return act(place.clerk, actions.print_certificate, certificate_id=certificate_id)


def look(place: Place, code: str, address: str, today: Any = DAY) -> Any:
    """What the public page is told."""
    from jizuo.ground import scope as scopes
    from jizuo.ground.scope import Scope
    from jizuo.hubs.organisation.printing import actions, rules

    unit_no = (rules.read_code(code) or (0, ""))[0]
    scope = Scope(scopes.VISITOR, 0, tuple({0, unit_no}), today=today, address=address)
    return act(scope, actions.check_certificate, code=code)


def test_a_class_is_printed_and_the_copy_written_down(place):
    from jizuo.hubs.organisation.printing import actions, queries

    class_id = place.made.classes[0]
    found = act(
        place.teacher,
        actions.print_class,
        class_id=class_id,
        kind="class_list",
        paper="a3",
        copies=3,
        reason="家长会",
    )
    # The second pupil is lent out and does not sit here.
    assert len(found.data["pupils"]) == 3 and found.data["class"] in found.title
    copy = act(place.clerk, queries.print_copies)[0]
    assert (copy.title, copy.paper, copy.copies, copy.reason) == (found.title, "a3", 3, "家长会")
    assert copy.who
    with pytest.raises(NotFound):
        act(place.teacher, actions.print_class, class_id=place.made.classes[1])
    with pytest.raises(NotAllowed):
        act(place.teacher, queries.print_copies)


@pytest.mark.parametrize("more", [{"kind": "enrolment"}, {"paper": "b5"}, {"copies": 0}, {"copies": 201},
                                  {"kind": "seat_cards", "paper": "a3"}])  # fmt: skip
def test_what_cannot_be_printed_is_refused(place, more):
    from jizuo.hubs.organisation.printing import actions

    with pytest.raises(BadInput):
        act(place.clerk, actions.print_class, class_id=place.made.classes[0], **more)


def test_a_certificate_is_issued_checked_and_withdrawn(place):
    from jizuo.hubs.organisation.printing import actions

    certificate_id = issue(place, valid_days=30)
    told = sheet(place, certificate_id)
    assert told.data["born"] == "2019年5月4日" and told.data["until"] == "2026年10月15日"
    code = told.data["code"]
    found = look(place, code, "10.9.0.1")
    assert (found.state, found.issued_on, found.kind) == ("valid", DAY, "enrolment")
    assert (
        found.name != told.data["name"]
        and found.name[0] == told.data["name"][0]
        and found.name[1:].strip("*") == ""
    )
    assert look(place, code, "10.9.0.1", DAY.replace(month=10, day=15)).state == "valid"
    assert look(place, code, "10.9.0.1", DAY.replace(month=10, day=16)).state == "expired"
    with pytest.raises(BadInput):
        act(place.clerk, actions.withdraw_certificate, certificate_id=certificate_id, reason=" ")
    act(place.clerk, actions.withdraw_certificate, certificate_id=certificate_id, reason="写错用途")
    assert look(place, code, "10.9.0.1").state == "withdrawn"
    with pytest.raises(Conflict):
        sheet(place, certificate_id)
    with pytest.raises(Conflict):
        act(place.clerk, actions.withdraw_certificate, certificate_id=certificate_id, reason="再来")


def test_a_family_prints_its_own_child_s_certificate_only(place):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.organisation.printing import actions

    certificate_id = issue(place)
    unit, person = place.clerk.unit_no, place.made.pupils[2][0]
    pupil = {"role": scopes.PUPIL, "unit_no": unit, "units": (unit,), "today": DAY}
    with scopes.use(scopes.Scope(**pupil, person_id=person)):
        assert actions.print_certificate(certificate_id=certificate_id).kind == "enrolment"
    with scopes.use(scopes.Scope(**pupil, person_id=uuid4())), pytest.raises(NotFound):
        actions.print_certificate(certificate_id=certificate_id)
    with (
        scopes.use(scopes.Scope(**pupil | {"role": scopes.GUARDIAN}, person_id=uuid4())),
        pytest.raises(NotFound),
    ):
        actions.print_certificate(certificate_id=certificate_id)


def test_a_pupil_is_named_one_way(place):
    from jizuo.hubs.organisation.printing import actions, queries

    person, affiliation_id = place.made.pupils[2]
    found = act(place.clerk, actions.issue_certificate, person_id=person, reason="办理公交卡")
    lines = act(place.clerk, queries.certificates, affiliation_id=affiliation_id)
    assert [one.reason for one in lines if one.certificate_id == found] == ["办理公交卡"]
    with pytest.raises(BadInput):
        act(place.clerk, actions.issue_certificate, reason="办理公交卡")
    with pytest.raises(NotFound):
        act(place.clerk, actions.issue_certificate, person_id=uuid4(), reason="办理公交卡")


def test_the_code_stands_nowhere_in_clear(place):
    code = sheet(place, issue(place)).data["code"]
    rows = run(place.clerk, "select to_jsonb(c)::text from certificate c where unit_no = %s", place.unit_no)
    assert rows and all(code not in row[0] and code.encode().hex() not in row[0] for row in rows)


def test_who_is_not_present_gets_no_certificate(place):
    with pytest.raises(Conflict):
        issue(place, pupil=1)
    with pytest.raises(BadInput):
        issue(place, reason="  ")
    with pytest.raises(BadInput):
        issue(place, valid_days=400)


def test_another_school_s_certificate_does_not_exist(base, place):
    from jizuo.hubs.organisation.printing import actions, queries

    certificate_id = issue(place)
    other = Place(base)
    for door, more in ((actions.print_certificate, {}), (actions.withdraw_certificate, {"reason": "x"})):
        with pytest.raises(NotFound):
            act(other.clerk, door, certificate_id=certificate_id, **more)
    with pytest.raises(NotFound):
        act(other.clerk, actions.issue_certificate, affiliation_id=place.made.pupils[2][1], reason="x")
    assert act(other.clerk, queries.certificates) == []
    assert certificate_id in [one.certificate_id for one in act(place.clerk, queries.certificates)]
    with pytest.raises(NotAllowed):
        act(place.teacher, actions.print_certificate, certificate_id=certificate_id)


def test_guessing_is_told_nothing_and_ends(place):
    from jizuo.hubs.organisation.printing import rules

    code = sheet(place, issue(place)).data["code"]
    guesses = [
        rules.new_code(place.unit_no),
        rules.new_code(900_000),
        "nonsense",
        code[:-1] + ("Y" if code.endswith("Z") else "Z"),
        "",
        "1" * 500,
    ]
    assert {look(place, one, "10.9.0.2").state for one in guesses} == {"unknown"}
    assert len({look(place, one, "10.9.0.2") for one in guesses}) == 1
    states = [look(place, rules.new_code(place.unit_no), "10.9.0.3").state for _one in range(rules.TRIES + 5)]
    assert states == ["unknown"] * rules.TRIES + ["limited"] * 5
    # Once limited, a right code tells no more than a wrong one; others are not held up.
    assert look(place, code, "10.9.0.3").state == "limited"
    assert look(place, code, "10.9.0.4").state == "valid"


def test_a_code_is_found_in_its_own_unit_only(base, place):
    """The wall stands: the same index looked for in another unit's reach finds nothing."""
    from jizuo.hubs.organisation.printing import actions, rules
    from jizuo.plain import signs

    code = sheet(place, issue(place)).data["code"]
    body = signs.written(base.unit(), rules.UNIT_SIGNS) + code[rules.UNIT_SIGNS : -1]
    assert look(place, body + signs.check_sign(body), "10.9.0.5").state == "unknown"
    from jizuo.ground.scope import Scope

    blind = Scope("visitor", 0, (0,), today=DAY, address="10.9.0.5")
    assert act(blind, actions.check_certificate, code=code).state == "unknown"
    assert look(place, code, "10.9.0.5").state == "valid"


def test_a_transfer_form_comes_from_a_transfer(place):
    from jizuo.hubs.organisation.printing import actions

    moving = place.ask(kind="transfer_out", other_text="浦东新区松雪小学", pupil=5)
    found = act(place.clerk, actions.print_transfer, movement_id=moving)
    told = dict(map(tuple, found.data["rows"]))
    assert (
        told["转入学校"] == "浦东新区松雪小学"
        and told["出生日期"] == "2019-05-04"
        and len(found.data["offices"]) == 4
    )
    other = place.ask(kind="class", to_class_id=place.made.classes[1], pupil=3)
    with pytest.raises(Conflict):
        act(place.clerk, actions.print_transfer, movement_id=other)


def test_a_school_writes_its_words_and_takes_them_back(place):
    from jizuo.hubs.organisation.printing import actions, queries

    def words() -> dict[str, str]:
        return {one.kind: one.blocks for one in act(place.clerk, queries.print_templates)}.get(
            "enrolment", {}
        )

    act(
        place.clerk,
        actions.set_print_template,
        kind="enrolment",
        blocks={"end": "此证。", "title": "在读证明"},
    )
    assert words() == {"end": "此证。"}
    assert sheet(place, issue(place)).blocks == {"end": "此证。"}
    act(place.clerk, actions.set_print_template, kind="enrolment", blocks={"end": ""})
    assert words() == {}
    for blocks in ({"end": "字" * 601}, {"nothing": "x"}, {"text": "{身份证号}"}):
        with pytest.raises(BadInput):
            act(place.clerk, actions.set_print_template, kind="enrolment", blocks=blocks)


def seal(place: Place, scope: Any = None) -> UUID:
    from jizuo.hubs.organisation.printing import actions

    return act(
        scope or place.clerk,
        actions.ask_seal,
        seal="学校公章",
        what="在读证明 2 份",
        copies=2,
        reason="居住证",
    )


def test_a_seal_is_asked_approved_and_numbered(place):
    from jizuo.hubs.organisation.printing import actions, queries

    first = seal(place)
    with pytest.raises(Conflict):
        act(place.clerk, actions.note_sealed, seal_use_id=first)
    with pytest.raises(NotAllowed):
        act(place.clerk, actions.decide_seal, seal_use_id=first, is_agreed=True)
    act(place.head, actions.decide_seal, seal_use_id=first, is_agreed=True)
    assert act(place.clerk, actions.note_sealed, seal_use_id=first) == "用印〔2026〕第 1 号"
    with pytest.raises(Conflict):
        act(place.clerk, actions.note_sealed, seal_use_id=first)
    own = seal(place, place.head)
    with pytest.raises(NotAllowed):
        act(place.head, actions.decide_seal, seal_use_id=own, is_agreed=True)
    act(place.head, actions.decide_seal, seal_use_id=own, is_agreed=False, note="不用了")
    (line,) = [one for one in act(place.clerk, queries.seal_uses) if one.seal_use_id == first]
    assert (
        (line.state, line.number) == ("sealed", "用印〔2026〕第 1 号")
        and line.asked_name
        and line.decided_name
    )


def test_two_seals_at_once_get_two_numbers(place):
    from django.db import connection

    from jizuo.hubs.organisation.printing import actions

    uses = [seal(place) for _one in range(6)]
    for one in uses:
        act(place.head, actions.decide_seal, seal_use_id=one, is_agreed=True)

    def use(one: UUID) -> str:
        try:
            return act(replace(place.clerk), actions.note_sealed, seal_use_id=one)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        numbers = list(pool.map(use, uses))
    assert len(set(numbers)) == 6


def test_what_is_missing_from_a_seal_is_named(place):
    from jizuo.hubs.organisation.printing import actions

    with pytest.raises(BadInput) as told:
        act(place.clerk, actions.ask_seal, seal="学校公章", what=" ", copies=0, reason="")
    assert [one.where for one in told.value.problems] == ["what", "reason", "copies"]
    with pytest.raises(NotFound):
        act(
            place.clerk,
            actions.ask_seal,
            seal="学校公章",
            what="x",
            copies=1,
            reason="x",
            certificate_id=UUID(int=1),
        )
