import os
import socket
import struct
import threading

import pytest

from jizuo.ground import scope as scopes
from jizuo.ground.files.scan import Clamd
from jizuo.ground.outside import BadSetting
from tests.ground.files.given import CSV, OTHER, keep_as, operator

# The harmless test pattern every scanner knows, in two halves so that no scanner takes this file away.
PATTERN = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Daemon:
    """Speaks the daemon's published stream protocol: zINSTREAM, length-prefixed pieces, an empty one ends."""

    def __init__(self, family, where, *, most=1_000_000, mute=False):
        self.seen, self.most, self.mute = [], most, mute
        self._door = socket.socket(family, socket.SOCK_STREAM)
        self._door.bind(where)
        self._door.listen()
        self.where = self._door.getsockname()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                line, _ = self._door.accept()
            except OSError:
                return
            with line:
                self._talk(line)

    def _talk(self, line):
        stream = line.makefile("rb")
        assert stream.read(10) == b"zINSTREAM\0"
        if self.mute:
            return
        content = b""
        while length := struct.unpack(">L", stream.read(4))[0]:
            content += stream.read(length)
            if len(content) > self.most:
                line.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.seen.append(content)
        line.sendall(b"stream: Eicar-Test-Signature FOUND\0" if PATTERN in content else b"stream: OK\0")

    def close(self):
        self._door.close()


@pytest.fixture(params=["tcp", "unix"])
def daemon(request, tmp_path):
    if request.param == "tcp":
        made = Daemon(socket.AF_INET, ("127.0.0.1", 0))
        made.address = f"tcp:127.0.0.1:{made.where[1]}"
    else:
        made = Daemon(socket.AF_UNIX, str(tmp_path / "clamd"))
        made.address = f"unix:{tmp_path}/clamd"
    yield made
    made.close()


def test_clean_and_infected(daemon):
    scanner = Clamd(daemon.address)
    big = os.urandom(300_000)
    assert scanner.scan([big[:100], b"", big[100:]]).state == "clean"
    assert daemon.seen == [big]
    verdict = scanner.scan([b"a", PATTERN])
    assert (verdict.state, verdict.finding) == ("infected", "Eicar-Test-Signature")
    assert scanner.scan([]).state == "clean"


def test_past_its_limit_the_scanner_cannot_say(daemon):
    verdict = Clamd(daemon.address).scan([b"x" * 60_000] * 40)
    assert verdict.state == "unknown"


def test_a_scanner_that_is_down_or_silent_is_unknown(tmp_path):
    assert Clamd(f"unix:{tmp_path}/nobody").scan([b"x"]).state == "unknown"
    mute = Daemon(socket.AF_INET, ("127.0.0.1", 0), mute=True)
    assert Clamd(f"tcp:127.0.0.1:{mute.where[1]}").scan([b"x"]).state == "unknown"
    mute.close()


@pytest.mark.parametrize(
    "address", ["", "clamd", "unix:relative", "tcp:host", "tcp::3310", "tcp:h:x", "http://h:1"]
)
def test_a_wrong_address_is_refused(address):
    with pytest.raises(BadSetting, match="unix:/路径"):
        Clamd(address)


@pytest.fixture
def scanner(base, home, daemon, monkeypatch):
    from jizuo.ground.files import scan

    monkeypatch.setattr(scan, "is_on", lambda: True)
    monkeypatch.setattr(scan, "configured", lambda: Clamd(daemon.address))
    return daemon


def test_a_file_waits_for_its_scan_and_an_infected_one_is_never_served(base, scanner):
    from jizuo.ground.errors import BadInput, Conflict, NotAllowed
    from jizuo.ground.files import jobs, queries

    school = base.unit()
    bad = CSV + PATTERN + b"\n"
    good_ref, bad_ref = keep_as(base, school, CSV), keep_as(base, school, bad)
    with scopes.use(base.scope(school)):
        for ref in (good_ref, bad_ref):
            with pytest.raises(Conflict, match="正在查毒"):
                queries.get_checked_file(file_id=ref.file_id)
    with scopes.use(operator(base)):
        assert jobs.scan_waiting() == 2
        assert jobs.scan_waiting() == 0
    with scopes.use(base.scope(school)):
        assert queries.get_checked_file(file_id=good_ref.file_id).size == len(CSV)
        with pytest.raises(NotAllowed, match="Eicar"):
            queries.get_checked_file(file_id=bad_ref.file_id)
    with pytest.raises(BadInput, match="Eicar"):
        keep_as(base, base.unit(), bad)


def test_what_could_not_be_judged_keeps_waiting(base, scanner):
    from jizuo.ground.errors import Conflict
    from jizuo.ground.files import jobs, queries

    school = base.unit()
    ref = keep_as(base, school, OTHER)
    scanner.mute = True
    with scopes.use(operator(base)):
        assert jobs.scan_waiting() == 0
    with scopes.use(base.scope(school)), pytest.raises(Conflict):
        queries.get_checked_file(file_id=ref.file_id)
    scanner.mute = False
    with scopes.use(operator(base)):
        assert jobs.scan_waiting() == 1


def test_with_a_new_scanner_everything_is_asked_again(base, home):
    from jizuo.ground.files import actions, jobs

    keep_as(base, base.unit(), CSV)
    with scopes.use(operator(base)):
        assert actions.ask_scan_again() == 1
        assert jobs.scan_waiting() == 0, "no scanner is set up"
