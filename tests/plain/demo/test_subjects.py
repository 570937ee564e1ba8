import pytest

from jizuo.plain.demo import subjects


@pytest.mark.parametrize(
    ("stage", "grade", "some"),
    [
        ("kindergarten", -1, {"kid"}),
        ("primary", 1, {"chi", "mat", "mor"}),
        ("primary", 6, {"sci", "ict", "lab"}),
        ("junior", 6, {"geo", "sci"}),
        ("junior", 8, {"phy", "bio"}),
        ("junior", 9, {"che", "phy"}),
        ("senior", 10, {"phy", "pol"}),
        ("senior", 12, {"chi", "spo"}),
        ("vocational", 11, {"voc"}),
    ],
)
def test_periods(stage: str, grade: int, some: set[str]) -> None:
    week = subjects.periods(stage, grade)
    assert some <= week.keys() <= subjects.SUBJECTS.keys()
    assert 15 <= sum(week.values()) <= 35


def test_every_subject_has_a_partner_among_subjects() -> None:
    assert set(subjects.PARTNER) == set(subjects.SUBJECTS)
    assert set(subjects.PARTNER.values()) <= set(subjects.SUBJECTS)


def test_names_by_stage() -> None:
    assert subjects.said("ict", "junior") == "信息科技"
    assert subjects.said("ict", "senior") == "信息技术"
