from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jizuo.ground.process import Account, is_alive, may_reach, processes_in, service_account, spawn


def gone(pid: int, seconds: float = 10) -> bool:
    until = time.monotonic() + seconds
    while is_alive(pid):
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


STUBBORN = """
import signal, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", '''
import signal, time
from jizuo.ground.process import end_after_parent
signal.signal(signal.SIGTERM, signal.SIG_IGN)
end_after_parent(0.2)
print("ready", flush=True)
time.sleep(600)
'''], stdout=subprocess.PIPE, text=True)
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(600)
"""


def test_even_a_child_that_waits_for_ever_ends_after_its_parent():
    parent = subprocess.Popen([sys.executable, "-c", STUBBORN], stdout=subprocess.PIPE, text=True)
    child = int(parent.stdout.readline())
    assert is_alive(child)
    parent.kill()
    parent.wait()
    assert gone(child)


def test_a_zombie_is_not_alive():
    process = subprocess.Popen(["true"])
    assert gone(process.pid)  # ended, not yet waited for
    process.wait()


def test_processes_are_found_by_where_they_stand(tmp_path):
    process = spawn(["sleep", "60"], cwd=tmp_path)
    try:
        assert list(processes_in(tmp_path)) == [process.pid]
    finally:
        process.kill()
        process.wait()
    assert list(processes_in(tmp_path)) == []


@pytest.mark.parametrize(("mode", "may"), [(0o700, False), (0o710, False), (0o711, True), (0o755, True)])
def test_who_may_enter_a_folder(mode, may):
    import tempfile

    folder = Path(tempfile.mkdtemp())
    try:
        folder.chmod(mode)
        stranger = Account("stranger", os.getuid() + 4711, os.getgid() + 4711, switch=True)
        assert may_reach(folder, stranger) is may
        assert may_reach(folder / "below" / "deeper", stranger) is may
        assert may_reach(folder, Account("me", os.getuid(), os.getgid(), switch=False))
    finally:
        folder.rmdir()


def test_an_ordinary_user_serves_as_himself_and_root_never_does():
    account = service_account()
    if os.geteuid() == 0:
        assert account.uid != 0 and account.switch
    else:
        assert account.uid == os.geteuid() and not account.switch
