"""Invented rows and typed cells."""

from __future__ import annotations

from datetime import date

from tests.scenes import given

from jizuo.ground.packs.studio import plain, samples


def test_rows_by_the_types_of_the_elements():
    files = given.files_of("leave")
    rows = samples.rows_of(files, "leave", date(2026, 9, 16))
    assert [row["pupil_id"] for row in rows] == list(samples.PEOPLE)
    assert rows[0]["kind"] == "sick" and rows[1]["from_on"] == "2026-09-17" and rows[2]["days"] == 3
    assert samples.rows_of(files, "leave_staff", date(2026, 9, 16))[0]["staff_id"] == "陆晓岚"
    known = plain.elements(files, "leave")
    for key, one in known.items():
        for row in rows:
            assert samples.read_cell(samples.shown(row[key], one, files), one, files) == row[key], key
    assert samples.shown(True, {"type": "boolean"}, files) == "是" and samples.shown(None, {}, files) == ""
    assert samples.read_cell("", {"type": "integer"}, files) is None
