"""Who demonstrates each acting role, and which staff share posts."""

from __future__ import annotations

from jizuo.plain.demo.shapes import District


def name_roles(district: District) -> None:
    """Note the cases of staff and roles that cases.py lists; runs when teaching is assigned."""
    cases = district.cases
    staff, units = district.staff, district.units

    def duty(unit_name: str, *duties: str) -> int:
        unit = next(u for u in units if u.name == unit_name)
        return next(i for i in unit.staff if staff[i].duty in duties)

    child = district.pupils[cases["named:陈以宁"][0]]
    cases["role:district_admin"] = [duty("澜江区教育局", "科长")]
    cases["role:district_steward"] = [duty("澜江区教育局", "数据管理员")]
    cases["role:district_leader"] = [duty("澜江区教育局", "局长")]
    cases["role:head"] = [duty("启明小学", "校长")]
    cases["role:clerk"] = [duty("启明小学", "教务员")]
    cases["role:homeroom_teacher"] = [district.classes[child.klass].homeroom]
    homerooms = {c.homeroom for c in district.classes}
    cases["role:teacher"] = [
        next(t.staff for t in district.teachings if t.klass == child.klass and t.staff not in homerooms)
    ]
    cases["role:pupil"] = [child.id]
    cases["role:guardian"] = [district.guardianships[child.guardians[0]].guardian]
    parents = [g for g in district.guardians if g.staff >= 0]
    cases["teacher_parent"] = list(dict.fromkeys(g.staff for g in parents))
    cases["substitute"] = [s.id for s in staff if s.duty == "代课教师" and s.employment == "临聘"]
    for kind, case in (
        ("交流轮岗", "exchange"),
        ("走教", "walking"),
        ("支教", "support"),
        ("借调", "seconded"),
    ):
        cases[case] = [p.staff for p in district.posts if p.kind == kind]
