"""How far the builder is with the tables of a scene."""

from __future__ import annotations

from uuid import UUID

import msgspec
from django.db import connection

from jizuo.ground.doors import API, source
from jizuo.ground.packs import versions
from jizuo.ground.packs.actions import MANAGERS

STATES = """
select distinct on (s.name) s.name, s.title, coalesce(p.state, 'done'), coalesce(p.why, '')
from standard_version s left join schema_plan p on p.id = s.plan_id
where s.name = any(%s) and s.state <> 'draft' order by s.name, s.major desc, s.minor desc
"""


class SceneTable(msgspec.Struct, frozen=True):
    """One dataset of a scene. state: none (never switched on) | waiting | done | refused; why: of a refusal."""

    dataset: str
    title: str
    state: str
    why: str = ""


@source(title="场景数据表", roles=MANAGERS, reach=API)
def scene_tables(*, version_id: UUID) -> list[SceneTable]:
    """Each dataset of a published version with the state of its table, by name. Raises NotFound."""
    standards = versions.pack_of(version_id).part("standards")
    with connection.cursor() as cursor:
        cursor.execute(STATES, [list(standards)])
        held = {row[0]: SceneTable(*row) for row in cursor.fetchall()}
    return [
        held.get(name, SceneTable(name, told.body.title, "none")) for name, told in sorted(standards.items())
    ]
