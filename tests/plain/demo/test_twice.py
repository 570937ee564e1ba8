from __future__ import annotations

from jizuo.plain.demo import twice


def test_the_same_seed_gives_the_same_lists():
    assert twice.two_lists(300, seed=5) == twice.two_lists(300, seed=5)
    assert twice.two_lists(300, seed=5) != twice.two_lists(300, seed=6)


def test_most_children_are_in_both_lists_and_each_once_in_each():
    first, second = twice.two_lists(2000, seed=3)
    ones, others = {one.number for one in first}, {one.number for one in second}
    assert len(ones) == len(others) == 2000
    assert 0.88 < len(ones & others) / 2000 < 0.95


def test_the_second_hand_errs_as_often_as_it_says():
    first, second = twice.two_lists(8000, seed=4)
    was = {one.number: one for one in first}
    pairs = [(was[one.number], one) for one in second if one.number in was]

    def share(differs):
        return sum(differs(a, b) for a, b in pairs) / len(pairs)

    names = ("homophone", "other_char", "turned_round", "left_out", "renamed")
    assert abs(share(lambda a, b: a.name != b.name) - sum(twice.SHARES[name] for name in names)) < 0.02
    assert abs(share(lambda a, b: b.phone == "") - twice.SHARES["phone_missing"]) < 0.02
    assert abs(share(lambda a, b: b.birth_on is None) - twice.SHARES["birth_missing"]) < 0.01
    assert abs(share(lambda a, b: a.sex != b.sex) - twice.SHARES["sex_wrong"]) < 0.005
    assert share(lambda a, b: bool(b.former_name)) > 0


def test_families_hold_twins_and_siblings_of_other_names():
    first, _second = twice.two_lists(8000, seed=4)
    homes: dict[tuple[str, str], list[twice.Child]] = {}
    for one in first:
        homes.setdefault((one.phone, one.address), []).append(one)
    together = [many for many in homes.values() if len(many) > 1]
    twins = [many for many in together if many[0].birth_on == many[1].birth_on]
    assert len(twins) > 30 and len(together) > 400
    assert all(many[0].name != many[1].name for many in together)
    names = [one.name for one in first]
    assert len(set(names)) < len(names), "some children share a whole name"


def test_offered_is_a_frame_of_one_group():
    first, _second = twice.two_lists(50, seed=1)
    frame = twice.offered(first, 3, with_kin=False)
    assert frame.height == 50 and set(frame["group"]) == {3}
    assert frame["kin"].list.len().sum() == 0
