import io
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from jizuo.ground import scope as scopes
from tests.ground.files.given import CSV, address, keep_as

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301"
    "0100c9fe92ef0000000049454e44ae426082"
)
SIZE = 200_000
PLAIN = bytes(i % 251 for i in range(SIZE))


@pytest.fixture
def served(base, home):
    """`served(**headers) -> (status, headers, body)` of a 200,000-byte file of grade 2."""
    from django.test import RequestFactory

    from jizuo.ground.files import pages
    from jizuo.ground.files.queries import OpenFile

    stored = home.put(io.BytesIO(PLAIN))

    def ask(method="GET", *, grade=2, type_="text/csv", name="名单.csv", sha256=stored.sha256, **headers):
        opened = OpenFile(
            UUID(int=1), sha256, stored.size, type_, name, grade, datetime(2026, 9, 1, tzinfo=UTC)
        )
        request = RequestFactory().generic(
            method, "/", headers={k.replace("_", "-"): v for k, v in headers.items()}
        )
        response = pages.serve(request, opened)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        return response.status_code, response.headers, body

    return ask


@pytest.mark.parametrize(
    ("asked", "status", "span"),
    [
        (None, 200, (0, SIZE)),
        ("bytes=0-0", 206, (0, 1)),
        ("bytes=0-", 206, (0, SIZE)),
        ("bytes=65535-65536", 206, (65535, 65537)),
        ("bytes=100-199999", 206, (100, SIZE)),
        ("bytes=100-999999", 206, (100, SIZE)),
        ("bytes=-500", 206, (SIZE - 500, SIZE)),
        ("bytes=-999999", 206, (0, SIZE)),
        ("bytes=199999-", 206, (SIZE - 1, SIZE)),
        ("bytes=200000-", 416, None),
        ("bytes=300000-400000", 416, None),
        ("bytes=-0", 416, None),
        ("bytes=5-4", 200, (0, SIZE)),
        ("bytes=0-1,5-6", 200, (0, SIZE)),
        ("bytes=-", 200, (0, SIZE)),
        ("bytes=a-b", 200, (0, SIZE)),
        ("bytes=１-２", 200, (0, SIZE)),
        ("items=0-1", 200, (0, SIZE)),
    ],
)
def test_one_range_is_served_and_the_rest_ignored_or_refused(served, asked, status, span):
    found, headers, body = served(**({"Range": asked} if asked else {}))
    assert found == status
    assert headers["Accept-Ranges"] == "bytes"
    if span is None:
        assert (headers["Content-Range"], body) == (f"bytes */{SIZE}", b"")
        return
    assert body == PLAIN[slice(*span)]
    assert headers["Content-Length"] == str(span[1] - span[0])
    if status == 206:
        assert headers["Content-Range"] == f"bytes {span[0]}-{span[1] - 1}/{SIZE}"
    else:
        assert "Content-Range" not in headers


def test_a_range_goes_on_only_with_the_same_bytes(served):
    tag = f'"{address(PLAIN)}"'
    assert served(Range="bytes=0-9", If_Range=tag)[0] == 206
    for other in ('"other"', f"W/{tag}", "Tue, 01 Sep 2026 00:00:00 GMT"):
        assert served(Range="bytes=0-9", If_Range=other)[0] == 200


def test_head_says_the_same_without_the_bytes(served):
    status, headers, body = served("HEAD", Range="bytes=0-9")
    assert (status, headers["Content-Length"], body) == (200, str(SIZE), b"")


@pytest.mark.parametrize(
    ("grade", "header", "status", "cache"),
    [
        (1, "TAG", 304, "private, no-cache"),
        (2, 'W/"x", TAG', 304, "private, no-cache"),
        (2, "*", 304, "private, no-cache"),
        (2, '"x"', 200, "private, no-cache"),
        (3, "TAG", 200, "private, no-store"),
        (4, "TAG", 200, "private, no-store"),
    ],
)
def test_what_a_browser_may_keep(served, grade, header, status, cache):
    tag = f'"{address(PLAIN)}"'
    found, headers, _body = served(grade=grade, If_None_Match=header.replace("TAG", tag))
    assert (found, headers["Cache-Control"], headers["ETag"]) == (status, cache, tag)
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("type_", "how"),
    [
        ("image/png", "inline"),
        ("application/pdf", "inline"),
        ("image/svg+xml", "attachment"),
        ("text/html", "attachment"),
        ("text/csv", "attachment"),
        ("video/mp4", "attachment"),
    ],
)
def test_only_pictures_and_pdf_are_shown(served, type_, how):
    _status, headers, _body = served(type_=type_)
    assert headers["Content-Disposition"].split(";")[0] == how
    assert headers["Content-Type"] == type_


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("a.csv", "attachment; filename=\"a.csv\"; filename*=UTF-8''a.csv"),
        (
            "三（2）班.csv",
            "attachment; filename=\"__2__.csv\"; filename*=UTF-8''%E4%B8%89%EF%BC%882%EF%BC%89%E7%8F%AD.csv",
        ),
        ('a"b\\c;d.csv', "attachment; filename=\"a_b_c;d.csv\"; filename*=UTF-8''a%22b%5Cc%3Bd.csv"),
        ("𠮷.csv", "attachment; filename=\"_.csv\"; filename*=UTF-8''%F0%A0%AE%B7.csv"),
    ],
)
def test_names_reach_the_reader_whole(served, name, header):
    from jizuo.ground.files.pages import disposition

    assert disposition(name, is_shown=False) == header
    assert served(name=name)[1]["Content-Disposition"] == header


def test_a_content_that_is_gone_is_said_so(served):
    from jizuo.ground.errors import NotFound

    with pytest.raises(NotFound, match="不在库中"):
        served(sha256="0" * 64)


@pytest.fixture
def school(base):
    return base.unit()


def _get(base, scope, file_id):
    from jizuo.ground.files import queries

    with scopes.use(scope):
        return queries.get_file(file_id=file_id)


def test_the_common_address_is_for_who_kept_it_and_whom_a_guard_lets(base, home, school):
    from jizuo.ground.errors import NotFound
    from jizuo.ground.files import queries
    from tests.ground.files.given import keep

    pupil_id = uuid4()
    with scopes.use(base.scope(school, grant_no=7001)):
        own = keep(io.BytesIO(CSV), grade=2)
        photo = keep(io.BytesIO(PNG), "照片.png", kind="picture", owner_dataset="t_photo", owner_id=pupil_id)
    assert _get(base, base.scope(school, grant_no=7001), own.file_id).sha256 == address(CSV)
    for stranger in (
        base.scope(school, grant_no=7002),
        base.scope(school),
        base.scope(school, "pupil", grant_no=7003),
    ):
        for ref in (own, photo):
            with pytest.raises(NotFound):
                _get(base, stranger, ref.file_id)
    queries.guard("t_photo", lambda scope, owner_id: owner_id in scope.child_ids)
    parent = base.scope(school, "guardian", grant_no=7004, child_ids=(pupil_id,))
    assert _get(base, parent, photo.file_id).type == "image/png"
    with pytest.raises(NotFound):
        _get(base, parent, own.file_id)
    elsewhere = base.scope(base.unit(), "guardian", grant_no=7004, child_ids=(pupil_id,))
    with pytest.raises(NotFound):
        _get(base, elsewhere, photo.file_id)


def test_opening_a_personal_file_is_audited_and_a_public_one_is_not(base, home, school):
    open_, personal = keep_as(base, school, CSV, grade=2), keep_as(base, school, CSV, grade=3)
    from jizuo.ground.files import queries

    with base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{school}}}"])
        count = "select count(*) from audit_entry where door = 'ground.get_checked_file' and unit_no = %s"
        for ref, entries in ((open_, 0), (personal, 1)):
            with scopes.use(base.scope(school)):
                queries.get_checked_file(file_id=ref.file_id)
            assert owner.execute(count, [school]).fetchone() == (entries,)


def test_a_file_is_served_over_http_after_its_transaction(base, home, school):
    account = base.account()
    grant_no = base.grant(account, school, "clerk")
    with scopes.use(base.scope(school, grant_no=grant_no)):
        from tests.ground.files.given import keep

        ref = keep(io.BytesIO(CSV))
    client = base.client(account)
    answer = client.get(f"/as/{grant_no}/files/{ref.file_id}")
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == CSV
    part = client.get(f"/as/{grant_no}/files/{ref.file_id}", headers={"Range": "bytes=0-5"})
    assert (part.status_code, b"".join(part.streaming_content)) == (206, CSV[:6])
    other = base.account("别校教务")
    other_no = base.grant(other, base.unit(), "clerk")
    for path in (f"/as/{other_no}/files/{ref.file_id}", f"/as/{other_no}/files/{uuid4()}"):
        assert base.client(other).get(path).status_code == 404
    assert base.client(other).get(f"/as/{grant_no}/files/{ref.file_id}").status_code == 404
    assert client.post(f"/as/{grant_no}/files/{ref.file_id}").status_code == 405
