"""How numbers, days and moments are written on a page."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

DIGITS = "〇一二三四五六七八九"
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def figure(value: Any, decimals: int = 0) -> str:
    """A number with commas, rounded to `decimals`; None is 无数据, never 0. Text is returned as it is."""
    if value is None or value == "":
        return _("无数据")
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return str(value)
    return f"{value:,.{decimals}f}"


def numeral(number: int) -> str:
    """1 to 99 in Chinese numerals: 九, 十, 十六, 三十一."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else DIGITS[tens] + "十"
    return head + (DIGITS[ones] if ones or not tens else "")


def prose_day(day: date) -> str:
    """A day in prose: 九月十六日, or 16 September in English."""
    if (get_language() or "zh").startswith("zh"):
        return f"{numeral(day.month)}月{numeral(day.day)}日"
    return f"{day.day} {MONTHS[day.month - 1]}"


def table_day(day: date | datetime | None) -> str:
    """A day in a table: 2026-09-16; a moment counts in the base's own time zone; empty for None."""
    if day is None:
        return ""
    if isinstance(day, datetime):
        day = timezone.localtime(day).date() if timezone.is_aware(day) else day.date()
    return day.isoformat()


def clock(at: datetime) -> str:
    """Hours and minutes in the base's time zone: 10:32."""
    return (timezone.localtime(at) if timezone.is_aware(at) else at).strftime("%H:%M")


def sentences(*parts: object) -> str:
    """What happened and how to mend it, one after the other: each part that says something as a whole sentence."""
    told = [str(part).strip() for part in parts if part]
    return "".join(part if part[-1] in "。！？.!?" else part + _("。") for part in told if part).strip()


def recent(at: datetime | None, today: date | None = None) -> str:
    """A moment near now: 今天 08:12, 昨天 16:20; this year 9 月 11 日; older 2025-09-11; empty for None."""
    if at is None:
        return ""
    local = timezone.localtime(at) if timezone.is_aware(at) else at
    today = today or timezone.localdate()
    if local.date() == today:
        return _("今天 %(time)s") % {"time": local.strftime("%H:%M")}
    if local.date() == today - timedelta(days=1):
        return _("昨天 %(time)s") % {"time": local.strftime("%H:%M")}
    if local.year == today.year:
        return _("%(month)s 月 %(day)s 日") % {"month": local.month, "day": local.day}
    return local.date().isoformat()


def duration(seconds: float | None) -> str:
    """A remaining time in the largest fitting unit, rounded up: 不到 1 分钟, 4 分钟, 2 小时 10 分钟."""
    if seconds is None:
        return ""
    minutes = -(-int(seconds) // 60)
    if seconds < 60:
        return _("不到 1 分钟")
    if minutes < 60:
        return _("%(minutes)s 分钟") % {"minutes": minutes}
    return _("%(hours)s 小时 %(minutes)s 分钟") % {"hours": minutes // 60, "minutes": minutes % 60}
