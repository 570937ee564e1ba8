"""Groupings beside the tree: 教育集团, 学区, 城乡教共体, 名师工作室, 联盟. A unit leads; the others are members."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, action, source
from jizuo.ground.errors import BadInput, NotFound, Problem
from jizuo.ground.ids import new_id
from jizuo.hubs.organisation.actions.units import OPENING_ROLES

KINDS = {
    "group": gettext_lazy("教育集团"),
    "zone": gettext_lazy("学区"),
    "pairing": gettext_lazy("城乡教共体"),
    "studio": gettext_lazy("名师工作室"),
    "alliance": gettext_lazy("联盟"),
}


class GroupingView(msgspec.Struct, frozen=True):
    """A grouping with the unit that leads it and its members by name."""

    grouping_id: UUID
    kind: str
    name: str
    lead_name: str
    begin_on: date
    members: list[str]


@source(title="集团与学区", roles=OPENING_ROLES, reach=API)
def grouping_list() -> list[GroupingView]:
    """Groupings led by units in reach that have not ended, by kind and name."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(
            "select g.id, g.kind, g.name, u.name, g.begin_on, (select coalesce(jsonb_agg(n.name order by n.sort_key), '[]')"
            "::text from grouping_member m join unit n on n.unit_no = m.member_no where m.grouping_id = g.id"
            ' and m.end_on is null) from "grouping" g join unit u using (unit_no)'
            " where g.end_on is null or g.end_on > %s order by g.kind, g.name, g.id limit 500",
            [scope.today],
        )
        return [GroupingView(*[*row[:5], msgspec.json.decode(row[5])]) for row in cursor.fetchall()]


@action(title="建立集团或学区", roles=OPENING_ROLES, reach=API)
def start_grouping(*, kind: str, name: str, lead_no: int, members: Sequence[int]) -> UUID:
    """Start a grouping today; returns its id. Lead and members must be in reach. Raises BadInput."""
    scope = scopes.current()
    problems = []
    if kind not in KINDS:
        problems.append(Problem("kind", _("没有这一种"), _("请从列出的种类里选")))
    if not name.strip():
        problems.append(Problem("name", _("名称是空的"), _("请填写名称")))
    if {lead_no, *members} - set(scope.units):
        problems.append(Problem("members", _("有单位不在您的范围内"), _("请从列出的单位里选")))
    others = [one for one in dict.fromkeys(members) if one != lead_no]
    if not others:
        problems.append(Problem("members", _("没有成员"), _("请选牵头单位以外的至少一个单位")))
    if problems:
        raise BadInput(_("没有建立"), problems=problems)
    grouping_id = new_id()
    with connection.cursor() as cursor:
        cursor.execute(
            'insert into "grouping" (id, unit_no, kind, name, begin_on) values (%s, %s, %s, %s, %s)',
            [grouping_id, lead_no, kind, name.strip()[:120], scope.today],
        )
        cursor.executemany(
            "insert into grouping_member (id, unit_no, grouping_id, member_no, role, begin_on)"
            " values (%s, %s, %s, %s, %s, %s)",
            [
                (new_id(), lead_no, grouping_id, one, "lead" if one == lead_no else "member", scope.today)
                for one in (lead_no, *others)
            ],
        )
    return grouping_id


@action(title="结束集团或学区", roles=OPENING_ROLES, reach=API)
def end_grouping(*, grouping_id: UUID) -> None:
    """End a grouping and its memberships today. Raises NotFound."""
    today = scopes.current().today
    with connection.cursor() as cursor:
        cursor.execute(
            'update "grouping" set end_on = %s, changed_at = now() where id = %s and end_on is null',
            [today, grouping_id],
        )
        if not cursor.rowcount:
            raise NotFound(_("没有这个集团或学区"), fix=_("可能已经结束，请刷新页面"))
        cursor.execute(
            "update grouping_member set end_on = %s, changed_at = now() where grouping_id = %s and end_on is null",
            [today, grouping_id],
        )
