from __future__ import annotations

from datetime import date
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizuo.hubs.organisation.rules import (
    base_no,
    base_no_check,
    derived_id,
    guardian_may_act,
    is_base_no,
    staff_roles,
)

HOMEROOM, TAUGHT = uuid4(), uuid4()


def test_a_hundred_thousand_people_have_a_hundred_thousand_numbers():
    numbers = [base_no(count) for count in range(100_000)]
    assert len(set(numbers)) == 100_000
    assert all(is_base_no(number) for number in numbers[:2000])


def test_numbers_do_not_tell_who_came_first():
    numbers = [int(base_no(count)) for count in range(1000)]
    rising = sum(a < b for a, b in pairwise(numbers))
    assert 200 < rising < 800


@given(st.integers(0, 10**9 - 1), st.integers(0, 9), st.integers(1, 9))
def test_the_check_digit_catches_every_single_wrong_digit(count, place, by):
    number = base_no(count)
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    assert is_base_no(number) and not is_base_no(wrong)


@pytest.mark.parametrize(
    "text", ["", "123", "12345678901", "１２３４５６７８９０", "12345678a0", " 1234567890"]
)
def test_what_is_no_number_at_all(text):
    assert not is_base_no(text)


def test_a_base_is_full_past_a_billion():
    assert len(base_no(10**9 - 1)) == 10
    for count in (10**9, -1):
        with pytest.raises(ValueError, match="10\\^9"):
            base_no(count)


def test_the_check_digit_by_hand():
    # 3*1 + 7*2 + 1*3 + 3*4 + 7*5 + 1*6 + 3*7 + 7*8 + 1*9 = 159, and 159 + 1 is divisible by 10.
    assert base_no_check("123456789") == "1"


@given(st.integers(0, 10**6), st.sampled_from(["class", "course"]), st.text(min_size=1, max_size=60))
def test_a_derived_id_is_a_uuid_and_always_the_same(unit_no, kind, key):
    found = derived_id(unit_no, kind, key)
    assert found == derived_id(unit_no, kind, key) == str(UUID(found))


def test_a_derived_id_differs_by_unit_kind_and_key():
    found = {
        derived_id(*of)
        for of in [
            (1, "class", "c1"),
            (2, "class", "c1"),
            (1, "course", "c1"),
            (1, "class", "c2"),
            (11, "class", ""),
        ]
    }
    assert len(found) == 5
    assert all(UUID(one).version == 8 and UUID(one).variant == "specified in RFC 4122" for one in found)


def test_our_own_id_comes_home_as_itself():
    own = uuid4()
    assert derived_id(1, "class", str(own)) == derived_id(2, "course", str(own).upper()) == str(own)


@pytest.mark.parametrize(
    "key", ["{12345678-1234-1234-1234-123456789012}", "12345678123412341234123456789012"]
)
def test_other_ways_to_write_a_uuid_are_outside_keys(key):
    assert UUID(derived_id(1, "class", key)).version == 8


@pytest.mark.parametrize(
    ("posts", "homerooms", "teaching", "roles"),
    [
        ([], set(), set(), []),
        (["head"], set(), set(), [("head", set())]),
        (["head", "head"], set(), set(), [("head", set())]),
        (["teacher"], set(), set(), [("teacher", set())]),
        ([], set(), {TAUGHT}, [("teacher", {TAUGHT})]),
        (["teacher"], {HOMEROOM}, {TAUGHT}, [("homeroom_teacher", {HOMEROOM}), ("teacher", {TAUGHT})]),
        # Being a homeroom teacher comes from a class, never from a word.
        (["homeroom_teacher"], set(), set(), []),
        (["clerk"], {HOMEROOM}, set(), [("clerk", set()), ("homeroom_teacher", {HOMEROOM})]),
    ],
)
def test_roles_of_staff(posts, homerooms, teaching, roles):
    assert [(role, set(orgs)) for role, orgs in staff_roles(posts, homerooms, teaching)] == roles


TODAY = date(2026, 9, 16)


@pytest.mark.parametrize(
    ("may_view", "is_no_contact", "end_on", "may"),
    [
        (True, False, None, True),
        (True, False, date(2026, 9, 17), True),
        (True, False, TODAY, False),  # half-open: the end day is no longer covered
        (True, True, None, False),
        (False, False, None, False),
        (False, True, None, False),
    ],
)
def test_when_a_guardian_may_act(may_view, is_no_contact, end_on, may):
    assert guardian_may_act(may_view=may_view, is_no_contact=is_no_contact, end_on=end_on, today=TODAY) is may
