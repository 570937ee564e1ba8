"""The addresses of the desk below the acting role."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jizuo.ground import scope as scopes
from jizuo.ground.pages.shell import Page
from jizuo.hubs.identity.actions.apps import REGISTRARS
from jizuo.hubs.identity.pages.apps import edit, first, keys, listed, one

ROLES = frozenset(REGISTRARS)

PAGES = (
    Page("apps", listed.page, _("应用接入"), ROLES, group="base", icon="应", order=45, on_phone=False),
    Page("apps/new", edit.new, _("登记应用"), ROLES, in_menu=False),
    Page(
        "apps/keys", keys.page, _("签名密钥"), frozenset({scopes.OPERATOR}), group="base", icon="签", order=46,
        on_phone=False,
    ),
    Page("apps/<str:client_id>", one.page, _("应用"), ROLES, in_menu=False),
    Page("apps/<str:client_id>/edit", edit.change, _("修改应用"), ROLES, in_menu=False),
    Page("apps/<str:client_id>/secret", one.secret, _("更换应用密钥"), ROLES, in_menu=False),
    Page("apps/<str:client_id>/do", one.do, _("应用"), ROLES, in_menu=False),
    Page("apps/<str:client_id>/people", one.people, _("谁同意了"), ROLES, in_menu=False),
    Page("apps/<str:client_id>/first", first.page, _("第一次登录"), ROLES, in_menu=False),
    Page("apps/<str:client_id>/first/seen", first.seen, _("第一次登录"), ROLES, in_menu=False),
)  # fmt: skip
