"""`put` on real datasets: ``person`` and ``pupil`` have owners, ``affiliation`` has none."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.hubs.data.actions.given import claims, conflicts, held_by, newcomer, person_of


def history(typist, table, row):
    return typist.rows(
        f"select op, old, batch_id, door, grant_no from {table}_history where row_id = %s order by valid_to",
        row,
    )


def count(new=0, changed=0, same=0, conflicts=0):
    return (new, changed, same, conflicts)


def told(found):
    return (found.new, found.changed, found.same, found.conflicts)


def test_new_rows_carry_their_defaults_and_their_claim(typist):
    person, _link = newcomer(typist, sex="2", phone="13900001111")
    assert person_of(typist, person, "name", "sex", "phone", "email", "birth_on", "held_by") == (
        "陈以宁", "2", "13900001111", "", None,
        {"name": "school", "sex": "school", "phone": "school", "base_no": "school"},
    )  # fmt: skip
    assert claims(typist, person)["school"]["sex"] == "2"
    assert "email" not in claims(typist, person)["school"]


def test_a_row_that_says_nothing_new_is_not_written(typist):
    person, link = newcomer(typist, sex="2")
    before = typist.rows("select changed_at, xmin::text from person where id = %s", person)
    assert told(typist.put("person", ("id", "name", "sex"), [(person, "陈以宁", "2")])) == count(same=1)
    row = (link, typist.unit_no, "陈以宁")
    assert told(typist.put("affiliation", ("id", "unit_no", "name"), [row])) == count(same=1)
    assert typist.rows("select changed_at, xmin::text from person where id = %s", person) == before
    assert history(typist, "person", person) == history(typist, "affiliation", link) == []


def test_history_keeps_the_prior_image_with_batch_door_and_grant(typist):
    person, _link = newcomer(typist, sex="2")
    batch = uuid4()
    typist.put("person", ("id", "sex"), [(person, "1")], batch_id=batch)
    ((op, old, batch_id, door, grant_no),) = history(typist, "person", person)
    assert (op, old["sex"], old["name"], batch_id, door, grant_no) == (
        "U",
        "2",
        "陈以宁",
        batch,
        "test.put",
        77,
    )
    assert person_of(typist, person, "sex", "batch_id") == ("1", batch)


def test_the_owner_wins_and_others_become_conflicts(typist):
    person, _link = newcomer(typist, sex="2")
    assert told(typist.put("person", ("id", "sex"), [(person, "1")], "register")) == count(
        changed=1, conflicts=1
    )
    assert (person_of(typist, person, "sex"), held_by(typist, person)["sex"]) == (("1",), "register")
    # The school had said 2 before the register spoke: that is a conflict already.
    assert conflicts(typist, person) == [("sex", "register", "1", "school", "2", "open")]
    again = typist.put("person", ("id", "sex", "name_reading"), [(person, "2", "chen yining")])
    assert told(again) == count(changed=1)
    assert person_of(typist, person, "sex", "name_reading") == ("1", "chen yining")
    assert claims(typist, person)["register"] == {"sex": "1"}
    assert claims(typist, person)["school"]["sex"] == "2"


def test_who_agrees_again_withdraws_the_conflict(typist):
    person, _link = newcomer(typist, sex="2")
    typist.put("person", ("id", "sex"), [(person, "1")], "register")
    assert told(typist.put("person", ("id", "sex"), [(person, "1")])) == count(same=1)
    assert [row[-1] for row in conflicts(typist, person)] == ["withdrawn"]
    typist.put("person", ("id", "sex"), [(person, "9")])
    assert conflicts(typist, person) == [("sex", "register", "1", "school", "9", "open")]


def test_the_owner_comes_round_to_what_the_others_say(typist):
    person, _link = newcomer(typist, sex="2")
    typist.put("person", ("id", "sex"), [(person, "1")], "register")
    assert told(typist.put("person", ("id", "sex"), [(person, "2")], "register")) == count(changed=1)
    assert person_of(typist, person, "sex") == ("2",)
    assert [row[-1] for row in conflicts(typist, person)] == ["withdrawn"]


def test_the_owner_changes_its_mind_and_every_other_source_is_held_against_it(typist):
    person, _link = newcomer(typist, sex="2")
    typist.put("person", ("id", "sex"), [(person, "2")], "register")
    typist.put("person", ("id", "sex"), [(person, "2")], "family")
    assert conflicts(typist, person) == []
    assert told(typist.put("person", ("id", "sex"), [(person, "1")], "register")) == count(
        changed=1, conflicts=2
    )
    assert conflicts(typist, person) == [
        ("sex", "register", "1", "family", "2", "open"),
        ("sex", "register", "1", "school", "2", "open"),
    ]


def test_the_owner_agreeing_with_what_stands_is_written_once(typist):
    person, _link = newcomer(typist, sex="2")
    # Nothing differs but whose word it is, and that is worth a write: from here on only the owner changes it.
    assert told(typist.put("person", ("id", "sex"), [(person, "2")], "register")) == count(changed=1)
    assert told(typist.put("person", ("id", "sex"), [(person, "2")], "register")) == count(same=1)
    assert held_by(typist, person)["sex"] == "register"


@pytest.mark.parametrize("first", ["school", "family"])
def test_while_the_owner_is_silent_the_order_of_sources_decides_and_not_who_came_first(typist, first):
    person, _link = newcomer(typist)
    words = {"school": "13", "family": "01"}
    for source in sorted(words, key=lambda source: source != first):
        typist.put("person", ("id", "political"), [(person, words[source])], source)
    assert person_of(typist, person, "political") == ("13",)
    assert held_by(typist, person)["political"] == "school"
    assert conflicts(typist, person) == [("political", "school", "13", "family", "01", "open")]


@pytest.mark.parametrize("empty", ["", None])
def test_an_empty_value_says_nothing_in_a_master_dataset(typist, empty):
    person, _link = newcomer(typist, sex="2", birth_on=date(2019, 5, 4))
    assert told(
        typist.put("person", ("id", "sex", "birth_on"), [(person, empty, None)], "register")
    ) == count(same=1)
    assert person_of(typist, person, "sex", "birth_on") == ("2", date(2019, 5, 4))
    assert "register" not in claims(typist, person)
    assert conflicts(typist, person) == []


def test_another_dataset_takes_what_comes_and_empties(typist):
    _person, link = newcomer(typist)
    at = ("id", "unit_no", "local_no", "seat_no")
    typist.put("affiliation", at, [(link, typist.unit_no, "2026001", 7)], "register")
    assert told(typist.put("affiliation", at, [(link, typist.unit_no, "", None)])) == count(changed=1)
    assert typist.rows("select local_no, seat_no from affiliation where id = %s", link) == [("", None)]
    assert claims(typist, link) == {}


def test_a_claim_is_one_row_per_source_and_gathers_what_it_ever_said(typist):
    person, _link = newcomer(typist, sex="2")
    typist.put("person", ("id", "political"), [(person, "13")])
    typist.put("person", ("id", "ethnic"), [(person, "01")], "family")
    found = claims(typist, person)
    assert set(found) == {"school", "family"}
    assert found["school"]["sex"] == "2" and found["school"]["political"] == "13"
    assert found["family"] == {"ethnic": "01"}


def test_two_schools_of_one_person_keep_their_claims_apart(typist):
    """house.md section 11: a claim carries the unit that said it, and the other school does not see it."""
    person, _link = newcomer(typist, sex="2")
    other = typist.base.unit()
    other_scope = typist.base.scope(other, "clerk")
    number = str(person.int)[:10]
    typist.put(
        "affiliation",
        ("id", "unit_no", "person_id", "role", "begin_on", "name", "sort_key", "base_no"),
        [(uuid4(), other, person, "pupil", date(2026, 9, 1), "陈以宁", "k", number)],
        at=other_scope,
    )
    typist.put("person", ("id", "political"), [(person, "13")], at=other_scope)
    assert typist.rows("select fields from claim where record_id = %s", person, unit=other) == [
        ({"political": "13"},)
    ]
    assert "political" not in claims(typist, person)["school"]


def test_a_foreign_person_is_neither_changed_nor_told(typist):
    other = typist.base.unit()
    person, _link = newcomer(typist, sex="2", unit_no=other, at=typist.base.scope(other, "clerk"))
    found = typist.put("person", ("id", "base_no", "name", "sex"), [(person, "1", "别人", "1")])
    # From here the person does not exist; the insert meets the row that is there and leaves it.
    assert found.changed == 0
    assert typist.rows("select name, sex from person where id = %s", person, unit=other) == [("陈以宁", "2")]
    assert typist.rows("select name from person where id = %s", person) == []


def test_a_foreign_units_row_cannot_be_written(typist):
    other = typist.base.unit()
    with pytest.raises(Exception, match="row-level security") as caught:
        typist.put("org", ("id", "unit_no", "kind", "name"), [(uuid4(), other, "campus", "南校区")])
    assert isinstance(caught.value.__cause__, psycopg.errors.InsufficientPrivilege)


def test_columns_are_checked_before_anything_is_written(typist):
    with pytest.raises(ValueError, match="no such fields"):
        typist.put("person", ("id", "shoe_size"), [(uuid4(), "38")])
    with pytest.raises(ValueError, match="columns begin with"):
        typist.put("affiliation", ("id", "name"), [(uuid4(), "张")])
    with pytest.raises(ValueError, match="columns begin with"):
        typist.put("person", ("name", "id"), [("张", uuid4())])


def test_put_outside_a_door_raises(typist):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions.put import put

    with scopes.use(typist.scope), pytest.raises(scopes.NoScope):
        put(dataset="person", columns=("id",), rows=[], source="school")


def test_nothing_to_put_is_nothing_done(typist):
    assert told(typist.put("person", ("id", "name"), [])) == count()


def test_a_failure_leaves_nothing_of_the_put(typist):
    good, bad = uuid4(), uuid4()
    with pytest.raises(Exception, match="null value"):
        typist.put(
            "affiliation",
            ("id", "unit_no", "person_id", "role", "begin_on", "name", "sort_key", "base_no"),
            [
                (good, typist.unit_no, uuid4(), "pupil", date(2026, 9, 1), "甲", "k", "1"),
                (bad, typist.unit_no, uuid4(), "pupil", None, "乙", "k", "2"),
            ],
        )
    assert typist.rows("select id from affiliation where id = any(%s)", [good, bad]) == []


def test_the_preview_names_what_the_merge_will_do(typist):
    """What `changes` lists is what `apply` does: the owner's field is not among it, the free one is."""
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions.staging import stage

    person, _link = newcomer(typist, sex="2", name_reading="shan")
    typist.put("person", ("id", "sex"), [(person, "1")], "register")
    with scopes.use(typist.scope), scopes.open_transaction("test.put"):
        given = {"dataset": "person", "columns": ("id", "sex", "name_reading"), "source": "school"}
        with stage(rows=[(person, "2", "dan")], **given) as staged:
            (change,) = staged.changes(10)
            first = staged.effect()
            assert staged.effect() == first
        with stage(rows=[(person, "2", "shan")], **given) as staged:
            assert staged.changes(10) == [] and staged.effect() != first
    assert change.record_id == person and change.label.startswith("陈以宁")
    assert (change.before, change.after) == ({"name_reading": "shan"}, {"name_reading": "dan"})
    assert isinstance(change.record_id, UUID)
