from collections import Counter, defaultdict

from jizuo.plain import idnumber
from jizuo.plain.demo.shapes import District, Pupil


def families(district: District) -> dict[int, list[Pupil]]:
    groups: dict[int, list[Pupil]] = defaultdict(list)
    for pupil in district.pupils:
        groups[pupil.family].append(pupil)
    return groups


def test_siblings_share_home_and_guardians(small: District) -> None:
    groups = [g for g in families(small).values() if len(g) > 1]
    assert len(groups) > 200
    for members in groups:
        assert len({m.address for m in members}) == 1
        first = {small.guardianships[t].guardian for t in members[0].guardians}
        assert all(first & {small.guardianships[t].guardian for t in m.guardians} for m in members)


def test_children_are_of_the_age_of_their_grade(small: District) -> None:
    for pupil in small.pupils:
        klass = small.classes[pupil.klass if pupil.klass >= 0 else pupil.register_class]
        # born in the twelve months of the grade, or a year earlier for those who stayed down
        months = (small.year - 6 - klass.grade - pupil.birth_on.year) * 12 + 9 - pupil.birth_on.month
        assert -12 < months <= 12, pupil


def test_parents_are_older_by_a_generation(small: District) -> None:
    for tie in small.guardianships:
        years = (small.pupils[tie.pupil].birth_on - small.guardians[tie.guardian].birth_on).days / 365
        low, high = (20, 45) if tie.relation in ("51", "52") else (45, 85)
        assert low < years < high, tie


def test_sex_fits_the_relation(small: District) -> None:
    men = {"51", "61", "63"}
    for tie in small.guardianships:
        assert (small.guardians[tie.guardian].sex == "1") == (tie.relation in men)


def test_id_numbers_agree_with_birth_and_sex(small: District) -> None:
    for person in [*small.pupils, *small.guardians]:
        kind = idnumber.DocumentKind(person.id_kind)
        read = idnumber.check_document(kind, person.id_number, today=small.today)
        if read.birth_on:
            assert (read.birth_on, read.sex) == (person.birth_on, person.sex)


def test_register_numbers(small: District) -> None:
    for pupil in small.pupils:
        klass = small.classes[pupil.klass if pupil.klass >= 0 else pupil.register_class]
        if klass.stage == "kindergarten":
            assert pupil.register_no == ""
        elif pupil.id_kind in ("resident", "residence_permit"):
            assert pupil.register_no == "G" + pupil.id_number
        else:
            assert idnumber.parse_roll_number(pupil.register_no).birth_on == pupil.birth_on


def test_emergency_order_counts_from_one(small: District) -> None:
    for pupil in small.pupils:
        orders = [small.guardianships[t].order for t in pupil.guardians]
        callable_ = sorted(o for o in orders if o)
        assert callable_ == list(range(1, len(callable_) + 1))
        assert pupil.guardians


def test_seats_and_lists_agree(small: District) -> None:
    for klass in small.classes:
        seats = [small.pupils[p].seat for p in klass.pupils]
        assert seats == sorted(seats)
        assert len(set(seats)) == len(seats)
        assert all(small.pupils[p].klass == klass.id for p in klass.pupils)
    for unit in small.schools:
        assert all(small.pupils[p].unit == unit.id for p in unit.pupils)
    assert sum(len(u.pupils) for u in small.schools) == 2500


def test_school_numbers_are_unique_in_a_school(small: District) -> None:
    seen = Counter((_main(p), p.school_no) for p in small.pupils)
    assert max(seen.values()) == 1


def _main(pupil: Pupil) -> int:
    return pupil.unit if pupil.unit >= 0 else pupil.attend


def test_fields_vary(small: District) -> None:
    assert {p.boarding for p in small.pupils} == {"走读", "住校"}
    assert {p.blood for p in small.pupils} == {"A", "B", "O", "AB", ""}
    assert {p.household for p in small.pupils} >= {"居民户口", "非农业户口", "农业户口"}
    assert any(p.allergy for p in small.pupils)
    assert any(p.bus for p in small.pupils) == any(u.street >= 9 for u in small.schools)
    assert any(p.former_name for p in small.pupils)
    assert any(p.entry_way == "转入" for p in small.pupils)
