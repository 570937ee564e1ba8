from __future__ import annotations

from jizuo.project.exits import Exit
from tests.project.commands.finding import jizuo as jizuo
from tests.project.commands.finding import place as place


def test_lineage_by_command(place, jizuo):
    code, told = jizuo("lineage", "field", "affiliation.is_registered")
    assert code == Exit.OK and "在籍学生数" in told["readers"]
    school = place.district.schools[0]
    code, told = jizuo("lineage", "value", "pupil", school.pupils[0][1], "entry_year", unit=school.unit_no)
    assert (
        code == Exit.OK
        and told["value"] == "2026"
        and told["claims"] == ["school"]
        and told["origin"] is None
    )
