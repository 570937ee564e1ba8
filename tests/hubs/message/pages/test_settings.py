from __future__ import annotations

from typing import Any

SETTING = {
    "is_sms_on": "1", "sms_month_cap": "200", "quiet_from": "21:30", "quiet_to": "06:30", "digest_at": "18:00",
    "remind_hours": "24", "language": "en",
}  # fmt: skip


def test_a_school_changes_how_it_sends_and_what_it_says(clerk: Any) -> None:
    assert "已保存" in clerk.post("message-settings", SETTING, follow=True).content.decode()
    page = clerk.get("message-settings").content.decode()
    assert 'value="200"' in page and 'value="21:30"' in page
    words = {
        "form": "words",
        "template": "remind",
        "language": "zh",
        "title": "催一催：{标题}",
        "text": "{孩子}的回执还没有到",
    }
    assert "已保存" in clerk.post("message-settings", words, follow=True).content.decode()
    assert "催一催" in clerk.get("message-settings").content.decode()
    clerk.post("message-settings", words | {"title": "", "text": ""})
    assert "催一催" not in clerk.get("message-settings").content.decode()


def test_what_cannot_be_is_said(clerk: Any) -> None:
    for wrong in (
        {"digest_at": "23:00"},
        {"quiet_from": "x"},
        {"sms_month_cap": "-1"},
        {"remind_hours": "0"},
    ):
        assert "没有保存" in clerk.post("message-settings", SETTING | wrong, follow=True).content.decode()
    words = {
        "form": "words",
        "template": "digest",
        "language": "zh",
        "title": "{学校}",
        "text": "{孩子}有{件数}条",
    }
    assert "发给多人" in clerk.post("message-settings", words, follow=True).content.decode()
