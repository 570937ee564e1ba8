from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizuo.hubs.organisation.printing import rules


@given(st.integers(0, 31**4 - 1))
def test_a_code_names_its_unit_and_is_read_as_typed(unit_no):
    code = rules.new_code(unit_no)
    assert rules.read_code(rules.show_code(code).lower()) == (unit_no, code)


@given(st.text(max_size=80))
def test_whatever_is_typed_is_no_code_but_by_its_check_sign(text):
    found = rules.read_code(text)
    assert found is None or len(found[1]) == rules.CODE_LENGTH


def test_codes_cannot_be_told_from_one_another():
    codes = {rules.new_code(3) for _one in range(2000)}
    assert len(codes) == 2000
    assert len({code[4:8] for code in codes}) > 1900


def test_only_a_block_s_own_placeholders_stand_in_it():
    block = rules.KINDS[rules.ENROLMENT].blocks["text"]
    assert rules.strange_fields(block, "{姓名}在{班级}") == []
    assert rules.strange_fields(block, "{身份证号} {班主任}") == ["身份证号", "班主任"]
    assert "{姓名}" in rules.known_fields(block)
    assert rules.fill("{姓名}，{班级}，{奇怪}", {"name": "陈以宁"}) == "陈以宁，，{奇怪}"


@pytest.mark.parametrize("kind", rules.KINDS)
def test_the_usual_words_know_their_placeholders(base, kind):
    for block in rules.KINDS[kind].blocks.values():
        assert rules.strange_fields(block, str(block.usual)) == []


def test_tries_are_over_within_their_window_only():
    now = datetime(2026, 9, 16, tzinfo=UTC)
    assert not rules.is_over(rules.TRIES, now, now)
    assert rules.is_over(rules.TRIES + 1, now, now)
    assert not rules.is_over(999, now - timedelta(minutes=10), now)


def test_a_seal_is_used_only_after_it_was_approved():
    assert rules.may_move("asked", "approved") and rules.may_move("approved", "sealed")
    assert not rules.may_move("asked", "sealed") and not rules.may_move("sealed", "asked")
    assert rules.seal_number(2026, 12) == "用印〔2026〕第 12 号"
