"""Hand-made pages of the import walk."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from jizuo.ground.pages.shell import Page
from jizuo.hubs.data.actions.walk import IMPORTING_ROLES
from jizuo.hubs.data.pages import (
    catalogue,
    codes,
    collecting,
    columns,
    connecting,
    contracts,
    corrections,
    drafting,
    grades,
    held,
    imports,
    lineage,
    mending,
    owners,
    publishing,
    quality,
    quality_failures,
    quality_report,
    quality_rules,
    receipt,
    scene_book,
    shares,
    standards,
    step,
    why,
)
from jizuo.hubs.data.queries import imports as queries


def _waiting(_scope: object) -> int:
    return queries.waiting_imports()


def _below(path: str, view: Callable[..., HttpResponseBase]) -> Page:
    return Page(f"imports/{path}", view, _("名册导入"), IMPORTING_ROLES, in_menu=False)


PAGES = (
    Page(
        "imports", imports.listed, _("名册导入"), IMPORTING_ROLES, "data", "导", _waiting, 10, name="imports"
    ),
    _below("new", imports.new),
    _below("<uuid:batch_id>", step.show),
    _below("<uuid:batch_id>/progress", step.progress),
    _below("<uuid:batch_id>/mend", mending.mend),
    _below("<uuid:batch_id>/do/<slug:verb>", mending.do),
    _below("<uuid:batch_id>/receipt", receipt.receipt),
    _below("<uuid:batch_id>/marked.xlsx", receipt.marked),
    _below("<uuid:batch_id>/raw", receipt.raw),
    _below("<uuid:batch_id>/columns", columns.show),
    *corrections.PAGES,
    *held.PAGES,
    *standards.PAGES,
    *drafting.PAGES,
    *publishing.PAGES,
    *codes.PAGES,
    *shares.PAGES,
    *contracts.PAGES,
    *grades.PAGES,
    *why.PAGES,
    *quality.PAGES,
    *quality_failures.PAGES,
    *quality_rules.PAGES,
    *quality_report.PAGES,
    *catalogue.PAGES,
    *owners.PAGES,
    *lineage.PAGES,
    *collecting.PAGES,
    *connecting.PAGES,
    *scene_book.PAGES,
)
