from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from jizuo.hubs.message import rules, wording
from jizuo.hubs.message.wording import Words

VALUES = {field: f"<{field}>" for field in set(rules.FIELDS.values())}


@pytest.mark.parametrize("language", wording.LANGUAGES)
@pytest.mark.parametrize("key", list(wording.templates()))
def test_every_shipped_template_fills_whole(base: Any, key: str, language: str) -> None:
    words = wording.say(key, language, VALUES, {})
    assert words.title and words.text and "{" not in words.title + words.text
    if not wording.templates()[key].per_child:
        assert "<child>" not in words.text and "<class>" not in words.text


def test_a_schools_own_words_come_first(base: Any) -> None:
    own = {("remind", "zh"): Words("催：{标题}", "{孩子}")}
    assert wording.say("remind", "zh", {"title": "秋游", "child": "宁"}, own) == Words("催：秋游", "宁")
    assert "秋游" in wording.say("remind", "en", {"title": "秋游", "child": "宁"}, own).text


def test_a_template_that_is_gone_still_says_its_title(base: Any) -> None:
    assert wording.say("gone", "zh", {"title": "甲", "text": "乙"}, {}) == Words("甲", "乙")


@given(
    some.lists(some.sampled_from([*rules.FIELDS, "成绩", "score", "名次", "电话"]), max_size=4),
    some.text(max_size=20),
)
def test_words_to_many_never_carry_a_childs_field(names: list[str], noise: str) -> None:
    """Whatever words pass the check for a message to many families, filling them shows nothing of a child."""
    template = wording.templates()["digest"]
    words = Words("".join(f"{{{name}}}" for name in names) + noise, noise)
    try:
        wording.check(template, words)
    except rules.Refused:
        return
    filled = rules.fill(words.title, {"child": "\0secret", "class": "\0secret", "school": "s", "count": "1"})
    assert "\0secret" not in filled


def test_another_rooms_templates_join_and_a_double_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "words.yaml"
    path.write_text(
        "leave_decided:\n  title: {zh: 请假, en: Leave}\n  per_child: true\n  fields: [child]\n"
        "  zh: {title: '{孩子}', text: '{孩子}'}\n  en: {title: '{child}', text: '{child}'}\n", "utf-8"
    )  # fmt: skip
    try:
        wording.offer(path)
        assert wording.templates()["leave_decided"].words["en"].title == "{child}"
        path.write_text(path.read_text("utf-8").replace("leave_decided", "remind"), "utf-8")
        wording.templates.cache_clear()
        with pytest.raises(ValueError, match="remind"):
            wording.templates()
    finally:
        wording._folders.remove(path)
        wording.templates.cache_clear()


def test_a_value_of_its_own_stands_in_english():
    from jizuo.hubs.message import wording

    values = {"title": "请打电话", "title_en": "Please call", "child": "陈以宁", "child_en": ""}
    assert wording.spoken(values, "en") == {"title": "Please call", "child": "陈以宁"}
    assert wording.spoken(values, "zh") == {"title": "请打电话", "child": "陈以宁"}
