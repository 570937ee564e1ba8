"""Secrets on the disk: readable by their owner only, whole at every moment."""

from __future__ import annotations

import stat
import threading

from jizuo.ground.disk import write_secret


def test_only_the_owner_reads_it(tmp_path):
    path = tmp_path / "secrets" / "key"
    write_secret(path, "a")
    write_secret(path, "b")
    assert path.read_text() == "b"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [entry.name for entry in path.parent.iterdir()] == ["key"]


def test_two_at_once_leave_one_whole_text(tmp_path):
    path, faults = tmp_path / "key", []

    def write(letter):
        try:
            for _n in range(30):
                write_secret(path, letter * 5000)
        except OSError as error:
            faults.append(error)

    threads = [threading.Thread(target=write, args=(letter,)) for letter in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert path.read_text() in [letter * 5000 for letter in "abcd"]
    assert len(list(tmp_path.iterdir())) == 1
