"""Passes [::1]:port on to 127.0.0.1:port, so that `localhost` works whichever of the two a browser tries."""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import suppress


def pass_on(port: int) -> bool:
    """Start passing in a daemon thread; False where there is no IPv6 loopback or its port is taken."""
    try:
        listener = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind(("::1", port))
        listener.listen(128)
    except OSError:
        return False
    threading.Thread(target=lambda: asyncio.run(_serve(listener, port)), name="loopback", daemon=True).start()
    return True


async def _serve(listener: socket.socket, port: int) -> None:
    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(_pour(reader, far_writer), _pour(far_reader, writer))

    server = await asyncio.start_server(meet, sock=listener)
    await server.serve_forever()


async def _pour(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while block := await source.read(65536):
            target.write(block)
            await target.drain()
    with suppress(OSError):
        target.close()
