"""A load that costs little beside the server it asks: HTTP/1.1 over kept connections, one coroutine a client."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from bench.bars import at

FORM = "application/x-www-form-urlencoded"
PATIENCE_SECONDS = 30.0


class Refused(Exception):
    """An answer that was none of those expected: its status and its first words."""


@dataclass(slots=True)
class Answer:
    """What came back. cookies: those it sets."""

    status: int
    headers: dict[str, str]
    cookies: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def expected(self, *statuses: int) -> Answer:
        """Itself; raises Refused for any other status."""
        if self.status not in statuses:
            raise Refused(f"{self.status} {self.headers.get('location', '')} {self.text[:300]}")
        return self

    def told(self) -> dict[str, str]:
        """The parameters of the address that it leads to."""
        return dict(parse_qsl(urlsplit(self.headers.get("location", "")).query))


@dataclass(slots=True)
class Line:
    """One client: a connection that is opened once and cookies as a browser keeps them. url: ``http://host:port``."""

    url: str
    cookies: dict[str, str] = field(default_factory=dict)
    _reader: Any = None
    _writer: Any = None

    async def get(self, path: str) -> Answer:
        return await self.ask("GET", path)

    async def post(self, path: str, told: Mapping[str, str], **headers: str) -> Answer:
        """A form as browsers and programs post it."""
        body = urlencode(told).encode()
        return await self.ask("POST", path, body, {"Content-Type": FORM, **headers})

    async def ask(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request and its answer; redirects are not followed."""
        if self._writer is None:
            place = urlsplit(self.url)
            self._reader, self._writer = await asyncio.open_connection(place.hostname, place.port)
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: {urlsplit(self.url).netloc}",
            "Accept-Language: zh-hans",
        ]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        if method != "GET":
            lines.append(f"Content-Length: {len(body)}")
        self._writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        async with asyncio.timeout(PATIENCE_SECONDS):
            answer = await self._read()
        for name, value in answer.cookies.items():
            if value:
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)
        return answer

    async def _read(self) -> Answer:
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers: dict[str, str] = {}
        cookies: dict[str, str] = {}
        for line in head[1:]:
            name, _colon, value = line.partition(":")
            if name.lower() == "set-cookie":
                key, _sign, held = value.split(";", 1)[0].strip().partition("=")
                cookies[key] = held.strip('"')
            elif name:
                headers[name.lower()] = value.strip()
        if headers.get("transfer-encoding") == "chunked":
            body = b""
            while size := int((await self._reader.readuntil(b"\r\n")).split(b";")[0], 16):
                body += await self._reader.readexactly(size)
                await self._reader.readexactly(2)
            await self._reader.readexactly(2)
        else:
            body = await self._reader.readexactly(int(headers.get("content-length", "0")))
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Answer(int(head[0].split(" ")[1]), headers, cookies, body)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None


Act = Callable[[], Awaitable[None]]


async def closed(acts: list[Act], seconds: float) -> dict[str, Any]:
    """Clients that act again as soon as they are done, each warm before the time begins. Any Refused ends it."""
    for act in acts:
        for _round in range(3):
            await act()
    took: list[float] = []
    begun = time.perf_counter()
    until = begun + seconds

    async def client(act: Act) -> None:
        while (now := time.perf_counter()) < until:
            await act()
            took.append(time.perf_counter() - now)

    await asyncio.gather(*(client(act) for act in acts))
    spent = time.perf_counter() - begun
    return {"per_s": len(took) / spent, "median": at(took, 0.5), "p95": at(took, 0.95), "count": len(took)}


async def opened(acts: list[Act], per_second: float) -> tuple[list[float], list[str]]:
    """Arrivals by a fixed schedule, whatever the server does. Seconds from when each was due to its end, so that lateness of
    any kind counts, in the order of `acts`; and what went wrong."""
    loop = asyncio.get_running_loop()
    begun = loop.time() + 0.5
    took = [0.0] * len(acts)
    faults: list[str] = []

    async def arrive(place: int, act: Act) -> None:
        due = begun + place / per_second
        await asyncio.sleep(max(0.0, due - loop.time()))
        try:
            await act()
        except Exception as error:
            # Whatever it was, this person did not get in.
            faults.append(f"{type(error).__name__} {error}")
        took[place] = loop.time() - due

    await asyncio.gather(*(arrive(place, act) for place, act in enumerate(acts)))
    return took, faults
