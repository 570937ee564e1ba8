"""Files that came with a form: they belong to its matter, and open to who sees all of its answers. Of a picture is kept what is
seen, without the place, time and device that a camera wrote into it: no form asks where a child was photographed."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, BinaryIO
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.engines.matter.forms.reading import UPLOADS
from jizuo.engines.matter.forms.standing import FILES, file_ids
from jizuo.ground import scope as scopes
from jizuo.ground.errors import BadInput, NotFound
from jizuo.ground.files import actions as file_actions
from jizuo.ground.files import queries as file_queries
from jizuo.ground.files import uploads
from jizuo.ground.scope import Scope
from jizuo.plain import picture, sniff

#: No more personal than the answers beside it; whoever sees the matter sees its files.
GRADE = 3


def keep(stream: BinaryIO, name: str, kind: str) -> str:
    """The id of a file that came with a form. kind: of `UPLOADS`. Raises BadInput for one that may not come in."""
    clean = without_traces(stream, name, kind)
    return str(file_actions.keep(clean, name=name, kind=kind, grade=GRADE, owner_dataset=FILES).file_id)


def without_traces(stream: BinaryIO, name: str, kind: str) -> BinaryIO:
    """A picture (seekable, at its start afterwards) without what a camera wrote into it, every other file as it is. Raises
    BadInput for a picture that is not whole: what is behind its break is not known."""
    is_light = stream.seek(0, io.SEEK_END) <= sniff.KINDS[kind].most
    type_ = sniff.sniff(stream).type if is_light else ""
    stream.seek(0)
    if type_ not in picture.CLEANED:
        return stream
    try:
        return io.BytesIO(picture.without_traces(stream.read(), type_))
    except ValueError:
        what = _("“%(name)s”不完整，没有收下") % {"name": sniff.clean_name(name)}
        raise BadInput(what, fix=_("请重新拍一张，或另存为 JPG 再传")) from None


def own_files(matter_id: UUID, answers: Mapping[str, Any]) -> None:
    """Let the files in these answers belong to a matter. Inside a door; one statement when there are any."""
    ids = [UUID(one) for one in file_ids(answers)]
    if ids:
        with connection.cursor() as cursor:
            cursor.execute(
                "update stored_file set owner_id = %s where unit_no = %s and id = any(%s) and owner_dataset = %s"
                " and owner_id is null",
                [matter_id, scopes.current().unit_no, ids, FILES],
            )


def may_open(_scope: Scope, matter_id: UUID | None) -> bool:
    """Whether the acting role opens the files of a matter: its own, or one that it decides or runs. Inside a door."""
    from jizuo.engines.matter import seeing
    from jizuo.engines.matter.queries.matters import read

    if matter_id is None:
        return False
    try:
        case, _rating, _note = read(matter_id)
        return seeing.of(case, [task.person_id for task in case.tasks]).is_open
    except NotFound:
        return False


def offer() -> None:
    """Guard the files, and bound what a form uploads; called on the plate."""
    file_queries.guard(FILES, may_open)
    for ending, kind in UPLOADS.items():
        uploads.bound(f".{ending}", kind)
