import pytest

from jizuo.plain.demo.shapes import District


@pytest.mark.parametrize(
    ("role", "unit", "duty"),
    [
        ("district_admin", "澜江区教育局", "科长"),
        ("district_steward", "澜江区教育局", "数据管理员"),
        ("district_leader", "澜江区教育局", "局长"),
        ("head", "启明小学", "校长"),
        ("clerk", "启明小学", "教务员"),
        ("homeroom_teacher", "启明小学", "教师"),
        ("teacher", "启明小学", "教师"),
    ],
)
def test_each_role_has_its_person(small: District, role: str, unit: str, duty: str) -> None:
    (number,) = small.cases[f"role:{role}"]
    member = small.staff[number]
    assert (small.units[member.unit].name, member.duty) == (unit, duty)


def test_the_names_of_the_pictures(small: District) -> None:
    assert small.staff[small.cases["role:district_steward"][0]].name == "沈知远"
    assert small.staff[small.cases["role:clerk"][0]].name == "陆晓岚"


def test_the_guardian_is_one_of_the_pupil(small: District) -> None:
    pupil = small.pupils[small.cases["role:pupil"][0]]
    assert small.cases["role:guardian"][0] in {small.guardianships[t].guardian for t in pupil.guardians}


def test_a_teacher_is_a_parent_too(small: District) -> None:
    teachers = small.cases["teacher_parent"]
    assert len(teachers) >= 2
    for adult in small.guardians:
        if adult.staff >= 0:
            member = small.staff[adult.staff]
            assert (adult.name, adult.id_number, adult.phone) == (member.name, member.id_number, member.phone)
            assert adult.staff in teachers


def test_substitutes_have_no_post_in_the_establishment(small: District) -> None:
    assert small.cases["substitute"]
    for number in small.cases["substitute"]:
        member = small.staff[number]
        assert member.employment == "临聘"
        assert not member.is_full_time
        assert member.periods > 0


def test_shared_posts_are_counted(small: District) -> None:
    kinds = ("exchange", "walking", "support", "seconded")
    assert [len(small.cases[k]) for k in kinds] == [6, 6, 2, 2]
