"""The embedded PostgreSQL server: made, started, watched and stopped in one folder of our own.

It listens on a unix socket only and dies with the process that started it. Layout of `<data>/postgres` (or,
when root's data folder cannot be entered by the server's account, of the folder that `<data>/postgres.at`
names): `cluster/`, `socket/`, `server.log`, `programs-<version>/` when the programs had to be copied.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import secrets
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from jizuo.ground.disk import check_room, disk_full, from_os_error, give, own_folder, write_secret
from jizuo.ground.process import (
    Account,
    Trouble,
    is_alive,
    may_reach,
    processes_in,
    service_account,
    spawn,
)
from jizuo.ground.programs import PORT, Programs, address_of, home_of, programs, socket_folder

SUPERUSER = "postgres"
_LOG_LIMIT = 20 * 1024 * 1024

SETTINGS: Mapping[str, str] = {
    "max_connections": "60",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "max_slot_wal_keep_size": "4GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_parallel_workers_per_gather": "1",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "60s",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    # Statements and the DETAIL of an error carry people's values: they do not belong in a log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "password_encryption": "scram-sha-256",
    "restart_after_crash": "on",
}


def memory() -> dict[str, str]:
    """What the server may keep in memory: an eighth of the machine for its own pages, between 256 MB and 4 GB."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return {
        "shared_buffers": f"{min(4096, max(256, whole // 8))}MB",
        "effective_cache_size": f"{max(1024, whole // 2)}MB",
    }


class Busy(Trouble):
    """Another process already runs a server on this data folder."""


class Embedded:
    """One server on one data folder. `start` and `stop` may be repeated; also a context manager.

    `bin_folder` takes another PostgreSQL than the wheel's; `settings` override `SETTINGS` (server
    parameters); `fast` gives up durability and is for tests that never pull the plug.
    """

    def __init__(
        self,
        data_folder: str | Path,
        *,
        bin_folder: str | Path | None = None,
        settings: Mapping[str, str] | None = None,
        fast: bool = False,
    ) -> None:
        self.data = Path(data_folder).absolute()
        self._bin_folder = bin_folder
        self._settings = dict(SETTINGS) | dict(settings or {})
        if fast:
            self._settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        self._fast = fast
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: int | None = None
        self._log_from = 0

    # ------------------------------------------------------------------ places

    @property
    def home(self) -> Path:
        """Where cluster, socket and log stand."""
        return home_of(self.data)

    @property
    def cluster(self) -> Path:
        return self.home / "cluster"

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    def address(self, user: str = SUPERUSER, password: str | None = None, database: str = "postgres") -> str:
        """A libpq address on the socket. Without `password` the superuser's own is filled in."""
        if password is None:
            password = self._superuser_password()
        return address_of(socket_folder(self.data), PORT, user, password, database)

    def _superuser_password(self) -> str:
        path = self.data / "secrets" / "superuser"
        return path.read_text(encoding="ascii").strip() if path.exists() else ""

    # ------------------------------------------------------------------ start and stop

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """Process id of the server we started, None when it is not running."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def start(self, timeout_seconds: float = 300) -> Self:
        """Make the cluster if it is new, start the server, return when it accepts connections.

        Raises Busy (another process holds the folder), DiskFull, or Trouble with the reason from its log.
        A server left behind by a killed parent is waited for; crash recovery runs by itself.
        """
        if self.pid is not None:
            return self
        try:
            self.data.mkdir(parents=True, exist_ok=True)
            self._take_lock()
        except OSError as error:
            raise from_os_error(error, self.data) from error
        try:
            self._start(timeout_seconds)
        except OSError as error:
            self._release()
            raise from_os_error(error, self.data) from error
        except BaseException:
            self._release()
            raise
        return self

    def stop(self, timeout_seconds: float = 60) -> None:
        """Fast shutdown (open transactions roll back), then give up the lock. Harmless when stopped."""
        process = self._process
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout_seconds)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGQUIT)
                process.wait(30)
        place = socket_folder(self.data)
        if self._lock is not None and not place.is_relative_to(self.home):
            with contextlib.suppress(OSError):
                place.rmdir()
        self._release()

    def check(self) -> None:
        """Raise Trouble (DiskFull where that is why) when the server we started has ended by itself."""
        process = self._process
        if process is not None and process.poll() is not None:
            raise self._why_it_ended(process.returncode)

    def _release(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGQUIT)
            process.wait(30)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _take_lock(self) -> None:
        path = self.data / "postgres.lock"
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(lock, 32).decode("ascii", "replace").strip() or "?"
            os.close(lock)
            raise Busy(
                f"数据文件夹 {self.data} 正在被另一个基座进程使用（进程号 {holder}）。",
                "请先停止那个进程，或用 JIZUO_DATA 指定另一个数据文件夹。",
                f"Data folder {self.data} is in use by process {holder}: stop it, or set another JIZUO_DATA.",
            ) from None
        os.truncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
        self._lock = lock

    def _start(self, timeout_seconds: float) -> None:
        account = service_account(self._existing_home())
        home = self._make_home(account)
        check_room(home)
        tools = self._reachable_programs(account)
        self._wait_for_leftovers()
        if not (self.cluster / "PG_VERSION").exists():
            self._make_cluster(account, tools)
        self._check_version(tools)
        self._check_owner(account)
        self._write_settings(account, tools)
        socket = socket_folder(self.data)
        own_folder(socket, account)
        if self.log.exists() and self.log.stat().st_size > _LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        with open(self.log, "ab") as log:
            give(self.log, account)
            self._log_from = log.tell()
            self._process = spawn(
                [tools["postgres"], "-D", self.cluster],
                ends_with_us=signal.SIGINT,
                account=account,
                cwd="/",
                env=_environment(),
                stdout=log,
                stderr=log,
            )
        self._wait_until_ready(self._process, timeout_seconds)

    def _wait_until_ready(self, process: subprocess.Popen[bytes], timeout_seconds: float) -> None:
        until = time.monotonic() + timeout_seconds
        pid_file = self.cluster / "postmaster.pid"
        while time.monotonic() < until:
            if process.poll() is not None:
                raise self._why_it_ended(process.returncode)
            try:
                lines = pid_file.read_text(encoding="utf-8", errors="replace").splitlines()
            except FileNotFoundError:
                lines = []
            if len(lines) >= 8 and lines[0] == str(process.pid) and lines[7].strip() == "ready":
                return
            time.sleep(0.01)
        raise Trouble(
            f"数据库在 {timeout_seconds:.0f} 秒内没有准备好。",
            f"请查看 {self.log}。",
            f"The database was not ready within {timeout_seconds:.0f} s: see {self.log}.",
        )

    def _why_it_ended(self, code: int | None) -> Trouble:
        with open(self.log, "rb") as log:
            log.seek(max(self._log_from, self.log.stat().st_size - 20_000))
            tail = log.read().decode("utf-8", "replace")
        if "No space left on device" in tail or "Disk quota exceeded" in tail:
            return disk_full(self.home)
        last = [line for line in tail.splitlines() if line.strip()][-3:]
        said = " | ".join(last) or f"exit code {code}"
        return Trouble(
            f"数据库停止了：{said}",
            f"完整记录在 {self.log}。",
            f"The database ended: {said}. Its log is {self.log}.",
        )

    def _wait_for_leftovers(self, patience_seconds: float = 30) -> None:
        """Wait for a server whose parent was killed: it is shutting down, or its children are noticing."""
        begun = time.monotonic()
        while left := list(processes_in(self.cluster)):
            waited = time.monotonic() - begun
            head = _first_line(self.cluster / "postmaster.pid")
            if waited > patience_seconds:
                raise Busy(
                    f"{self.cluster} 上还有一个没有停下的数据库（进程号 {'、'.join(map(str, left))}）。",
                    "如果它不是您启动的，请等它结束或停止它，再重试。",
                    f"A database still runs on {self.cluster} (processes {left}): stop it and try again.",
                )
            if waited > 5 and not (head.isdigit() and int(head) in left):
                # The postmaster is gone: what remains can never be of use again and blocks a restart.
                for pid in left:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
            time.sleep(0.02)
        head = _first_line(self.cluster / "postmaster.pid")
        if head.isdigit() and is_alive(int(head)) and Path("/proc/self").exists():
            # We hold the lock and nobody stands in the cluster: the number now belongs to a stranger.
            (self.cluster / "postmaster.pid").unlink()

    # ------------------------------------------------------------------ making

    def _existing_home(self) -> Path | None:
        return self.cluster if self.cluster.exists() else None

    def _make_home(self, account: Account) -> Path:
        home = self.home
        if account.switch and not home.exists() and not may_reach(home.parent, account):
            mark = hashlib.sha256(str(self.data.resolve()).encode()).hexdigest()[:12]
            home = Path("/var/lib/jizuo") / mark
            home.parent.mkdir(parents=True, exist_ok=True)
            (self.data / "postgres.at").write_text(f"{home}\n", encoding="utf-8")
        own_folder(home, account)
        return home

    def _reachable_programs(self, account: Account) -> Programs:
        tools = programs(self._bin_folder)
        if may_reach(tools.folder / "postgres", account):
            return tools
        copy = self.home / f"programs-{tools.version}"
        if not copy.exists():
            half = copy.with_suffix(".half")
            shutil.rmtree(half, ignore_errors=True)
            shutil.copytree(tools.folder.parent, half, symlinks=True)
            for path in [half, *half.rglob("*")]:
                if not path.is_symlink():
                    mode = path.stat().st_mode
                    path.chmod(mode | stat.S_IRGRP | stat.S_IROTH | (0o111 if mode & 0o100 else 0))
            half.rename(copy)
        return Programs(copy / tools.folder.name, tools.version)

    def _make_cluster(self, account: Account, tools: Programs) -> None:
        half = self.home / "cluster.half"
        shutil.rmtree(half, ignore_errors=True)
        password = secrets.token_urlsafe(24)
        write_secret(self.data / "secrets" / "superuser", password)
        handed = self.home / "password.half"
        try:
            write_secret(handed, password)
            give(handed, account)
            locale = ["--locale-provider=builtin"] if tools.major >= 17 else []
            command: list[str | Path] = [
                tools["initdb"],
                "-D",
                half,
                "-U",
                SUPERUSER,
                "-E",
                "UTF8",
                *locale,
                "--locale=C.UTF-8",
            ]
            command += ["--data-checksums", "--auth=scram-sha-256", f"--pwfile={handed}", "--no-instructions"]
            if self._fast:
                command.append("--no-sync")
            made = spawn(
                command,
                ends_with_us=signal.SIGKILL,
                account=account,
                cwd="/",
                env=_environment(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
            _, said = made.communicate()
        finally:
            handed.unlink(missing_ok=True)
        if made.returncode != 0:
            shutil.rmtree(half, ignore_errors=True)
            text = said.decode("utf-8", "replace").strip()
            if "No space left on device" in text or "Disk quota exceeded" in text:
                raise disk_full(self.home)
            raise Trouble(
                f"数据库初始化失败：{text}",
                f"请检查 {self.home} 的权限和空间后重试。",
                f"initdb failed: {text}",
            )
        with open(half / "postgresql.conf", "a", encoding="utf-8") as config:
            config.write("\ninclude = 'jizuo.conf'\n")
        (half / "jizuo.conf").touch()
        give(half / "jizuo.conf", account)
        half.rename(self.cluster)

    def _write_settings(self, account: Account, tools: Programs) -> None:
        # Pages are packed into the log by whichever way the server was built for; lz4 costs a fifth of the other.
        fitting = memory() | {"wal_compression": "lz4" if tools.has("--with-lz4") else "on"}
        chosen = {
            **fitting,
            **self._settings,
            "listen_addresses": "",
            "port": str(PORT),
            "unix_socket_directories": str(socket_folder(self.data)),
            "unix_socket_permissions": "0700",
        }
        text = "".join(f"{key} = '{value}'\n" for key, value in chosen.items())
        # No `host` line: the backup login, which sees past row security, can never come by network.
        rules = "local all all scram-sha-256\nlocal replication postgres scram-sha-256\n"
        for name, content in (("jizuo.conf", text), ("pg_hba.conf", rules)):
            fresh = self.cluster / f"{name}.half"
            fresh.write_text(content, encoding="utf-8")
            fresh.chmod(0o600)
            give(fresh, account)
            fresh.replace(self.cluster / name)

    def _check_version(self, tools: Programs) -> None:
        made_by = (self.cluster / "PG_VERSION").read_text(encoding="ascii").strip()
        if made_by != str(tools.major):
            raise Trouble(
                f"数据是 PostgreSQL {made_by} 建立的，现在的程序是 {tools.version}。",
                "请把 JIZUO_PG_BIN 指向原来的版本做一次备份，再恢复到新的数据文件夹。",
                f"This cluster was made by PostgreSQL {made_by}, the programs are {tools.version}: back up"
                " with the old ones (JIZUO_PG_BIN) and restore into a new data folder.",
            )

    def _check_owner(self, account: Account) -> None:
        owner = self.cluster.stat().st_uid
        if owner != account.uid:
            raise Trouble(
                f"{self.cluster} 属于另一个账号（编号 {owner}），而数据库以 {account.name} 运行。",
                "请用原来的账号运行。",
                f"{self.cluster} belongs to user id {owner}, the server would run as {account.name}.",
            )


def _environment() -> dict[str, str]:
    # Nothing of ours leaks into the server: PG* variables would steer it, addresses carry passwords.
    kept = {key: os.environ[key] for key in ("PATH", "LD_LIBRARY_PATH") if key in os.environ}
    return kept | {"LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _first_line(path: Path) -> str:
    try:
        return (path.read_text(encoding="utf-8", errors="replace").splitlines() or [""])[0]
    except OSError:
        return ""
