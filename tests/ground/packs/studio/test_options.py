"""Lists to choose from: names a person types, codes that stay."""

from __future__ import annotations

from tests.scenes import given

from jizuo.ground.packs.studio import options


def test_codes_stay_with_their_names():
    first = options.written({}, "s_kind", "项目", ["100米", "跳远", "100米"])
    assert first == "# 项目\ncode,name,english\n1,100米,\n2,跳远,\n"
    second = options.written({"codes/s_kind.csv": first}, "s_kind", "项目", ["跳远", "接力"])
    assert options.of_code({"codes/s_kind.csv": second}, "s_kind") == {"2": "跳远", "3": "接力"}
    assert options.of_code({}, "ethnic") == {}


def test_what_the_fields_of_a_form_choose_from():
    files = given.files_of("leave")
    assert options.of_fields(files, "leave")["form.kind"]["sick"] == "病假"
    assert options.is_staff(files, "leave_staff", "staff_id") and not options.is_staff(
        files, "leave", "pupil_id"
    )
    assert options.rows(files, "leave_kind")[0]["english"] == "Sick"
