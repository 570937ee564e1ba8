"""Starting processes that cannot outlive us: parent-death signal, another account, reachable folders."""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class Trouble(Exception):
    """The surroundings are not ready (database, disk, rights, port); not a mistake in anybody's data.

    `what` and `fix` are Chinese sentences for the operator, `english` says both in English.
    """

    def __init__(self, what: str, fix: str, english: str) -> None:
        super().__init__(f"{what} {fix}\n{english}")
        self.what, self.fix, self.english = what, fix, english


@dataclass(frozen=True)
class Account:
    """An operating-system account that has a passwd entry; `switch` is False when we already run as it."""

    name: str
    uid: int
    gid: int
    switch: bool


def service_account(folder: Path | None = None, names: Sequence[str] = ("postgres", "nobody")) -> Account:
    """The account a database server runs under.

    Ordinary users run it as themselves. root never may (PostgreSQL refuses): then it is the owner of an
    existing `folder`, else the first of `names` that exists. Raises Trouble when there is none.
    """
    uid = os.geteuid()
    if uid != 0:
        try:
            name = pwd.getpwuid(uid).pw_name
        except KeyError:
            raise Trouble(
                f"当前账号（编号 {uid}）没有登记在系统的账号表里，数据库不能启动。",
                "请换一个有名字的账号运行，或用 JIZUO_DB 指定一个外部数据库。",
                f"User id {uid} has no passwd entry, which PostgreSQL needs: use a named one, or JIZUO_DB.",
            ) from None
        return Account(name, uid, os.getegid(), switch=False)
    if folder is not None and folder.exists() and folder.stat().st_uid != 0:
        try:
            entry = pwd.getpwuid(folder.stat().st_uid)
            return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, switch=True)
        except KeyError:
            pass
    for name in names:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid, switch=True)
    raise Trouble(
        "以 root 身份运行时，数据库需要另一个普通账号，但系统里没有 postgres 或 nobody。",
        "请建立账号 postgres，或换普通账号运行。",
        "Running as root needs an ordinary account for the database: create one named postgres.",
    )


def may_reach(path: Path, account: Account) -> bool:
    """Whether `account` may enter every folder above `path` (by mode bits) and `path` itself if it is one."""
    path = path.resolve()
    folders = [*path.parents, path] if path.is_dir() else list(path.parents)
    for folder in folders:
        if not folder.exists():
            continue
        info = folder.stat()
        if info.st_uid == account.uid:
            bit = stat.S_IXUSR
        elif info.st_gid == account.gid:
            bit = stat.S_IXGRP
        else:
            bit = stat.S_IXOTH
        if not info.st_mode & bit:
            return False
    return True


def spawn(
    command: Sequence[str | Path],
    *,
    ends_with_us: signal.Signals = signal.SIGTERM,
    account: Account | None = None,
    cwd: str | Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: int | IO[bytes] | None = subprocess.DEVNULL,
    stdout: int | IO[bytes] | None = None,
    stderr: int | IO[bytes] | None = None,
    own_group: bool = True,
) -> subprocess.Popen[bytes]:
    """Start `command` so that it gets `ends_with_us` when this process dies, even by kill -9 (Linux).

    The kernel ties that signal to the calling *thread*: call it from a thread that lives as long as we do.
    `own_group` keeps the terminal's Ctrl-C from reaching it, so that we end things in our own order.
    """
    parent = os.getpid()

    def before_exec() -> None:
        # Runs after the change of account, which would have cleared the parent-death signal.
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, int(ends_with_us), 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    as_other: dict[str, Any] = {}
    if account is not None and account.switch:
        as_other = {"user": account.uid, "group": account.gid, "extra_groups": []}
    hook: Callable[[], None] = before_exec
    return subprocess.Popen(
        [str(part) for part in command],
        preexec_fn=hook,
        cwd=cwd,
        env=None if env is None else dict(env),
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        start_new_session=own_group,
        **as_other,
    )


def processes_in(folder: Path) -> Iterator[int]:
    """Process ids whose working folder is `folder` (Linux; elsewhere none)."""
    wanted = str(folder.resolve())
    proc = Path("/proc")
    if not proc.is_dir():
        return
    for entry in proc.iterdir():
        if entry.name.isdigit():
            try:
                if os.readlink(entry / "cwd") == wanted:
                    yield int(entry.name)
            except OSError:
                continue


def is_alive(pid: int) -> bool:
    """Whether a process with this id exists and is not a zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return not Path("/proc").is_dir()
    return text.rpartition(")")[2].split()[0] != "Z"


def end_after_parent(grace_seconds: float = 10) -> None:
    """From now on, end hard `grace_seconds` after our parent has died, whatever we are waiting for then.

    A killed supervisor takes the database with it; whoever tidies up by asking that database would wait for ever.
    """
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        time.sleep(grace_seconds)
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()
