"""The roll of a class: all there by default, the absent tapped, leave known, sent once or again."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ground.packs.blocks import pack
from tests.hubs.organisation import given
from tests.scenes.given import installed

ROLL = {
    "scene.yaml": 'id: rolltest\ntitle: 点名\nenglish: Roll\nowner: test\nversion: "1.0"\ncategory: 学生\nicon: 到\n',
    "README.md": "# 点名\n\n点名。\n",
    "roles.yaml": """roles:
  homeroom_teacher: {read: {rolltest: class, rolltest_away: class}, write: {rolltest: class, rolltest_away: class}, pages: [roll]}
  clerk: {read: {rolltest: unit, rolltest_away: unit}, write: {rolltest: unit, rolltest_away: unit}, pages: [roll]}
  head: {read: {rolltest: unit}, pages: [roll]}
""",
    "codes/rolltest_kind.csv": "# 到没到\ncode,name,english\npresent,到,Present\nabsent,没到,Absent\nleave,请假,Leave\n",
    "codes/rolltest_period.csv": "# 节次\ncode,name,english\nmorning,晨点名,Morning\n1,第一节,First\n",
    "standards/rolltest.yaml": """dataset: rolltest
title: 点名
english: Roll
version: "1.0"
key: [class_id, on_day, period]
class: class_id
mine: taken_by
fields:
  class_id: {title: 班级, english: Class, type: org, required: true, grade: 1}
  on_day: {title: 日期, english: Day, type: date, required: true, grade: 1}
  period: {title: 节次, english: Period, type: code, code: rolltest_period, required: true, grade: 1}
  expected: {title: 应到, english: Expected, type: integer, grade: 1}
  present: {title: 实到, english: Present, type: integer, grade: 1}
  absent: {title: 未到, english: Absent, type: integer, grade: 1}
  on_leave: {title: 请假, english: On leave, type: integer, grade: 1}
  taken_by: {title: 点名人, english: Taken by, type: person, grade: 3}
""",
    "standards/rolltest_away.yaml": """dataset: rolltest_away
title: 没来
english: Away
version: "1.0"
key: [pupil_id, on_day, period]
subject: pupil_id
class: class_id
fields:
  pupil_id: {title: 学生, english: Pupil, type: person, required: true, grade: 3}
  class_id: {title: 班级, english: Class, type: org, required: true, grade: 2}
  on_day: {title: 日期, english: Day, type: date, required: true, grade: 2}
  period: {title: 节次, english: Period, type: code, code: rolltest_period, required: true, grade: 2}
  kind: {title: 到没到, english: State, type: code, code: rolltest_kind, required: true, grade: 2}
""",
    "pages/roll.yaml": "title: 点名\nblocks:\n  - {kind: roll, data: rolltest_away, sheet: rolltest, day: on_day, by: period,"
    " lane: kind, known: [outing, from_on, to_on]}\n",
}


@pytest.fixture(scope="module")
def town(base: Any) -> given.District:
    """Two schools; at the first a roll and, from another scene, one pupil of three on leave."""
    found = pack.town(base, rows=1)
    installed(base, found.schools[0].unit_no, ROLL)
    return found


def teacher(base: Any, school: given.School) -> tuple[Any, int]:
    return pack.acting(
        base, school.unit_no, "homeroom_teacher", person_id=school.staff[0][0], org_ids=school.classes[:1]
    )


def rows(base: Any, school: given.School, table: str, columns: str) -> list[tuple[Any, ...]]:
    with base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{school.unit_no}}}"])
        return owner.execute(f"select {columns} from made_{table}_v1 order by 1, 2").fetchall()


def test_a_roll_is_taken_and_put_right(base: Any, town: given.District) -> None:
    school = town.schools[0]
    client, grant = teacher(base, school)
    page = client.get(f"/as/{grant}/s/rolltest/").content.decode()
    assert page.count('name="away"') == 1 and "请假" in page, (
        "of two who are here, the one on leave cannot be tapped"
    )
    tapped = str(school.pupils[2][0])
    told = {"class": str(school.classes[0]), "period": "morning", "away": [tapped]}
    done = client.post(f"/as/{grant}/s/rolltest/roll/0", told, follow=True)
    assert "没到 1 人，请假 1 人" in done.content.decode() and "已点过名" in done.content.decode()
    assert [
        one[1:] for one in rows(base, school, "rolltest", "id, expected, present, absent, on_leave, period")
    ] == [(2, 0, 1, 1, "morning")]
    client.post(f"/as/{grant}/s/rolltest/roll/0", told | {"away": []})
    assert [
        one[1:] for one in rows(base, school, "rolltest", "id, expected, present, absent, on_leave, period")
    ] == [(2, 1, 0, 1, "morning")]
    kinds = {str(person): kind for person, kind in rows(base, school, "rolltest_away", "pupil_id, kind")}
    assert kinds == {tapped: "present", str(school.pupils[0][0]): "leave"}


def test_nobody_takes_the_roll_of_another_class_or_school(base: Any, town: given.District) -> None:
    school, other = town.schools
    client, grant = teacher(base, school)
    address = f"/as/{grant}/s/rolltest/roll/0"
    assert client.get(f"{address}?class={school.classes[1]}").status_code == 404
    for klass, away in (
        (school.classes[1], []),
        (other.classes[0], []),
        (school.classes[0], [str(school.pupils[3][0])]),
    ):
        told = {"class": str(klass), "period": "1", "away": away}
        assert client.post(address, told).status_code == 404
    clerk, own = pack.acting(base, school.unit_no, "clerk")
    told = {"class": str(school.classes[1]), "period": "1", "away": [str(school.pupils[3][0])]}
    assert clerk.post(f"/as/{own}/s/rolltest/roll/0", told).status_code == 302, (
        "the clerk may for every class"
    )


def test_who_may_not_write_has_no_roll(base: Any, town: given.District) -> None:
    client, grant = pack.acting(base, town.schools[0].unit_no, "head")
    page = client.get(f"/as/{grant}/s/rolltest/").content.decode()
    assert 'name="away"' not in page


def test_a_roll_costs_little(base: Any, town: given.District) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, grant = teacher(base, town.schools[0])
    client.get(f"/as/{grant}/s/rolltest/")
    with CaptureQueriesContext(connection) as seen:
        client.get(f"/as/{grant}/s/rolltest/")
    asked = [
        one["sql"]
        for one in seen.captured_queries
        if not one["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT"))
    ]
    assert len(asked) <= 15, "\n".join(one[:160] for one in asked)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("sheet: rolltest,", "sheet: roll,", "rolltest"),
        ("lane: kind", "lane: period", "absent"),
        ("day: on_day", "day: period", "日期"),
        ("[outing, from_on, to_on]", "[outing]", "开始日"),
    ],
)
def test_a_wrong_roll_says_what_is_wrong(base: Any, old: str, new: str, words: str) -> None:
    from jizuo.ground.packs import reading
    from jizuo.ground.packs.blocks import parts
    from jizuo.project import rooms

    rooms.plates()
    text = ROLL["pages/roll.yaml"]
    assert parts.check(reading.read(ROLL).pack) == []
    found = parts.check(reading.read(ROLL | {"pages/roll.yaml": text.replace(old, new)}).pack)
    assert any(words in f"{one.what} {one.fix}" for one in found), found
