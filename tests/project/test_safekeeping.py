from __future__ import annotations

import fcntl
import json
import shutil
import subprocess
import sys

import psycopg
import pytest

from jizuo.project import safekeeping
from jizuo.project.exits import Exit


@pytest.fixture
def base(server, make_database):
    return make_database()


def jizuo(server, database, *arguments, **env):
    ran = subprocess.run(
        [sys.executable, "-m", "jizuo.project.cli", *arguments, "--json"],
        env=server.environment(database) | env, capture_output=True, text=True,
    )  # fmt: skip
    return ran.returncode, json.loads(ran.stdout.splitlines()[-1]) if ran.stdout else {}, ran.stderr


@pytest.fixture
def drilling(server):
    """The last drill of a data folder stands in one file, and the workers of a run share the folder."""
    with (server.data / "drill.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


def test_the_drill_restores_a_whole_base_and_leaves_nothing(server, base, drilling):
    code, told, said = jizuo(server, base.database, "backup-drill")
    assert (code, told["ok"], told["differences"]) == (Exit.OK, True, []), said
    assert told["tables"] > 20 and told["rows"] > 10
    with psycopg.connect(server.address) as root:
        names = [name for (name,) in root.execute("select datname from pg_database")]
    assert [name for name in names if name.startswith(base.database + "_")] == []
    assert json.loads((server.data / "drill.json").read_text())["ok"] is True


KEEP = """
import io
from jizuo.project.start import set_up
set_up("app")
from jizuo.ground import scope as scopes
from jizuo.ground.files import actions
with scopes.use(scopes.base_scope()):
    actions.keep(io.BytesIO("姓名\\n张若曦\\n".encode()), name="名单.csv", kind="roster", grade=3)
"""


def test_the_drill_opens_every_file_of_the_restored_base(server, base, drilling):
    subprocess.run([sys.executable, "-c", KEEP], env=server.environment(base.database), check=True)
    code, told, said = jizuo(server, base.database, "backup-drill")
    assert (code, told["differences"]) == (Exit.OK, []) and told["files"] >= 1, said
    with psycopg.connect(base.owner, autocommit=True) as owner:
        owner.execute(
            "insert into stored_bytes (sha256, size, verdict, finding) values (repeat('0', 64), 1, 'unscanned', '')"
        )
    code, told, _ = jizuo(server, base.database, "backup-drill")
    assert code == Exit.DATA
    assert [one["where"] for one in told["differences"]] == ["files/" + "0" * 64]


def test_backup_and_restore_by_command(server, base, tmp_path):
    folder = tmp_path / "kept"
    code, told, said = jizuo(server, base.database, "backup", "--to", str(folder))
    assert code == Exit.OK, said
    code, told, said = jizuo(server, base.database, "restore", str(folder))
    assert code == Exit.NOT_READY and "已经有" in said  # never over a base that holds tables
    again = base.database + "_again"
    try:
        code, told, said = jizuo(server, again, "restore", str(folder))
        assert (code, told["ok"]) == (Exit.OK, True), said
        assert jizuo(server, again, "check")[0] == Exit.OK
    finally:
        server.drop(again)


def test_a_drill_of_a_damaged_backup_fails(server, base, tmp_path, drilling):
    folder = tmp_path / "kept"
    assert jizuo(server, base.database, "backup", "--to", str(folder))[0] == Exit.OK
    dump = folder / "database.dump"
    dump.write_bytes(dump.read_bytes()[:-100])
    code, told, _ = jizuo(server, base.database, "backup-drill", str(folder))
    assert code == Exit.DATA and told["differences"][0]["where"] == "database.dump"


def test_restoring_without_the_keys_is_held(server, base, tmp_path):
    folder, other = tmp_path / "kept", tmp_path / "data"
    assert jizuo(server, base.database, "backup", "--to", str(folder))[0] == Exit.OK
    other.mkdir()
    env = {"JIZUO_DATA": str(other), "JIZUO_DB": server.address}
    code, told, _ = jizuo(server, "x", "restore", str(folder), **env)
    assert code == Exit.HELD and told["missing_keys"]


def test_an_empty_base_is_no_backup(server, make_database):
    code, _, said = jizuo(server, make_database("empty").database, "backup-drill")
    assert code == Exit.NOT_READY and "jizuo migrate" in said


@pytest.mark.parametrize(("keep", "left"), [(1, ["c"]), (2, ["b", "c"]), (5, ["a", "b", "c"])])
def test_the_oldest_go_first(server, base, tmp_path, keep, left):
    first = tmp_path / "all" / "a"
    assert jizuo(server, base.database, "backup", "--to", str(first))[0] == Exit.OK
    for number, name in enumerate("bc", start=1):
        shutil.copytree(first, first.with_name(name))
        path = first.with_name(name) / "manifest.json"
        told = json.loads(path.read_text())
        path.write_text(json.dumps(told | {"made_at": f"20{50 + number}-01-01T00:00:00Z"}))
    gone = {path.name for path in safekeeping.surplus(tmp_path / "all", keep)}
    assert sorted({"a", "b", "c"} - gone) == left
