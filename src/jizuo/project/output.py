"""What a command says: words on stdout, progress on stderr, or one JSON object on stdout with `--json`."""

from __future__ import annotations

import json
import sys
import time
from typing import Any, TextIO


class Output:
    """One command's voice. With `as_json` words are kept back; `result` prints one object."""

    def __init__(self, as_json: bool = False, out: TextIO | None = None, err: TextIO | None = None) -> None:
        self.as_json = as_json
        self._out, self._err = out or sys.stdout, err or sys.stderr

    def say(self, text: str) -> None:
        """A line for a person."""
        if not self.as_json:
            print(text, file=self._out, flush=True)

    def complain(self, text: str) -> None:
        """A line for a person that must not be lost in a pipe: it goes to stderr."""
        print(text, file=self._err, flush=True)

    def result(self, **facts: Any) -> None:
        """The machine's answer: printed only with `--json`, as one line."""
        if self.as_json:
            print(json.dumps(facts, ensure_ascii=False, default=str), file=self._out, flush=True)

    def progress(self, label: str, total: int | None = None) -> Progress:
        """A progress bar on stderr, silent unless that is a terminal. `total` None: only a count is shown."""
        return Progress(label, total, self._err, shown=not self.as_json and self._err.isatty())


class Progress:
    """A bar that redraws at most ten times a second; a context manager."""

    WIDTH = 28

    def __init__(self, label: str, total: int | None, stream: TextIO, *, shown: bool) -> None:
        self.label, self.total, self.done = label, total, 0
        self._stream, self._shown = stream, shown
        self._begun = self._drawn = time.monotonic()

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            self._draw()
            self._stream.write("\n")
            self._stream.flush()

    def step(self, by: int = 1) -> None:
        self.to(self.done + by)

    def to(self, done: int, total: int | None = None) -> None:
        """`done` of `total` (same unit as before)."""
        self.done = done
        if total is not None:
            self.total = total
        now = time.monotonic()
        if self._shown and now - self._drawn >= 0.1:
            self._drawn = now
            self._draw()

    def line(self) -> str:
        """What the bar shows now, e.g. `备份 [#####-----]  50% 12/24 00:03`."""
        seconds = int(time.monotonic() - self._begun)
        clock = f"{seconds // 60:02d}:{seconds % 60:02d}"
        if not self.total:
            return f"{self.label} {self.done} {clock}"
        share = min(1.0, self.done / self.total)
        filled = round(share * self.WIDTH)
        bar = "#" * filled + "-" * (self.WIDTH - filled)
        return f"{self.label} [{bar}] {share:4.0%} {self.done}/{self.total} {clock}"

    def _draw(self) -> None:
        self._stream.write("\r\x1b[K" + self.line())
        self._stream.flush()
