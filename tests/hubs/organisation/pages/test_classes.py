"""Classes and their printed lists over HTTP."""

from __future__ import annotations

import pytest


@pytest.fixture
def klass(place):
    """(class id, how many pupils) of the largest class."""
    return place.rows(
        "select class_id::text, count(*) from affiliation where role = 'pupil' and end_on is null and class_id is not null"
        " group by 1 order by 2 desc, 1 limit 1"
    )[0]


def read(desk, path, status=200):
    answer = desk.client.get(f"{desk.at}/{path}")
    assert answer.status_code == status, answer.content.decode()[:1500]
    return answer.content.decode()


def test_classes_stand_by_grade_under_their_name_of_this_year(place):
    page = read(place.desk("clerk"), "classes")
    assert page.index("一年级") < page.index("一（1）班") < page.index("二年级")
    count = place.rows(
        "select count(*) from affiliation where role = 'pupil' and end_on is null and class_id is not null"
    )
    assert f"{count[0][0]} 名学生" in page


def test_a_class_shows_its_pupils_and_prints_without_guardians(place, klass):
    desk = place.desk("clerk")
    page = read(desk, f"classes/{klass[0]}")
    assert page.count('class="is-first"><a') == klass[1]
    assert f"printing?class={klass[0]}" in page
    for paper in ("a4", "a3"):
        printed = read(desk, f"classes/{klass[0]}/print?paper={paper}")
        guardian = place.rows(
            "select p.name from guardian_of k join person p on p.id = k.guardian_id limit 1"
        )[0][0]
        assert guardian not in printed and "学生名单" in printed
        assert ("sheet-a3" in printed) == (paper == "a3")


def test_a_teacher_finds_her_classes_only(place, klass):
    other = place.rows("select id from org where kind = 'class' and id <> %s::uuid limit 1", klass[0])[0][0]
    desk = place.desk("teacher", org_ids=[klass[0]])
    assert str(other) not in read(desk, "classes")
    read(desk, f"classes/{klass[0]}")
    read(desk, f"classes/{other}", 404)
    stranger = place.desk("clerk", place.base.unit())
    read(stranger, f"classes/{klass[0]}", 404)
    read(stranger, f"classes/{klass[0]}/print", 404)


def test_class_pages_ask_little(place, klass):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    desk = place.desk("clerk")
    for path in ("classes", f"classes/{klass[0]}", "exports", "search?q=zh"):
        with CaptureQueriesContext(connection) as seen:
            read(desk, path)
        asked = [
            q["sql"] for q in seen if q["sql"].lower().startswith(("select", "insert", "update", "delete"))
        ]
        assert len(asked) <= 12, (path, len(asked), asked)
