"""How two words of one field differ, and what can be decided about it."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

KEEP, TAKE = "keep", "take"
WRITING, DATE, PART, SIGN, OTHER = "writing", "date", "part", "sign", "other"

#: cause -> words a steward reads, the most harmless first
CAUSES: Mapping[str, object] = {
    WRITING: _("只是写法不同（空格、全角、间隔号）"),
    PART: _("一个是另一个的一部分"),
    SIGN: _("只差一个字"),
    DATE: _("日期不同"),
    OTHER: _("内容不同"),
}
VERDICTS: Mapping[str, object] = {KEEP: _("保留现值"), TAKE: _("改用对方的值")}
