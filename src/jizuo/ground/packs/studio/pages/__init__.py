"""The pages of the studio."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jizuo.ground.packs.studio.drafts import DRAFTERS
from jizuo.ground.packs.studio.pages import desk, editing, listing, looking
from jizuo.ground.pages.shell import Page

PAGES = [
    Page("studio", listing.listed, _("做场景"), DRAFTERS, group="scene", icon="做", order=80, on_phone=False),
    Page("studio/new", listing.new, _("新做一个场景"), DRAFTERS, in_menu=False),
    Page("studio/copy/<uuid:version_id>", listing.copy, _("照一个场景做自己的"), DRAFTERS, in_menu=False),
    Page("studio/revise/<slug:scene>", listing.revise, _("改出新版本"), DRAFTERS, in_menu=False),
    Page("studio/<uuid:version_id>", desk.desk, _("场景草稿"), DRAFTERS, in_menu=False),
    Page("studio/<uuid:version_id>/do/<slug:deed>", desk.do, _("场景草稿"), DRAFTERS, in_menu=False),
    Page("studio/<uuid:version_id>/zip", desk.download, _("下载场景草稿"), DRAFTERS, in_menu=False),
    Page("studio/<uuid:version_id>/history", desk.history, _("场景的各个版本"), DRAFTERS, in_menu=False),
    Page("studio/<uuid:version_id>/add/<slug:folder>", editing.add, _("加一样"), DRAFTERS, in_menu=False),
    Page(
        "studio/<uuid:version_id>/edit/<slug:folder>/<slug:name>",
        editing.edit,
        _("画"),
        DRAFTERS,
        in_menu=False,
    ),
    Page("studio/<uuid:version_id>/text", editing.texts, _("文本"), DRAFTERS, in_menu=False),
    Page("studio/<uuid:version_id>/look", looking.look, _("看一看"), DRAFTERS, in_menu=False),
    Page("studio/<uuid:version_id>/try", looking.trial, _("试一试"), DRAFTERS, in_menu=False),
]
