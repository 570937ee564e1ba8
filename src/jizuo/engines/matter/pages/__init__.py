"""Pages of matters: 办事 with what waits, one matter, what is lent."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jizuo.engines.matter.pages import lending, lists, one
from jizuo.ground import scope as scopes
from jizuo.ground.pages.shell import Page

PAGES = (
    Page(
        "matters", lists.index, _("办事"), scopes.ROLES, icon="办", order=15, badge=lists.badge,
        holds=("matters/<uuid:matter_id>", "matters/lending"),
    ),
    Page("matters/take", lists.take, _("批办"), scopes.ROLES, in_menu=False),
    Page("matters/lending", lending.index, _("委托代办"), scopes.STAFF_ROLES, in_menu=False),
    Page("matters/lending/<uuid:delegation_id>/end", lending.end, _("停止委托"), scopes.STAFF_ROLES, in_menu=False),
    Page("matters/<uuid:matter_id>", one.view, _("办事详情"), scopes.ROLES, in_menu=False),
    Page("matters/<uuid:matter_id>/take/<uuid:task_id>", one.take, _("办理"), scopes.ROLES, in_menu=False),
    Page("matters/<uuid:matter_id>/do/<slug:verb>", one.do, _("办理"), scopes.ROLES, in_menu=False),
    Page("matters/<uuid:matter_id>/move", one.move, _("调整办到哪一步"), scopes.STAFF_ROLES, in_menu=False),
    Page("matters/<uuid:matter_id>/children", one.children, _("下级办理情况"), scopes.STAFF_ROLES, in_menu=False),
)  # fmt: skip
