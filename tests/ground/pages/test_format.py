from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from jizuo.ground.pages import format


@pytest.fixture(autouse=True)
def _chinese():
    with translation.override("zh-hans"):
        yield


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (57171, 0, "57,171"),
        (98.6, 1, "98.6"),
        (None, 0, "无数据"),
        ("", 0, "无数据"),
        (0, 0, "0"),
        ("良", 0, "良"),
    ],
)
def test_figure(value, decimals, text):
    assert format.figure(value, decimals) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [(1, "一"), (9, "九"), (10, "十"), (11, "十一"), (20, "二十"), (21, "二十一"), (31, "三十一")],
)
def test_numeral(number, text):
    assert format.numeral(number) == text


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (("没有这个班", "请从列表中选择"), "没有这个班。请从列表中选择。"),
        (("请选 1 到 500 人。", ""), "请选 1 到 500 人。"),
        (("要停用吗？", None), "要停用吗？"),
        ((), ""),
    ],
)
def test_sentences_end_once(parts, text):
    assert format.sentences(*parts) == text


def test_prose_day():
    assert format.prose_day(date(2026, 9, 16)) == "九月十六日"
    with translation.override("en"):
        assert format.prose_day(date(2026, 9, 16)) == "16 September"


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (datetime(2026, 9, 16, 0, 12, tzinfo=UTC), "今天 08:12"),
        (datetime(2026, 9, 15, 8, 20, tzinfo=UTC), "昨天 16:20"),
        # 16:30 UTC is half past midnight of the next day in Shanghai.
        (datetime(2026, 9, 15, 16, 30, tzinfo=UTC), "今天 00:30"),
        (datetime(2026, 9, 11, 1, 0, tzinfo=UTC), "9 月 11 日"),
        (datetime(2025, 9, 11, 1, 0, tzinfo=UTC), "2025-09-11"),
        (None, ""),
    ],
)
def test_recent_counts_days_in_the_base_zone(at, text):
    assert format.recent(at, date(2026, 9, 16)) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(5, "不到 1 分钟"), (60, "1 分钟"), (95, "2 分钟"), (7800, "2 小时 10 分钟"), (None, "")],
)
def test_duration_rounds_up(seconds, text):
    assert format.duration(seconds) == text


def test_table_day_of_a_moment_is_the_base_day():
    assert format.table_day(datetime(2026, 9, 15, 16, 30, tzinfo=UTC)) == "2026-09-16"
    assert format.table_day(None) == ""
