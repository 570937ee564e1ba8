"""The rules of the core libraries stand in the catalogue of rules under their own codes."""

from __future__ import annotations

from datetime import date
from typing import Any


def test_the_rules_a_district_expects_are_there(base: Any) -> None:
    from jizuo.hubs.data import quality
    from jizuo.hubs.organisation import quality as own
    from jizuo.project import rooms

    rooms.plates()
    own.register()
    rules = quality.shipped(date(2026, 9, 16))
    wanted = {
        "pupil_class", "pupil_class_year", "pupil_age_primary", "person_sex_number", "pupil_legal_guardian_phone",
        "class_homeroom", "class_size_large", "staff_subject", "staff_certificate", "staff_title_date",
        "pupil_entry_year_ahead", "person_ethnic", "person_phone_form", "pupil_status_end", "seat_once",
        "pupils_present_balance", "pupil_address", "roster_fresh",
    }  # fmt: skip
    assert wanted <= set(rules)
