"""The merge from claims alone ends where put ended, in whatever order the sources came; undo takes words out again."""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hubs.data.actions.given import claims, conflicts, held_by, newcomer, person_of

SOURCES = ("register", "school", "family", "civil_affairs", "somebody_else")
#: Fields of different owners: the register, the family, the school, nobody who ever speaks here.
VALUES = {
    "sex": st.sampled_from(["1", "2", "9"]),
    "phone": st.sampled_from(["13900000001", "13900000002"]),
    "name_reading": st.sampled_from(["shan", "dan"]),
    "birth_on": st.sampled_from([date(2016, 5, 4), date(2017, 5, 4)]),
    "former_name": st.sampled_from(["陈 一", "陈一", "陈·一"]),
}
words = st.fixed_dictionaries({}, optional=VALUES)


@contextmanager
def inside(typist):
    from jizuo.ground import scope as scopes

    with scopes.use(typist.scope), scopes.open_transaction("test.replay"):
        yield


def say(typist, person, source, told, **more):
    from jizuo.hubs.data.actions.put import put

    with inside(typist):
        put(dataset="person", columns=("id", *told), rows=[(person, *told.values())], source=source, **more)


def state(typist, person):
    """All of a person that the order of arrival could touch."""
    ((row,),) = typist.rows(
        "select to_jsonb(p) - 'id' - 'base_no' - 'batch_id' - 'changed_at' from person p where id = %s",
        person,
    )
    return row, [one for one in conflicts(typist, person) if one[-1] == "open"]


def replay(typist, person):
    from django.db import connection
    from psycopg import sql

    from jizuo.hubs.data import datasets
    from jizuo.hubs.data.actions.replaying import recompute

    with inside(typist):
        with connection.cursor() as cursor:
            cursor.execute(
                "create temporary table chosen_one on commit drop as select %s::uuid as id, null::int as unit_no",
                [person],
            )
        return recompute(datasets.get("person"), sql.Identifier("chosen_one"))


def unclaimed(typist, person):
    """Fields of a person whose value no claim of their holder has."""
    ((row, held),) = typist.rows("select to_jsonb(p), held_by from person p where id = %s", person)
    said = claims(typist, person)
    return [key for key, source in held.items() if said.get(source, {}).get(key) != row[key]]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    told=st.dictionaries(st.sampled_from(SOURCES[:4]), words.filter(bool), min_size=2, max_size=4),
    data=st.data(),
)
def test_the_order_of_arrival_leaves_no_trace_and_a_replay_changes_nothing(typist, told, data):
    orders = list(permutations(told))
    ends = []
    for order in (orders[0], data.draw(st.sampled_from(orders)), orders[-1]):
        person, _link = newcomer(typist, source="school")
        for source in order:
            say(typist, person, source, told[source])
        ends.append(state(typist, person))
        assert replay(typist, person) == (0, 0)
        assert unclaimed(typist, person) == []
    assert ends[0] == ends[1] == ends[2]


def test_every_claim_has_a_batch_and_typing_of_a_day_is_one(typist):
    person, _link = newcomer(typist)
    other, _link = newcomer(typist)
    found = {
        batch
        for one in (person, other)
        for (batch,) in typist.rows("select batch_id from claim where record_id = %s", one)
    }
    assert len(found) == 1 and None not in found
    assert typist.rows("select importer, state from batch where id = %s", found.pop()) == [
        ("typed", "applied")
    ]


def test_a_late_file_fills_gaps_and_takes_nothing_back(typist):
    """A source that lies about the order of its data: what it said of a later day stays."""
    person, _link = newcomer(typist)
    now = datetime.now(UTC)
    say(typist, person, "register", {"sex": "1"}, as_of=now - timedelta(days=1))
    say(typist, person, "register", {"sex": "2", "ethnic": "01"}, as_of=now - timedelta(days=9))
    assert person_of(typist, person, "sex", "ethnic") == ("1", "01")
    # A time that has not come yet counts as now, so that the next file is heard.
    say(typist, person, "register", {"sex": "9"}, as_of=now + timedelta(days=400))
    say(typist, person, "register", {"sex": "2"})
    assert person_of(typist, person, "sex") == ("2",)


def test_a_lost_value_comes_back_from_the_claims(typist):
    person, _link = newcomer(typist, sex="2")
    say(typist, person, "register", {"sex": "1"})
    with typist.base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{typist.unit_no}}}"])
        owner.execute("update person set sex = '9', held_by = '{}' where id = %s", [person])
    assert replay(typist, person)[0] == 1
    assert (person_of(typist, person, "sex"), held_by(typist, person)["sex"]) == (("1",), "register")
    assert conflicts(typist, person) == [("sex", "register", "1", "school", "2", "open")]


def brought(typist, person, source, told):
    """`told` as the only row of an applied batch; returns the batch."""
    from django.db import connection

    from jizuo.ground import scope as scopes

    batch_id = uuid4()
    with inside(typist):
        scopes.set_batch(batch_id)
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into batch (id, unit_no, importer, source, title, is_full, options, state, rows_read, problems,"
                " warnings, counts, hold_reason, print, error, raw_sha256, applied_at) values (%s, %s, 'test', %s, '名单',"
                " false, '{}', 'applied', 1, 0, 0, '{}', '', '', '', '', now())",
                [batch_id, typist.unit_no, source],
            )
        from jizuo.hubs.data.actions.put import put

        put(
            dataset="person",
            columns=("id", *told),
            rows=[(person, *told.values())],
            source=source,
            batch_id=batch_id,
        )
    return batch_id


def undo(typist, batch_id):
    from jizuo.hubs.data.actions.undo import undo_rows

    with inside(typist):
        return undo_rows(batch_id, ["person"])


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=words, batch=words.filter(bool), source=st.sampled_from(SOURCES[:4]))
def test_undo_of_a_batch_restores_what_was(typist, before, batch, source):
    person, _link = newcomer(typist)
    for who in ("school", "register"):
        if before:
            say(typist, person, who, before)
    was = state(typist, person), claims(typist, person)
    undo(typist, brought(typist, person, source, batch))
    assert (state(typist, person), claims(typist, person)) == was


@pytest.mark.parametrize("later", ["family", "school"])
def test_undo_takes_the_batch_s_words_out_of_rows_that_others_wrote_since(typist, later):
    person, _link = newcomer(typist)
    batch = brought(typist, person, "register", {"sex": "1", "ethnic": "01"})
    say(typist, person, later, {"phone": "13900000001"})
    undone = undo(typist, batch)
    assert [(table, record) for table, record, _label in undone.kept] == [("person", str(person))]
    assert person_of(typist, person, "sex", "ethnic", "phone") == ("", "", "13900000001")
    assert unclaimed(typist, person) == []


def test_what_another_school_said_counts_where_it_cannot_be_read(typist):
    """Twin: a merge that hears only its own unit would take the register's word from a pupil of two schools."""
    from django.db import connection

    person, _link = newcomer(typist, sex="2")
    other = typist.base.unit()
    there = typist.base.scope(other, "clerk")
    typist.put(
        "affiliation",
        ("id", "unit_no", "person_id", "role", "begin_on", "name", "sort_key", "base_no"),
        [(uuid4(), other, person, "pupil", date(2026, 9, 1), "陈以宁", "k", str(person.int)[:10])],
        at=there,
    )
    typist.put("person", ("id", "sex"), [(person, "1")], "register", at=there)
    assert claims(typist, person).keys() == {"school"}
    replay(typist, person)
    assert person_of(typist, person, "sex") == ("1",)
    with inside(typist), connection.cursor() as cursor:
        foreign = uuid4()
        cursor.execute(
            "select count(*) from claims_elsewhere('person', %s, %s)", [[foreign], [typist.unit_no]]
        )
        assert cursor.fetchone() == (0,)


def test_what_may_not_be_empty_stays_when_its_only_word_goes(typist):
    """A person whom others hold on to keeps the number and the name of the batch that brought them."""
    from uuid import uuid4 as fresh

    person = fresh()
    number = str(person.int)[:10]
    batch = brought(typist, person, "school", {"base_no": number, "name": "陈以宁", "sex": "2"})
    typist.put(
        "affiliation",
        ("id", "unit_no", "person_id", "role", "begin_on", "name", "sort_key", "base_no"),
        [(fresh(), typist.unit_no, person, "pupil", date(2026, 9, 1), "陈以宁", "k", number)],
    )
    typist.put("person", ("id", "phone"), [(person, "13900000001")], "family")
    undo(typist, batch)
    assert person_of(typist, person, "base_no", "name", "sex", "phone") == (
        number,
        "陈以宁",
        "",
        "13900000001",
    )


def test_the_words_of_a_record_are_found_by_it_where_statistics_say_nothing(typist):
    from django.db import connection

    from jizuo.hubs.data import datasets
    from jizuo.hubs.data.actions.replaying import chosen, recompute

    person, link = newcomer(typist, former_name="张三")
    typist.put(
        "pupil", ("id", "unit_no", "person_id", "entry_way"), [(link, typist.unit_no, person, "1")], "school"
    )
    plans = []

    def explained(execute, text, params, many, context):
        cursor = context["cursor"]
        said = text if isinstance(text, str) else text.as_string(cursor.connection)
        if "best_of_claims on commit drop as" in said.replace('"', "") or said.startswith("update"):
            execute(f"explain {said}", None, False, context)
            plans.append("\n".join(line for (line,) in cursor.fetchall()))
        return execute(text, params, many, context)

    for name in ("person", "pupil"):
        dataset = datasets.get(name)
        with inside(typist), chosen(dataset) as (ids, _last), connection.execute_wrapper(explained):
            assert recompute(dataset, ids) == (0, 0)
    looked_up = re.findall(r"Scan[^\n]* on claim [^\n]*\n +([^\n]*)", "\n".join(plans))
    assert len(looked_up) == 2 and all("record_id = " in how for how in looked_up), plans
