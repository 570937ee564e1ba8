"""What goes out to everybody: fields of grade 1 alone; names masked in a 公示; nothing marked, ever."""

from __future__ import annotations

import io
from datetime import date

import pytest

from jizuo.ground.errors import BadInput, NotFound
from jizuo.plain import workdays
from tests.engines.matter.items.test_checking import plates, problems
from tests.plain.test_picture import SECRET, exif, jpeg, png, segment

__all__ = ["plates"]


@pytest.mark.parametrize(
    ("path", "old", "new", "word"),
    [
        ("flows/notice.yaml", "text: form.text, day: form.day, names: form.pupils", "text: form.pupils", "不是公开的字段"),
        ("flows/notice.yaml", "names: form.pupils", "names: subject.name", "只能取自表单"),
        ("flows/news.yaml", "publish: news, set: {title: form.title, ", "publish: news, set: {", "没有标题"),
        ("flows/news.yaml", "publish: news", 'publish: ""', "没有写公开成什么"),
        ("flows/news.yaml", "publish: news, set: {title", "publish: news, set: {colour: form.title, title", "没有这一项"),
        (
            "standards/news.yaml", "length: 3000, required: true, grade: 1", "length: 3000, required: true, grade: 2",
            "不是公开的字段",
        ),
        ("standards/news_notice.yaml", "title: 内容", "title: 获奖名次", "不能公开"),
        ("standards/news_notice.yaml", "title: 内容", "title: 资助金额", "不能公开"),
        ("flows/news.yaml", "pictures: form.pictures", "pictures: form.captions", "给大家看的图片字段"),
        ("flows/news.yaml", "pictures: form.pictures", "pictures: '[]'", "给大家看的图片字段"),
        ("flows/news.yaml", "captions: form.captions", "captions: form.pictures", "不是公开的字段"),
        ("forms/news.yaml", "kind: photo, of: web", "kind: photo", "给大家看的图片字段"),
        ("forms/news.yaml", "kind: photo, of: web", "kind: photo, of: all", "不认识"),
        ("forms/news.yaml", "会自动去掉, grade: 1", "会自动去掉, grade: 2", "给大家看的图片字段"),
        ("forms/news.yaml", "title: 图片,", "title: 成绩单,", "不能公开"),
        ("flows/notice.yaml", "names: form.pupils", "names: form.pupils, pictures: form.pupils", "公示不带图片"),
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


def news_out(desk):
    """The titles of the news that stand for everybody; a school that never showed anything has no page at all."""
    try:
        return [one.title for one in site(desk)[0].news]
    except NotFound:
        return []


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


def brought(desk, content, name, role="teacher", kind="picture"):
    """A file that somebody brought for a form, as the form's page keeps it."""
    from jizuo.engines.matter.forms.standing import FILES
    from jizuo.ground.files import actions

    with desk.as_(role):
        ref = actions.keep(io.BytesIO(content), name=name, kind=kind, grade=3, owner_dataset=FILES)
    return str(ref.file_id)


def told(desk, *ids, title="运动会开幕", **more):
    return desk.start(
        "teacher",
        "news",
        "news",
        title=title,
        text="三千人到场。",
        day="2026-09-16",
        pictures=list(ids),
        **more,
    )


def opened(desk, line, file_id):
    from jizuo.ground import scope as scopes
    from jizuo.ground.files import store
    from jizuo.ground.packs import public

    unit = desk.world.first.unit_no
    with scopes.use(desk.base.scope(unit, "visitor")):
        found = public.public_picture(unit_no=unit, entry_id=line.entry_id, file_id=file_id)
    return found, b"".join(store.current().open(found.sha256))


def test_pictures_go_out_as_copies_without_place_and_name_when_the_head_approves(desk):
    photo = jpeg(segment(0xE1, exif(6)), tail=SECRET)
    ids = [brought(desk, photo, "陈以宁跳远.jpg"), brought(desk, png(), "会徽.png")]
    matter_id = told(desk, *ids, captions="一个孩子跳进沙坑\n运动会的会徽")
    assert "运动会开幕" not in news_out(desk)
    desk.take("head", matter_id)
    (line,) = [one for one in site(desk)[0].news if one.title == "运动会开幕"]
    assert [one.caption for one in line.pictures] == ["一个孩子跳进沙坑", "运动会的会徽"]
    assert not {str(one.file_id) for one in line.pictures} & set(ids)
    found, content = opened(desk, line, line.pictures[0].file_id)
    assert (found.name, found.type, found.grade) == ("1.jpeg", "image/jpeg", 1)
    assert SECRET not in content and content != photo
    assert opened(desk, line, line.pictures[1].file_id)[1] == png()


def test_a_picture_that_is_not_whole_stops_at_the_head_with_what_to_do(desk):
    matter_id = told(desk, brought(desk, jpeg()[:-9], "半张.jpg"), title="半张照片")
    (skipped,) = desk.take("head", matter_id).skipped
    assert "半张.jpg" in skipped.why and "退回" in skipped.why
    assert "半张照片" not in news_out(desk)


@pytest.mark.parametrize(("name", "type_"), [("扫描.bmp", b"BM" + b"\0" * 60)])
def test_a_picture_that_some_browsers_cannot_show_is_refused_in_the_form(desk, name, type_):
    file_id = brought(desk, type_, name)
    with pytest.raises(BadInput) as caught:
        told(desk, file_id)
    assert "另存为 JPG" in caught.value.problems[0].fix
