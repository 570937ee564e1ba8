"""What every page of one draft has: its head, its tabs, the problems in words."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizuo.ground.errors import Problem
from jizuo.ground.packs.parts import HEAD, README, ROLES
from jizuo.ground.packs.studio import plain, words
from jizuo.ground.packs.studio.drafts import Draft
from jizuo.ground.pages.parts import Tab
from jizuo.ground.pages.shell import to

STATES: dict[str, tuple[Any, str]] = {
    "draft": (gettext_lazy("草稿"), "huang"), "review": (gettext_lazy("等人审核"), "lan"),
    "passed": (gettext_lazy("审核通过"), "lv"), "published": (gettext_lazy("已发布"), "lv"),
    "retired": (gettext_lazy("已停用"), ""),
}  # fmt: skip


def home(version_id: UUID, rest: str = "") -> str:
    """The address of a draft, or of one of its pages."""
    return to(f"studio/{version_id}" + (f"/{rest}" if rest else ""))


def state_of(state: str, is_passed: bool) -> tuple[Any, str]:
    """Words and tone of how a draft stands."""
    return STATES["passed" if is_passed else state]


def tabs(draft: Draft, current: str) -> list[Tab]:
    """The views of one draft."""
    base = home(draft.version_id)
    return [
        Tab(_("搭建"), base, current == "desk"),
        Tab(_("谁能做什么"), f"{base}/edit/roles/roles", current == "roles"),
        Tab(_("看一看"), f"{base}/look", current == "look"),
        Tab(_("试一试"), f"{base}/try", current == "try"),
        Tab(_("文本"), f"{base}/text", current == "text"),
        Tab(_("版本"), f"{base}/history", current == "history"),
    ]


def context(draft: Draft, current: str, unit_name: str) -> dict[str, Any]:
    """What the head of a draft's page needs."""
    return {
        "draft": draft,
        "home": home(draft.version_id),
        "tabs": tabs(draft, current),
        "trail": [(_("做场景"), to("studio"))],
        "where": [
            unit_name,
            _("%(n)s 版") % {"n": draft.number},
            str(state_of(draft.state, draft.is_passed)[0]),
        ],
        "state": state_of(draft.state, draft.is_passed),
    }


def place_words(files: plain.Files, where: str) -> str:
    """Where a problem is, in words: 表“请假”、流程“审批”; the file's own name where there are none."""
    path = where.partition(":")[0]
    folder, _slash, rest = path.partition("/")
    if path == ROLES:
        return _("谁能做什么")
    if path in (HEAD, README):
        return _("名称和说明")
    kinds = {key: str(word) for key, word in words.FOLDERS.items()} | {
        "forms": _("表单"),
        "codes": _("可以选的"),
    }
    if folder not in kinds:
        return path
    return f"{kinds[folder]}“{plain.title_of(files, folder, rest.rpartition('.')[0])}”"


def place_href(draft: Draft, where: str) -> str:
    """The editor in which a problem is mended; the text where no editor draws the file."""
    path = where.partition(":")[0]
    folder, _slash, rest = path.partition("/")
    name = rest.rpartition(".")[0]
    if path == ROLES:
        return home(draft.version_id, "edit/roles/roles")
    if path in (HEAD, README):
        return home(draft.version_id, "edit/head/head")
    if folder == "forms":
        over = str(plain.told(draft.files, path).get("over", ""))
        if f"standards/{over}.yaml" in draft.files:
            return home(draft.version_id, f"edit/standards/{over}")
    if folder in words.FOLDERS and path in draft.files:
        return home(draft.version_id, f"edit/{folder}/{name}")
    return home(draft.version_id, f"text?path={path}")


def problem_lines(draft: Draft, problems: list[Problem]) -> list[dict[str, Any]]:
    """Problems as a list shows them: where in words, what, how to mend, and the way there."""
    return [
        {"one": one, "where": place_words(draft.files, one.where), "href": place_href(draft, one.where)}
        for one in problems
    ]
