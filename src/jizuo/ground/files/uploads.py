"""Where an upload lies while it comes in: a file without a name, so that nothing can be left of it.

Named temporary files outlive a killed process and wait for the collector after a cut connection.
"""

from __future__ import annotations

import tempfile
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from jizuo.plain.sniff import KINDS

#: No kind of file is larger; what goes past it is not even spooled.
MOST = max(kind.most for kind in KINDS.values())
#: A file up to so many times what its field takes is read to its end: then the page comes back with all that was typed.
READ_TIMES = 3
_by_ending: dict[str, int] = {}


class TooLarge(RequestDataTooBig):
    """A file past what its field takes; the rest of the request is not read. name: of the file; most: bytes."""

    def __init__(self, name: str, most: int) -> None:
        super().__init__(f"an upload past {most} bytes")
        self.name, self.most = name, most


def bound(ending: str, kind: str) -> None:
    """Let fields whose name ends so (``.photo``) take files of a kind (of `sniff.KINDS`) only; called on the plate."""
    _by_ending[ending] = KINDS[kind].most


class NamelessUploadHandler(FileUploadHandler):
    """For every request (FILE_UPLOAD_HANDLERS). Raises `TooLarge` far past what the field takes, at most `MOST` bytes."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        ending = f".{str(self.field_name).rpartition('.')[2]}"
        self.most = min(MOST, _by_ending.get(ending, MOST))
        self.file = tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115 - closed by Django

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > min(MOST, self.most * READ_TIMES):
            raise TooLarge(str(self.file_name or ""), self.most)
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        self.file.seek(0)
        return UploadedFile(
            self.file, self.file_name, self.content_type, file_size, self.charset, self.content_type_extra
        )
