"""Reading into shapes: what comes out, and that two threads may meet one shape for the first time."""

import ast
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jizuo.plain import typed

SOURCES = Path(typed.__file__).parents[1]

MEET = """
import sys, threading
import msgspec
from jizuo.plain import typed

read = {"held": typed.convert, "bare": msgspec.convert}[sys.argv[1]]
sys.setswitchinterval(1e-7)
LEAF = {f"f{n}": n for n in range(40)}

for turn in range(150):
    inner = msgspec.defstruct("Inner", [(f"f{n}", int | None, None) for n in range(40)])
    outer = msgspec.defstruct("Outer", [(f"g{n}", inner | None, None) for n in range(10)])
    told = {f"g{n}": LEAF for n in range(10)}
    gate = threading.Barrier(6)

    def meet():
        gate.wait()
        assert read(told, outer).g9.f39 == 39

    threads = [threading.Thread(target=meet) for _ in range(6)]
    for one in threads: one.start()
    for one in threads: one.join()
print("met")
"""


class Leaf(msgspec.Struct, frozen=True):
    name: str
    count: int = 0


def met(way: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", MEET, way], capture_output=True, text=True, timeout=120)


def test_threads_that_meet_one_shape_read_it() -> None:
    ran = met("held")
    assert (ran.returncode, ran.stdout.strip()) == (0, "met"), ran.stderr


def test_without_the_lock_the_process_ends() -> None:
    """When this fails the library has learned it, and `jizuo.plain.typed` may go."""
    assert any(met("bare").returncode == -signal.SIGSEGV for _ in range(5))


@pytest.mark.parametrize(
    ("read", "told", "shape", "value"),
    [
        (typed.from_json, '{"name":"a"}', Leaf, Leaf("a")),
        (typed.from_json, b'[{"name":"a","count":2}]', list[Leaf], [Leaf("a", 2)]),
        (typed.from_msgpack, msgspec.msgpack.encode({"name": "a"}), Leaf, Leaf("a")),
        (typed.convert, {"name": "a", "count": 3}, Leaf, Leaf("a", 3)),
    ],
)
def test_it_reads(read: Any, told: Any, shape: Any, value: Any) -> None:
    assert read(told, shape) == value


@pytest.mark.parametrize(
    ("read", "told"),
    [
        (typed.from_json, b'{"name":"M\xa7"}'), (typed.from_json, b'{"name":"\xed\xa0\x80"}'), (typed.from_json, b"\xff"),
        (typed.from_json, '{"name":"\ud800"}'), (typed.from_msgpack, b"\x81\xa4name\xa2\xff\xfe"),
        (typed.from_json, b'{"other":' + b"[" * 100_000), (typed.from_msgpack, b"\x81\xa5other" + b"\x91" * 100_000),
    ],
)  # fmt: skip
def test_what_is_no_utf_8_or_too_deep_is_no_text_of_a_shape(read: Any, told: Any) -> None:
    """The library raises errors of several kinds for it, by where it stands; who reads knows one."""
    with pytest.raises(msgspec.DecodeError):
        read(told, Leaf)


def test_strict_or_not() -> None:
    with pytest.raises(msgspec.ValidationError, match=r"\$\.count"):
        typed.convert({"name": "a", "count": "3"}, Leaf)
    assert typed.convert({"name": "a", "count": "3"}, Leaf, strict=False) == Leaf("a", 3)


def test_nobody_reads_into_a_shape_beside_it() -> None:
    beside = []
    for path in SOURCES.rglob("*.py"):
        if path == Path(typed.__file__):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            said = ast.unparse(node.func)
            typed_decode = said.startswith("msgspec.") and any(word.arg == "type" for word in node.keywords)
            if said == "msgspec.convert" or said.endswith(".Decoder") or typed_decode:
                beside.append(f"{path.relative_to(SOURCES)}:{node.lineno}")
    assert beside == []
