"""Opening files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import source
from jizuo.ground.errors import Conflict, NotAllowed, NotFound
from jizuo.ground.files.models import INFECTED, SERVED, StoredBytes, StoredFile
from jizuo.ground.scope import Scope

#: Whether the acting scope may open a file that belongs to this record (None: the dataset as a whole).
Guard = Callable[[Scope, UUID | None], bool]
_guards: dict[str, Guard] = {}

DISCLOSED_FROM_GRADE = 3
#: Who opens many at once: the roles that walk imports.
IMPORTERS = scopes.SCHOOL_ROLES | {scopes.DISTRICT_ADMIN, scopes.DISTRICT_STEWARD, scopes.OPERATOR}


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file that may be served: everything its answer needs, so that no row is read while bytes flow."""

    file_id: UUID
    sha256: str
    size: int
    type: str
    name: str
    grade: int
    created_at: datetime


def guard(dataset: str, rule: Guard) -> None:
    """Say who may open the files of a dataset's records at the common address. Called on a room's plate."""
    _guards[dataset] = rule


@source(title="打开文件", roles=scopes.ROLES, reach="page")
def get_file(*, file_id: UUID) -> OpenFile:
    """A file at the common address: for who kept it, and for whom its dataset's guard lets through; for
    everybody else it does not exist. Raises `NotFound`, `Conflict` while it waits for its scan, `NotAllowed`
    when it is infected."""
    file, scope = _found(file_id), scopes.current()
    rule = _guards.get(file.owner_dataset)
    is_own = scope.grant_no is not None and file.created_by == scope.grant_no
    if not is_own and not (rule and rule(scope, file.owner_id)):
        raise NotFound(_("没有这个文件"))
    return _opened(file)


@source(title="打开已核对的文件", roles=scopes.ROLES)
def get_checked_file(*, file_id: UUID) -> OpenFile:
    """For a room whose own door has decided that the acting role may open it; else as `get_file`."""
    return _opened(_found(file_id))


@source(title="打开多个已核对的文件", roles=IMPORTERS)
def get_checked_files(*, file_ids: Sequence[UUID]) -> dict[UUID, OpenFile]:
    """As `get_checked_file` for many; one that is not there or may not be served is left out."""
    found = StoredFile.objects.select_related("content").filter(pk__in=file_ids, content__verdict__in=SERVED)
    return {file.id: _opened(file) for file in found}


@source(title="一条记录里可以打开的文件", roles=scopes.ROLES)
def served_of(*, owner_dataset: str, owner_id: UUID) -> dict[UUID, OpenFile]:
    """The files of one record that may be served, for a room whose own door has decided that the asker may open them."""
    found = StoredFile.objects.select_related("content").filter(
        owner_dataset=owner_dataset, owner_id=owner_id, content__verdict__in=SERVED
    )
    return {file.id: _opened(file) for file in found}


@source(title="待查毒的文件内容", roles=[scopes.OPERATOR])
def contents_to_scan(*, most: int = 50) -> list[str]:
    """Addresses that wait for the scanner, oldest first."""
    waiting = StoredBytes.objects.filter(verdict="waiting").order_by("seen_at")
    return list(waiting.values_list("sha256", flat=True)[:most])


@source(title="文件内容清单", roles=[scopes.OPERATOR])
def file_contents(*, after: str = "", most: int = 1000) -> list[tuple[str, int]]:
    """(address, size) of every recorded content in order of address, from the one past `after`."""
    rows = StoredBytes.objects.filter(sha256__gt=after).order_by("sha256")
    return list(rows.values_list("sha256", "size")[:most])


@source(title="已登记的文件内容", roles=[scopes.OPERATOR])
def known_contents(*, addresses: list[str]) -> set[str]:
    """Those of `addresses` that have a row."""
    return set(StoredBytes.objects.filter(pk__in=addresses).values_list("sha256", flat=True))


def _found(file_id: UUID) -> StoredFile:
    file = StoredFile.objects.select_related("content").filter(pk=file_id).first()
    if file is None:
        raise NotFound(_("没有这个文件"))
    return file


def _opened(file: StoredFile) -> OpenFile:
    if file.content.verdict == INFECTED:
        raise NotAllowed(
            _("查毒程序在这个文件里发现了“%(finding)s”") % {"finding": file.content.finding},
            fix=_("请联系上传的人重新制作文件"),
        )
    if file.content.verdict not in SERVED:
        raise Conflict(_("文件正在查毒"), fix=_("请过一会儿再打开"))
    if file.grade >= DISCLOSED_FROM_GRADE:
        people = [file.owner_id] if file.owner_dataset == "person" and file.owner_id else []
        audit.disclose(["stored_file.content"], people, count=1)
    return OpenFile(file.id, file.content_id, file.size, file.type, file.name, file.grade, file.created_at)
