"""What a unit shows to everybody: copies with an end, never of another unit, never an old one."""

from __future__ import annotations

import io
from datetime import date, timedelta
from uuid import uuid4

import pytest

from jizuo.ground.errors import BadInput, NotAllowed, NotFound
from jizuo.plain import workdays
from tests.plain.test_picture import chunk, png
from tests.scenes.given import within


@pytest.fixture(scope="module")
def public(base):
    from jizuo.ground.packs import public
    from jizuo.project import rooms

    rooms.plates()
    return public


def visitor(base, unit, **more):
    return base.scope(unit, "visitor", **more)


def show(base, unit, **more):
    from jizuo.ground.packs import public

    told = {
        "scene": "news",
        "kind": "news",
        "record_id": uuid4(),
        "title": "开学典礼",
        "text": "九月一日上午。",
    } | more
    return within(base, unit, lambda: public.put(**told), "head")


def site(base, unit, **more):
    from jizuo.ground import scope as scopes
    from jizuo.ground.packs import public

    with scopes.use(visitor(base, unit, **more)):
        return public.public_site(unit_no=unit)


def test_a_unit_that_shows_nothing_has_no_page(base, public):
    unit = base.unit()
    with pytest.raises(NotFound):
        site(base, unit)
    show(base, unit)
    assert [one.title for one in site(base, unit).news] == ["开学典礼"]


def test_a_second_word_on_the_same_record_replaces_the_first(base, public):
    unit, record = base.unit(), uuid4()
    first = show(base, unit, record_id=record)
    assert show(base, unit, record_id=record, title="开学典礼改期") == first
    assert [one.title for one in site(base, unit).news] == ["开学典礼改期"]


def test_a_notice_stands_for_its_working_days_and_is_then_gone(base, public):
    from jizuo.ground import scope as scopes

    unit = base.unit()
    today = base.scope(unit).today
    show(base, unit, kind="notice", title="评优公示", days=5)
    last = workdays.add(today, 5)
    for day, count in ((today, 1), (last, 1), (last + timedelta(days=1), 0)):
        assert site(base, unit, today=day).notices == count
    with scopes.use(visitor(base, unit)):
        (line,) = public.public_notices(unit_no=unit)[1]
    assert line.last_on == last and not line.is_listed
    for day, gone in ((last, 0), (last + timedelta(days=1), 1)):
        with scopes.use(base.scope(unit, "operator", today=day)), scopes.open_transaction("test"):
            assert public.sweep() >= gone


def test_what_comes_in_the_calendar_is_there_before_its_day(base, public):
    unit = base.unit()
    today = base.scope(unit).today
    show(base, unit, kind="event", title="秋游", begin_on=today + timedelta(days=9), until_on=today + timedelta(days=10),
         cells={"place": "植物园", "secret": "不该有"})  # fmt: skip
    show(base, unit, title="以后的新闻", begin_on=today + timedelta(days=1))
    found = site(base, unit)
    assert found.news == [] and found.events[0].cells == {"place": "植物园"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": " "},
        {"kind": "board"},
        {"text": "字" * 20_001},
        {"until_on": date(2020, 1, 1)},
        {"days": 2_000},
    ],
)
def test_what_cannot_be_shown_is_refused(base, public, wrong):
    with pytest.raises(BadInput):
        show(base, base.unit(), **wrong)


def test_an_entry_is_taken_down_by_its_own_unit_only(base, public):
    from jizuo.ground import scope as scopes

    unit, other = base.unit(), base.unit()
    entry = show(base, unit)
    with scopes.use(base.scope(other, "head")), pytest.raises(NotFound):
        public.take_down(entry_id=entry)
    with scopes.use(base.scope(unit, "teacher")), pytest.raises(NotAllowed):
        public.take_down(entry_id=entry)
    with scopes.use(base.scope(unit, "clerk")):
        assert [one.entry_id for one in public.public_entries().rows] == [entry]
        public.take_down(entry_id=entry)
        assert public.public_entries().rows == []
    with scopes.use(visitor(base, unit)), pytest.raises(NotFound):
        public.public_entry(unit_no=unit, entry_id=entry)


def test_another_unit_does_not_see_what_is_shown_here_in_its_list(base, public):
    from jizuo.ground import scope as scopes

    unit, other = base.unit(), base.unit()
    show(base, unit)
    with scopes.use(base.scope(other, "head")):
        assert public.public_entries().rows == []
        with pytest.raises(BadInput):
            public.public_entries(after="x")


def received(*names):
    """Contents of their own, one for each name."""
    from jizuo.ground.files import actions

    return [
        actions.receive(io.BytesIO(png(chunk(b"sRGB", name.encode()))), name=f"{name}.png", kind="picture")
        for name in names
    ]


def seen(base, unit, entry, file_id=None):
    from jizuo.ground import scope as scopes
    from jizuo.ground.packs import public

    with scopes.use(visitor(base, unit)):
        if file_id is not None:
            return public.public_picture(unit_no=unit, entry_id=entry, file_id=file_id)
        return public.public_entry(unit_no=unit, entry_id=entry)[1]


def kept(base, unit):
    with base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{unit}}}"])
        return owner.execute(
            "select count(*) from stored_file where owner_dataset = 'public_entry'"
        ).fetchone()[0]


def test_pictures_stand_with_their_entry_and_go_with_it(base, public):
    from jizuo.ground import scope as scopes

    unit, record = base.unit(), uuid4()
    entry = show(base, unit, record_id=record, pictures=received("甲", "乙"), captions=["操场"])
    first, second = seen(base, unit, entry).pictures
    assert (first.caption, second.caption) == ("操场", "")
    assert seen(base, unit, entry, second.file_id).name == "乙.png"
    assert show(base, unit, record_id=record, pictures=received("丙")) == entry
    with pytest.raises(NotFound):
        seen(base, unit, entry, first.file_id)
    (third,) = seen(base, unit, entry).pictures
    with scopes.use(base.scope(unit, "clerk")):
        public.take_down(entry_id=entry)
    assert kept(base, unit) == 0
    with pytest.raises(NotFound):
        seen(base, unit, entry, third.file_id)


def test_pictures_go_with_an_entry_at_its_end(base, public):
    from jizuo.ground import scope as scopes
    from jizuo.ground.files import jobs

    unit = base.unit()
    today = base.scope(unit).today
    entry = show(base, unit, until_on=today + timedelta(days=1), pictures=received("丁"))
    (one,) = seen(base, unit, entry).pictures
    late = base.scope(unit, "visitor", today=today + timedelta(days=1))
    with scopes.use(late), pytest.raises(NotFound):
        public.public_picture(unit_no=unit, entry_id=entry, file_id=one.file_id)
    with scopes.use(base.scope(unit, "operator", today=late.today)), scopes.open_transaction("test"):
        public.sweep()
    assert kept(base, unit) == 0
    assert unit in jobs.whole_base().units, "the nightly sweep reaches the pictures of every unit"


def test_no_other_file_opens_at_a_public_address(base, public):
    from jizuo.ground.files import actions

    unit, other = base.unit(), base.unit()
    entry = show(base, unit, pictures=received("戊"))
    twin = show(base, unit, pictures=received("己"))
    far = show(base, other, pictures=received("庚"))
    (mine,), (next_to,), (theirs,) = (
        seen(base, at, one).pictures for at, one in ((unit, entry), (unit, twin), (other, far))
    )
    assert seen(base, unit, entry, mine.file_id).name == "戊.png"

    def keep(dataset, owner_id):
        (one,) = received("辛")
        told = {"grade": 4, "owner_dataset": dataset, "owner_id": owner_id}
        return within(base, unit, lambda: actions.record_file(received=one, **told)).file_id

    strange = [
        next_to.file_id,
        theirs.file_id,
        uuid4(),
        keep("matter", entry),
        keep("", None),
        keep("public_entry", entry),
    ]
    for file_id in strange:
        with pytest.raises(NotFound):
            seen(base, unit, entry, file_id)
    with pytest.raises(NotFound):
        seen(base, other, far, mine.file_id)
    with pytest.raises(NotFound):
        seen(base, other, entry, mine.file_id)


@pytest.mark.parametrize("verdict", ["waiting", "infected"])
def test_a_picture_is_shown_once_its_scan_says_that_it_is_clean(base, public, verdict):
    unit = base.unit()
    entry = show(base, unit, pictures=received(f"壬{verdict}"))
    (one,) = seen(base, unit, entry).pictures
    sha256 = seen(base, unit, entry, one.file_id).sha256

    def judged(word):
        with base.owner() as owner:
            owner.execute("update stored_bytes set verdict = %s where sha256 = %s", [word, sha256])

    judged(verdict)
    assert seen(base, unit, entry).pictures == []
    with pytest.raises(NotFound):
        seen(base, unit, entry, one.file_id)
    judged("clean")
    assert seen(base, unit, entry).pictures == [one]


def test_too_many_pictures_and_any_of_a_notice_are_refused(base, public):
    unit = base.unit()
    for more in (
        {"pictures": received(*"一二三四五六七八九十")},
        {"kind": "notice", "pictures": received("一")},
    ):
        with pytest.raises(BadInput):
            show(base, unit, **more)
