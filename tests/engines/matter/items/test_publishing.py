"""What goes out to everybody: fields of grade 1 alone; names masked in a 公示; nothing marked, ever."""

from __future__ import annotations

from datetime import date

import pytest

from jizuo.plain import workdays
from tests.engines.matter.items.test_checking import plates, problems

__all__ = ["plates"]


@pytest.mark.parametrize(
    ("path", "old", "new", "word"),
    [
        ("flows/notice.yaml", "text: form.text, day: form.day, names: form.pupils", "text: form.pupils", "不是公开的字段"),
        ("flows/notice.yaml", "names: form.pupils", "names: subject.name", "只能取自表单"),
        ("flows/news.yaml", "title: form.title, text: form.text, day: form.day}}", "text: form.text}}", "没有标题"),
        ("flows/news.yaml", "publish: news", 'publish: ""', "没有写公开成什么"),
        ("flows/news.yaml", "publish: news, set: {title", "publish: news, set: {colour: form.title, title", "没有这一项"),
        (
            "standards/news.yaml", "length: 3000, required: true, grade: 1", "length: 3000, required: true, grade: 2",
            "不是公开的字段",
        ),
        ("standards/news_notice.yaml", "title: 内容", "title: 获奖名次", "不能公开"),
        ("standards/news_notice.yaml", "title: 内容", "title: 资助金额", "不能公开"),
    ],
)  # fmt: skip
def test_what_may_not_go_out_is_refused_by_name(path, old, new, word):
    found = problems(path, old, new, "news")
    assert any(word in what for _where, what, _fix in found), found


def test_a_marked_field_is_refused_with_the_other_way():
    found = problems("standards/news_notice.yaml", "title: 内容", "title: 健康情况", "news")
    assert any("各家只看自己孩子" in fix for _where, what, fix in found if "不能公开" in what)


def site(desk, at="", **more):
    from jizuo.ground import scope as scopes
    from jizuo.ground.packs import public

    unit = desk.world.place(at).unit_no
    with scopes.use(desk.base.scope(unit, "visitor", **more)):
        return public.public_site(unit_no=unit), public.public_notices(unit_no=unit)[1]


def test_a_notice_goes_out_with_masked_names_when_the_head_approves(desk):
    people = [str(desk.world.people[name]) for name in ("陈以宁", "阿卜杜拉·买买提")]
    matter_id = desk.start(
        "homeroom_teacher",
        "news",
        "notice",
        title="优秀少先队员公示",
        text="有意见请反映。",
        day="2026-09-16",
        pupils=people,
    )
    desk.take("head", matter_id)
    _home, (line,) = site(desk)
    assert line.title == "优秀少先队员公示" and line.kind == "notice" and not line.is_listed
    assert (
        "陈以宁" not in line.cells["names"]
        and line.cells["names"].startswith("陈")
        and "*" in line.cells["names"]
    )
    assert "买买提" not in line.cells["names"]
    assert line.last_on == workdays.add(date(2026, 9, 16), 5)


def test_an_event_goes_out_only_when_it_is_public(desk):
    for title, is_public in (("秋季运动会", True), ("消防检查", False)):
        matter_id = desk.start(
            "clerk", "calendar", "event", at="second", title=title, kind="activity", begin_on="2026-10-20",
            end_on="2026-10-21", place="操场", is_public=is_public,
        )  # fmt: skip
        desk.take("head", matter_id, at="second")
    found, _notices = site(desk, "second")
    assert [(one.title, one.cells) for one in found.events] == [
        ("秋季运动会", {"place": "操场", "end": "2026-10-21"})
    ]
