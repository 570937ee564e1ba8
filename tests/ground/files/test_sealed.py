import hashlib
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jizuo.ground.files.sealed import CHUNK, HEADER, TAG, Damaged, TooLong, Unsealer, seal
from jizuo.ground.keys import KeyRing


@pytest.fixture(scope="module")
def ring(tmp_path_factory):
    return KeyRing.open(tmp_path_factory.mktemp("keys"), create=True)


def _sealed(ring, plain):
    target = io.BytesIO()
    return seal(io.BytesIO(plain), target, ring), target.getvalue()


def _read(ring, sealed, sha256, begin, end):
    unsealer = Unsealer(sealed[:HEADER], sha256, ring)
    start, stop = unsealer.span(begin, end)
    return b"".join(unsealer.plain(io.BytesIO(sealed[start:stop]), begin, end))


SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 17]


@pytest.mark.parametrize("size", SIZES)
def test_sizes_around_a_chunk(ring, size):
    plain = bytes(i * 7 % 251 for i in range(size))
    stored, sealed = _sealed(ring, plain)
    assert (stored.sha256, stored.size) == (hashlib.sha256(plain).hexdigest(), size)
    assert len(sealed) == HEADER + size + TAG * -(-size // CHUNK)
    assert Unsealer(sealed[:HEADER], stored.sha256, ring).size == size
    if size:
        assert _read(ring, sealed, stored.sha256, 0, size) == plain
    if size > 16:
        assert plain[:16] not in sealed


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_range_is_that_range(ring, data):
    size = data.draw(st.integers(1, 3 * CHUNK + 5))
    plain = hashlib.shake_128(str(size).encode()).digest(size)
    begin = data.draw(st.integers(0, size - 1))
    end = data.draw(st.integers(begin + 1, size))
    stored, sealed = _sealed(ring, plain)
    assert _read(ring, sealed, stored.sha256, begin, end) == plain[begin:end]


class _Dribble(io.RawIOBase):
    """Hands out at most 1,000 bytes a read, as a socket may."""

    def __init__(self, plain):
        self._inner = io.BytesIO(plain)

    def read(self, size=-1):
        return self._inner.read(min(size, 1000))


def test_short_reads_change_nothing(ring):
    plain = b"a" * (CHUNK + 9)
    target = io.BytesIO()
    stored = seal(_Dribble(plain), target, ring)
    sealed = target.getvalue()
    unsealer = Unsealer(sealed[:HEADER], stored.sha256, ring)
    assert b"".join(unsealer.plain(_Dribble(sealed[HEADER:]), 0, len(plain))) == plain


def test_whatever_is_altered_does_not_open(ring):
    stored, sealed = _sealed(ring, b"p" * (2 * CHUNK + 3))
    chunk = CHUNK + TAG
    places = [0, 4, 8, 40, 47, 48, HEADER - 1, HEADER, HEADER + CHUNK, HEADER + chunk + 5, len(sealed) - 1]
    for place in places:
        altered = bytearray(sealed)
        altered[place] ^= 1
        with pytest.raises((Damaged, RuntimeError)):
            _read(ring, bytes(altered), stored.sha256, 0, stored.size)
    first, second = sealed[HEADER : HEADER + chunk], sealed[HEADER + chunk : HEADER + 2 * chunk]
    swapped = sealed[:HEADER] + second + first + sealed[HEADER + 2 * chunk :]
    for bad in (swapped, sealed[:-1], sealed[: HEADER + 2 * chunk], sealed[:30], b""):
        with pytest.raises(Damaged):
            _read(ring, bad, stored.sha256, 0, stored.size)


def test_a_file_under_another_name_does_not_open(ring):
    stored, _ = _sealed(ring, b"one")
    _, other = _sealed(ring, b"two")
    with pytest.raises(Damaged):
        Unsealer(other[:HEADER], stored.sha256, ring)


def test_too_long_is_refused_at_the_limit(ring):
    assert seal(io.BytesIO(b"12345"), io.BytesIO(), ring, most=5).size == 5
    with pytest.raises(TooLong):
        seal(io.BytesIO(b"123456"), io.BytesIO(), ring, most=5)
