"""A draft tried: sample rows laid beside it, its flows walked without anything being written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, action, source
from jizuo.ground.errors import BadInput, NotFound
from jizuo.ground.ids import new_id
from jizuo.ground.packs.parts import Pack
from jizuo.ground.packs.studio import drafts, plain, samples
from jizuo.ground.packs.studio.drafts import DRAFTERS


class TriedLine(msgspec.Struct, frozen=True):
    """One line of a walk. title: of the step, '' at the end; deed: what was done, in words; who: those who do it."""

    title: str
    deed: str
    who: str = ""
    tone: str = ""


#: (pack, flow, answers of its form, role of the applicant, step -> verb, the civil day) -> lines.
Walk = Callable[[Pack, str, Mapping[str, Any], str, Mapping[str, str], date], Sequence[TriedLine]]
_walks: list[Walk] = []


def walk_by(walk: Walk) -> None:
    """Name who walks through flows; called once, on an engine's plate."""
    _walks[:] = [walk]


@action(title="放样例数据", roles=DRAFTERS, reach=API)
def put_trial_rows(*, version_id: UUID, dataset: str, rows: list[dict[str, Any]] | None = None) -> int:
    """Lay sample rows beside a draft, in place of those that are there; without rows three invented ones. Returns how many.
    They are the unit's own, reach nobody and go with the draft. Raises NotFound, BadInput."""
    scope = scopes.current()
    draft = drafts.find(version_id)
    known = plain.elements(draft.files, dataset)
    if not known:
        raise NotFound(_("草稿里没有这张表"))
    told = samples.rows_of(draft.files, dataset, scope.today) if rows is None else rows
    if len(told) > samples.MOST_ROWS:
        raise BadInput(_("样例最多 %(n)s 行") % {"n": samples.MOST_ROWS}, fix=_("只放几行就够看了"))
    kept = [{key: value for key, value in row.items() if key in known} for row in told]
    if any(
        isinstance(value, str) and len(value) > samples.MOST_LETTERS for row in kept for value in row.values()
    ):
        raise BadInput(_("样例里的字太多"), fix=_("一格最多二百个字"))
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from scene_trial where version_id = %s and dataset = %s", [version_id, dataset]
        )
        if kept:
            cursor.execute(
                "insert into scene_trial (id, unit_no, version_id, dataset, row_no, cells)"
                " select * from unnest(%s::uuid[], %s::int[], %s::uuid[], %s::text[], %s::int[], %s::jsonb[])",
                [
                    [new_id() for _row in kept], [scope.unit_no] * len(kept), [version_id] * len(kept),
                    [dataset] * len(kept), list(range(len(kept))), [Jsonb(row) for row in kept],
                ],
            )  # fmt: skip
    return len(kept)


@source(title="看样例数据", roles=DRAFTERS, reach=API)
def trial_rows(*, version_id: UUID) -> dict[str, list[dict[str, Any]]]:
    """dataset -> its sample rows in order, of a draft of the acting unit. Raises NotFound."""
    drafts.find(version_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "select dataset, cells::text from scene_trial where version_id = %s and unit_no = %s order by dataset, row_no",
            [version_id, scopes.current().unit_no],
        )
        rows = cursor.fetchall()
    found: dict[str, list[dict[str, Any]]] = {}
    for dataset, text in rows:
        found.setdefault(dataset, []).append(msgspec.json.decode(text))
    return found


@source(title="走一遍流程", roles=DRAFTERS, reach=API)
def try_flow(
    *,
    version_id: UUID,
    flow: str,
    answers: dict[str, Any] = {},  # noqa: B006
    role: str = "",
    verbs: dict[str, str] = {},  # noqa: B006
) -> list[TriedLine]:
    """Every step that a matter of a draft would take, in words; nothing is written and nobody is told. answers: of the form
    that begins it; role: of who hands it in; verbs: step -> what is said there, where it is not yes. Raises NotFound,
    BadInput for a draft that cannot be read."""
    draft = drafts.find(version_id)
    pack, _problems = draft.checked()
    if pack is None or not _walks:
        raise BadInput(_("草稿还读不出来"), fix=_("先按提示改好"))
    if flow not in pack.part("flows"):
        raise NotFound(_("草稿里没有这个流程"))
    return list(_walks[0](pack, flow, answers, role, verbs, scopes.current().today))
