"""Secrets files for a test, and what stands in the tables afterwards."""

import json
import os

import pytest


@pytest.fixture
def secrets(tmp_path, monkeypatch, base):
    """Write a service's settings into a secrets folder of this test's own; its keys stay the base's."""
    from jizuo.ground import bootstrap
    from jizuo.ground.keys import ring

    ring()
    kept = bootstrap.secrets_folder()
    folder = tmp_path / "secrets"
    folder.mkdir()
    (folder / "keys.json").write_bytes((kept / "keys.json").read_bytes())
    (folder / "keys.json").chmod(0o600)
    monkeypatch.setenv("JIZUO_DATA", str(tmp_path))

    def write(service, told):
        path = folder / f"{service}.json"
        path.write_text(told if isinstance(told, str) else json.dumps(told, ensure_ascii=False))
        path.chmod(0o600)
        return path

    assert os.environ["JIZUO_DATA"] == str(tmp_path) and bootstrap.secrets_folder() == folder
    return write


@pytest.fixture
def rows(base):
    """rows(sql, parameters): what the owner sees of one or several units."""

    def read(unit_no, sql, parameters=()):
        with base.owner() as owner:
            owner.execute("select set_config('app.units', %s, false)", [f"{{{unit_no}}}"])
            return owner.execute(sql, parameters).fetchall()

    return read
