from collections import Counter, defaultdict

from jizuo.plain.demo import subjects
from jizuo.plain.demo.shapes import District
from jizuo.plain.demo.staff import teaching_unit


def test_every_class_has_every_subject_of_its_grade_once(small: District) -> None:
    rows: dict[int, list[str]] = defaultdict(list)
    for teaching in small.teachings:
        rows[teaching.klass].append(teaching.subject)
    for klass in small.classes:
        if klass.stage == "kindergarten":
            assert rows[klass.id] == ["kid", "kid"]
        else:
            assert sorted(rows[klass.id]) == sorted(subjects.periods(klass.stage, klass.grade))


def test_teachers_teach_where_they_have_a_post_and_are_not_on_leave(small: District) -> None:
    for teaching in small.teachings:
        member = small.staff[teaching.staff]
        unit = small.classes[teaching.klass].unit
        assert unit in {small.posts[p].unit for p in member.posts}
        assert member.status in ("在岗", "返聘")
        walks = any(small.posts[p].kind == "走教" for p in member.posts)
        assert walks or teaching_unit(small, member) == unit


def test_homeroom_teachers_teach_their_class_and_only_one(small: District) -> None:
    taught = {(t.klass, t.staff) for t in small.teachings}
    assert all((c.id, c.homeroom) in taught for c in small.classes)
    assert max(Counter(c.homeroom for c in small.classes).values()) == 1


def test_periods_add_up(small: District) -> None:
    load: Counter[int] = Counter()
    for teaching in small.teachings:
        load[teaching.staff] += teaching.periods
    for section in small.teaching_classes:
        if section.klass < 0:
            load[section.staff] += section.periods
    assert {s.id: s.periods for s in small.staff if s.periods} == dict(load)
    assert max(load.values()) <= 30


def test_sections_hold_the_pupils_of_their_class(small: District) -> None:
    cells = {(t.klass, t.subject): t.staff for t in small.teachings}
    for section in small.teaching_classes:
        course = small.courses[section.course]
        assert section.grade in course.grades
        assert course.stage in ("junior", "senior", "vocational")
        if section.klass >= 0:
            assert section.pupils == small.classes[section.klass].pupils
            assert section.staff == cells[section.klass, course.subject]


def test_electives_mix_classes_and_each_pupil_takes_three(small: District) -> None:
    taken: Counter[int] = Counter()
    mixed = [t for t in small.teaching_classes if t.klass < 0]
    for section in mixed:
        taken.update(section.pupils)
    upper = {p for c in small.classes if c.stage == "senior" and c.grade > 10 for p in c.pupils}
    assert set(taken) == upper
    assert set(taken.values()) == {3}
    assert any(len({small.pupils[p].klass for p in t.pupils}) > 1 for t in mixed)


def test_walking_teachers_teach_in_both_schools(small: District) -> None:
    for number in small.cases["walking"]:
        member = small.staff[number]
        away = next(small.posts[p].unit for p in member.posts if small.posts[p].kind == "走教")
        units = {small.classes[t.klass].unit for t in small.teachings if t.staff == number}
        assert away in units
        assert away != member.unit
