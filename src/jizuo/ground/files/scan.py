"""The virus scanner, if there is one: ClamAV's daemon by its INSTREAM command.

``secrets/scan.json``: {"clamd": "unix:/run/clamav/clamd.ctl"} or {"clamd": "tcp:127.0.0.1:3310"}; without it
files are kept unscanned. The bytes are streamed, since they lie sealed on disk and no plain copy is made.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

from jizuo.ground import outside

_PIECE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Verdict:
    """clean | infected | unknown (the scanner could not say; ask again). finding: the pattern's name, or why
    unknown."""

    state: Literal["clean", "infected", "unknown"]
    finding: str = ""


class Scanner(Protocol):
    """Anything that can judge bytes."""

    def scan(self, parts: Iterable[bytes]) -> Verdict:
        """Judge one content given in parts. Never raises for a scanner that is down: that is `unknown`."""


class Clamd:
    """clamd at ``unix:<path>`` or ``tcp:<host>:<port>``. Raises `BadSetting` for another address."""

    def __init__(self, address: str, *, timeout_seconds: float = 60) -> None:
        self._where: str | tuple[str, int]
        kind, _colon, rest = address.partition(":")
        host, _colon, port = rest.rpartition(":")
        if kind == "unix" and rest.startswith("/"):
            self._family, self._where = socket.AF_UNIX, rest
        elif kind == "tcp" and host and port.isdigit():
            host = host.strip("[]")
            self._family = socket.AF_INET6 if ":" in host else socket.AF_INET
            self._where = (host, int(port))
        else:
            raise outside.BadSetting(f"查毒地址 {address} 应写成 unix:/路径 或 tcp:主机:端口。")
        self._timeout = timeout_seconds

    def scan(self, parts: Iterable[bytes]) -> Verdict:
        try:
            with socket.socket(self._family, socket.SOCK_STREAM) as line:
                line.settimeout(self._timeout)
                line.connect(self._where)
                line.sendall(b"zINSTREAM\0")
                try:
                    for part in parts:
                        for at in range(0, len(part), _PIECE):
                            piece = part[at : at + _PIECE]
                            line.sendall(struct.pack(">L", len(piece)) + piece)
                    line.sendall(struct.pack(">L", 0))
                except (BrokenPipeError, ConnectionResetError):
                    # It closes its ear at its size limit; why is in the answer it has sent.
                    pass
                answer = b""
                while not answer.endswith(b"\0") and (more := line.recv(4096)):
                    answer += more
        except OSError as fault:
            return Verdict("unknown", str(fault))
        return _read(answer.rstrip(b"\0\n").decode("utf-8", "replace"))


def _read(answer: str) -> Verdict:
    told = answer.removeprefix("stream: ")
    if told == "OK":
        return Verdict("clean")
    if told.endswith(" FOUND"):
        return Verdict("infected", told.removesuffix(" FOUND"))
    return Verdict("unknown", told or "no answer")


def is_on() -> bool:
    """Whether a scanner is set up."""
    return outside.read("scan") is not None


def configured() -> Scanner | None:
    """This installation's scanner, or None."""
    told = outside.read("scan", needs=("clamd",))
    return Clamd(told["clamd"]) if told else None
