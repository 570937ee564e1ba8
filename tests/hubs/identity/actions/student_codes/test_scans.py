"""Scans: kept once, and only of what the school signed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tests.hubs.identity import scanning


@pytest.fixture(scope="module")
def school(base):
    made = scanning.make(base)
    made.do("issue", 0, 1, 3)
    return made


@pytest.fixture(scope="module")
def gate(school):
    return school.scanner(school.place("正门"))


def sent(code, *, result="passed", at=None, scan_id=None):
    return {
        "id": str(scan_id or uuid4()),
        "code": code,
        "result": result,
        "at": (at or datetime.now(UTC)).isoformat(),
    }


def test_scans_are_kept_once(school, gate):
    code = school.card_code(0)
    scan = sent(code, at=datetime.now(UTC) - timedelta(hours=3))
    before = len(school.scans())
    assert gate.post("scans", {"scans": [scan]}).json() == {"taken": 1, "kept": 1}
    assert gate.post("scans", {"scans": [scan, scan]}).json()["kept"] == 0
    assert len(school.scans()) == before + 1
    assert (school.pupil_id(0), "passed", "card", True) in school.scans()


def test_what_the_school_did_not_sign_leaves_no_scan(base, school, gate):
    code = school.card_code(0)
    changed = code[:-1] + ("0" if code[-1] != "0" else "1")
    twin = scanning.make(base, classes=1)
    twin.do("issue", 0)
    wrong = [
        sent(changed), sent(twin.card_code(0)), sent("x"), sent(code, result="unknown"), sent(code, result="x"),
        sent(code, at=datetime.now(UTC) - timedelta(days=31)), sent(code, at=datetime.now(UTC) + timedelta(hours=1)),
    ]  # fmt: skip
    assert gate.post("scans", {"scans": wrong}).json() == {"taken": len(wrong), "kept": 0}
    assert twin.scans() == []
