"""Typed values from decoded data, safe to ask for from any thread.

The library builds what it knows of a shape when the shape is first asked for, and shows it to other threads
half built: two threads that meet one shape for the first time can end the process. Here a shape is built
under a lock before anyone reads with it. Nothing else in the house reads into a shape.
"""

import threading
from typing import Any, TypeVar, cast, overload

import msgspec

Shape = TypeVar("Shape")

_BUILDING = threading.RLock()
_BUILT: dict[Any, msgspec.json.Decoder[Any]] = {}


def _built(shape: Any) -> msgspec.json.Decoder[Any]:
    """The decoder of `shape`, built once a process."""
    found = _BUILT.get(shape)
    if found is None:
        with _BUILDING:
            found = _BUILT[shape] = _BUILT.get(shape) or msgspec.json.Decoder(shape)
    return found


def from_json(text: str | bytes, shape: type[Shape]) -> Shape:
    """The value of `shape` that a JSON text says. Raises msgspec.ValidationError or msgspec.DecodeError."""
    try:
        return cast(Shape, _built(shape).decode(text))
    except (UnicodeError, RecursionError) as error:
        raise msgspec.DecodeError("not UTF-8, or too deep") from error


def from_msgpack(said: bytes, shape: type[Shape]) -> Shape:
    """The value of `shape` that a MessagePack text says. Raises as `from_json`."""
    _built(shape)
    try:
        return msgspec.msgpack.decode(said, type=shape)
    except (UnicodeError, RecursionError) as error:
        raise msgspec.DecodeError("not UTF-8, or too deep") from error


@overload
def convert(told: Any, shape: type[Shape], *, strict: bool = True) -> Shape: ...
@overload
def convert(told: Any, shape: Any, *, strict: bool = True) -> Any: ...
def convert(told: Any, shape: Any, *, strict: bool = True) -> Any:
    """`told`, of dicts, lists and plain values, as `shape`; not `strict` reads "3" as 3.

    Raises msgspec.ValidationError naming the place.
    """
    _built(shape)
    return msgspec.convert(told, shape, strict=strict)
