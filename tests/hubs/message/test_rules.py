from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from jizuo.hubs.message import rules

NIGHT = (time(22), time(7))


@pytest.mark.parametrize(
    ("text", "allowed", "per_child", "said"),
    [
        ("{孩子}在{班级}", {"child", "class"}, True, ""),
        ("{ 孩子 }", {"child"}, True, ""),
        ("｛成绩｝", {"child"}, True, "成绩"),
        ("{Score}", {"child"}, True, "成绩"),
        ("{排名}", {"child"}, True, "名次"),
        ("{孩子}", {"child"}, False, "多人"),
        ("{电话}", {"child"}, True, "不认识"),
        ("{标题}", set(), True, "不认识"),
    ],
)
def test_placeholders(text: str, allowed: set[str], per_child: bool, said: str) -> None:
    if not said:
        rules.check_words(text, allowed, is_per_child=per_child)
        return
    with pytest.raises(rules.Refused, match=said):
        rules.check_words(text, allowed, is_per_child=per_child)


def test_names_are_told_and_refused_beside_what_only_the_family_may_know() -> None:
    assert rules.check_names("请陈以宁带队", ["陈以宁", "林若安", "王"]) == ["陈以宁"]
    assert rules.check_names("本次成绩请各家自己看", ["陈以宁"]) == []
    for words in ("陈以宁成绩第一", "陈以宁获得困难补助", "陈以宁因处分"):
        with pytest.raises(rules.Refused):
            rules.check_names(words, ["陈以宁"])


def test_filling() -> None:
    assert rules.fill("{孩子}{child}{截止}{别的}", {"child": "宁"}) == "宁宁{别的}"


@pytest.mark.parametrize(
    ("at", "is_quiet"), [((21, 59), False), ((22, 0), True), ((0, 0), True), ((6, 59), True), ((7, 0), False)]
)
def test_quiet_hours_over_midnight(at: tuple[int, int], is_quiet: bool) -> None:
    assert rules.is_quiet(time(*at), *NIGHT) is is_quiet
    assert rules.is_quiet(time(*at), time(12), time(12)) is False


@given(some.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), some.times(), some.times())
def test_what_waits_goes_out_outside_the_quiet_hours_within_a_day(
    now: datetime, begin: time, end: time
) -> None:
    begin, end = begin.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0)
    at = rules.not_before(now, begin, end, is_urgent=False)
    assert now <= at <= now + timedelta(days=1)
    assert not rules.is_quiet(at.time(), begin, end)
    assert rules.not_before(now, begin, end, is_urgent=True) == now


@pytest.mark.parametrize(("length", "parts"), [(0, 1), (70, 1), (71, 2), (134, 2), (135, 3)])
def test_parts_of_a_short_message(length: int, parts: int) -> None:
    assert rules.sms_parts("字" * length) == parts


@pytest.mark.parametrize(
    ("channel", "state", "code", "tries", "minutes"),
    [
        ("mail", "refused", "unreachable", 1, 5), ("mail", "refused", "unreachable", 4, None),
        ("sms", "refused", "unreachable", 1, 10), ("sms", "refused", "unreachable", 2, None),
        ("sms", "unknown", "timeout", 1, None), ("wechat", "unknown", "-1", 1, None),
        ("mail", "refused", "550", 1, None), ("mail", "refused", "http-503", 1, 5), ("mail", "accepted", "250", 1, None),
    ],
)  # fmt: skip
def test_only_what_is_surely_not_out_is_tried_again(
    channel: str, state: str, code: str, tries: int, minutes: int | None
) -> None:
    assert rules.next_try(channel, state, code, tries) == minutes


def test_a_reminder_waits_its_hours() -> None:
    sent = datetime(2026, 9, 16, 8)
    assert rules.may_remind(None, sent, sent, 12) is None
    assert rules.may_remind(sent, sent, sent + timedelta(hours=11), 12) == sent + timedelta(hours=12)
    assert rules.may_remind(sent, sent, sent + timedelta(hours=12), 12) is None


@given(some.integers(1, 99_999), some.integers(1, 99_999))
def test_a_slips_code_is_read_in_every_form_and_one_wrong_digit_is_seen(notice_no: int, no: int) -> None:
    code = rules.slip_code(notice_no, no)
    for typed in (code, code.replace("-", ""), f" https://b.example/r/3/{code}/ ", code.replace("-", "－")):
        assert rules.read_slip(typed) == (notice_no, no)
    for place, digit in enumerate(code):
        if digit != "-":
            with pytest.raises(ValueError):
                rules.read_slip(code[:place] + str((int(digit) + 1) % 10) + code[place + 1 :])


def test_no_code() -> None:
    for typed in ("", "12", "abc", "1" * 40):
        with pytest.raises(ValueError):
            rules.read_slip(typed)


def test_answers() -> None:
    assert rules.answers_of("read", ("a",)) == ("read",)
    assert rules.answers_of("choice", ("a", "b")) == ("a", "b")
    assert rules.answers_of("none", ("a",)) == ()
