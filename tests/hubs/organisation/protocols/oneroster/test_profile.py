from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jizuo.hubs.organisation.protocols.oneroster.profile import (
    FIELDS,
    KINDS,
    ORG_WORDS,
    PREFIX,
    RIGHTS,
    ROLE_WORDS,
    ROLES,
    Guardian,
    for_outside,
    read_guardians,
    write_guardians,
)
from jizuo.hubs.organisation.protocols.oneroster.tables import ROSTERING, VOCABULARIES

from . import roster

PAGE = Path(__file__).parents[5] / "docs" / "reference" / "oneroster-china-profile.md"
MOTHER = Guardian("g", "62", ("legal", "lives", "pickup", "view", "sign", "notify"), 1)
FATHER = Guardian("f", "61", ("legal", "view"), 0, "2020-01-01", "2026-09-01")
BARRED = Guardian("x", "61", ("legal", "view", "barred"))


def test_guardians_come_back_with_relation_and_rights() -> None:
    agents, text = write_guardians([BARRED, FATHER, MOTHER], "2026-08-31")
    assert agents == "g,f"
    assert read_guardians(text) == [MOTHER, FATHER, BARRED]
    assert read_guardians("") == []
    assert write_guardians([], "2026-08-31") == ("", "")


@pytest.mark.parametrize(
    ("guardian", "on", "is_agent"),
    [
        (FATHER, "2019-12-31", False),
        (FATHER, "2020-01-01", True),
        (FATHER, "2026-09-01", False),
        (BARRED, "2026-01-01", False),
        (Guardian("n", "62", ("legal", "notify")), "2026-01-01", False),
    ],
)
def test_agents_are_those_who_may_see_the_child_today(guardian: Guardian, on: str, is_agent: bool) -> None:
    assert write_guardians([guardian], on)[0] == (guardian.id if is_agent else "")


guardians = st.builds(
    Guardian,
    id=st.uuids().map(str),
    relation=st.sampled_from(["", "61", "62", "5"]),
    rights=st.lists(st.sampled_from(sorted(RIGHTS)), unique=True).map(tuple),
    order=st.integers(0, 9),
    begin=st.sampled_from(["", "2026-09-01"]),
    end=st.sampled_from(["", "2027-09-01"]),
)


@settings(max_examples=20, deadline=None)
@given(st.lists(guardians, unique_by=lambda g: g.id))
def test_any_guardians_come_back(some: list[Guardian]) -> None:
    _, text = write_guardians(some, "2026-10-01")
    assert sorted(read_guardians(text), key=lambda g: g.id) == sorted(some, key=lambda g: g.id)
    tables = roster.rows()
    tables["users"] += [{**tables["users"][2], "sourcedId": g.id, "username": g.id} for g in some]
    tables["roles"] += [{**tables["roles"][2], "sourcedId": f"r{g.id}", "userSourcedId": g.id} for g in some]
    agents, text = write_guardians(some, "2026-10-01")
    tables["users"][0] |= {"agentSourcedIds": agents, PREFIX + "guardians": text}
    assert roster.check_rows(tables).problems == []


@pytest.mark.parametrize(
    "text",
    [
        "g:62",
        '{"id":"g"}',
        '[{"id":""}]',
        '[{"id":"g","relation":"mother"}]',
        '[{"id":"g","rights":["everything"]}]',
        '[{"id":"g","phone":"1"}]',
        '[{"id":"g","begin":"yesterday"}]',
    ],
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_guardians(text)
    tables = roster.rows()
    tables["users"][0] |= {"agentSourcedIds": "g", PREFIX + "guardians": text}
    assert ("profile_value", "users.csv", PREFIX + "guardians") in roster.told(roster.check_rows(tables))


@pytest.mark.parametrize("agents", ["", "u2", "g,u2", "x"])
def test_agents_and_guardians_must_agree(agents: str) -> None:
    tables = roster.rows()
    text = write_guardians([MOTHER, BARRED], "2026-09-01")[1]
    tables["users"][0] |= {"agentSourcedIds": agents, PREFIX + "guardians": text}
    assert ("agents_differ", "users.csv", "agentSourcedIds") in roster.told(roster.check_rows(tables))


@pytest.mark.parametrize(
    ("table", "column", "value", "cause"),
    [
        ("classes", "entryYear", "2024级", "profile_value"),
        ("classes", "entryYear", "2024", None),
        ("classes", "colour", "red", "profile_unknown"),
        ("demographics", "ethnicGroup", "汉族", "profile_value"),
        ("demographics", "ethnicGroup", "01", None),
        ("roles", "isRegistered", "是", "profile_value"),
        ("roles", "isRegistered", "true", None),
        ("roles", "weeklyLessons", "12.5", None),
        ("enrollments", "seatNo", "7", None),
    ],
)
def test_values_of_our_columns(table: str, column: str, value: str, cause: str | None) -> None:
    tables = roster.rows()
    tables[table][0][PREFIX + column] = value
    told = {(cause, f"{table}.csv", PREFIX + column)} if cause else set()
    assert roster.told(roster.check_rows(tables)) == told


def test_what_goes_outside_leaves_out_what_only_bases_may_see() -> None:
    table = pl.DataFrame(
        {"sourcedId": ["a"], PREFIX + "name": ["张三"], PREFIX + "guardians": ["[]"], "metadata.x": ["1"]}
    )
    assert for_outside({"users": table})["users"].columns == ["sourcedId", PREFIX + "name", "metadata.x"]


def test_words_fit_the_vocabularies() -> None:
    assert set(FIELDS) <= set(ROSTERING)
    for role in ROLES.values():
        assert role in VOCABULARIES["userRole"] or role in ROLE_WORDS
    assert set(KINDS) <= set(VOCABULARIES["userRole"])
    assert all(word.startswith("ext:") for word in {**ORG_WORDS, **ROLE_WORDS})


def test_the_page_names_every_column_right_and_word() -> None:
    page = PAGE.read_text()
    for table, fields in FIELDS.items():
        section = page.split(f"### {table}.csv", 1)[1].split("\n### ", 1)[0] if fields else ""
        for name, field in fields.items():
            assert f"| `{name}` | {field.zh} |" in section, (table, name)
            assert (f"| `{name}` | {field.zh} |" in section) and field.reach in section
    for word in {**ORG_WORDS, **ROLE_WORDS, **RIGHTS}:
        assert f"`{word}`" in page
