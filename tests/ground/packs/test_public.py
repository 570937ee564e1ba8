"""What a unit shows to everybody: copies with an end, never of another unit, never an old one."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest

from jizuo.ground.errors import BadInput, NotAllowed, NotFound
from jizuo.plain import workdays
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
