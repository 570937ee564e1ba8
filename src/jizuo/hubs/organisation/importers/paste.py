"""Text pasted from WPS or Excel, made a file that walks the ordinary road."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from jizuo.ground.errors import BadInput, Problem
from jizuo.ground.files import actions as files
from jizuo.hubs.data import importers
from jizuo.hubs.data.actions import walk
from jizuo.hubs.data.datasets import SENSITIVE
from jizuo.plain.workbook import read
from jizuo.plain.workbook.errors import WorkbookError


def land_pasted(
    *,
    text: str,
    importer: str,
    title: str = "",
    source: str = "school",
    is_full: bool = False,
    unit_no: int | None = None,
    options: dict[str, Any] | None = None,
) -> UUID:
    """Keep pasted text as a file and land it; returns the batch id. Opens the doors itself.

    Raises BadInput for text that is no table, and whatever `walk.land_batch` raises.
    """
    name = f"{title or _('粘贴的内容')}.tsv"
    content = pasted_file(text, name)
    kind = importers.get(importer).file_kind
    kept = files.keep(io.BytesIO(content), name=name, kind=kind, grade=SENSITIVE, unit_no=unit_no)
    return walk.land_batch(
        importer=importer,
        file_id=kept.file_id,
        title=title or _("粘贴的内容"),
        source=source,
        is_full=is_full,
        unit_no=unit_no,
        options=options,
    )


def pasted_file(text: str, name: str = "粘贴的内容.tsv") -> bytes:
    """The bytes under which pasted text is kept: UTF-8 with mark, tabs between cells. Raises BadInput."""
    try:
        read.read_pasted(text, name)
    except WorkbookError as error:
        raise BadInput(
            error.message_zh, fix=error.fix_zh, problems=[Problem(name, error.message_zh)]
        ) from None
    return text.encode("utf-8-sig")
