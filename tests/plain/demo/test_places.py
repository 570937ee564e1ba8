import random

from jizuo.plain.demo import places


def test_no_division_is_a_real_one() -> None:
    assert all(len(code) == 6 and code[2:4] == "99" for code in places.DIVISIONS)
    assert places.DISTRICT_CODE in places.DIVISIONS


def test_household_table_is_cumulative() -> None:
    codes, weights = places.household_table()
    assert codes[0] == places.DISTRICT_CODE
    assert weights == sorted(weights)


def test_addresses_name_their_place() -> None:
    rng = random.Random(1)
    assert places.address(rng, 3).startswith("澜州市澜江区新泾街道")
    assert places.household_address(rng, "349923").startswith("岑阳市石溪县")
    assert places.school_address(4, 9).startswith("澜州市澜江区北桥镇")
