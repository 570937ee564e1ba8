from jizuo.hubs.organisation.demo.oneroster.ids import guardian_id, org_id, pupil_id, staff_id
from jizuo.plain.demo.shapes import District


def test_keys_carry_nothing_personal(district: District) -> None:
    assert (org_id(3), pupil_id(17), staff_id(5)) == ("demo-u0003", "demo-p000017", "demo-s00005")
    parent = next(g for g in district.guardians if g.staff >= 0)
    assert guardian_id(district, parent.id) == staff_id(parent.staff)
