from __future__ import annotations

import json
import shutil
from collections import namedtuple
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from jizuo.ground import bootstrap, logins
from jizuo.project import doctor
from tests.project.test_tls import pair


@pytest.fixture
def base(server, monkeypatch):
    """An empty database of its own role prefix, so that planted faults in the logins disturb nobody."""
    monkeypatch.setenv("JIZUO_ROLE_PREFIX", "ill")
    made = server.create()
    for key, value in server.environment(made.database).items():
        if key.startswith("JIZUO_"):
            monkeypatch.setenv(key, value)
    monkeypatch.setattr(doctor, "is_running", lambda folder: True)
    yield made
    server.drop(made.database)


def states(look):
    return [(one.state, one.what) for one in look]


def test_sound_logins_are_ok(base):
    assert [one.state for one in doctor.login_rights(bootstrap.connect())] == ["ok"]


@pytest.mark.parametrize(
    ("login", "fault"),
    [
        ("app", "bypassrls"),
        ("app", "createdb"),
        ("ops_ro", "superuser"),
        ("ops_ro", "password 'x'"),
        ("backup", "nobypassrls"),
        ("owner", "nologin"),
    ],
)
def test_each_planted_fault_in_the_logins_is_found_and_mended(server, base, login, fault):
    with psycopg.connect(server.address, autocommit=True) as root:
        root.execute(f"alter role ill_{login} {fault}")
    addresses = bootstrap.connect()
    found = [one for one in doctor.login_rights(addresses) if one.state == "bad"]
    assert len(found) == 1 and f"ill_{login}" in found[0].what and "jizuo migrate" in found[0].fix
    logins.ensure(server.address, base.database, server.data / "secrets")
    assert [one.state for one in doctor.login_rights(addresses)] == ["ok"]


def test_a_base_without_tables_is_said(base):
    found = {one.name: one for one in doctor.examine(port=1)}
    assert found["database"].state == "ok"
    assert found["migrations"].state == "bad" and "jizuo migrate" in found["migrations"].fix
    assert found["wall"].state == "bad"
    assert all(one.fix for one in found.values() if one.state != "ok")


def test_a_database_that_does_not_run_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("JIZUO_DATA", str(tmp_path))
    found = {one.name: one for one in doctor.examine(port=1)}
    assert found["database"].state == "bad" and "jizuo run" in found["database"].fix
    assert "logins" not in found


def test_an_outside_server_that_does_not_answer_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("JIZUO_DATA", str(tmp_path))
    monkeypatch.setenv("JIZUO_DB", f"postgresql://a:b@/postgres?host={tmp_path}")
    found = {one.name: one for one in doctor.examine(port=1)}
    assert found["database"].state == "bad" and "连不上" in found["database"].what


@pytest.fixture
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("JIZUO_DATA", str(tmp_path))
    return tmp_path


def test_open_secrets_are_said(data):
    secrets = data / "secrets"
    secrets.mkdir(mode=0o700)
    (secrets / "logins.json").write_text("{}")
    (secrets / "logins.json").chmod(0o644)
    found = [one for one in doctor.folder_rights() if one.state == "bad"]
    assert len(found) == 1 and "logins.json" in found[0].fix
    (secrets / "logins.json").chmod(0o600)
    assert all(one.state == "ok" for one in doctor.folder_rights())


def test_a_damaged_key_file_is_said(data):
    (data / "secrets").mkdir(mode=0o700)
    (data / "secrets" / "keys.json").write_text("{")
    found = {one.name: one for one in doctor.examine(port=1)}
    assert found["keys"].state == "bad" and "密钥" in found["keys"].what


Usage = namedtuple("Usage", "total used free")


@pytest.mark.parametrize(("free_gb", "state"), [(50, "ok"), (5, "warn"), (0.5, "bad")])
def test_room_on_the_disk(data, monkeypatch, free_gb, state):
    monkeypatch.setattr(shutil, "disk_usage", lambda place: Usage(100 * 2**30, 0, int(free_gb * 2**30)))
    assert [one.state for one in doctor.disk()] == [state]


@pytest.mark.parametrize(("hours", "state"), [(None, "warn"), (1, "ok"), (27, "bad")])
def test_age_of_the_backup(data, hours, state):
    if hours is not None:
        (data / "backups" / "b1").mkdir(parents=True)
        made_at = datetime.now(UTC) - timedelta(hours=hours)
        (data / "backups" / "b1" / "manifest.json").write_text(json.dumps({"made_at": made_at.isoformat()}))
    assert [one.state for one in doctor.backups()] == [state]


@pytest.mark.parametrize(
    ("here", "there", "state"), [(2e9, 2e9 + 1, "ok"), (2e9, 2e9 - 60, "bad"), (1e9, 1e9, "bad")]
)
def test_the_clock(here, there, state):
    assert [one.state for one in doctor.clock_finding(here, there)] == [state]


@pytest.mark.parametrize(("days", "state"), [(60, "ok"), (5, "warn"), (-1, "bad")])
def test_the_certificate(tmp_path, days, state):
    assert [one.state for one in doctor.certificate(*pair(tmp_path, days=days))] == [state]


def test_missing_styles_and_old_words_are_said(tmp_path, monkeypatch):
    package = tmp_path / "jizuo"
    words = package / "locale" / "en" / "LC_MESSAGES"
    words.mkdir(parents=True)
    (words / "django.po").write_text("")
    monkeypatch.setattr(doctor.jizuo, "__file__", str(package / "__init__.py"))
    assert [one.state for one in doctor.static_built()] == ["bad"]
    assert [one.state for one in doctor.translations()] == ["warn"]
    built = package / "ground" / "static" / "dist"
    built.mkdir(parents=True)
    (built / "main.css").write_text("")
    (words / "django.mo").write_bytes(b"")
    assert [one.state for one in doctor.static_built()] == ["ok"]
    assert [one.state for one in doctor.translations()] == ["ok"]


def test_looking_changes_nothing(data):
    doctor.examine(port=1)
    assert list(Path(data).iterdir()) == []
