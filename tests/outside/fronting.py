"""TLS before a server on plain http, for clients of others that speak to nothing else."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from tests.project.test_tls import pair


@contextlib.contextmanager
def in_front_of(url: str, folder: Path) -> Iterator[tuple[int, Path]]:
    """A port of this machine that speaks TLS as ``localhost`` and passes on what it hears, byte for byte, and the
    certificate to trust."""
    cert, key = pair(folder, name="localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    behind = (str(urlsplit(url).hostname), int(urlsplit(url).port or 80))
    with socket.create_server(("127.0.0.1", 0)) as door:
        threading.Thread(target=_open, args=(door, context, behind), daemon=True).start()
        yield int(door.getsockname()[1]), cert
        # Closing alone would leave the thread in accept().
        with contextlib.suppress(OSError):
            door.shutdown(socket.SHUT_RDWR)


def _open(door: socket.socket, context: ssl.SSLContext, behind: tuple[str, int]) -> None:
    with contextlib.suppress(OSError):
        while True:
            caller, _ = door.accept()
            threading.Thread(target=_serve, args=(caller, context, behind), daemon=True).start()


def _serve(caller: socket.socket, context: ssl.SSLContext, behind: tuple[str, int]) -> None:
    with contextlib.suppress(OSError), context.wrap_socket(caller, server_side=True) as front:
        # One exchange a connection: two threads must not share a TLS socket.
        asked = b""
        while b"\r\n\r\n" not in asked:
            asked += front.recv(65536)
        head, _, body = asked.partition(b"\r\n\r\n")
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
        length = next((int(line[15:]) for line in lines if line.lower().startswith(b"content-length:")), 0)
        while len(body) < length:
            body += front.recv(65536)
        with socket.create_connection(behind, timeout=30) as back:
            back.sendall(b"\r\n".join([*lines, b"Connection: close", b"", body]))
            while piece := back.recv(65536):
                front.sendall(piece)
