import threading
import time

import pytest

from jizuo.hubs.data.connectors import folder


@pytest.fixture
def place(tmp_path, open_hosts):
    open_hosts(folders={str(tmp_path): [7]})
    return tmp_path


def look(place, pause=lambda _seconds: None, **more):
    return folder.look({"path": str(place), "quiet_seconds": "1", **more}, 7, pause)


def test_a_file_that_still_grows_is_left(place):
    path = place / "a.csv"
    path.write_text("a,b\n")

    def grow(_seconds):
        with path.open("a") as out:
            out.write("1,2\n")

    assert look(place, grow) is None
    ready = look(place)
    assert ready.path == path and ready.others == 0


def test_a_file_written_in_parts_is_taken_once_it_is_whole(place):
    path, stop = place / "slow.csv", threading.Event()

    def write():
        with path.open("w") as out:
            for number in range(20):
                out.write(f"{number},{'x' * 100}\n")
                out.flush()
                time.sleep(0.02)
        stop.set()

    thread = threading.Thread(target=write)
    thread.start()
    found = None
    while found is None:
        found = look(place, lambda _seconds: time.sleep(0.1))
        if found is not None:
            assert stop.is_set()
    thread.join()
    assert len(path.read_text().splitlines()) == 20


def test_the_oldest_first_and_only_what_matches(place):
    import os

    for age, name in enumerate(
        ["b.xlsx", "a.xlsx", "~$a.xlsx", ".hidden.xlsx", "a.part", "note.pdf", "empty.csv"]
    ):
        (place / name).write_bytes(b"" if name.startswith("empty") else b"x")
        os.utime(place / name, (1000 + age, 1000 + age))
    ready = look(place)
    assert ready.path.name == "b.xlsx" and ready.others == 1
    assert look(place, pattern="A*.xlsx").path.name == "a.xlsx"
    assert look(place, pattern="*.ods") is None
    (place / "link.xlsx").symlink_to("/etc/passwd")
    assert look(place, pattern="link*") is None


def test_what_was_taken_is_put_away(place):
    (place / "a.csv").write_text("x")
    sha = look(place).sha256
    folder.put_away(place, "a.csv", sha, stamp="20260916-100000")
    assert (place / "done" / "20260916-100000 a.csv").read_text() == "x"
    (place / "a.csv").write_text("newer")
    folder.put_away(place, "a.csv", sha, stamp="s")
    assert (place / "a.csv").exists()
    folder.put_away(place, "a.csv", look(place).sha256, stamp="s", note="没有表头")
    assert (place / "failed" / "s a.csv").exists()
    assert (place / "failed" / "s a.csv.txt").read_text() == "没有表头\n"
    folder.put_away(place, "a.csv", sha, stamp="s")
