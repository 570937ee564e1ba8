"""What a unit shows to everybody: entries copied out of a scene, each from its day to its end.

An entry holds text and copies of pictures, and only what whoever publishes has found to be public: nothing is read from the
record behind it when somebody looks. A 公示 (`notice`) is never offered to search engines and goes by itself at its end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, action, source
from jizuo.ground.errors import BadInput, NotFound, Problem
from jizuo.ground.files import actions as file_actions
from jizuo.ground.files import queries as file_queries
from jizuo.ground.files.actions import Received
from jizuo.ground.files.models import StoredFile
from jizuo.ground.files.queries import OpenFile
from jizuo.ground.ids import new_id
from jizuo.ground.shapes import Page
from jizuo.plain import workdays

NEWS, EVENT, NOTICE = "news", "event", "notice"
KINDS = (NEWS, EVENT, NOTICE)
#: Cells of an entry, beside its title and text, that a page knows how to show.
CELLS = ("place", "end", "names", "by")
OFFICE = frozenset({scopes.HEAD, scopes.CLERK, scopes.DISTRICT_ADMIN, scopes.DISTRICT_STEWARD})
MOST_TITLE, MOST_TEXT, MOST_CELL, MOST_DAYS, MOST_SHOWN, MOST_PICTURES = 160, 20_000, 2_000, 400, 200, 9
#: Whose the files of an entry are. Only these open at a public address.
FILES = "public_entry"
#: Working days that a 公示 stands when its scene names none.
USUAL_DAYS = 5

PUT = """
insert into public_entry (id, unit_no, scene, kind, record_id, title, text, cells, file_ids, is_listed, begin_on, until_on)
values (%s, %s, %s, %s, %s, %s, %s, %s, '[]', %s, %s, %s)
on conflict (unit_no, scene, record_id) do update set kind = excluded.kind, title = excluded.title, text = excluded.text,
  cells = excluded.cells, file_ids = excluded.file_ids, is_listed = excluded.is_listed, begin_on = excluded.begin_on,
  until_on = excluded.until_on, put_at = now()
returning id
"""
COLUMNS = "id, scene, kind, title, text, cells::text, begin_on, until_on, is_listed, file_ids::text"
#: What stands on a day: an event of the calendar is there before it happens.
STANDS = "(until_on is null or until_on > %(today)s) and (kind = 'event' or begin_on <= %(today)s)"


class PublicPicture(msgspec.Struct, frozen=True):
    """One picture of an entry. caption: what its author says of it, '' for nothing."""

    file_id: UUID
    caption: str


class PublicLine(msgspec.Struct, frozen=True):
    """One entry. [begin_on, until_on), null for no end; cells: ``place end names by``; pictures: in their order; to a visitor
    those alone that may be served."""

    entry_id: UUID
    scene: str
    kind: str
    title: str
    text: str
    cells: dict[str, str]
    begin_on: date
    until_on: date | None
    is_listed: bool
    pictures: list[PublicPicture] = []

    @property
    def last_on(self) -> date | None:
        """The last day on which it stands."""
        return self.until_on - timedelta(days=1) if self.until_on else None


class PublicSite(msgspec.Struct, frozen=True):
    """A unit's public page. notices: how many 公示 stand today; they have a page of their own."""

    unit_no: int
    name: str
    news: list[PublicLine]
    events: list[PublicLine]
    notices: int


def put(
    *,
    scene: str,
    kind: str,
    record_id: UUID,
    title: str,
    text: str = "",
    cells: Mapping[str, str] = {},
    begin_on: date | None = None,
    until_on: date | None = None,
    days: int = 0,
    pictures: Sequence[Received] = (),
    captions: Sequence[str] = (),
) -> UUID:
    """Show a copy at the acting unit; the same record again replaces what stood there. begin_on: today when not given; days:
    working days after which it goes, for a 公示 `USUAL_DAYS` when neither is said; pictures: contents that nobody else uses,
    none for a 公示; captions: of each in their order. Inside an action. Raises BadInput."""
    scope = scopes.current()
    begin = begin_on or scope.today
    if until_on is None and (days or kind == NOTICE):
        until_on = workdays.add(begin, days or USUAL_DAYS) + timedelta(days=1)
    problems = []
    if kind not in KINDS:
        problems.append(Problem("kind", kind[:20], "、".join(KINDS)))
    if not title.strip():
        problems.append(Problem("title", _("没有标题"), _("请写标题")))
    if len(title) > MOST_TITLE or len(text) > MOST_TEXT:
        problems.append(
            Problem(
                "text",
                _("太长了"),
                _("标题不超过 %(n)s 个字，正文不超过 %(m)s 个字") % {"n": MOST_TITLE, "m": MOST_TEXT},
            )
        )
    if until_on is not None and not begin < until_on <= begin + timedelta(days=MOST_DAYS):
        problems.append(
            Problem(
                "until_on", _("公开的日期不对"), _("最后一天不早于第一天，最长 %(n)s 天") % {"n": MOST_DAYS}
            )
        )
    most = 0 if kind == NOTICE else MOST_PICTURES
    if len(pictures) > most:
        problems.append(
            Problem("pictures", _("图片最多 %(n)s 张") % {"n": most}, _("去掉几张；公示不带图片"))
        )
    if problems:
        raise BadInput(_("没有公开"), problems=problems)
    kept: dict[str, Any] = {
        key: str(value)[:MOST_CELL] for key, value in cells.items() if key in CELLS and str(value).strip()
    }
    if pictures:
        kept["captions"] = [one.strip()[:MOST_TITLE] for one in captions[: len(pictures)]]
    told: list[Any] = [
        new_id(), scope.unit_no, scene, kind, record_id, title.strip(), text.strip(), Jsonb(kept), kind != NOTICE, begin,
        until_on,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(PUT, told)
        entry_id = UUID(str(cursor.fetchone()[0]))
    StoredFile.objects.filter(owner_dataset=FILES, owner_id=entry_id).delete()
    kept_files = [
        file_actions.record_file(received=one, grade=1, owner_dataset=FILES, owner_id=entry_id)
        for one in pictures
    ]
    if kept_files:
        with connection.cursor() as cursor:
            stands: list[Any] = [Jsonb([str(one.file_id) for one in kept_files]), entry_id]
            cursor.execute("update public_entry set file_ids = %s where id = %s", stands)
    return entry_id


def _lines(where: str, told: Mapping[str, Any], order: str, limit: int) -> list[PublicLine]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {COLUMNS} from public_entry where unit_no = %(unit)s and {where} order by {order} limit %(limit)s",
            {**told, "limit": limit},
        )
        return [_line(row) for row in cursor.fetchall()]


def _line(row: tuple[Any, ...]) -> PublicLine:
    *values, file_ids = row
    cells = msgspec.json.decode(values[5])
    captions = cells.pop("captions", [])
    values[5] = cells
    pictures = [
        PublicPicture(UUID(one), captions[place] if place < len(captions) else "")
        for place, one in enumerate(msgspec.json.decode(file_ids))
    ]
    return PublicLine(*[*values, pictures])


def _name_of(unit_no: int) -> str:
    """The name of a unit that has shown something. Raises NotFound: a unit that never did has no page."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select name from unit u where unit_no = %s and exists (select 1 from public_entry p where p.unit_no = u.unit_no)",
            [unit_no],
        )
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("没有这个网页"))
    return str(row[0])


@source(title="看公开网页", roles=[scopes.VISITOR])
def public_site(*, unit_no: int) -> PublicSite:
    """What stands today on a unit's public page: the newest news, what comes in the calendar. Raises NotFound."""
    today = scopes.current().today
    name = _name_of(unit_no)
    told: dict[str, Any] = {"unit": unit_no, "today": today}
    news = _lines(f"kind = 'news' and {STANDS}", told, "begin_on desc, id desc", 20)
    events = _lines(f"kind = 'event' and {STANDS}", told, "begin_on, id", MOST_SHOWN)
    with connection.cursor() as cursor:
        cursor.execute(
            f"select count(*) from public_entry where unit_no = %(unit)s and kind = 'notice' and {STANDS}",
            told,
        )
        (notices,) = cursor.fetchone()
    return PublicSite(unit_no, name, news, events, notices)


@source(title="看公示", roles=[scopes.VISITOR])
def public_notices(*, unit_no: int) -> tuple[str, list[PublicLine]]:
    """(name of the unit, the 公示 that stand today, newest first). Raises NotFound."""
    name = _name_of(unit_no)
    told = {"unit": unit_no, "today": scopes.current().today}
    return name, _lines(f"kind = 'notice' and {STANDS}", told, "begin_on desc, id desc", MOST_SHOWN)


@source(title="看公开的一条", roles=[scopes.VISITOR])
def public_entry(*, unit_no: int, entry_id: UUID) -> tuple[str, PublicLine]:
    """(name of the unit, one entry that stands today). Raises NotFound, also for one that was taken down."""
    name, line = _name_of(unit_no), _standing(unit_no, entry_id)
    served = file_queries.served_of(owner_dataset=FILES, owner_id=entry_id) if line.pictures else {}
    return name, msgspec.structs.replace(
        line, pictures=[one for one in line.pictures if one.file_id in served]
    )


def _standing(unit_no: int, entry_id: UUID) -> PublicLine:
    told = {"unit": unit_no, "today": scopes.current().today, "id": entry_id}
    found = _lines(f"id = %(id)s and {STANDS}", told, "id", 1)
    if not found:
        raise NotFound(_("这一条已经撤下"))
    return found[0]


@source(title="看公开的图片", roles=[scopes.VISITOR])
def public_picture(*, unit_no: int, entry_id: UUID, file_id: UUID) -> OpenFile:
    """A picture of an entry that stands today. Raises NotFound for every other file, whoever's it is, and for a picture that
    waits for its scan or is infected."""
    shown = {one.file_id for one in _standing(unit_no, entry_id).pictures}
    found = file_queries.served_of(owner_dataset=FILES, owner_id=entry_id).get(file_id)
    if found is None or file_id not in shown:
        raise NotFound(_("没有这张图片"))
    return found


@source(title="本单位公开的内容", roles=OFFICE, reach=API)
def public_entries(*, after: str = "", limit: int = 50) -> Page[PublicLine]:
    """What the acting unit shows to everybody today and later, newest first. after: `next` of the page before."""
    scope = scopes.current()
    size = min(max(limit, 1), MOST_SHOWN)
    told: dict[str, Any] = {"unit": scope.unit_no, "today": scope.today, "after": None}
    try:
        told["after"] = UUID(after) if after else None
    except ValueError as error:
        raise BadInput(_("没有这一页"), problems=[Problem("after", after[:40])]) from error
    where = "(until_on is null or until_on > %(today)s) and (%(after)s::uuid is null or id < %(after)s::uuid)"
    found = _lines(where, told, "id desc", size + 1)
    return Page(found[:size], str(found[size - 1].entry_id) if len(found) > size else "")


@action(title="撤下公开内容", roles=OFFICE, reach=API)
def take_down(*, entry_id: UUID) -> None:
    """Take an entry of the acting unit off its public page, at once and for good. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from public_entry where unit_no = %s and id = %s", [scopes.current().unit_no, entry_id]
        )
        if not cursor.rowcount:
            raise NotFound(_("没有这一条"))
    StoredFile.objects.filter(owner_dataset=FILES, owner_id=entry_id).delete()


def sweep() -> int:
    """Delete what has come to its end, with its pictures; returns how many. Inside a transaction of the base itself, over
    every unit whose pictures are to go."""
    with connection.cursor() as cursor:
        cursor.execute("delete from public_entry where until_on <= %s returning id", [scopes.current().today])
        gone = [entry_id for (entry_id,) in cursor.fetchall()]
    StoredFile.objects.filter(owner_dataset=FILES, owner_id__in=gone).delete()
    return len(gone)
