import pytest

from jizuo.plain.demo.names import READINGS
from jizuo.plain.demo.shapes import District, Guardianship, Pupil


def pupils(district: District, case: str) -> list[Pupil]:
    return [district.pupils[i] for i in district.cases[case]]


def ties(district: District, pupil: Pupil) -> list[Guardianship]:
    return [district.guardianships[t] for t in pupil.guardians]


@pytest.mark.parametrize(
    ("case", "least"),
    [
        ("same_name", 2),
        ("twins", 2),
        ("siblings_across", 10),
        ("rare", 10),
        ("dotted", 5),
        ("unsplit", 2),
        ("compound", 3),
        ("reading", 4),
        ("other_id", 6),
        ("foreign", 3),
        ("no_id", 1),
        ("suspended", 2),
        ("lent", 14),
        ("borrowed", 9),
        ("moved_inside", 1),
        ("separated", 3),
        ("no_contact", 1),
        ("delegate", 3),
        ("one_phone", 2),
    ],
)
def test_every_case_is_there(small: District, case: str, least: int) -> None:
    assert len(small.cases[case]) >= least


@pytest.mark.parametrize(
    ("name", "grade", "number", "seat", "ethnic"),
    [
        ("张若曦", 1, 1, 3, "01"),
        ("阿卜杜拉·买买提", 1, 2, 9, "05"),
        ("何嘉树", 2, 1, 21, "01"),
        ("周子墨", 3, 1, 6, "01"),
        ("陈以宁", 4, 2, 17, "01"),
        ("单思齐", 5, 2, 12, "03"),
    ],
)
def test_the_pupils_of_the_pictures(
    small: District, name: str, grade: int, number: int, seat: int, ethnic: str
) -> None:
    (pupil,) = pupils(small, f"named:{name}")
    klass = small.classes[pupil.klass]
    assert pupil.name == name
    assert (klass.grade, klass.number, pupil.seat, pupil.ethnic) == (grade, number, seat, ethnic)
    assert small.units[klass.unit].name == "启明小学"


def test_two_of_one_name_sit_in_one_class(small: District) -> None:
    one, other = pupils(small, "same_name")[:2]
    assert one.id != other.id
    assert (one.name, one.klass) == (other.name, other.klass)


def test_twins_share_birthday_and_family(small: District) -> None:
    both = pupils(small, "twins")
    for one, other in zip(both[::2], both[1::2], strict=True):
        assert (one.birth_on, one.family, one.surname) == (other.birth_on, other.family, other.surname)


def test_chen_yining_has_a_sibling_in_another_school(small: District) -> None:
    (pupil,) = pupils(small, "named:陈以宁")
    family = [p for p in small.pupils if p.family == pupil.family]
    assert len({p.unit for p in family}) > 1
    assert {p.surname for p in family} == {"陈"}


def test_names_say_what_the_case_says(small: District) -> None:
    assert all("·" in p.name and p.surname == "" for p in pupils(small, "dotted"))
    assert all(len(p.surname) == 2 for p in pupils(small, "compound"))
    assert all(p.reading == READINGS[p.surname] for p in pupils(small, "reading"))
    assert any(ord(c) > 0xFFFF for p in pupils(small, "rare") for c in p.name)
    assert all(p.nationality != "CHN" and p.ethnic == "" for p in pupils(small, "foreign"))


def test_papers(small: District) -> None:
    assert {p.id_kind for p in pupils(small, "other_id")} >= {"residence_permit", "travel_permit", "passport"}
    assert {p.overseas for p in pupils(small, "other_id")} >= {"香港", "澳门", "台湾", "外籍"}
    assert all(p.id_kind == "none" and not p.id_number for p in pupils(small, "no_id"))


def test_registered_here_and_studying_there(small: District) -> None:
    for pupil in pupils(small, "lent"):
        assert pupil.unit >= 0
        assert (pupil.attend, pupil.klass) == (-1, -1)
        assert pupil.elsewhere
    for pupil in pupils(small, "borrowed"):
        assert (pupil.unit, pupil.register_class) == (-1, -1)
        assert pupil.id in small.classes[pupil.klass].pupils
    for pupil in pupils(small, "moved_inside"):
        assert pupil.unit != pupil.attend
        assert pupil.id in small.classes[pupil.klass].pupils
        assert pupil.id not in small.classes[pupil.register_class].pupils


def test_a_barred_parent_has_no_right_at_all(small: District) -> None:
    for pupil in pupils(small, "no_contact"):
        barred = [t for t in ties(small, pupil) if t.no_contact]
        assert len(barred) == 1
        tie = barred[0]
        assert not (tie.may_pick_up or tie.may_view or tie.may_sign or tie.gets_notices or tie.lives_with)
        assert tie.order == 0


def test_separated_parents_live_apart(small: District) -> None:
    for pupil in pupils(small, "separated"):
        homes = {small.guardians[t.guardian].address for t in ties(small, pupil)}
        assert len(homes) == 2


def test_a_grandparent_cares_by_delegation(small: District) -> None:
    for pupil in pupils(small, "delegate"):
        first = ties(small, pupil)[0]
        assert first.is_delegate
        assert not first.is_legal
        assert not first.may_sign


def test_one_phone_for_two(small: District) -> None:
    for pupil in pupils(small, "one_phone"):
        phones = [small.guardians[t.guardian].phone for t in ties(small, pupil)]
        assert len(phones) == 2
        assert len(set(phones)) == 1
