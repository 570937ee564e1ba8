import io
import os

import pytest

from tests.ground.files.given import CSV, keep

HEAD = (
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\nContent-Type: text/csv\r\n\r\n'
    % "名单.csv".encode()
)
TAIL = b"\r\n--x--\r\n"


class _Cut(io.BytesIO):
    """A body whose sender hangs up in the middle."""

    def read(self, size=-1):
        found = super().read(size)
        if not found:
            raise ConnectionResetError
        return found


def _request(body, length=None):
    from django.core.handlers.wsgi import WSGIRequest

    return WSGIRequest(
        {
            "REQUEST_METHOD": "POST",
            "CONTENT_TYPE": "multipart/form-data; boundary=x",
            "CONTENT_LENGTH": str(length or len(body.getvalue())),
            "wsgi.input": body,
        }
    )


@pytest.fixture
def spool(base, tmp_path, settings_of):
    folder = tmp_path / "spool"
    folder.mkdir()
    settings_of(
        FILE_UPLOAD_TEMP_DIR=str(folder),
        FILE_UPLOAD_HANDLERS=["jizuo.ground.files.uploads.NamelessUploadHandler"],
    )
    return folder


def test_an_upload_is_kept_from_its_spool(base, home, spool):
    from jizuo.ground import scope as scopes

    big = CSV * 40_000
    upload = _request(io.BytesIO(HEAD + big + TAIL)).FILES["file"]
    assert (upload.name, upload.size) == ("名单.csv", len(big))
    with scopes.use(base.scope(base.unit())):
        ref = keep(upload.file, upload.name)
    assert (ref.name, ref.size) == ("名单.csv", len(big))
    assert list(spool.iterdir()) == []


def test_a_cut_upload_leaves_nothing(base, home, spool):
    big = HEAD + CSV * 40_000
    handles = len(os.listdir("/proc/self/fd"))
    request = _request(_Cut(big), len(big) + 1000)
    with pytest.raises(OSError):
        _ = request.FILES
    assert list(spool.iterdir()) == [], "also while the request still lives"
    assert list(home.iter_all()) == []
    del request
    assert len(os.listdir("/proc/self/fd")) <= handles + 1


def test_what_no_kind_allows_is_not_spooled(base, spool, monkeypatch):
    from django.core.exceptions import RequestDataTooBig

    from jizuo.ground.files import uploads

    monkeypatch.setattr(uploads, "MOST", 100_000)
    with pytest.raises(RequestDataTooBig):
        _ = _request(io.BytesIO(HEAD + b"a" * 200_000 + TAIL)).FILES


def test_a_field_that_says_its_kind_takes_no_more_than_that(base, spool, monkeypatch):
    from jizuo.ground.files import uploads

    monkeypatch.setattr(uploads, "_by_ending", {".photo": 100_000})
    head = HEAD.replace(b'name="file"', b'name="proof.photo"')
    with pytest.raises(uploads.TooLarge) as caught:
        _ = _request(io.BytesIO(head + b"a" * 400_000 + TAIL)).FILES
    assert (caught.value.name, caught.value.most) == ("名单.csv", 100_000)
    assert list(spool.iterdir()) == []
    assert _request(io.BytesIO(head + b"a" * 200_000 + TAIL)).FILES["proof.photo"].size == 200_000
    assert _request(io.BytesIO(HEAD + b"a" * 400_000 + TAIL)).FILES["file"].size == 400_000
