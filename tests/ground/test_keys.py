import json
import multiprocessing
import os

import pytest

from jizuo.ground.keys import TURNABLE, KeyRing, KeyTrouble, Purpose, hkdf


@pytest.fixture
def ring(tmp_path):
    return KeyRing.open(tmp_path, create=True)


def test_the_file_is_made_once_and_is_private(tmp_path):
    first = KeyRing.open(tmp_path, create=True)
    assert os.stat(first.path).st_mode & 0o777 == 0o600
    again = KeyRing.open(tmp_path, create=True)
    assert again.derive(Purpose.FILES) == first.derive(Purpose.FILES)
    assert [path.name for path in tmp_path.iterdir()] == ["keys.json"]


def _open(folder, answers):
    answers.put(KeyRing.open(folder, create=True).derive(Purpose.FILES))


def test_two_first_starts_at_once_end_with_one_key(tmp_path):
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    starts = [context.Process(target=_open, args=(tmp_path, answers)) for _ in range(6)]
    for start in starts:
        start.start()
    keys = {answers.get(timeout=20) for _ in starts}
    for start in starts:
        start.join()
    assert len(keys) == 1


def test_each_purpose_has_its_own_key(ring):
    assert len({ring.derive(purpose) for purpose in Purpose}) == len(Purpose)


def test_hkdf_gives_the_published_vector():
    # RFC 5869, test case 3: no salt, no info; the first 32 of its 42 bytes.
    assert hkdf(b"\x0b" * 22, b"").hex() == "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"


def test_what_is_sealed_opens_only_unaltered_and_in_its_place(ring):
    sealed = ring.seal(Purpose.IDENTIFIERS, b"110101201401011234", bound_to=b"person.7")
    assert ring.unseal(Purpose.IDENTIFIERS, sealed, bound_to=b"person.7") == b"110101201401011234"
    assert b"110101" not in sealed
    assert sealed != ring.seal(Purpose.IDENTIFIERS, b"110101201401011234", bound_to=b"person.7")
    for place in range(4, len(sealed)):
        altered = bytearray(sealed)
        altered[place] ^= 1
        with pytest.raises(KeyTrouble):
            ring.unseal(Purpose.IDENTIFIERS, bytes(altered), bound_to=b"person.7")
    with pytest.raises(KeyTrouble, match="不属于这里"):
        ring.unseal(Purpose.IDENTIFIERS, sealed, bound_to=b"person.8")
    with pytest.raises(KeyTrouble):
        ring.unseal(Purpose.FILES, sealed, bound_to=b"person.7")
    with pytest.raises(KeyTrouble, match="不完整"):
        ring.unseal(Purpose.IDENTIFIERS, sealed[:20])


def test_blind_index_is_stable_keyed_and_parted_by_kind(tmp_path, ring):
    one = ring.blind("11010120140101123X", kind="id_card")
    assert one == KeyRing.open(tmp_path).blind("11010120140101123X", kind="id_card")
    assert len(one) == 16
    assert one != ring.blind("11010120140101123X", kind="passport")
    (tmp_path / "other").mkdir()
    assert one != KeyRing.open(tmp_path / "other", create=True).blind("11010120140101123X", kind="id_card")


def test_a_turned_key_reads_the_old_and_keeps_lookups(ring):
    old = ring.seal(Purpose.IDENTIFIERS, b"x")
    turned = ring.rotate()
    assert turned.unseal(Purpose.IDENTIFIERS, old) == b"x"
    fresh = turned.seal(Purpose.IDENTIFIERS, b"x")
    assert fresh[:4] != old[:4]
    assert turned.blind("1", kind="k") == ring.blind("1", kind="k")
    assert turned.audit_hash(b"1") == ring.audit_hash(b"1")
    assert {p for p in Purpose if turned.current_id(p) != ring.current_id(p)} == TURNABLE
    reopened = KeyRing.open(ring.path.parent)
    assert reopened.unseal(Purpose.IDENTIFIERS, fresh) == b"x"
    with pytest.raises(KeyTrouble, match=fresh[:4].hex()):
        ring.unseal(Purpose.IDENTIFIERS, fresh)


def test_trouble_with_the_file_is_said_in_words(tmp_path):
    with pytest.raises(KeyTrouble, match="找不到密钥文件"):
        KeyRing.open(tmp_path)
    path = KeyRing.open(tmp_path, create=True).path
    good = path.read_text()
    path.chmod(0o644)
    with pytest.raises(KeyTrouble, match="644"):
        KeyRing.open(tmp_path)
    path.chmod(0o600)
    told = json.loads(good)
    swapped = json.dumps(told).replace(next(iter(told["keys"])), "00000000")
    short = json.dumps({**told, "current": {"files": next(iter(told["keys"]))}})
    for bad in ("", "{", "[]", "{}", good[: len(good) // 2], swapped, short, '{"keys": {}, "current": {}}'):
        path.write_text(bad)
        with pytest.raises(KeyTrouble, match="损坏"):
            KeyRing.open(tmp_path)
