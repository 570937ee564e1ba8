"""An earlier answer taken over with one press: the same form about the same subject, never what decides or signs."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from tests.engines.matter.forms.given import GOOD, PACK, place_of
from tests.engines.matter.forms.test_opening import fields
from tests.engines.matter.forms.test_pages import signed_in, text

TRIP = """
title: 请用校车
english: School bus
again: own
pages:
  - title: 去哪里
    fields:
      - {key: pupil, kind: person, of: pupil, title: 学生, prefill: child}
      - {key: where, title: 去哪里, length: 20}
      - {key: day, kind: date, title: 哪天, default: today}
      - {key: seats, kind: number, title: 几个人, default: 1}
      - {key: word, title: 暗号, fresh: true, required: false}
  - title: 带什么
    fields:
      - key: lines
        kind: table
        title: 东西
        required: false
        most: 5
        fields: [{key: thing, kind: text, title: 物品}, {key: count, kind: number, title: 数量}]
      - {key: says, kind: choice, title: 意见, options: [同意, 不同意], required: false}
      - {key: picture, kind: photo, title: 照片, required: false}
"""
AGAIN = {
    **PACK,
    "forms/trip.yaml": TRIP,
    "forms/signed.yaml": TRIP.replace("请用校车", "签字用车").replace(
        "      - {key: picture",
        "      - {key: sign, kind: signature, title: 签名, required: false}\n      - {key: picture",
    ),
    "forms/count.yaml": TRIP.replace("请用校车", "报人数").replace("again: own", "again: unit"),
    **{
        f"flows/{one}.yaml": f"title: 用车\nform: {one}\nsubject: pupil\nsteps:\n"
        "  - {key: seen, title: 看, who: [clerk], do: read}\n"
        for one in ("trip", "signed", "count")
    },
    "roles.yaml": PACK["roles.yaml"]
    .replace("[plan, consent]", "[plan, consent, trip, count, signed]")
    .replace("[consent]", "[consent, trip, signed]"),
}


@pytest.fixture(scope="module")
def place(base):
    return place_of(
        base,
        {
            path.replace("field_day", "bus_trip"): told.replace("field_day", "bus_trip")
            for path, told in AGAIN.items()
        },
    )


def hand_in(scope, form, data):
    from jizuo.engines.matter.forms import actions
    from jizuo.ground import scope as scopes

    with scopes.use(scope):
        return actions.hand_in(scene="bus_trip", form=form, data=data, submit_key=uuid4().hex)


def seen(scope, form, data=None, **more):
    from jizuo.engines.matter.forms import opening
    from jizuo.ground import scope as scopes

    with scopes.use(scope):
        if data is None:
            return opening.open_form(scene="bus_trip", form=form, is_fresh=True, **more)
        return opening.look_over(scene="bus_trip", form=form, data=data, takes_again=True, **more)


def trip(place, child=0, **more):
    return {
        "pupil": str(place.first.pupils[child][0]), "where": "植物园", "day": "2026-09-18", "seats": 3, "word": "蓝",
        "lines": [{"thing": "水", "count": 2}, {"thing": "帽子", "count": 1}], "says": "同意", **more,
    }  # fmt: skip


def test_what_was_answered_before_is_taken_over_with_one_press(place):
    guardian = place.scope("guardian")
    assert seen(guardian, "trip").again_on is None, "nothing was handed in before"
    hand_in(guardian, "trip", trip(place))
    opened = seen(guardian, "trip")
    assert opened.again_on is not None and fields(opened)["where"].value is None, (
        "nothing comes without the press"
    )
    view = seen(guardian, "trip", {"pupil": str(place.first.pupils[0][0]), "seats": "1"})
    told = fields(view)
    assert (told["where"].value, told["where"].owner) == ("植物园", "上次填的")
    assert told["seats"].value == 3, "what stands as it is usual was not answered yet"
    assert [[cell.value for cell in row] for row in told["lines"].rows] == [["水", 2], ["帽子", 1]]
    assert told["word"].value is None and told["day"].value is None, "asked anew each time"
    assert set(view.taken) == {"where", "seats", "lines", "says"}


def test_what_was_typed_already_stays(place):
    guardian = place.scope("guardian")
    hand_in(guardian, "trip", trip(place))
    view = seen(guardian, "trip", {"pupil": str(place.first.pupils[0][0]), "where": "海边", "seats": "2"})
    told = fields(view)
    assert (told["where"].value, told["where"].owner, told["seats"].value) == ("海边", "", 2)


def test_only_the_same_child_and_the_same_person(place):
    """The twin of the first: another child's, another person's and another school's answers are not offered."""
    guardian = place.scope("guardian")
    hand_in(guardian, "trip", trip(place))
    other = place.scope("guardian", place.second)
    assert seen(other, "trip").again_on is None
    homeroom = place.scope("homeroom_teacher")
    assert seen(homeroom, "trip", trip(place, where="")).taken == []
    clerk = place.scope("clerk")
    hand_in(clerk, "trip", trip(place, child=1))
    assert fields(seen(clerk, "trip", trip(place, child=1, where="")))["where"].value == "植物园"
    view = seen(clerk, "trip", trip(place, child=2, where=""))
    assert view.taken == [] and not fields(view)["where"].value


def test_in_a_signed_form_no_decision_and_no_signature_is_taken(place):
    guardian = place.scope("guardian")
    hand_in(guardian, "signed", trip(place))
    view = seen(guardian, "signed", {"pupil": str(place.first.pupils[0][0])})
    told = fields(view)
    assert told["where"].value == "植物园" and told["says"].value is None and told["sign"].value is None


def test_a_unit_form_takes_what_a_colleague_answered(place):
    one = place.scope("clerk")
    hand_in(one, "count", trip(place))
    colleague = place.scope("clerk", person_id=place.first.staff[1][0], grant_no=77)
    assert fields(seen(colleague, "count", trip(place, where="")))["where"].value == "植物园"
    assert seen(place.scope("clerk", place.second), "count").again_on is None


def test_a_form_that_does_not_say_so_offers_nothing(place):
    clerk = place.scope("clerk")
    told = {**GOOD, "leader": str(place.first.staff[0][0]), "classes": [str(place.first.classes[0])],
            "day": "2026-09-18", "lines": []}  # fmt: skip
    hand_in(clerk, "plan", told)
    view = seen(clerk, "plan")
    assert view.again_on is None


def test_the_page_offers_marks_and_forgets_the_mark_of_what_changed(place):
    client, here = signed_in(place, "guardian")
    told = {key: value for key, value in trip(place).items() if key not in ("lines", "seats")}
    address = f"{here}/new/trip".replace("field_day", "bus_trip")
    first = client.get(address)
    told |= {
        "submit_key": uuid4().hex,
        "do": "submit",
        "at": "0",
        "seats": "4",
        "lines[0].thing": "水",
        "lines[0].count": "2",
    }
    assert client.post(address, told).status_code == 302
    opened = client.get(address)
    assert "照上次的填" in text(opened) and first.status_code == 200
    pupil = str(place.first.pupils[0][0])
    pressed = client.post(address, {"pupil": pupil, "seats": "1", "do": "again", "at": "0"})
    body = text(pressed)
    assert pressed.status_code == 200 and "照上次的填了 4 处" in body and "植物园" in body
    marks = re.findall(r'name="again.mark" value="([^"]+)"', body)
    assert {one.partition("~")[0] for one in marks} == {"*", "where", "seats", "says", "lines"}
    on = {"pupil": pupil, "where": "海边", "seats": "4", "day": "2030-09-18", "says": "同意", "lines[0].thing": "水",
          "lines[0].count": "2", "again.mark": marks, "do": "next", "at": "0"}  # fmt: skip
    after = re.findall(r'name="again.mark" value="([^"]+)"', text(client.post(address, on)))
    assert {one.partition("~")[0] for one in after} == {"*", "seats", "says", "lines"}


def test_a_draft_that_is_reopened_still_says_what_was_taken_over(place):
    client, here = signed_in(place, "guardian")
    hand_in(place.scope("guardian"), "trip", trip(place))
    address = f"{here}/new/trip".replace("field_day", "bus_trip")
    pupil = str(place.first.pupils[0][0])
    body = text(client.post(address, {"pupil": pupil, "seats": "1", "do": "again", "at": "0"}))
    marks = re.findall(r'name="again.mark" value="([^"]+)"', body)
    told = {"pupil": pupil, "where": "植物园", "seats": "9", "says": "同意", "at": "0", "do": "save", "again.mark": marks,
            "lines[0].thing": "水", "lines[0].count": "2", "lines[1].thing": "帽子", "lines[1].count": "1"}  # fmt: skip
    assert client.post(address, told).status_code == 200
    opened = text(client.get(address))
    held = {one.partition("~")[0] for one in re.findall(r'name="again.mark" value="([^"]+)"', opened)}
    assert held == {"where", "says", "lines"}, "seats was typed over before it was saved"
    assert opened.count("上次填的") >= 2
    moved = {**told, "where": "海边", "again.mark": re.findall(r'name="again.mark" value="([^"]+)"', opened)}
    assert client.post(address, moved).status_code == 200
    after = re.findall(r'name="again.mark" value="([^"]+)"', text(client.get(address)))
    assert {one.partition("~")[0] for one in after} == {"says", "lines"}
    fresh = text(client.get(f"{address}?fresh=1"))
    assert 'name="again.mark"' not in fresh, "without the draft nothing is taken over"


def test_only_names_of_the_form_are_kept_with_a_draft():
    from jizuo.engines.matter.forms import again

    names = [
        "where",
        "lines[0].thing",
        "where",
        "other",
        "other[0].thing",
        "lines[0]",
        f"lines[0].{'x' * 200}",
    ]
    assert again.known_of(names, {"where", "lines"}) == ["where", "lines[0].thing"]
    assert len(again.known_of([f"lines[{n}].a" for n in range(2_000)], {"lines"})) == again.MOST_TAKEN
