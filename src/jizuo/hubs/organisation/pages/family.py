"""The pages of pupil and guardian, made for a phone: the answer first, then who, then what the base knows."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.ground import doors, grants
from jizuo.ground import scope as scopes
from jizuo.ground.doors import role_title
from jizuo.ground.errors import BadInput, NotFound
from jizuo.ground.pages import format
from jizuo.ground.pages.parts import Entry, Tab
from jizuo.ground.pages.shell import Page, here, to
from jizuo.ground.queries import AuditView
from jizuo.hubs.data import datasets, owners
from jizuo.hubs.data.actions.corrections import MOST_TEXT
from jizuo.hubs.organisation.actions import family as actions
from jizuo.hubs.organisation.pages.district import WEEKDAYS
from jizuo.hubs.organisation.queries import family
from jizuo.hubs.organisation.queries.family import Known

#: Datasets of which a family may say that a value is wrong; document numbers are the register's alone.
SAID_WRONG = frozenset({"person", "pupil", "affiliation"})
#: The sources of record, as a family calls them.
OWNERS = {
    "register": gettext_lazy("学籍系统"),
    "school": gettext_lazy("学校"),
    "family": gettext_lazy("家长本人"),
    "district": gettext_lazy("区教育局"),
}
GRADES = {
    1: gettext_lazy("公开"),
    2: gettext_lazy("内部"),
    3: gettext_lazy("个人"),
    4: gettext_lazy("敏感"),
    5: gettext_lazy("重要"),
}


def asked_child(request: HttpRequest) -> UUID | None:
    """The child named in the address; None for the first. Raises NotFound for no id at all."""
    text = request.GET.get("child", "")
    try:
        return UUID(text) if text else None
    except ValueError:
        raise NotFound(_("没有这个孩子")) from None


def owner_word(code: str) -> str:
    """The source of record in words."""
    return str(OWNERS[code]) if code in OWNERS else owners.word_of(code)


def tabs(request: HttpRequest, found: family.Family) -> list[Tab]:
    """One tab a child with how much waits there, when there are several: those of the acting role, then one for each
    other guardian's role of the account, asked in its own scope."""
    waits = sum(todo.count for todo in found.told)
    shown = []
    for one in found.children:
        is_chosen = one.person_id == found.child.person_id
        count = waits if is_chosen and waits else None
        shown.append(
            (scopes.current().grant_no, Tab(one.name, to(f"?child={one.person_id}"), is_chosen, count))
        )
    if scopes.current().role == scopes.GUARDIAN:
        shown += other_children(request)
    shown.sort(key=lambda one: one[0] or 0)
    return [tab for _grant_no, tab in shown] if len(shown) > 1 else []


def other_children(request: HttpRequest) -> list[tuple[int | None, Tab]]:
    """(grant number, tab) of each other guardian's role of the account. How much waits there is asked in that role,
    by a request of its own."""
    account_id: Any = request.user.pk
    return [
        (held.grant_no, Tab(held.about, here(held.grant_no, ""), count_from=here(held.grant_no, "waits")))
        for held in grants.of_account(account_id, scopes.current().today)
        if held.role == scopes.GUARDIAN and held.grant_no != scopes.current().grant_no and held.about
    ]


@never_cache
def waits(request: HttpRequest) -> HttpResponse:
    """The count of a tab: nothing where nothing waits."""
    return render(request, "organisation/_waits.html", {"count": family.child_waits()})


@never_cache
def start(request: HttpRequest) -> HttpResponse:
    """The start of a family."""
    found = family.family(child_id=asked_child(request))
    child, scope = found.child, scopes.current()
    is_self = scope.role == scopes.PUPIL
    place = child.class_name or child.unit_name
    title = _("我在%(place)s") if is_self else _("%(name)s在%(place)s")
    states = []
    if not child.is_present:
        states.append(_("学籍在本校，在别的学校就读"))
    elif not child.is_registered:
        states.append(_("在本校就读，学籍在别的学校"))
    context = {
        "title": title % {"name": child.name, "place": place},
        "detail": f"{child.unit_name}　{WEEKDAYS[scope.today.weekday()]}",
        "day": scope.today,
        "child": child,
        "is_self": is_self,
        "states": states,
        "waiting": found.told,
        "tiles": found.tiles,
        "tabs": tabs(request, found),
        "teachers": [
            {
                "name": one.name,
                "what": "、".join([_("班主任")] * one.is_homeroom + list(one.subjects)) or _("任课教师"),
                "face": one.name[:1],
            }
            for one in found.teachers
        ],
        "adults": [adult_entry(one) for one in found.adults],
        "looked": "　".join(
            _("%(role)s %(count)s 次") % {"role": role_title(role), "count": count}
            for role, count in found.looked.items()
        )
        or _("没有人"),
        "fields": found.fields,
        "query": f"?child={child.person_id}",
    }
    return render(request, "organisation/family.html", context)


def adult_entry(one: family.Adult) -> Entry:
    """One adult in a list."""
    rights = [_("法定监护人")] if one.is_legal else []
    if one.may_pick_up:
        rights.append(_("可接送"))
    if one.is_entrusted:
        rights.append(_("受委托"))
    name = _("%(name)s（我）") % {"name": one.name} if one.is_me else one.name
    return Entry(one.relation or _("家长"), f"{name}　{one.phone}".strip("　"), side="、".join(rights))


@never_cache
def known(request: HttpRequest) -> HttpResponse:
    """What the base knows, dataset by dataset."""
    found = family.known_of(child_id=asked_child(request))
    groups: dict[str, list[Known]] = {}
    for item in found.known:
        groups.setdefault(item.dataset, []).append(item)
    shown = [
        {
            "title": group_title(dataset),
            "held": sum(bool(item.value) for item in items),
            "entries": [known_entry(item) for item in items],
        }
        for dataset, items in groups.items()
    ]
    context = {
        "child": found.child,
        "groups": shown,
        "hidden": found.hidden,
        "trail": [(_("今日"), to(""))],
        "fields": [
            (f"{item.dataset}.{item.key}", item.title) for item in found.known if item.dataset in SAID_WRONG
        ],
        "most": MOST_TEXT,
    }
    return render(request, "organisation/known.html", context)


def wrong(request: HttpRequest) -> HttpResponse:
    """Say that a field is wrong."""
    if request.method != "POST":
        return redirect(to("known"))
    dataset, _dot, field = request.POST.get("field", "").partition(".")
    child_id = asked_child(request)
    if child_id is None:
        raise NotFound(_("没有这个孩子"))
    try:
        actions.say_wrong_of_child(
            child_id=child_id, dataset=dataset, field=field, says=request.POST.get("says", ""),
            wanted=request.POST.get("wanted", ""),
        )  # fmt: skip
    except BadInput as error:
        problem = error.problems[0]
        messages.error(request, f"{problem.where}：{problem.what}" if dataset else problem.what)
    else:
        messages.success(request, _("已送出。有答复时会告诉您，也可以在“我说过的”里看。"))
    return redirect(to(f"known?child={child_id}"))


def group_title(dataset: str) -> str:
    """The heading of a dataset's fields."""
    words = {
        "person": _("个人"),
        "affiliation": _("在校"),
        "pupil": _("学籍与生活"),
        "person_identifier": _("证件"),
    }
    return words.get(dataset) or datasets.get(dataset).title


def known_entry(item: Known) -> Entry:
    """One field with its value, grade, who owns it and who said it."""
    side = [str(GRADES[item.grade])]
    if item.sources:
        side.append(_("%(who)s说的") % {"who": "、".join(map(owner_word, item.sources))})
    if item.said_at:
        side.append(format.recent(item.said_at))
    return Entry(
        item.title, item.value, owner=owner_word(item.owner) if item.owner else "", side=" · ".join(side)
    )


@never_cache
def looked(request: HttpRequest) -> HttpResponse:
    """Who looked, in words."""
    child, found = family.looks(child_id=asked_child(request))
    context = {
        "child": child,
        "lines": [look_line(one) for one in found],
        "trail": [(_("今日"), to(""))],
    }
    return render(request, "organisation/looked.html", context)


#: What an entry of the audit says was given, where it is no field of the three libraries of a pupil.
GIVEN_WORDS = {
    "answer": gettext_lazy("回执"), "certificate_no": gettext_lazy("毕业证书号"), "class_name": gettext_lazy("班级"),
    "guardian": gettext_lazy("监护人"), "guardian.phone": gettext_lazy("监护人电话"), "guardians": gettext_lazy("监护人"),
    "history": gettext_lazy("以前的样子"), "movement.reason": gettext_lazy("异动原因"),
    "quarantined.cells": gettext_lazy("采集时隔离的行"),
    "person_identifier.match": gettext_lazy("证件号（只核对）"), "person_identifier.sealed": gettext_lazy("证件号"),
    "special_identity": gettext_lazy("专责登记"), "special_identity.certificate": gettext_lazy("专责登记的证号"),
    "state": gettext_lazy("在籍在校"), "stored_file.content": gettext_lazy("文件"), "unit_name": gettext_lazy("学校"),
    "student_photo.sealed": gettext_lazy("学生卡照片"), "student_scan.place_id": gettext_lazy("今天在哪里刷过码"),
}  # fmt: skip


def given_word(column: str) -> str:
    """What a family calls a column of the audit, ``field`` or ``dataset.field``; one that no page names is said to be
    something else."""
    dataset, dot, key = column.partition(".")
    known = datasets.all_datasets().get(dataset)
    if dot and known is not None and key in known.fields and column not in GIVEN_WORDS:
        return known.fields[key].word_of("pupil")
    for name in ("pupil", "affiliation", "person"):
        if column in (fields := datasets.get(name).fields):
            return fields[column].word_of("pupil")
    return str(GIVEN_WORDS.get(column, _("其他内容")))


def look_line(one: AuditView) -> dict[str, Any]:
    """One look: who, as what, what she was given and at which page."""
    door = doors.all_doors().get(one.door)
    what = "、".join(dict.fromkeys(map(given_word, one.columns)))
    return {
        "who": f"{role_title(one.role)} {one.who}".strip(),
        "at": one.at,
        "what": _("看到了%(what)s") % {"what": what} if what else _("打开过"),
        "where": door.title if door else "",
    }


PAGES = [
    Page("known", known, gettext_lazy("数据"), scopes.FAMILY_ROLES, icon="数", order=20, name="known"),
    Page("waits", waits, gettext_lazy("这个孩子的待办数"), frozenset({scopes.GUARDIAN}), in_menu=False),
    Page("known/wrong", wrong, gettext_lazy("说不对"), scopes.FAMILY_ROLES, in_menu=False),
    Page("looked", looked, gettext_lazy("谁看过"), scopes.FAMILY_ROLES, icon="看", order=30, name="looked"),
]
