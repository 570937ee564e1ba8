"""What is wrong with flows, said with place and mend."""

from __future__ import annotations

import pytest

from tests.engines.matter.given import FILES

BACK = "steps: [{key: back, auto: write, into: trip, change: true, set: {way: 'null'}}]"


@pytest.mark.parametrize(
    ("path", "old", "new", "where"),
    [
        ("flows/trip.yaml", "who: [post.gate]", "who: [post.door]", "steps[2].who[0]"),
        ("flows/trip.yaml", "who: [homeroom_teacher_of_subject]", "who: [king]", "steps[0].who[0]"),
        ("flows/trip.yaml", "into: trip", "into: tripp", "steps[3].into"),
        ("flows/trip.yaml", "way: form.way", "way: form.colour", "steps[3].set.way"),
        ("flows/trip.yaml", "way: form.way", "colour: form.way", "steps[3].set.colour"),
        ("flows/trip.yaml", "pupil_id: form.pupil_id, ", "", "steps[3].set"),
        ("flows/trip.yaml", "form.far == true", "form.far ==", "steps[1].when"),
        ("flows/trip.yaml", "form.on_day'", "form.note'", "about"),
        ("flows/trip.yaml", "subject: pupil_id", "subject: child", "subject"),
        ("flows/trip.yaml", "number: WC{year}{n:04}", "number: WC{year}", "number"),
        ("flows/trip.yaml", "title: 门卫登记, ", "", "steps[2].title"),
        ("flows/trip.yaml", "form: trip", "form: trap", "form"),
        ("flows/trip.yaml", "do: handle,", "do: handle, next: {done: homeroom},", "steps[2].next.done"),
        ("flows/trip.yaml", "words: 外出已批准", "words: ''", "steps[4].words"),
        ("flows/ask.yaml", "flow: part", "flow: parts", "steps[0].start.flow"),
        ("flows/ask.yaml", "flow: part", "flow: ask", "steps"),
        ("flows/ask.yaml", "each: schools", "each: units", "steps[0].start.each"),
        ("flows/part.yaml", "form: filled, ", "", "steps[0].form"),
        ("flows/trip.yaml", "limit: 5", "limit: 5\nonce: [pupil_id, colour]", "once"),
        ("flows/part.yaml", "form: part", "form: part\nonce: [what]", "once"),
        ("flows/trip.yaml", "limit: 5", f"limit: 5\nundo: {{say: 晚了, until: form.colour, {BACK}}}", "undo.until"),
        ("flows/trip.yaml", "limit: 5", f"limit: 5\nundo: {{until: form.on_day, {BACK}}}", "undo.say"),
    ],
)  # fmt: skip
def test_each_fault_is_named(town, path, old, new, where):
    from jizuo.ground.packs import checking

    assert old in FILES[path]
    _pack, problems = checking.check_files(FILES | {path: FILES[path].replace(old, new)})
    assert any(one.where == f"{path}: {where}" for one in problems), [one.where for one in problems]


@pytest.mark.parametrize(
    ("once", "what", "fix"),
    [
        ("[pupil_id, colour]", "“colour”不在表单上", "不勾它，或在表单上加这一项"),
        ("[pupil_id, proof]", "“照片”没有两次是一样的", "学生、学期"),
    ],
)
def test_what_can_never_be_the_same_is_said_in_plain_words(town, once, what, fix):
    from jizuo.ground.packs import checking

    form = (
        FILES["forms/trip.yaml"].rstrip()
        + "\n      - {key: proof, kind: photo, title: 照片, required: false}\n"
    )
    flow = FILES["flows/trip.yaml"].replace("limit: 5", f"limit: 5\nonce: {once}")
    _pack, problems = checking.check_files(FILES | {"forms/trip.yaml": form, "flows/trip.yaml": flow})
    (one,) = [each for each in problems if each.where == "flows/trip.yaml: once"]
    assert what in one.what and fix in one.fix


def test_what_can_be_the_same_twice_is_let_pass(town):
    from jizuo.ground.packs import checking

    flow = FILES["flows/trip.yaml"].replace("limit: 5", "limit: 5\nonce: [pupil_id]")
    assert checking.check_files(FILES | {"flows/trip.yaml": flow})[1] == []


def test_a_good_pack_has_none(town):
    from jizuo.ground.packs import checking

    assert checking.check_files(FILES)[1] == []
