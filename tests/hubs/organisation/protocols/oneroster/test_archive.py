import io
import stat
import zipfile
import zlib

import pytest

from jizuo.hubs.organisation.protocols.oneroster.archive import Limits, open_archive, read_member
from jizuo.hubs.organisation.protocols.oneroster.check import check
from jizuo.hubs.organisation.protocols.oneroster.report import Findings

from . import roster


def causes(raw: bytes | io.BytesIO, limits: Limits | None = None) -> set[str]:
    report = check(io.BytesIO(raw) if isinstance(raw, bytes) else raw, limits=limits)
    return {problem.cause for problem in report.problems}


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (b"", "空文件"),
        (b"sourcedId,name\r\n1,a\r\n", "不是 zip"),
        (b"Rar!\x1a\x07\x00abc", "RAR"),
        (b"\xd0\xcf\x11\xe0abcdefgh", "旧版 Excel"),
    ],
)
def test_what_is_no_zip_is_named(raw: bytes, word: str) -> None:
    report = check(io.BytesIO(raw))
    assert report.exit_code == 2
    (problem,) = report.problems
    assert problem.cause == "not_a_zip"
    assert word in problem.reason()


def test_an_excel_workbook_is_named(tmp_path) -> None:
    report = check(roster.pack({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"}))
    assert "Excel" in report.problems[0].reason()


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_cut_zip_is_refused(share: float) -> None:
    whole = roster.pack(roster.files(roster.rows())).getvalue()
    assert causes(whole[: int(len(whole) * share)]) == {"zip_cut"}


def test_a_damaged_member_is_named() -> None:
    raw = bytearray(roster.pack(roster.files(roster.rows())).getvalue())
    at = raw.index(b"users.csv") + len(b"users.csv") + 20
    raw[at : at + 8] = bytes(byte ^ 0xFF for byte in raw[at : at + 8])
    report = check(io.BytesIO(bytes(raw)))
    assert ("zip_cut", "users.csv", "") in roster.told(report)
    assert "dangling" not in {p.cause for p in report.problems}


@pytest.mark.parametrize(
    "name", ["../users.csv", "/users.csv", "a/b/users.csv", "C:users.csv", "a\\users.csv", "a/../users.csv"]
)
def test_path_tricks_are_refused(name: str) -> None:
    content = roster.files(roster.rows())
    content[name] = content.pop("users.csv")
    report = check(roster.pack(content))
    assert report.is_blocked
    assert "zip_path" in {p.cause for p in report.problems}
    assert "users" not in report.tables


def test_a_link_is_refused() -> None:
    out = roster.pack(roster.files(roster.rows()))
    with zipfile.ZipFile(out, "a") as archive:
        info = zipfile.ZipInfo("results.csv")
        info.create_system = 3
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    assert "zip_path" in causes(out)


def test_one_folder_is_read_with_a_warning() -> None:
    content = {f"导出/{name}": raw for name, raw in roster.files(roster.rows()).items()}
    report = check(roster.pack(content))
    assert roster.told(report) == {("zip_folder", "导出/", "")}
    assert report.exit_code == 0
    assert report.tables["users"].height == 3


def test_two_folders_are_refused() -> None:
    content = roster.files(roster.rows())
    content["other/users.csv"] = content["users.csv"]
    assert causes(roster.pack(content)) == {"zip_path", "file_doubled"}


def test_doubled_names_are_refused() -> None:
    out = roster.pack(roster.files(roster.rows()))
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("users.csv", "x")
    assert causes(out) == {"file_doubled"}


def test_an_encrypted_member_is_named() -> None:
    raw = bytearray(roster.pack(roster.files(roster.rows())).getvalue())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = raw.index(mark)
        raw[at + offset] |= 1
    assert "zip_encrypted" in causes(bytes(raw))


def test_an_unknown_compression_is_named() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("users.csv", "x")
    assert "zip_method" in causes(out)


def test_a_bomb_is_not_unpacked() -> None:
    content = roster.files(roster.rows())
    content["users.csv"] += b"," * 60_000_000
    report = check(roster.pack(content))
    assert ("zip_bomb", "users.csv", "") in roster.told(report)
    assert "users" not in report.tables


def test_a_member_larger_than_it_says_is_refused() -> None:
    # The two sizes are forged to 10 bytes, so that only the stream itself tells the truth.
    body = b"sourcedId" * 50
    raw = bytearray(roster.pack({"users.csv": body}).getvalue())
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = raw.index(mark) + offset
        raw[at : at + 4] = (10).to_bytes(4, "little")
    for mark, offset in ((b"PK\x03\x04", 14), (b"PK\x01\x02", 16)):
        at = raw.index(mark) + offset
        raw[at : at + 4] = zlib.crc32(body).to_bytes(4, "little")
    assert "zip_cut" in causes(bytes(raw))


@pytest.mark.parametrize("limits", [Limits(members=3), Limits(total_bytes=500), Limits(member_bytes=100)])
def test_limits_hold(limits: Limits) -> None:
    assert "zip_bomb" in causes(roster.pack(roster.files(roster.rows())), limits)


def test_noise_of_desktop_programs_is_passed_over() -> None:
    content = roster.files(roster.rows())
    content["__MACOSX/._users.csv"] = b"x"
    content[".DS_Store"] = b"x"
    assert causes(roster.pack(content)) == set()


def test_reading_a_member_that_is_not_there() -> None:
    with pytest.raises(KeyError):
        read_member(roster.pack({"users.csv": b"x"}), "results.csv")
    with pytest.raises(KeyError):
        read_member(io.BytesIO(b"nothing"), "users.csv")


def test_a_path_and_an_open_file_read_alike(tmp_path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(roster.pack({"users.csv": b"x"}).getvalue())
    for source in (path, str(path), path.open("rb")):
        archive = open_archive(source, Findings())
        assert archive is not None
        assert list(archive.members) == ["users.csv"]
        archive.close()
