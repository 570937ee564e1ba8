"""Rows of a scene by reach: unit, class, child, self and nobody else; masks and words."""

from __future__ import annotations

from datetime import date

import pytest

from jizuo.ground.errors import BadInput, NotFound
from jizuo.ground.made import Filter
from jizuo.ground.packs.shapes import Where
from tests.hubs.organisation.given import fill
from tests.scenes import given

PACK = {
    "scene.yaml": 'id: sport\ntitle: 运动会\nenglish: Sports day\nowner: school\nversion: "1.0"\n',
    "README.md": "# 运动会\n",
    "roles.yaml": """
roles:
  clerk: {read: {sport: unit}, write: {sport: unit}}
  head: {read: {sport: unit}}
  homeroom_teacher: {read: {sport: class}, write: {sport: class}, open: {sport: [symptom]}}
  guardian: {read: {sport: child}}
  pupil: {read: {sport: self}}
""",
    "codes/sport_event.csv": "# 项目\ncode,name,english\nrun,跑步,Run\njump,跳远,Long jump\n",
    "standards/sport.yaml": """
dataset: sport
title: 报名
english: Entry
version: "1.0"
key: [pupil_id, event]
fields:
  pupil_id: {title: 学生, english: Pupil, type: person, required: true, grade: 3}
  class_id: {title: 班级, english: Class, type: org, grade: 2}
  event: {title: 项目, english: Event, type: code, code: sport_event, required: true, grade: 2}
  symptom: {title: 不适症状, english: Symptom, type: text, length: 40, grade: 4}
  on: {title: 报名日期, english: Day, type: date, grade: 2}
""",
}


@pytest.fixture(scope="module")
def place(base):
    """A school with two classes, an entry for each of its pupils, and a second school."""
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions import put_rows
    from jizuo.project import rooms

    rooms.plates()
    bureau = base.unit("教育局", kind="bureau")
    first, second = (fill(base, base.unit(parent=bureau), classes=2, pupils=3) for _school in range(2))
    given.installed(base, bureau, PACK, is_for_below=True)
    for school in (first, second):
        with scopes.use(base.scope(school.unit_no, "clerk")):
            put_rows.put_scene_rows(
                scene="sport", dataset="sport",
                rows=[
                    {"pupil_id": str(person), "class_id": str(school.classes[n // 3]), "event": "run", "symptom": "头晕",
                     "on": "2026-09-16"}
                    for n, (person, _link) in enumerate(school.pupils)
                ],
            )  # fmt: skip
    return base, bureau, first, second


def seen(base, unit_no, role, *, columns=(), filters=(), order_by="id", **more):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.queries.scene_rows import scene_rows

    with scopes.use(base.scope(unit_no, role, **more)):
        return scene_rows(
            scene="sport", dataset="sport", columns=list(columns), filters=list(filters), order_by=order_by
        ).rows


def test_a_clerk_sees_her_school_with_words_and_what_is_sensitive_masked(place):
    base, _bureau, school, _other = place
    rows = seen(base, school.unit_no, "clerk")
    assert {row["pupil_id"] for row in rows} == {person for person, _link in school.pupils}
    assert {row["event_word"] for row in rows} == {"跑步"}
    assert all(row["pupil_id_word"] and row["class_id_word"] for row in rows)
    assert {row["symptom"] for row in rows} == {"＊＊＊"}


def test_a_homeroom_teacher_sees_her_class_and_what_the_scene_opens(place):
    base, _bureau, school, _other = place
    rows = seen(base, school.unit_no, "homeroom_teacher", org_ids=(school.classes[1],))
    assert {row["pupil_id"] for row in rows} == {person for person, _link in school.pupils[3:]}
    assert {row["symptom"] for row in rows} == {"头晕"}
    assert seen(base, school.unit_no, "homeroom_teacher", org_ids=()) == []


def test_a_family_sees_its_own_child_only_while_the_tie_holds(place):
    base, _bureau, school, _other = place
    (child, _link), (guardian, _tie) = school.pupils[2], school.guardians[2]
    mine = {"person_id": guardian, "child_ids": (child,)}
    assert [row["pupil_id"] for row in seen(base, school.unit_no, "guardian", **mine)] == [child]
    # A grant that names another's child opens nothing: the tie decides.
    stranger = {"person_id": guardian, "child_ids": (school.pupils[0][0],)}
    assert seen(base, school.unit_no, "guardian", **stranger) == []
    rows = seen(base, school.unit_no, "pupil", person_id=child)
    assert [row["symptom"] for row in rows] == ["头晕"]


def test_a_bureau_has_no_right_that_the_scene_does_not_give(place):
    base, bureau, school, other = place
    with pytest.raises(NotFound):
        seen(base, bureau, "district_steward")
    with pytest.raises(NotFound):
        seen(base, school.unit_no, "teacher")
    assert {row["unit_no"] for row in seen(base, other.unit_no, "head")} == {other.unit_no}


def test_what_is_masked_answers_no_filter(place):
    base, _bureau, school, _other = place
    with pytest.raises(BadInput):
        seen(base, school.unit_no, "clerk", filters=[Filter("symptom", "eq", "头晕")])
    with pytest.raises(BadInput):
        seen(base, school.unit_no, "clerk", order_by="symptom")
    with pytest.raises(BadInput):
        seen(base, school.unit_no, "clerk", columns=["nothing"])
    found = seen(base, school.unit_no, "clerk", filters=[Filter("event", "eq", "jump")])
    assert found == []


def test_twin_without_the_wall_a_family_sees_everybody(place, monkeypatch):
    from jizuo.hubs.data.queries.scene_rows import Sight

    base, _bureau, school, _other = place
    monkeypatch.setattr(Sight, "wall", lambda self: [])
    rows = seen(base, school.unit_no, "pupil", person_id=school.pupils[2][0])
    assert len(rows) == len(school.pupils)


def test_words_of_the_moment(place):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.queries.scene_rows import filters_of, term_begin, term_end

    base, _bureau, school, _other = place
    scope = base.scope(school.unit_no, "teacher", org_ids=(school.classes[0],))
    with scopes.use(scope), scopes.open_transaction("test"):
        asked = [
            Where("on", "le", "$today"),
            Where("class_id", "eq", "$my_class"),
            Where("on", "ge", "$week_begin"),
        ]
        assert filters_of(asked) == [
            Filter("on", "le", "2026-09-16"), Filter("class_id", "in", [str(school.classes[0])]),
            Filter("on", "ge", "2026-09-14"),
        ]  # fmt: skip
        assert filters_of([Where("pupil_id", "eq", "$me")]) is None
    assert term_begin(date(2026, 9, 16)) == date(2026, 9, 1)
    assert term_begin(date(2027, 3, 1)) == date(2027, 2, 1)
    assert term_begin(date(2027, 1, 5)) == date(2026, 9, 1)
    for day, last in (
        (date(2026, 9, 1), date(2027, 1, 31)),
        (date(2027, 1, 31), date(2027, 1, 31)),
        (date(2027, 2, 1), date(2027, 8, 31)),
        (date(2027, 8, 31), date(2027, 8, 31)),
    ):
        assert term_end(day) == last and term_begin(last) == term_begin(day)
