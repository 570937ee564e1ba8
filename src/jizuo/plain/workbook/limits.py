"""What a file may cost, checked on its bytes before any parser sees it."""

from __future__ import annotations

import dataclasses
import io
import posixpath
import struct
import zipfile
import zlib
from typing import Literal

from jizuo.plain.workbook.errors import WorkbookError

Format = Literal["xlsx", "ods", "ole", "text"]


@dataclasses.dataclass(frozen=True)
class Limits:
    """Upper bounds for one file. A district's largest list (60,000 people, 30 columns) fits in the defaults.

    Sizes in bytes. `cells` bounds the rectangle from the first to the last filled cell of one sheet, because
    the parser lays that rectangle out in full.
    """

    file_bytes: int = 64 * 2**20
    unpacked_bytes: int = 400 * 2**20
    part_bytes: int = 96 * 2**20
    ratio: int = 200
    entries: int = 3000
    sheets: int = 300
    rows: int = 200_000
    columns: int = 255
    cells: int = 4_000_000
    text_bytes: int = 200 * 2**20


DEFAULT = Limits()

SAVE_AS_XLSX = "请用 Excel 或 WPS 打开它，点“另存为”，类型选“Excel 工作簿（*.xlsx）”，再上传新文件。"
SEND_AGAIN = "请在原来的电脑上重新打开并另存为 xlsx，等保存完成后再上传。"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_KNOWN = (
    (b"%PDF", "PDF 文件", "请向发来文件的人要 Excel 表，或在 WPS 里把 PDF 转成表格后上传。"),
    (b"Rar!", "RAR 压缩包", "请先解压，再上传里面的表格。"),
    (b"7z\xbc\xaf'\x1c", "7z 压缩包", "请先解压，再上传里面的表格。"),
    (b"\x1f\x8b", "gzip 压缩包", "请先解压，再上传里面的表格。"),
    (b"\x89PNG", "图片", "请上传表格文件，不是截图或照片。"),
    (b"\xff\xd8\xff", "图片", "请上传表格文件，不是截图或照片。"),
    (b"GIF8", "图片", "请上传表格文件，不是截图或照片。"),
    (b"{\\rtf", "RTF 文档", SAVE_AS_XLSX),
    (b"MZ", "程序文件", "请上传表格文件。"),
)


def damaged(detail: str = "") -> WorkbookError:
    """The refusal for a file that ends too early or contradicts itself."""
    said = f"（{detail}）" if detail else ""
    return WorkbookError("damaged", f"文件不完整或已损坏{said}，读不出内容。", SEND_AGAIN)


def encrypted() -> WorkbookError:
    return WorkbookError(
        "encrypted",
        "文件设了打开密码，系统读不了。",
        "请在 Excel 或 WPS 里打开，去掉密码（文件 → 信息 → 保护工作簿，清空密码），保存后再上传。",
    )


def too_far(sheet: str, where: str, what: str) -> WorkbookError:
    """The refusal for content that lies outside the allowed rectangle; `where` is a cell such as "XFD1"."""
    return WorkbookError(
        "too_many_cells",
        f"工作表“{sheet}”的 {where} 单元格还有内容，{what}。",
        "请删掉表格以外的多余行列（选中后右键“删除”，不只是清空），或拆成几个文件，再上传。",
    )


def sniff(data: bytes, limits: Limits = DEFAULT) -> Format:
    """What the bytes really are, whatever the file name says. Raises WorkbookError for what is no table."""
    if not data:
        raise WorkbookError("empty_file", "文件是空的。", "请确认选对了文件，再上传。")
    refuse_large(len(data), limits)
    if data.startswith(_OLE):
        return "ole"
    if data.startswith(b"PK"):
        return "ods" if b"opendocument.spreadsheet" in data[:200] else "xlsx"
    for magic, name, fix in _KNOWN:
        if data.startswith(magic):
            raise WorkbookError("not_a_table", f"这是{name}，不是表格。", fix)
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(b"<") and b"urn:schemas-microsoft-com:office:spreadsheet" in head:
        raise WorkbookError("xml_2003", "这是“XML 表格 2003”格式，读不了。", SAVE_AS_XLSX)
    if head.startswith((b"<!doctype html", b"<html", b"<table", b"<meta", b"<head", b"mime-version:")) or (
        head.startswith(b"<") and b"<html" in head
    ):
        raise WorkbookError(
            "html_as_xls", "这是网页（HTML）改名成的表格，不是真正的 Excel 文件。", SAVE_AS_XLSX
        )
    return "text"


def refuse_large(size: int, limits: Limits = DEFAULT) -> None:
    """Raises WorkbookError for a file of more than `limits.file_bytes`."""
    if size > limits.file_bytes:
        raise WorkbookError(
            "too_big",
            f"文件有 {size / 2**20:.0f} MB，超过 {limits.file_bytes // 2**20} MB 的上限。",
            "请删掉图片和用不到的工作表，或拆成几个文件再上传。",
        )


def open_zip(data: bytes, limits: Limits = DEFAULT) -> zipfile.ZipFile:
    """The archive, after its directory has been checked: entries, names, sizes, ratio, encryption."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, struct.error) as error:
        raise damaged("压缩结构缺失，多半是上传或保存时中断") from error
    if len(entries) > limits.entries:
        raise _bomb(f"里面有 {len(entries)} 个部件")
    seen: set[str] = set()
    unpacked = 0
    for entry in entries:
        name = entry.filename.replace("\\", "/")
        if name.startswith("/") or ":" in name or ".." in name.split("/"):
            raise WorkbookError(
                "bad_paths", f"文件里有指向外部的路径“{entry.filename[:80]}”，不是正常的表格。", SAVE_AS_XLSX
            )
        if name.lower() in seen:
            raise damaged(f"部件“{name[:80]}”重复")
        seen.add(name.lower())
        if entry.flag_bits & 0x1:
            raise encrypted()
        unpacked += entry.file_size
    if unpacked > limits.unpacked_bytes:
        raise _bomb(f"解开后有 {unpacked / 2**20:.0f} MB")
    if unpacked > 16 * 2**20 and unpacked > limits.ratio * len(data):
        raise _bomb(f"解开后是原来的 {unpacked // len(data)} 倍")
    return archive


def _bomb(fact: str) -> WorkbookError:
    return WorkbookError(
        "zip_bomb",
        f"这个表格{fact}，超过上限；多半是格式一直刷到了最后一行。",
        "请新建一个空白表，只复制有内容的行列（粘贴为数值），另存为 xlsx 再上传。",
    )


def member(archive: zipfile.ZipFile, name: str, limits: Limits = DEFAULT) -> bytes:
    """One part, unpacked with its size and checksum verified. KeyError when there is no such part."""
    entry = archive.getinfo(name)
    if entry.file_size > limits.part_bytes:
        raise _bomb(f"的部件 {posixpath.basename(name)} 有 {entry.file_size / 2**20:.0f} MB")
    try:
        with archive.open(entry) as part:
            return part.read(limits.part_bytes + 1)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as e:
        raise damaged(f"部件 {posixpath.basename(name)} 解不开") from e


def refuse_other_archives(names: set[str]) -> None:
    """A zip that is no xlsx says what it is instead. `names` in lower case."""
    if "word/document.xml" in names:
        raise WorkbookError(
            "not_a_table", "这是 Word 文档，不是表格。", "请把表格复制到 Excel 里另存为 xlsx 再上传。"
        )
    if "ppt/presentation.xml" in names:
        raise WorkbookError("not_a_table", "这是演示文稿，不是表格。", "请上传表格文件。")
    if "xl/workbook.bin" in names:
        raise WorkbookError("xlsb", "这是二进制工作簿（.xlsb），读不了。", SAVE_AS_XLSX)
    raise WorkbookError(
        "zip_not_table",
        "这是压缩包，不是表格。",
        "请先解压，再上传里面的表格；OneRoster 压缩包请走名册导入。",
    )
