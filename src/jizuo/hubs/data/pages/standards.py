"""Data standards for people: the list, one with its elements and versions, a new one, text out and in."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import BadInput, Conflict, DoorError
from jizuo.ground.pages.parts import Action, Tab
from jizuo.ground.pages.shell import Page, to
from jizuo.hubs.data import codes, masking, sources
from jizuo.hubs.data.actions import standards as actions
from jizuo.hubs.data.datasets import SENSITIVE
from jizuo.hubs.data.queries import standards as queries
from jizuo.hubs.data.queries.codes import LOOKERS, STEWARDS
from jizuo.hubs.data.rules import standards as rules
from jizuo.hubs.data.standards import Element, VersionView

TYPES: dict[str, Any] = {
    "text": gettext_lazy("文本"), "integer": gettext_lazy("整数"), "decimal": gettext_lazy("小数"),
    "boolean": gettext_lazy("是否"), "date": gettext_lazy("日期"), "timestamptz": gettext_lazy("时间"),
    "code": gettext_lazy("代码"), "person": gettext_lazy("人"), "org": gettext_lazy("班级或部门"),
    "file": gettext_lazy("附件"),
}  # fmt: skip
GRADES: dict[int, Any] = {
    1: gettext_lazy("1 公开"), 2: gettext_lazy("2 内部"), 3: gettext_lazy("3 个人"), 4: gettext_lazy("4 敏感"),
    5: gettext_lazy("5 重要"),
}  # fmt: skip
STATES: dict[str, tuple[Any, str]] = {
    "draft": (gettext_lazy("草稿"), "huang"), "published": (gettext_lazy("已发布"), "lv"),
    "retired": (gettext_lazy("已停用"), ""), "waiting": (gettext_lazy("正在建表"), "lan"),
    "refused": (gettext_lazy("建表被拒绝"), "zhu"),
}  # fmt: skip
MOST_YAML = 2_000_000


def state_of(version: VersionView) -> tuple[Any, str]:
    """Word and tone of a version's state, the builder's answer among them."""
    return STATES[
        version.table_state
        if version.table_state in STATES and version.state == "published"
        else version.state
    ]


def tabs(current: str) -> list[Tab]:
    """The two views of the standards page."""
    return [
        Tab(_("标准"), to("standards"), current == "standards"),
        Tab(_("代码表"), to("standards/codes"), current == "codes"),
    ]


def may_draft() -> bool:
    """True when the acting role makes standards."""
    return scopes.current().role in STEWARDS


def type_words(one: Element) -> str:
    """文本 40, 小数 8,2, 代码 民族: a type as a list shows it."""
    word = str(TYPES[one.type])
    if one.type == "text":
        return f"{word} {one.length}"
    if one.type == "decimal":
        return f"{word} {one.precision},{one.scale}"
    if one.type == "code":
        known = codes.tables().get(one.code)
        return f"{word} {known.name if known else one.code}"
    return word


def element_line(one: Element) -> dict[str, Any]:
    """An element as the tables of these pages show it."""
    known = codes.tables().get(one.code)
    return {
        "one": one,
        "type": type_words(one),
        "grade": GRADES.get(one.grade, one.grade),
        "is_shut": one.grade >= SENSITIVE and not one.purpose,
        "purpose": masking.purposes().get(one.purpose, one.purpose),
        "owner": source.word if (source := sources.shipped().get(one.owner)) else one.owner,
        "code_href": to(f"standards/codes/{one.code}") if known else "",
    }


def listed(request: ActingRequest) -> HttpResponse:
    """Every standard; ``?q=`` looks in Chinese, pinyin and initials."""
    text = request.GET.get("q", "").strip()[:60]
    lines = queries.standard_list(text=text)
    context = {
        "lines": [
            {"one": one, "state": STATES[one.state], "href": to(f"standards/of/{one.name}"), "is_made": one.room == "standards"}
            for one in lines
        ],
        "text": text,
        "tabs": tabs("standards"),
        "address": to("standards"),
        "where": [request.unit_name],
        "main": Action(_("起草标准"), href=to("standards/new")) if may_draft() else None,
    }  # fmt: skip
    return render(request, "data/standards.html", context)


def show(request: ActingRequest, name: str) -> HttpResponse:
    """One standard: its elements, its versions, what can be done."""
    view = queries.standard_view(name=name)
    draft = next((one for one in view.versions if one.state == rules.DRAFT), None)
    versions = [
        {
            "one": one,
            "state": state_of(one),
            "href": to(f"standards/draft/{one.version_id}") if one.state == rules.DRAFT else "",
            "text": to(f"standards/text/{one.version_id}"),
            "may_reopen": may_draft() and one.table_state == "refused" and one.state == rules.PUBLISHED,
            "may_retire": may_draft()
            and one.state == rules.PUBLISHED
            and one.table_state == "done"
            and not one.until_on,
            "do": to(f"standards/draft/{one.version_id}/do"),
            "retire": f"retire-{one.version_id}",
        }
        for one in view.versions
    ]
    others = [Action(_("下载 YAML"), href=to(f"standards/of/{name}/text"), is_download=True)]
    main = None
    if may_draft() and view.versions:
        if draft:
            main = Action(_("继续写草稿"), href=to(f"standards/draft/{draft.version_id}"))
        else:
            main = Action(_("起草新版本"), post=to(f"standards/of/{name}/revise"))
            others.append(Action(_("起草新的主版本"), opens="confirm-major"))
    context = {
        "view": view,
        "is_made": bool(view.versions),
        "elements": [element_line(one) for one in view.body.elements],
        "versions": versions,
        "main": main,
        "others": others,
        "trail": [(_("数据标准"), to("standards"))],
        "where": [view.number, view.body.name],
        "key": "、".join(one.title for key in view.body.key if (one := view.body.element(key))),
        "revise": to(f"standards/of/{name}/revise"),
    }  # fmt: skip
    return render(request, "data/standard.html", context)


def revise(request: ActingRequest, name: str) -> HttpResponse:
    """Begin the next version of a standard, or go on with its draft."""
    if request.method != "POST":
        return redirect(to(f"standards/of/{name}"))
    version_id = actions.revise_standard(name=name, is_new_major=bool(request.POST.get("major")))
    return redirect(to(f"standards/draft/{version_id}"))


def new(request: ActingRequest) -> HttpResponse:
    """Name a new standard, or bring one as YAML."""
    fault: DoorError | None = None
    told = request.POST
    if request.method == "POST":
        try:
            file = request.FILES.get("file")
            if file is not None:
                if (file.size or 0) > MOST_YAML:
                    raise BadInput(_("文件太大"), fix=_("一个文件只放一个标准"))
                text = file.read().decode("utf-8-sig", errors="replace")
                version_id = actions.bring_standard(text=text)
            else:
                version_id = actions.start_standard(
                    name=told.get("name", "").strip(),
                    title=told.get("title", ""),
                    english=told.get("english", ""),
                )
        except (BadInput, Conflict) as error:
            fault = error
        else:
            return redirect(to(f"standards/draft/{version_id}"))
    context = {
        "fault": fault,
        "told": told,
        "trail": [(_("数据标准"), to("standards"))],
        "where": [request.unit_name],
    }
    return render(request, "data/standard_new.html", context, status=fault.status if fault else 200)


def text_of(request: ActingRequest, name: str) -> HttpResponse:
    """The standard in force as a YAML file."""
    return _yaml(name, queries.standard_yaml_text(name=name))


def version_text(request: ActingRequest, version_id: Any) -> HttpResponse:
    """One version as a YAML file."""
    view = queries.standard_version(version_id=version_id)
    return _yaml(f"{view.name}-{view.number}", queries.standard_yaml_text(version_id=version_id))


def _yaml(name: str, text: str) -> HttpResponse:
    answer = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.yaml"'
    return answer


def page(path: str, view: Any, roles: frozenset[str] = STEWARDS) -> Page:
    """A page below the list of standards."""
    return Page(f"standards/{path}", view, gettext_lazy("数据标准"), roles, in_menu=False)


PAGES = (
    Page(
        "standards", listed, gettext_lazy("数据标准"), LOOKERS, "data", "标", order=30, on_phone=False,
        name="standards", holds=("standards/codes",),
    ),
    page("new", new),
    page("of/<slug:name>", show, LOOKERS),
    page("of/<slug:name>/text", text_of, LOOKERS),
    page("of/<slug:name>/revise", revise),
    page("text/<uuid:version_id>", version_text, LOOKERS),
)  # fmt: skip
