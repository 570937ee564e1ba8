"""The start of a homeroom teacher, a teacher and a clerk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.pages import format
from jizuo.ground.pages.parts import Action, Tile, Todo
from jizuo.ground.pages.shell import to
from jizuo.hubs.data.codes import name_of
from jizuo.hubs.organisation.pages import district
from jizuo.hubs.organisation.pages.district import WEEKDAYS
from jizuo.hubs.organisation.queries import homeroom, numbers
from jizuo.hubs.organisation.queries.homeroom import ClassPupil, Lesson, MyClass
from jizuo.plain.school_year import Calendar

WITHOUT_ACCOUNT = frozenset({"none", "new", "off"})


def head(request: ActingRequest) -> dict[str, Any]:
    """Title and place of a school's page."""
    scope = scopes.current()
    year = Calendar().year_of(scope.today)
    unit_name = request.unit_name
    return {
        "title": format.prose_day(scope.today),
        "where": [unit_name, f"{year} {WEEKDAYS[scope.today.weekday()]}"],
    }


def lacks(pupil: ClassPupil) -> list[tuple[str, str]]:
    """What is missing for a pupil: (words, tone), the gravest first."""
    found = []
    if not pupil.guardians:
        found.append((_("没有监护人"), "zhu"))
    elif not pupil.phones:
        found.append((_("监护人没有电话"), "huang"))
    if pupil.account in WITHOUT_ACCOUNT:
        found.append((_("没有启用账号"), "lan"))
    elif pupil.account == "waiting":
        found.append((_("纸条已发，还没有启用"), "lan"))
    return found


def class_todo(one: MyClass) -> list[Todo]:
    """What waits in one class."""
    counts = Counter(words for pupil in one.pupils for words, _tone in lacks(pupil))
    tones = {words: tone for pupil in one.pupils for words, tone in lacks(pupil)}
    paths = {_("没有启用账号"): ("slips", _("发纸条")), _("纸条已发，还没有启用"): ("slips", _("看纸条"))}
    return [
        Todo(
            _("%(class)s：%(count)s 人%(words)s") % {"class": one.name, "count": count, "words": words},
            _("缺"),
            tones[words],
            href=to(paths[words][0]) if words in paths else f"#c-{one.class_id}",
            href_word=paths[words][1] if words in paths else _("看是谁"),
        )
        for words, count in counts.items()
    ]


def start(request: ActingRequest) -> HttpResponse:
    """The start of a homeroom teacher: my classes, what waits, my teaching."""
    told = homeroom.class_start()
    classes = told.classes
    waiting = [*told.told, *(todo for one in classes for todo in class_todo(one))]
    shown = [
        {
            "id": f"c-{one.class_id}",
            "name": one.name,
            "count": len(one.pupils),
            "lines": [
                {"pupil": pupil, "lacks": lacks(pupil), "href": to(f"people/{pupil.affiliation_id}")}
                for pupil in one.pupils
            ],
            "missing": sum(bool(lacks(pupil)) for pupil in one.pupils),
        }
        for one in classes
    ]
    context = head(request) | {
        "waiting": waiting,
        "classes": shown,
        "lessons": lessons(told.lessons),
        "main": Action(_("发启用纸条"), href=to("slips")),
        "others": [Action(_("家长绑定"), href=to("guardians"))],
    }
    return render(request, "organisation/homeroom.html", context)


def lessons(taught: Sequence[Lesson]) -> list[dict[str, Any]]:
    """What the acting teacher teaches, as lines."""
    return [
        {
            "name": one.name,
            "subject": _("班主任") if one.is_homeroom else name_of("subject", one.subject_code),
            "pupils": one.pupils,
        }
        for one in taught
    ]


def teacher(request: ActingRequest) -> HttpResponse:
    """The start of a teacher."""
    return render(
        request,
        "organisation/teacher.html",
        head(request) | {"lessons": lessons(homeroom.class_start().lessons)},
    )


def clerk(request: ActingRequest) -> HttpResponse:
    """The start of a clerk: what waits, the quick ways, the school's numbers."""
    told = numbers.day_start(ask=district.school_ask(request))
    found = told.overview
    unit_name = request.unit_name
    context = {
        "title": format.prose_day(scopes.current().today),
        "where": district.where_now(found, unit_name),
        "found": found,
        "main": Action(_("导入名册"), href=to("imports")),
        "others": [Action(_("导出简报"), href=to("briefing"), is_download=True)],
        "waiting": district.waiting(found, told.told),
        "cards": district.cards(found),
        "tiles": [
            Tile("入", _("导入名册"), to("imports")),
            Tile("生", _("学生"), to("people/pupils"), "lan"),
            Tile("师", _("教职工"), to("people/staff"), "huang"),
            Tile("码", _("账号与纸条"), to("slips"), "lv"),
        ],
        "grade_rows": district.grade_rows(found),
    }
    return render(request, "organisation/clerk.html", context)
