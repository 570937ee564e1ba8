"""`jizuo demo` and `jizuo roster` as an operator runs them, on one fresh base."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from typing import Any

import pytest

from tests.database import CHECKOUT

#: Everybody the demonstration shows, and whether a second factor is known.
ROLES = {
    "district_admin": True, "district_steward": True, "district_leader": True, "head": True, "clerk": True,
    "homeroom_teacher": True, "teacher": True, "pupil": False, "guardian": False, "security_officer": True,
    "operator": True,
}  # fmt: skip


@pytest.fixture(scope="module")
def env(server, make_database):
    return server.environment(make_database().database) | {"JIZUO_LANG": "zh"}


def jizuo(env: dict[str, str], *arguments: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "jizuo.project.cli", *map(str, arguments)],
        env=env, cwd=CHECKOUT, capture_output=True, text=True, timeout=240,
    )  # fmt: skip


def test_files_are_written_without_a_base(tmp_path):
    """No database is asked: the address names none."""
    import os

    nowhere = {**os.environ, "JIZUO_DB": "postgresql://nobody@127.0.0.1:1/none", "JIZUO_LANG": "zh"}
    ran = jizuo(nowhere, "demo", "--export", tmp_path / "out", "--json")
    assert ran.returncode == 0, ran.stderr
    counts = json.loads(ran.stdout)["counts"]
    books = sorted(path.name for path in (tmp_path / "out").glob("*.xlsx"))
    assert len(books) == counts["workbooks"] == 7
    with zipfile.ZipFile(tmp_path / "out" / "oneroster-1.2.zip") as archive:
        assert {"manifest.csv", "users.csv", "roles.csv", "enrollments.csv"} <= set(archive.namelist())
        assert archive.read("users.csv").count(b"\r\n") - 1 == counts["users"] > 2500


def test_a_district_fills_an_empty_base_once(env, tmp_path):
    ran = jizuo(env, "demo", "--json")
    assert ran.returncode == 0, ran.stderr[-3000:]
    accounts = json.loads(ran.stdout)["accounts"]
    assert {one["role"]: one["has_second_factor"] for one in accounts} == ROLES
    assert len({one["login_code"] for one in accounts}) >= len(ROLES) - 2
    again = jizuo(env, "demo")
    assert again.returncode == 3 and "已经有单位" in again.stderr and "JIZUO_DATA" in again.stderr
    units = json.loads(jizuo(env, "roster", "units", "--json").stdout)["units"]
    assert sorted({unit["kind"] for unit in units}) == ["bureau", "centre", "school"] and len(units) == 9
    out = jizuo(env, "roster", "export", tmp_path / "out.zip", "--json")
    assert out.returncode == 0 and json.loads(out.stdout)["rows"]["users"] > 2500
