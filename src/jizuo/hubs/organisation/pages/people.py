"""Lists of pupils and staff, the page of one person, corrections."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.doors import all_doors, role_title
from jizuo.ground.errors import NotFound
from jizuo.ground.pages import shell
from jizuo.ground.pages.asks import Ask, cut
from jizuo.ground.pages.parts import Action
from jizuo.ground.pages.shell import Page, to
from jizuo.ground.pages.tables import Column, Filter, Table
from jizuo.hubs.data import codes
from jizuo.hubs.data.pages.corrections import drawn as drawn_ticket
from jizuo.hubs.data.pages.step import owner_word
from jizuo.hubs.data.queries import imports as data_queries
from jizuo.hubs.data.rules import corrections as rules
from jizuo.hubs.organisation import masks
from jizuo.hubs.organisation.actions import people as actions
from jizuo.hubs.organisation.actions.moving import ASKERS
from jizuo.hubs.organisation.class_names import ClassView
from jizuo.hubs.organisation.printing.queries import OFFICE as CERTIFIERS
from jizuo.hubs.organisation.queries import careers
from jizuo.hubs.organisation.queries import people as queries
from jizuo.hubs.organisation.queries.editing import EDITORS
from jizuo.hubs.organisation.queries.people import OFFICE_ROLES, PUPIL_ROLES

YES_NO = [("yes", gettext_lazy("是")), ("no", gettext_lazy("否"))]
NUMBER_ROLES = OFFICE_ROLES


def choices(table: str) -> list[tuple[str, Any]]:
    """A code table as the choices of a filter."""
    return [(code.code, code.name) for code in codes.tables()[table]]


def present_tag(line: Any) -> str:
    """在籍 and 在读, the two facts of one affiliation, in words."""
    return {
        (True, True): _("在籍 在校"),
        (True, False): _("在籍 不在校"),
        (False, True): _("不在籍 在校"),
    }.get((line.is_registered, line.is_present), _("不在籍 不在校"))


def present_tone(line: Any) -> str:
    """What is not the ordinary case stands out."""
    return "" if line.is_registered and line.is_present else "huang"


def pupil_columns(*, with_phone: bool, many_units: bool) -> list[Column]:
    """The columns of the list of pupils."""
    return [
        Column("name", _("姓名"), sort=True, href=lambda line: to(f"people/{line.id}")),
        Column("unit_name", _("学校"), shown=many_units),
        Column("class_name", _("班级"), kind="short", shown=not many_units),
        Column("sex", _("性别"), kind="short"),
        Column("local_no", _("学号"), kind="short", sort=True),
        Column("seat_no", _("座号"), kind="figure", shown=False, value=lambda line: line.seat_no),
        Column("base_no", _("基座号"), kind="short", shown=False),
        Column("state", _("在籍在校"), kind="tag", value=present_tag, tone=present_tone),
        Column("status", _("学籍状态"), kind="short", shown=False),
        Column("attendance", _("就读方式"), kind="short", shown=False),
        Column("entry_year", _("入学年份"), kind="short", shown=False),
        Column("guardian", _("监护人"), kind="short", shown=with_phone,
               value=lambda line: f"{line.guardian}（{line.relation}）" if line.relation else line.guardian),
        Column("phone", _("监护人电话"), kind="short", shown=with_phone),
    ]  # fmt: skip


def pupil_filters(classes: list[ClassView], units: list[tuple[int, str]]) -> list[Filter]:
    """What the list of pupils can be narrowed by."""
    grades = dict.fromkeys((one.grade_key, one.grade) for one in classes if one.grade)
    found = [
        Filter("registered", _("在籍"), YES_NO),
        Filter("present", _("在校"), YES_NO),
        Filter("sex", _("性别"), choices("sex")[:3]),
        Filter("status", _("学籍状态"), choices("student_status")),
        Filter("attendance", _("就读方式"), choices("attendance")),
        Filter("missing", _("缺"), [("guardian", _("没有监护人")), ("phone", _("监护人没有电话"))]),
    ]
    if classes:
        shown = [(str(one.org_id), one.name) for one in classes]
        found = [Filter("grade", _("年级"), list(grades)), Filter("class", _("班级"), shown), *found]
    return [Filter("unit", _("学校"), [(str(no), name) for no, name in units]), *found] if units else found


def chosen_unit(request: ActingRequest) -> int | None:
    """The school in reach that the address narrows to."""
    told = request.GET.get("f.unit", "")
    return int(told) if told.isdecimal() and int(told) in scopes.current().units else None


def units_to_choose() -> list[tuple[int, str]]:
    """Schools a district role may narrow to; none for a role of one unit."""
    return data_queries.importing_units() if len(scopes.current().units) > 1 else []


def pupils(request: ActingRequest) -> HttpResponse:
    """The pupils of the units or classes in reach."""
    scope = scopes.current()
    units = units_to_choose()
    classes = queries.classes_in_reach(unit_no=chosen_unit(request))
    many = bool(units) and chosen_unit(request) is None
    columns = pupil_columns(with_phone=scope.role == scopes.HOMEROOM_TEACHER, many_units=many)
    filters = pupil_filters(classes, units)
    ask = Ask.read(request.GET, columns, filters, sort="name")
    with_phone = bool({"phone", "guardian"} & set(ask.columns))
    lines = queries.pupil_list(ask=ask, classes=classes, with_phone=with_phone)
    named = dict(units)
    rows = [with_unit(line, named) for line in lines]
    table = Table(
        "pupils", _("学生"), columns, cut(rows, ask, sort_key=_sort_key(ask), id_key="id"), ask, address=request.path,
        filters=filters, total=lines[0].total if lines else 0, total_unit=_("人"),
        export=to("exports/pupils.xlsx") if scope.role in EXPORTING else "",
        empty=_("还没有学生。先导入学生名册。"),
        empty_actions=[Action(_("导入名册"), href=to("imports/new"))] if scope.role in OFFICE_ROLES else (),
        has_search=True, search_hint=_("姓名、拼音、首字母、学号、基座号"),
    )  # fmt: skip
    main = (
        Action(_("导入名册"), href=to("imports/new?importer=pupils")) if scope.role in OFFICE_ROLES else None
    )
    where = [request.unit_name, *_narrowed(ask, filters)]
    others = shell.guest_actions("people/pupils")
    context = {"table": table, "title": _("学生"), "main": main, "others": others, "where": where}
    return render(request, "organisation/list.html", context)


def _narrowed(ask: Ask, filters: list[Filter]) -> list[Any]:
    words = {(one.key, str(value)): label for one in filters for value, label in one.choices}
    return [words[key, value] for key, value in ask.filters.items() if key in ("unit", "grade", "class")]


def _sort_key(ask: Ask) -> str:
    return {"name": "sort_key"}.get(ask.sort, ask.sort)


def with_unit(line: Any, named: dict[int, str]) -> Any:
    """The line with its school's name where there are several."""
    return msgspec.structs.replace(line, unit_name=named.get(line.unit_no, "")) if named else line


def staff_columns(*, many_units: bool) -> list[Column]:
    """The columns of the list of staff."""
    return [
        Column("name", _("姓名"), sort=True, href=lambda line: to(f"people/{line.id}")),
        Column("unit_name", _("单位"), shown=many_units),
        Column("sex", _("性别"), kind="short"),
        Column("local_no", _("工号"), kind="short", sort=True),
        Column("duty", _("职务"), kind="short"),
        Column("establishment", _("编制"), kind="short"),
        Column(
            "is_full_time", _("专任"), kind="short", value=lambda line: _("专任") if line.is_full_time else ""
        ),
        Column("subject", _("任教学科"), kind="short"),
        Column("title", _("职称"), kind="short"),
        Column("post_kind", _("岗位"), kind="short", shown=False),
        Column("weekly_lessons", _("周课时"), kind="figure", decimals=1, shown=False),
        Column("base_no", _("基座号"), kind="short", shown=False),
        Column("state", _("人事与在岗"), kind="tag", value=staff_tag, tone=lambda _line: "huang"),
        Column("phone", _("电话"), kind="short", shown=False),
    ]


def staff_tag(line: Any) -> str:
    """Where the papers lie and where the work is done; both here is the ordinary case and says nothing."""
    if line.is_registered and line.is_present:
        return ""
    if line.is_registered:
        return _("不在岗")
    return _("人事在外校") if line.is_present else _("不在本校")


def staff_filters(units: list[tuple[int, str]]) -> list[Filter]:
    """What the list of staff can be narrowed by."""
    found = [
        Filter("establishment", _("编制"), choices("staffing")),
        Filter("full_time", _("专任"), YES_NO),
        Filter("subject", _("任教学科"), choices("subject")),
        Filter("title", _("职称"), choices("title")),
        Filter("registered", _("人事在本校"), YES_NO),
        Filter("present", _("在岗"), YES_NO),
        Filter("sex", _("性别"), choices("sex")[:3]),
    ]
    return [Filter("unit", _("学校"), [(str(no), name) for no, name in units]), *found] if units else found


def staff(request: ActingRequest) -> HttpResponse:
    """The staff of the units in reach."""
    scope = scopes.current()
    units = units_to_choose()
    columns = staff_columns(many_units=bool(units) and chosen_unit(request) is None)
    filters = staff_filters(units)
    ask = Ask.read(request.GET, columns, filters, sort="name")
    lines = queries.staff_list(ask=ask, with_phone="phone" in ask.columns)
    named = dict(units)
    table = Table(
        "staff", _("教职工"), columns,
        cut([with_unit(line, named) for line in lines], ask, sort_key=_sort_key(ask), id_key="id"), ask,
        address=request.path, filters=filters, total=lines[0].total if lines else 0, total_unit=_("人"),
        export=to("exports/staff.xlsx") if scope.role in EXPORTING else "",
        empty=_("还没有教职工。先导入教职工名册。"), empty_actions=[Action(_("导入名册"), href=to("imports/new?importer=staff"))],
        has_search=True, search_hint=_("姓名、拼音、首字母、工号、基座号"),
    )  # fmt: skip
    main = Action(_("导入名册"), href=to("imports/new?importer=staff"))
    where = [request.unit_name, *_narrowed(ask, filters)]
    return render(
        request,
        "organisation/list.html",
        {"table": table, "title": _("教职工"), "main": main, "where": where},
    )


#: Groups of fields on the page of a person, in order; what is in none comes last.
GROUPS = (
    (gettext_lazy("在校"), frozenset({"local_no", "seat_no", "class_roll_no", "is_registered", "is_present", "attends_at",
     "status", "entry_year", "entered_on", "entry_way", "attendance", "is_bus_rider", "category", "school_before",
     "had_preschool"})),
    (gettext_lazy("岗位"), frozenset({"establishment", "post_kind", "post_grade", "duty", "title", "title_on",
     "is_full_time_teacher", "subject_code", "weekly_lessons", "homeroom_years", "honours", "leave", "shared_kind",
     "certificate", "education", "degree", "work_since", "here_since", "kind", "teaching_since", "post_on", "duty_on",
     "stage", "education_school", "education_on", "major", "degree_school", "degree_on", "mandarin",
     "is_normal_graduate", "is_psychologist"})),
    (gettext_lazy("本人"), frozenset({"base_no", "name", "name_reading", "former_name", "latin_name", "sex", "birth_on",
     "id_kind", "ethnic", "nationality", "overseas", "political", "native_place", "birth_place", "id_valid_until",
     "origin"})),
    (gettext_lazy("联系与安全"), frozenset({"phone", "email", "address", "household_place", "household_kind", "blood",
     "allergy", "household_division", "postal_address", "postcode", "health", "commute", "commute_km"})),
)  # fmt: skip


def moving_actions(found: queries.PersonView, role: str) -> list[Action]:
    """The way to ask for a movement of a pupil who is here."""
    if found.role != "pupil" or found.is_ended or role not in ASKERS:
        return []
    return [Action(_("登记异动"), href=to(f"moving/new?who={found.affiliation_id}"))]


def printing_actions(found: queries.PersonView, role: str) -> list[Action]:
    """The way to a certificate of a pupil who is here."""
    if found.role != "pupil" or found.is_ended or role not in CERTIFIERS:
        return []
    return [Action(_("在读证明"), href=to(f"printing/certificates?who={found.affiliation_id}"))]


@never_cache
def person(request: ActingRequest, affiliation_id: UUID) -> HttpResponse:
    """Everything held of one person."""
    found = queries.person_view(affiliation_id=affiliation_id)
    role = scopes.current().role
    groups = []
    for title, keys in GROUPS:
        values = [value for value in found.values if value.key in keys]
        if any(value.value or value.others for value in values):
            groups.append({"title": title, "values": [_drawn(one) for one in values]})
    kind = _("学生") if found.role == "pupil" else _("教职工")
    back = "people/pupils" if found.role == "pupil" else "people/staff"
    context = {
        "person": found,
        "groups": groups,
        "where": [kind, found.unit_name, *([found.class_name] if found.class_name else [])],
        "trail": [
            (kind, to(back)),
            *([(found.class_name, to(f"classes/{found.class_id}"))] if found.class_id else []),
        ],
        "may_reveal": role in NUMBER_ROLES,
        "may_see_looks": role in OFFICE_ROLES or role == scopes.HOMEROOM_TEACHER,
        "fields": [(f"{one.dataset}.{one.key}", one.title) for one in found.values],
        "others": [
            Action(_("这里不对"), opens="wrong"),
            *(
                [Action(_("修改资料"), href=to(f"people/{affiliation_id}/edit"))]
                if role in EDITORS and not found.is_ended
                else []
            ),
            *moving_actions(found, role),
            *printing_actions(found, role),
        ],
        "places": [
            {"place": one, "roles": "、".join(role_title(post) for post in one.posts)} for one in found.places
        ],
        "phones_open": masks.opens_phones(role),
        "asked": [drawn_ticket(one) for one in found.asked],
        "open_asked": [one for one in found.asked if one.state in rules.LIVE],
    }
    return render(request, "organisation/person.html", context)


def _drawn(value: queries.Value) -> dict[str, Any]:
    return {
        "value": value,
        "owner": owner_word(value.owner) if value.owner else "",
        "sources": "、".join(owner_word(one) for one in value.sources),
        "others": [(owner_word(source), said) for source, said in value.others],
    }


def history(request: ActingRequest, affiliation_id: UUID) -> HttpResponse:
    """The part of a person's page with what changed; loaded when it is looked at."""
    past = [
        {
            "past": one,
            "door": _door_title(one.door),
            "href": to(f"imports/{one.batch_id}") if one.batch_id else "",
        }
        for one in queries.person_history(affiliation_id=affiliation_id)
    ]
    return render(request, "organisation/_history.html", {"past": past})


def _door_title(name: str) -> str:
    door = all_doors().get(name)
    return str(door.title) if door else ""


def looked(request: ActingRequest, affiliation_id: UUID) -> HttpResponse:
    """The part of a person's page with who looked; loaded when it is looked at."""
    looks = [
        {"look": one, "door": _door_title(one.door), "role": role_title(one.role)}
        for one in queries.person_looks(affiliation_id=affiliation_id)
    ]
    return render(request, "organisation/_looked.html", {"looks": looks})


def career(request: ActingRequest, affiliation_id: UUID) -> HttpResponse:
    """The part of a staff member's page with studies, titles, certificates; loaded when it is looked at."""
    return render(
        request, "organisation/_career.html", {"found": careers.staff_career(affiliation_id=affiliation_id)}
    )


@never_cache
@require_POST
def number(request: ActingRequest, affiliation_id: UUID, identifier_id: UUID) -> HttpResponse:
    """One document number in full, once, on a page that is not kept."""
    shown = actions.reveal_number(
        affiliation_id=affiliation_id, identifier_id=identifier_id, reason=request.POST.get("reason", "")
    )
    context = {"number": shown, "back": to(f"people/{affiliation_id}"), "most": actions.MOST_AN_HOUR}
    return render(request, "organisation/number.html", context)


@never_cache
def wrong(request: ActingRequest, affiliation_id: UUID) -> HttpResponse:
    """Say that a value is wrong: the form for one field, and what it posts."""
    if request.method != "POST":
        return wrong_form(request, affiliation_id)
    dataset, _dot, field = request.POST.get("field", "").partition(".")
    actions.doubt_value(
        affiliation_id=affiliation_id, dataset=dataset, field=field, says=request.POST.get("says", ""),
        wanted=request.POST.get("wanted", ""),
    )  # fmt: skip
    messages.success(request, _("已送出。有答复时会告诉您，也可以在“我说过的”里看。"))
    return redirect(to(f"people/{affiliation_id}"))


def wrong_form(request: ActingRequest, affiliation_id: UUID) -> HttpResponse:
    """The form for the field named in the address."""
    found = queries.person_view(affiliation_id=affiliation_id)
    key = request.GET.get("field", "")
    value = next((one for one in found.values if f"{one.dataset}.{one.key}" == key), None)
    if value is None:
        raise NotFound(_("没有这一项"))
    field = {
        "title": value.title,
        "owner": owner_word(value.owner) if value.owner else "",
        "value": value.value,
    }
    trail = [(found.name, to(f"people/{affiliation_id}"))]
    return render(request, "organisation/wrong.html", {"field": field, "key": key, "trail": trail})


EXPORTING = frozenset({scopes.CLERK, scopes.HEAD, scopes.HOMEROOM_TEACHER, scopes.DISTRICT_STEWARD})


def _below(path: str, view: Any, roles: frozenset[str] = PUPIL_ROLES) -> Page:
    return Page(f"people/<uuid:affiliation_id>{path}", view, gettext_lazy("人员"), roles, in_menu=False)


PAGES = (
    Page("people/pupils", pupils, gettext_lazy("学生"), PUPIL_ROLES, "people", "学", order=10, name="pupils"),
    Page("people/staff", staff, gettext_lazy("教职工"), OFFICE_ROLES, "people", "师", order=20, name="staff"),
    _below("", person),
    _below("/history", history),
    _below("/looked", looked, OFFICE_ROLES | {scopes.HOMEROOM_TEACHER}),
    _below("/career", career, OFFICE_ROLES),
    _below("/wrong", wrong),
    _below("/number/<uuid:identifier_id>", number, NUMBER_ROLES),
)
