"""One decision, in SQL and in Python; roles, purposes and wishes."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from jizuo.hubs.data import masking
from jizuo.hubs.data.datasets import Field
from jizuo.hubs.data.masking import CLEAR, NAME, NOTHING, PHONE, STARS, TAIL, YEAR, Lens


def field(**more):
    told = {"key": "k", "title": "项", "english": "Item", "grade": 4, "db_type": "text", "purpose": "roster"}
    return Field(**(told | more))


@pytest.mark.parametrize(
    ("element", "how"),
    [
        (field(grade=1), CLEAR),
        (field(grade=2, purpose=""), CLEAR),
        (field(grade=3), STARS),
        (field(grade=3, kind="name"), NAME),
        (field(grade=3, initials="XM"), NAME),
        (field(kind="phone"), PHONE),
        (field(initials="LXDH"), PHONE),
        (field(kind="date", db_type="date"), YEAR),
        (field(kind="document"), TAIL),
        (field(initials="SFZJH"), TAIL),
        (field(kind="sealed"), NOTHING),
        (field(kind="id", db_type="uuid"), NOTHING),
    ],
)
def test_what_is_not_open_is_shown_by_its_looks(element, how):
    assert masking.decide(element, Lens(frozenset())) == how


def test_a_purpose_opens_and_a_wish_masks_again():
    opened = Lens(frozenset({"roster"}))
    assert masking.decide(field(), opened) == CLEAR
    assert masking.decide(field(), Lens(frozenset({"roster"}), frozenset({"k"}))) == STARS
    assert masking.decide(field(grade=2), Lens(frozenset(), frozenset({"k"}))) == CLEAR
    assert masking.decide(field(kind="sealed"), opened) == NOTHING
    assert masking.decide(field(kind="document"), opened) == TAIL, "no purpose opens a document number"


def test_without_a_purpose_a_role_sees_up_to_sensitive_and_a_contract_nothing_personal():
    plain = field(grade=3, purpose="")
    assert masking.decide(plain, Lens(frozenset())) == CLEAR
    assert masking.decide(plain, Lens(frozenset(), opens_plain=False)) == STARS
    assert masking.decide(field(grade=4, purpose=""), Lens(frozenset())) == STARS


TEXTS = st.one_of(
    st.text("0123456789-+ 张三·abc", max_size=20),
    st.from_regex(r"\A1[3-9][0-9]{9}\Z"),
    st.from_regex(r"\A0[1-9][0-9]{1,2}-[2-9][0-9]{6,7}(-[0-9]{1,4})?\Z"),
    st.dates().map(str),
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(how=st.sampled_from([CLEAR, PHONE, YEAR, NAME, TAIL, STARS]), text=TEXTS)
@example(how=PHONE, text="021-12345678-12")
@example(how=PHONE, text="13812345678")
@example(how=PHONE, text="12")
@example(how=NAME, text="")
def test_sql_and_python_say_the_same(base, how, text):
    with base.owner() as owner:
        owner.execute("create temporary table if not exists said (value text)")
        owner.execute("truncate said")
        owner.execute("insert into said values (%s)", [text])
        (answer,) = owner.execute(f"select {masking.expression(how, 'value')} from said").fetchone()
        assert answer == masking.shown(how, text)
        owner.execute("update said set value = null")
        assert owner.execute(f"select {masking.expression(how, 'value')} from said").fetchone() == (None,)


def test_a_select_list_masks_by_the_acting_role(base):
    from jizuo.hubs.data import datasets
    from jizuo.project import rooms

    rooms.plates()
    listed = masking.select_list(
        datasets.get("pupil"), ["address", "entry_year"], lens=masking.lens_of("teacher")
    )
    assert f"'{masking.MASK}'" in listed and 't."entry_year" as "entry_year"' in listed
    assert "case" not in masking.select_list(
        datasets.get("pupil"), ["address"], lens=masking.lens_of("clerk")
    )


def test_the_roles_duties_are_the_organisations_table(base):
    from jizuo.hubs.organisation import masks
    from jizuo.project import rooms

    rooms.plates()
    assert all(masking.purposes_of(role) == opened for role, opened in masks.OPEN.items())
    assert set(masking.purposes()) >= {purpose for opened in masks.OPEN.values() for purpose in opened}
    assert masking.purposes_of("reader") == frozenset()


@pytest.mark.parametrize(
    ("title", "initials", "how"),
    [
        ("家长电话", "JZDH", "phone"),
        ("手机", "SJ", "phone"),
        ("备注", "BZ", "stars"),
        ("联系", "LXDH", "phone"),
    ],
)
def test_a_made_field_that_is_called_a_phone_is_masked_as_one(title, initials, how):
    from jizuo.hubs.data import masking
    from jizuo.hubs.data.datasets import Field

    field = Field("x", title, "", 4, "varchar(20)", initials=initials)
    assert masking.masked_as(field) == how
