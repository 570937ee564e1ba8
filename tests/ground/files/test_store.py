import hashlib
import io
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from jizuo.ground.files.sealed import CHUNK, Damaged, TooLong
from jizuo.ground.files.store import DiskStore, Missing
from jizuo.ground.keys import KeyRing

PLAIN = hashlib.shake_128(b"a file").digest(3 * CHUNK + 1234)
ABSENT = "0" * 64


def _all(parts):
    return b"".join(parts)


def test_what_goes_in_comes_out_whole_and_in_part(store):
    stored = store.put(io.BytesIO(PLAIN))
    assert (stored.sha256, stored.size) == (hashlib.sha256(PLAIN).hexdigest(), len(PLAIN))
    assert store.exists(stored.sha256)
    assert store.size(stored.sha256) == len(PLAIN)
    assert _all(store.open(stored.sha256)) == PLAIN
    ranges = [(0, 1), (CHUNK - 1, CHUNK + 1), (CHUNK, 2 * CHUNK), (5, None), (len(PLAIN) - 1, len(PLAIN) + 9)]
    for begin, end in ranges:
        assert _all(store.open(stored.sha256, begin, end)) == PLAIN[begin:end]
    assert _all(store.open(stored.sha256, len(PLAIN), None)) == b""
    assert store.verify(stored.sha256) == stored


def test_an_empty_file(store):
    stored = store.put(io.BytesIO(b""))
    assert stored.size == 0
    assert _all(store.open(stored.sha256)) == b""
    assert store.verify(stored.sha256) == stored


def test_the_same_bytes_are_kept_once(store):
    first = store.put(io.BytesIO(PLAIN))
    reading = store.open(first.sha256)
    head = next(reading)
    assert store.put(io.BytesIO(PLAIN)) == first
    assert head + _all(reading) == PLAIN
    other = store.put(io.BytesIO(b"other"))
    now = datetime.now(UTC)
    found = {kept.sha256: kept.stored_at for kept in store.iter_all()}
    assert set(found) == {first.sha256, other.sha256}
    assert all(abs(now - at) < timedelta(minutes=2) for at in found.values())


def test_what_is_not_there_is_missing(store):
    for address in (ABSENT, "", "../../etc/passwd", "A" * 64, "é" * 64):
        assert not store.exists(address)
        with pytest.raises(Missing):
            store.open(address)
        with pytest.raises(Missing):
            store.verify(address)
        store.delete(address)
    stored = store.put(io.BytesIO(b"soon gone"))
    store.delete(stored.sha256)
    assert not store.exists(stored.sha256)
    assert list(store.iter_all()) == []


def test_too_long_leaves_nothing(store, tmp_path):
    with pytest.raises(TooLong):
        store.put(io.BytesIO(PLAIN), most=len(PLAIN) - 1)
    assert list(store.iter_all()) == []
    assert not list((tmp_path / "files" / "part").glob("*"))


class _Cut(io.RawIOBase):
    """A stream whose sender goes away after some bytes."""

    def __init__(self):
        self._left = 2

    def read(self, size=-1):
        self._left -= 1
        if self._left < 0:
            raise ConnectionResetError
        return b"x" * size


def test_a_cut_stream_leaves_nothing(store, tmp_path):
    with pytest.raises(ConnectionResetError):
        store.put(_Cut())
    assert list(store.iter_all()) == []
    assert not list((tmp_path / "files" / "part").glob("*"))


def test_no_plain_byte_lies_at_rest_on_disk(disk):
    stored = disk.put(io.BytesIO("张三,110101201401011234".encode() * 500))
    path = disk._path(stored.sha256)
    assert b"110101201401011234" not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert disk.folder.stat().st_mode & 0o777 == 0o700


def test_no_plain_byte_reaches_the_s3_server(bucket, s3):
    stored = bucket.put(io.BytesIO("张三,110101201401011234".encode() * 500))
    body = s3.client.get_object(Bucket=s3.bucket, Key=bucket.prefix + stored.sha256)["Body"].read()
    assert b"110101201401011234" not in body


def test_a_damaged_content_is_found_and_put_right_again(disk):
    stored = disk.put(io.BytesIO(PLAIN))
    path = disk._path(stored.sha256)
    good = path.read_bytes()
    flipped = bytearray(good)
    flipped[len(good) // 2] ^= 1
    path.write_bytes(flipped)
    with pytest.raises(Damaged):
        disk.verify(stored.sha256)
    path.write_bytes(good[:20])
    with pytest.raises(Damaged):
        disk.open(stored.sha256)
    disk.put(io.BytesIO(PLAIN))
    assert disk.verify(stored.sha256) == stored


def test_a_turned_key_still_reads_the_old_files(tmp_path, disk, ring):
    stored = disk.put(io.BytesIO(PLAIN))
    turned = DiskStore(disk.folder, ring.rotate())
    assert turned.verify(stored.sha256) == stored
    fresh = turned.put(io.BytesIO(b"new"))
    assert DiskStore(disk.folder, KeyRing.open(tmp_path / "keys")).verify(fresh.sha256) == fresh


_WRITER = """
import io, sys, time
from jizuo.ground.files.store import DiskStore
from jizuo.ground.keys import KeyRing
class Slow(io.RawIOBase):
    def read(self, size=-1):
        print("reading", flush=True)
        time.sleep(0.02)
        return b"x" * size
DiskStore(sys.argv[1], KeyRing.open(sys.argv[2])).put(Slow())
"""


def test_kill_9_in_the_middle_leaves_only_what_the_sweep_removes(tmp_path, disk):
    kept = disk.put(io.BytesIO(PLAIN))
    writer = subprocess.Popen(
        [sys.executable, "-c", _WRITER, disk.folder, tmp_path / "keys"], stdout=subprocess.PIPE
    )
    for _ in range(5):
        assert writer.stdout.readline() == b"reading\n"
    later = datetime.now(UTC) + timedelta(hours=1)
    assert disk.sweep_parts(later) == 0, "somebody is still writing there"
    os.kill(writer.pid, signal.SIGKILL)
    writer.wait()
    assert [one.sha256 for one in disk.iter_all()] == [kept.sha256]
    assert len(list((disk.folder / "part").iterdir())) == 1
    assert disk.sweep_parts(datetime.now(UTC) - timedelta(hours=1)) == 0, "too young"
    assert disk.sweep_parts(later) == 1
    assert not list((disk.folder / "part").iterdir())
