"""The explanation always says what the door does: every reader, record and field, the real doors."""

from __future__ import annotations

from types import SimpleNamespace
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hubs.data.sharing_given import as_, contract, town

STAFF = ("clerk", "head", "homeroom_teacher", "teacher")
BUREAU = ("district_admin", "district_steward", "district_leader", "security_officer", "operator")


@pytest.fixture(scope="module")
def here(base):
    """A town, who asks (the bureau's steward), readers with real grants, and people of two schools."""
    found = town(base)
    school, other = found.owner, found.reader
    readers = {}
    for role in STAFF:
        orgs = [school.classes[0]] if role in ("homeroom_teacher", "teacher") else []
        readers[role] = grant(base, school.unit_no, role, org_ids=orgs)
    for role in BUREAU:
        readers[role] = grant(base, found.bureau, role)
    ties = {
        "guardian": {},
        "barred": {"is_no_contact": True},
        "blind": {"may_view": False},
        "apart": {"lives_with": False},
    }
    for place, (name, told) in enumerate(ties.items()):
        child, adult = school.pupils[place][0], school.guardians[place][0]
        with base.owner() as owner, owner.transaction():
            owner.execute("select set_config('app.units', %s, true)", [f"{{{school.unit_no}}}"])
            values = {"may_view": True, "lives_with": True, "is_no_contact": False} | told
            owner.execute(
                "update guardian_of set may_view = %s, lives_with = %s, is_no_contact = %s where child_id = %s",
                [values["may_view"], values["lives_with"], values["is_no_contact"], child],
            )
        readers[name] = grant(base, school.unit_no, "guardian", person_id=adult, child_ids=[child])
    pupil = school.pupils[0][0]
    readers["pupil"] = grant(base, school.unit_no, "pupil", person_id=pupil)
    records = [*school.pupils, school.staff[0], other.pupils[0]]
    return SimpleNamespace(
        base=base,
        town=found,
        readers=readers,
        records=records,
        asker=found.acting(found.bureau, "district_steward"),
    )


def grant(base, unit_no, role, **more):
    account = base.account(role)
    grant_no = base.grant(account, unit_no, role, **more)
    return SimpleNamespace(account=account, grant_no=grant_no)


def reader_scope(here, reader):
    from jizuo.ground import acting
    from tests.base import TODAY

    return acting.scope_of(reader.grant_no, reader.account.pk, TODAY).scope


def told(here, name, dataset, field, record):
    from jizuo.hubs.data.queries import explaining

    answers = as_(
        here.asker, explaining.why_visible, dataset=dataset, field=field, record_id=record,
        grant_no=here.readers[name].grant_no,
    )  # fmt: skip
    return {one.door: one for one in answers}


def door_title(name):
    from jizuo.ground import doors

    return doors.all_doors()[name].title


def held(here, dataset, record, field):
    """A field's raw value as the owner of the base reads it, in words."""
    from jizuo.hubs.data import datasets
    from jizuo.hubs.organisation.queries.family import in_words

    person, link = record
    with here.base.owner() as owner, owner.transaction():
        owner.execute("select set_config('app.units', (select array_agg(unit_no)::text from unit), true)")
        row = owner.execute(
            f'select to_jsonb(t."{field}") from {dataset} t where t.id = %s',
            [person if dataset == "person" else link],
        ).fetchone()
    return in_words(datasets.get(dataset).fields[field], row[0] if row else None)


def person_page(here, scope, record):
    """(dataset, field) -> value on the person's page; None when the door answers with a refusal."""
    from jizuo.ground.errors import NotAllowed, NotFound
    from jizuo.hubs.organisation.queries import people

    try:
        view = as_(scope, people.person_view, affiliation_id=record[1])
    except (NotFound, NotAllowed):
        return None
    return {(one.dataset, one.key): one.value for one in view.values}


@pytest.mark.parametrize("name", [*STAFF, *BUREAU])
def test_a_persons_page(here, name):
    from jizuo.hubs.data import masking

    scope = reader_scope(here, here.readers[name])
    seen = 0
    for record in (here.records[0], here.records[-2], here.records[-1]):
        kind = "staff" if record == here.records[-2] else "pupil"
        shown = person_page(here, scope, record)
        from jizuo.hubs.organisation.queries import people

        for dataset, field in people.shown_fields(kind):
            answer = told(here, name, dataset, field.key, record[1])[door_title("organisation.person_view")]
            assert answer.is_seen == (shown is not None), (name, dataset, field.key, answer)
            if shown is not None:
                raw = held(here, dataset, record, field.key)
                assert shown[dataset, field.key] == masking.shown(answer.how, raw), (name, field.key, answer)
                seen += bool(raw)
    assert seen or name in ("district_leader", "security_officer", "operator")


@pytest.mark.parametrize("name", ["guardian", "barred", "blind", "apart", "pupil"])
def test_a_familys_page(here, name):
    from jizuo.ground.errors import NotFound
    from jizuo.hubs.data import datasets
    from jizuo.hubs.organisation.queries import family

    scope = reader_scope(here, here.readers[name])
    for record in here.records[:5]:
        try:
            known = as_(scope, family.known_of, child_id=record[0]).known
            shown = {(one.dataset, one.key): one.value for one in known}
        except NotFound:
            shown = {}
        for dataset in ("person", "affiliation", "pupil"):
            for key in datasets.get(dataset).fields:
                answers = told(here, name, dataset, key, record[1])
                answer = answers.get(door_title("organisation.known_of"))
                is_there = (dataset, key) in shown
                assert (answer is not None and answer.is_seen) == is_there, (name, dataset, key, answer)
                if is_there:
                    assert answer.how == "clear"
                    assert shown[dataset, key] == held(here, dataset, record, key)


def test_the_guardians_bar_is_said(here):
    answer = told(here, "barred", "pupil", "address", here.records[1][1])
    (only,) = answer.values()
    assert not only.is_seen and any("禁止接触" in one.words for one in only.reasons)
    blind = told(here, "blind", "pupil", "address", here.records[2][1])
    assert any("没有“可查看”" in one.words for one in next(iter(blind.values())).reasons)
    apart = told(here, "apart", "pupil", "address", here.records[3][1])
    assert any("不与孩子共同生活" in one.words for one in next(iter(apart.values())).reasons)


@pytest.mark.parametrize("name", [*STAFF, *BUREAU])
def test_the_list_of_staff(here, name):
    from jizuo.ground.errors import NotAllowed
    from jizuo.ground.pages.asks import Ask
    from jizuo.hubs.data import masking
    from jizuo.hubs.organisation.queries import people

    scope = reader_scope(here, here.readers[name])
    ask = Ask(
        sort="name", is_descending=False, after=None, before=None, filters={}, text="", columns=(), size=50
    )
    try:
        lines = {one.id: one for one in as_(scope, people.staff_list, ask=ask, with_phone=True)}
    except NotAllowed:
        lines = {}
    for record in (here.records[-2], here.town.reader.staff[0]):
        line = lines.get(record[1])
        answer = told(here, name, "person", "phone", record[0])[door_title("organisation.staff_list")]
        assert answer.is_seen == (line is not None), answer
        if line is not None:
            assert line.phone == masking.shown(answer.how, held(here, "person", record, "phone"))
        name_answer = told(here, name, "affiliation", "name", record[1])[
            door_title("organisation.staff_list")
        ]
        assert name_answer.is_seen == (line is not None)
        if line is not None:
            assert line.name == held(here, "affiliation", record, "name")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_rows_of_a_dataset(here, data):
    from jizuo.ground.errors import NotAllowed, NotFound
    from jizuo.hubs.data import datasets, masking
    from jizuo.hubs.data.queries import rows

    name = data.draw(st.sampled_from([*STAFF, *BUREAU]))
    dataset = data.draw(st.sampled_from(["pupil", "affiliation", "staff"]))
    field = data.draw(
        st.sampled_from([key for key, one in datasets.get(dataset).fields.items() if key != "person_id"])
    )
    record = data.draw(
        st.sampled_from([one for one in here.records if (one == here.records[-2]) == (dataset == "staff")])
    )
    scope = reader_scope(here, here.readers[name])
    try:
        page = as_(scope, rows.rows, dataset=dataset, columns=[field], limit=100)
        found = {str(row["id"]): row[field] for row in page.rows}
    except (NotAllowed, NotFound):
        found = {}
    answer = told(here, name, dataset, field, record[1])[door_title("data.rows")]
    is_there = str(record[1]) in found
    if answer.how == masking.NOTHING and is_there:
        assert found[str(record[1])] is None and not answer.is_seen
        return
    assert answer.is_seen == is_there, (name, dataset, field, answer)
    if is_there:
        with here.base.owner() as owner, owner.transaction():
            owner.execute("select set_config('app.units', (select array_agg(unit_no)::text from unit), true)")
            (raw,) = owner.execute(
                f'select t."{field}" from {dataset} t where t.id = %s', [record[1]]
            ).fetchone()
        if answer.how == masking.CLEAR:
            assert found[str(record[1])] == raw
        elif raw is not None:
            assert found[str(record[1])] == masking.shown(answer.how, raw)


TERMS = st.fixed_dictionaries(
    {
        "fields": st.lists(
            st.sampled_from(["name", "sex", "birth_on", "address", "base_no", "allergy", "seat_no"]),
            min_size=1,
            unique=True,
        ),
        "purposes": st.lists(st.sampled_from(["roster", "safety", "school_roll", "contact"]), unique=True),
        "is_masked": st.booleans(),
        "filters": st.sampled_from([[], [{"column": "sex", "op": "eq", "value": "1"}]]),
        "life": st.sampled_from(["live", "live", "ended", "later"]),
    }
)
VIEW = {"name": "affiliation", "sex": "affiliation", "base_no": "affiliation", "seat_no": "affiliation",
        "birth_on": "person", "address": "pupil", "allergy": "pupil"}  # fmt: skip


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(terms=TERMS)
def test_a_contract(here, terms):
    from datetime import timedelta

    from jizuo.ground.errors import NotFound
    from jizuo.hubs.data import masking
    from jizuo.hubs.data.actions import sharing
    from jizuo.hubs.data.queries import explaining, shared
    from tests.base import TODAY

    life, is_masked = terms["life"], terms["is_masked"]
    more = {key: terms[key] for key in ("fields", "purposes", "filters")}
    if life == "later":
        more["begin_on"] = TODAY + timedelta(days=3)
    contract_id = contract(here.town, masked=more["fields"][:1] if is_masked else [], **more)
    clerk = here.town.acting(here.town.reader.unit_no)
    if life == "ended":
        as_(clerk, sharing.end_contract, contract_id=contract_id, reason="不用了")
    try:
        page = as_(clerk, shared.shared_rows, contract_id=contract_id, limit=100)
        found = [dict(zip([key for key, *_rest in page.columns], row, strict=True)) for row in page.rows]
    except NotFound:
        found = None
    inside = []
    for record in [*here.town.owner.pupils, here.town.other.pupils[0]]:
        answers = {
            key: as_(
                here.asker,
                explaining.why_visible,
                dataset=dataset,
                field=key,
                record_id=record[1],
                contract_id=contract_id,
            )[0]
            for key, dataset in VIEW.items()
        }
        for key, answer in answers.items():
            if found is None or key not in more["fields"]:
                assert not answer.is_seen and answer.how == masking.NOTHING, (terms, key, answer)
        seen = {key: one for key, one in answers.items() if one.is_seen}
        assert set(seen) in ({*more["fields"]}, set()), (terms, seen)
        if seen:
            inside.append(
                {
                    key: masking.shown(one.how, raw_of(here, VIEW[key], record, key))
                    for key, one in seen.items()
                }
            )
    if found is not None:
        assert [{key: str(value) for key, value in row.items()} for row in found] == [
            {key: one[key] for key in more["fields"]} for one in inside
        ]


def raw_of(here, dataset, record, field):
    with here.base.owner() as owner, owner.transaction():
        owner.execute("select set_config('app.units', (select array_agg(unit_no)::text from unit), true)")
        (value,) = owner.execute(
            f'select t."{field}" from {dataset} t where t.id = %s',
            [record[0] if dataset == "person" else record[1]],
        ).fetchone()
    return value


def test_what_is_out_of_reach_does_not_exist(here):
    from jizuo.ground.errors import BadInput, NotFound
    from jizuo.ground.ids import new_id
    from jizuo.hubs.data.queries import explaining

    clerk = here.town.acting(here.town.reader.unit_no)
    own = here.base.grant(here.base.account(), here.town.reader.unit_no, "teacher")
    stranger = here.readers["clerk"].grant_no
    contract_id = contract(here.town)
    third = here.town.acting(here.town.other.unit_no)
    for scope, asked in (
        (clerk, {"grant_no": stranger}),
        (clerk, {"grant_no": 999_999_999}),
        (clerk, {"grant_no": own, "record_id": here.town.owner.pupils[0][1]}),
        (clerk, {"grant_no": own, "record_id": new_id()}),
        (clerk, {"contract_id": contract_id, "record_id": here.town.owner.pupils[0][1]}),
        (third, {"contract_id": contract_id}),
        (clerk, {"grant_no": own, "field": "no_such_field"}),
    ):
        with pytest.raises(NotFound):
            as_(scope, explaining.why_visible, **({"dataset": "pupil", "field": "address"} | asked))
    with pytest.raises(BadInput):
        as_(clerk, explaining.why_visible, dataset="pupil", field="address")
    assert isinstance(new_id(), UUID)


def test_an_override_is_said_and_counts(here):
    from jizuo.ground import doors, overrides

    admin = here.town.acting(here.town.bureau, "district_admin", stepped_up=True)
    unit_no = here.town.owner.unit_no
    as_(
        admin, overrides.set_override, door="organisation.person_view", role="head", unit_no=unit_no, is_allowed=False,
        reason="试点期间",
    )  # fmt: skip
    try:
        answer = told(here, "head", "person", "sex", here.records[0][0])[
            door_title("organisation.person_view")
        ]
        scope = reader_scope(here, here.readers["head"])
        assert person_page(here, scope, here.records[0]) is None
        assert not answer.is_seen and any("按权限调整" in one.words for one in answer.reasons)
    finally:
        (only,) = [one for one in as_(admin, overrides.override_list) if one.unit_no == unit_no]
        as_(admin, overrides.drop_override, override_id=only.override_id)
        assert doors.overrides() is not None


def test_a_raised_grade_changes_the_answer_and_the_door_together(here):
    from jizuo.ground import catalogue_state
    from jizuo.hubs.data import datasets
    from jizuo.hubs.data.actions import grading

    record, scope = here.records[0], reader_scope(here, here.readers["teacher"])
    title = door_title("organisation.person_view")
    before = told(here, "teacher", "affiliation", "seat_no", record[1])[title]
    assert before.how == "clear" and person_page(here, scope, record)["affiliation", "seat_no"] == "1"
    assert (
        as_(here.asker, grading.set_grade, dataset="person", field="name_reading", grade=4, reason="试")
        == "done"
    )
    assert (
        as_(here.asker, grading.set_grade, dataset="pupil", field="entry_year", grade=4, reason="试")
        == "done"
    )
    after = told(here, "teacher", "pupil", "entry_year", record[1])[title]
    shown = person_page(here, scope, record)
    assert after.how == "stars" and shown["pupil", "entry_year"] == "＊＊＊"
    assert datasets.get("pupil").fields["entry_year"].grade == 4 and catalogue_state.seen()
    with here.base.owner() as owner:
        owner.execute("delete from element_grade")
        owner.execute("update base_state set version = version + 1 where key = 'catalogue'")
    assert told(here, "teacher", "pupil", "entry_year", record[1])[title].how == "clear"
