"""Files of a form belong to its matter, and tell nothing of where a picture was taken."""

from __future__ import annotations

import io

import pytest

from jizuo.ground.errors import BadInput
from jizuo.ground.ids import new_id
from jizuo.plain import sniff
from tests.plain import test_heif
from tests.plain.test_picture import SECRET, exif, jpeg, png, segment

#: A photo that lies on its side, with a place written into it and a film behind it.
PHOTO = jpeg(segment(0xE1, exif(6)), tail=SECRET)
#: What no camera wrote into: a picture, a text, another kind of picture, one with a mark of a drawing program.
PLAIN = (png(), "三年一班".encode(), b"BM" + bytes(60), b"GIF89a" + bytes(20))


@pytest.fixture(scope="module")
def keeping(base):
    """The module, once there is a base."""
    from jizuo.engines.matter.forms import keeping

    return keeping


@pytest.fixture
def kept(keeping):
    """`kept(content, kind)`: the bytes that are kept of a file."""
    return lambda content, kind="picture": _bytes(keeping, content, kind)


def _bytes(keeping, content, kind):
    return keeping.without_traces(io.BytesIO(content), "照片.jpg", kind).read()


@pytest.mark.parametrize("kind", ["picture", "attachment"])
def test_a_photo_is_kept_without_its_place_and_still_upright(kept, kind):
    clean = kept(PHOTO, kind)
    assert SECRET in PHOTO and SECRET not in clean
    assert (
        clean.count(segment(0xE1, exif(6)[:6] + b"MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0"))
        == 1
    )
    assert kept(clean, kind) == clean


def test_a_phones_own_kind_is_kept_without_its_place(kept):
    told = test_heif.heic()
    assert sniff.sniff(io.BytesIO(told)).type == "image/heic"
    assert test_heif.SECRET not in kept(told)


@pytest.mark.parametrize("content", PLAIN)
def test_where_there_is_nothing_to_drop_every_byte_is_kept(kept, content):
    assert kept(content) == content


def test_one_that_is_too_large_is_not_read_and_left_to_who_refuses_it(keeping):
    heavy = io.BytesIO(b"\xff\xd8\xff\xe0" + bytes(sniff.KINDS["picture"].most))
    assert keeping.without_traces(heavy, "大图.jpg", "picture") is heavy


def test_a_picture_that_is_not_whole_is_refused_by_name(kept):
    with pytest.raises(BadInput) as caught:
        kept(PHOTO[: -len(SECRET) - 2])
    assert "照片.jpg" in caught.value.detail and "JPG" in caught.value.fix


def test_a_matter_that_is_not_there_opens_nothing(field_day, keeping, within):
    clerk = field_day.scope("clerk")
    assert within(clerk, lambda: keeping.may_open(clerk, None)) is False
    assert within(clerk, lambda: keeping.may_open(clerk, new_id())) is False
    within(clerk, lambda: keeping.own_files(new_id(), {"name": "没有文件"}))
