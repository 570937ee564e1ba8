import random
from collections import Counter

from jizuo.plain import idnumber
from jizuo.plain.demo.shapes import District
from jizuo.plain.demo.staff import ethnic_tail, subject_counts, teaching_unit, weekly


def test_each_member_has_one_primary_post(small: District) -> None:
    for member in small.staff:
        posts = [small.posts[p] for p in member.posts]
        assert sum(p.is_primary for p in posts) == 1
        assert posts[0].kind == "本校"
        assert posts[0].unit == member.unit
        assert member.id in small.units[member.unit].staff


def test_numbers_and_dates_agree(small: District) -> None:
    for member in small.staff:
        read = idnumber.parse(member.id_number, today=small.today)
        assert (read.birth_on, read.sex) == (member.birth_on, member.sex)
        assert member.birth_on.year + 18 <= member.worked_from.year <= small.year
        assert member.joined_on <= small.today
        if member.title_on:
            assert member.worked_from < member.title_on < small.today


def test_numbers_of_staff_are_their_own(small: District) -> None:
    assert len({s.number for s in small.staff}) == len(small.staff)
    assert len({s.phone for s in small.staff}) == len(small.staff)


def test_establishment_and_posts_are_mixed(small: District) -> None:
    assert {s.employment for s in small.staff} == {"在编", "备案", "合同", "派遣", "临聘"}
    assert {s.post_kind for s in small.staff} == {"管理", "专业技术", "工勤技能"}
    assert {s.duty for s in small.staff} >= {"局长", "园长", "校长", "教务员", "保育员", "教研员", "代课教师"}


def test_subject_teachers_cover_every_subject(small: District) -> None:
    for unit in small.schools:
        for stage, _, _ in unit.stages:
            counts = subject_counts(small, unit, stage, 20)
            assert sum(counts.values()) == 20
            assert set(counts) <= set(weekly(small, unit, stage))


def test_exchanged_teachers_change_places_in_pairs(small: District) -> None:
    moved = [(small.staff[i].unit, teaching_unit(small, small.staff[i])) for i in small.cases["exchange"]]
    assert Counter(moved) == Counter((b, a) for a, b in moved)
    assert all(a != b for a, b in moved)


def test_seconded_teachers_work_at_the_offices(small: District) -> None:
    assert {teaching_unit(small, small.staff[i]) for i in small.cases["seconded"]} <= {0, 1}


def test_ethnic_tail_is_mostly_han() -> None:
    rng = random.Random(1)
    seen = Counter(ethnic_tail(rng) for _ in range(5000))
    assert 0.93 < seen["01"] / 5000 < 0.98
    assert len(seen) > 5
