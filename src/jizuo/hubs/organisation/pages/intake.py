"""New pupils at the desk: the list, coming in by name or by code, who stays away, twins, notices to print."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.ground import acting, grants
from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import BadInput, Conflict, DoorError, NotFound, Problem
from jizuo.ground.files import actions as files
from jizuo.ground.files.pages import disposition
from jizuo.ground.pages.parts import Action, Entry, Number, Tab
from jizuo.ground.pages.shell import Page, here, to
from jizuo.hubs.data import datasets
from jizuo.hubs.data.actions import walk
from jizuo.hubs.data.codes import name_of
from jizuo.hubs.organisation import class_names, intakes, notices, turns
from jizuo.hubs.organisation.actions import intake as actions
from jizuo.hubs.organisation.importers.identity import SEX_WORDS
from jizuo.hubs.organisation.intakes import ABSENT, ADMITTED, REPORTED, STATE_TITLES, WISHES, WITHDRAWN
from jizuo.hubs.organisation.pages.same_people import asked_id, words_of
from jizuo.hubs.organisation.queries import intake as queries
from jizuo.hubs.organisation.queries.intake import OFFICE, IntakeLine, IntakeSet
from jizuo.plain.school_year import SchoolYear

TONES = {REPORTED: "lv", ABSENT: "zhu", ADMITTED: "", WITHDRAWN: "huang"}
ACCEPT = ".xlsx,.xls,.xlsm,.csv,.txt"
NOTICE_TEXT = gettext_lazy(
    "您已被我校录取。请按学校通知的时间，由家长陪同，带好户口簿和本通知书来校报到。未能按时报到的，请事先与学校联系。"
)


def chosen(request: ActingRequest) -> IntakeSet | None:
    """The list of the address, or the newest; None when the school has no list."""
    told = request.POST if request.method == "POST" else request.GET
    found = queries.intake_sets()
    asked = told.get("year", ""), told.get("stage", "")
    named = (one for one in found if (str(one.school_year), one.stage) == asked)
    return next(named, found[0] if found else None)


def asked_list(request: ActingRequest) -> dict[str, Any]:
    """The year and stage of the address, for a door that opens the newest list when they name none."""
    year = request.GET.get("year", "")
    is_year = year.isascii() and year.isdecimal() and len(year) == 4
    return {"school_year": int(year) if is_year else None, "stage": request.GET.get("stage", "")}


def query(one: IntakeSet, **more: str) -> str:
    """The part of an address that names a list."""
    return "&".join(
        [f"year={one.school_year}", f"stage={one.stage}", *(f"{key}={value}" for key, value in more.items())]
    )


def title_of(one: IntakeSet) -> str:
    """「2026 学年 小学」."""
    return f"{SchoolYear(one.school_year)} {class_names.stage_word(one.stage)}"


def tabs(one: IntakeSet, current: str) -> list[Tab]:
    """The pages of new pupils."""
    pages = [("intake", _("报到")), ("intake/twins", _("多胞胎与照顾")), ("dividing", _("分班"))]
    return [Tab(word, to(f"{path}?{query(one)}"), path == current) for path, word in pages]


def row_of(one: IntakeLine) -> dict[str, Any]:
    """A child as the list shows her."""
    return {
        "one": one, "sex": SEX_WORDS.get(one.sex, ""), "state": STATE_TITLES[one.state], "tone": TONES[one.state],
        "href": to(f"intake/{one.intake_id}"), "can_come": one.state != REPORTED,
        "can_go": one.state == REPORTED and one.affiliation_id is None,
        "adults": [(adult, name_of("family_relation", adult.relation)) for adult in one.adults],
    }  # fmt: skip


@never_cache
def page(request: ActingRequest) -> HttpResponse:
    """The list of a year, by state and by what is typed."""
    state, text = request.GET.get("state", ""), request.GET.get("q", "").strip()
    desk = queries.intake_desk(**asked_list(request), state=state, text=text)
    one = desk.of
    bring = Action(_("导入录取名单"), href=to("intake/new"))
    if one is None:
        begins = {"main": bring, "where": [request.unit_name], "own": own_stage()}
        return render(request, "organisation/intake.html", begins)
    lists = [Tab(title_of(other), to(f"intake?{query(other)}"), other == one) for other in desk.sets]
    states = [
        ("", _("全部"), one.total),
        *((key, STATE_TITLES[key], getattr(one, key)) for key in intakes.STATES),
    ]
    context = {
        "main": Action(_("扫码报到"), href=to("intake/scan")),
        "others": [
            bring, Action(_("打印通知书"), href=to(f"intake/notices.pdf?{query(one)}")),
            *([Action(_("结束报到"), opens="close")] if one.admitted else []),
        ],
        "of": one, "rows": [row_of(line) for line in desk.lines], "count": desk.count,
        "left": desk.count - len(desk.lines),
        "tabs": tabs(one, "intake"),
        "lists": lists if len(lists) > 1 else [],
        "states": [Tab(word, to(f"intake?{query(one, state=key)}"), key == state, n) for key, word, n in states],
        "numbers": [
            Number(
                _("已报到"), one.reported, _("人"), href=to(f"intake?{query(one, state=REPORTED)}"),
                definition=_("名单上已经到校的新生。"),
            ),
            Number(_("还没来"), one.admitted + one.absent, _("人"), definition=_("待报到和未报到的新生，不含说明不来的。")),
            Number(
                _("报到男生"), one.boys if one.reported else None, _("人"), detail=_("女生 %(n)s 人") % {"n": one.girls},
                definition=_("已报到的新生按性别。"),
            ),
            Number(
                _("等分班"), one.unplaced, _("人"), href=to(f"dividing?{query(one)}"),
                definition=_("已报到、还没有班级的新生。"),
            ),
        ],
        "state": state, "text": text, "is_absent": state == ABSENT,
        "incoming": one.incoming,
        "where": [request.unit_name, title_of(one)],
    }  # fmt: skip
    return render(request, "organisation/intake.html", context)


def own_stage() -> tuple[int, str] | None:
    """(year, stage) of a list that may begin with the school's own pupils; None where none goes on within the school."""
    stages = queries.intake_stages()
    goes_on = [
        after.value for stage, after in turns.GOES_ON.items() if {stage.value, after.value} <= {*stages}
    ]
    return (turns.default_year(scopes.current().today).first, goes_on[0]) if goes_on else None


@never_cache
def act(request: ActingRequest) -> HttpResponse:
    """One tap: come in, go out, stay away, note twins, bring people who are known."""
    told = request.POST
    back = told.get("back", "")
    # Only back to a page of new pupils, never where a form from elsewhere points.
    where = redirect(
        to(f"intake{back}") if back.startswith(("?", "/")) and "//" not in back else to("intake")
    )
    if request.method != "POST":
        return where
    try:
        said = done(told.get("act", ""), told)
    except (BadInput, Conflict) as error:
        messages.error(request, words_of(error))
    else:
        messages.success(request, said)
    return where


def done(word: str, told: Any) -> str:
    """Do what a button says; returns what to tell. Raises BadInput, Conflict, NotFound."""
    intake_id = asked_id(told.get("id", ""))
    year, stage = told.get("year", ""), told.get("stage", "")
    of: dict[str, Any] = {"school_year": int(year) if year.isdecimal() else 0, "stage": stage}
    if word == "report":
        found = actions.report_in(intake_id=intake_id, code=told.get("code", ""))
        return (_("%(name)s 已经报过到了") if found.was_in else _("%(name)s 已报到")) % {"name": found.name}
    if word == "close":
        return _("%(n)s 人记为未报到，来了还可以报到") % {"n": actions.close_reporting(**of)}
    if word == "own":
        return _("带入 %(n)s 名本校升学的学生") % {"n": actions.bring_own(**of)}
    if word == "handover":
        batch_no = asked_id(told.get("batch", ""))
        if batch_no is None:
            raise BadInput(_("没有选批次"), problems=[Problem("batch", _("请刷新页面再试"))])
        return _("带入 %(n)s 名移交来的毕业生") % {"n": actions.bring_handover(batch_no=batch_no, **of)}
    if word == "twins":
        actions.set_siblings(
            intake_ids=[one for one in map(asked_id, told.getlist("pick")) if one], wish=told.get("wish", "")
        )
        return _("已登记多胞胎")
    if intake_id is None:
        raise BadInput(_("没有选学生"), problems=[Problem("id", _("请刷新页面再试"))])
    if word == "apart":
        actions.clear_siblings(intake_id=intake_id)
        return _("已取消多胞胎登记")
    if word == "place":
        number = told.get("fixed_class", "").strip()
        actions.place_intake(
            intake_id=intake_id, fixed_class=int(number) if number.isdecimal() else None, reason=told.get("reason", ""),
            is_spread=bool(told.get("is_spread")),
        )  # fmt: skip
        return _("已保存")
    actions.move_intake(intake_id=intake_id, to=word, note=told.get("note", ""))
    return _("已改为“%(state)s”") % {"state": STATE_TITLES.get(word, "")}


@never_cache
def new(request: ActingRequest) -> HttpResponse:
    """Say which year and stage a file is of, drop it, and go to its check."""
    fault: DoorError | None = None
    stages = queries.intake_stages()
    usual = turns.default_year(scopes.current().today).first
    if request.method == "POST":
        try:
            return redirect(to(f"imports/{take(request, stages)}"))
        except (BadInput, Conflict) as error:
            fault = error
    context = {
        "fault": fault, "accept": ACCEPT, "years": [(one, str(SchoolYear(one))) for one in (usual, usual + 1)],
        "stages": [(one, class_names.stage_word(one)) for one in stages], "usual": usual,
        "trail": [(_("新生"), to("intake"))], "where": [request.unit_name],
    }  # fmt: skip
    return render(request, "organisation/intake_new.html", context, status=422 if fault else 200)


def take(request: ActingRequest, stages: list[str]) -> UUID:
    """Keep the posted file and start its check; returns the batch. Raises BadInput, Conflict."""
    year, stage = request.POST.get("year", ""), request.POST.get("stage", "")
    file: Any = request.FILES.get("file")
    if stage not in stages or not year.isdecimal():
        raise BadInput(
            _("没有选学段"),
            problems=[Problem(_("学段"), _("请选新生进哪个学段"), _("没有可选的，先在“学校信息”里填学制"))],
        )
    if file is None:
        raise BadInput(_("没有收到文件"), problems=[Problem(_("文件"), _("请选择录取名单"))])
    ref = files.keep(
        file, name=file.name or "", kind="roster", grade=datasets.SENSITIVE, owner_dataset="batch"
    )
    return walk.land_batch(
        importer="intake",
        file_id=ref.file_id,
        title=ref.name,
        options={"school_year": int(year), "stage": stage},
    )


@never_cache
def scan(request: ActingRequest) -> HttpResponse:
    """Scan or type one code after another; a code from a phone's camera opens here with the child to let in."""
    code, fault, arrival, line = request.GET.get("code", ""), None, None, None
    if request.method == "POST":
        try:
            arrival = actions.report_in(code=request.POST.get("code", ""))
        except (BadInput, NotFound) as error:
            fault, code = error, request.POST.get("code", "")
        else:
            code = ""
    elif code:
        try:
            line = queries.intake_one(code=code)[0]
        except NotFound as error:
            fault = error
    context = {
        "fault": fault, "arrival": arrival, "row": row_of(line) if line else None, "code": code,
        "sets": queries.intake_sets()[:2], "trail": [(_("新生"), to("intake"))],
        "undo_back": "/scan", "where": [request.unit_name],
    }  # fmt: skip
    return render(request, "organisation/intake_scan.html", context, status=fault.status if fault else 200)


@login_required
@never_cache
def scanned(request: ActingRequest, unit_no: int, code: str) -> HttpResponse:
    """What the QR of a notice opens: for the desk of that school the child to let in, for anybody else nothing."""
    account_id: Any = request.user.pk
    for held in grants.of_account(account_id, acting.today()):
        if held.unit_no == unit_no and held.role in OFFICE:
            return redirect(here(held.grant_no, f"intake/scan?code={code}"))
    raise NotFound(_("这是新生报到码"), fix=_("报到时请出示给学校的老师扫"))


@never_cache
def one(request: ActingRequest, intake_id: UUID) -> HttpResponse:
    """One child: what the list says, how to reach the family, what is wished."""
    line, year, stage = queries.intake_one(intake_id=intake_id)
    row = row_of(line)
    context = {
        "row": row, "line": line, "may_change": line.affiliation_id is None,
        "moves": [(key, STATE_TITLES[key]) for key in intakes.MOVES[line.state] if key != REPORTED],
        "entries": [
            Entry(_("报到码"), f"{line.code[:4]} {line.code[4:]}"), Entry(_("录取编号"), line.admission_no or None),
            Entry(_("性别"), row["sex"]), Entry(_("来自学校"), line.from_school or None),
            Entry(_("多胞胎分班意愿"), str(WISHES[line.wish]) if line.siblings else None), Entry(_("备注"), line.note or None),
        ],
        "person": to(f"people/{line.affiliation_id}") if line.affiliation_id else "",
        "trail": [(_("新生"), to(f"intake?year={year}&stage={stage}"))],
        "where": [str(SchoolYear(year)), class_names.stage_word(stage)],
    }  # fmt: skip
    return render(request, "organisation/intake_one.html", context)


@never_cache
def twins(request: ActingRequest) -> HttpResponse:
    """Children of one birth with what their families wish, likely ones, and classes given before the draw."""
    text = request.GET.get("q", "").strip()
    told = queries.births(**asked_list(request), text=text)
    of = told.of
    if of is None:
        return redirect(to("intake"))
    context = {
        "of": of, "tabs": tabs(of, "intake/twins"), "noted": [(group, WISHES[group[0].wish]) for group in told.noted],
        "pairs": told.likely, "wishes": [(key, word) for key, word in WISHES.items() if key], "text": text,
        "found": told.found, "placed": [row_of(line) for line in told.placed],
        "where": [request.unit_name, title_of(of)],
    }  # fmt: skip
    return render(request, "organisation/intake_twins.html", context)


@never_cache
def notices_file(request: ActingRequest) -> HttpResponse:
    """The notices of everybody who is awaited, as PDF."""
    of = chosen(request)
    children = queries.intake_notices(school_year=of.school_year, stage=of.stage) if of else []
    if of is None or not children:
        raise NotFound(_("没有要打印的通知书"), fix=_("名单上的人都已经报到"))
    body = notices.notices_pdf(
        children, school=request.unit_name, year=str(SchoolYear(of.school_year)), text=str(NOTICE_TEXT),
        unit_no=scopes.current().unit_no, base_address=f"{request.scheme}://{request.get_host()}",
    )  # fmt: skip
    name = f"{_('新生报到通知书')} {of.school_year}.pdf"
    headers = {"Content-Disposition": disposition(name, is_shown=True), "Cache-Control": "private, no-store"}
    return HttpResponse(body, content_type="application/pdf", headers=headers)


urlpatterns = [path("i/<int:unit_no>/<str:code>/", scanned, name="scanned-intake")]
PAGES = (
    Page(
        "intake", page, gettext_lazy("新生"), OFFICE, group="people", icon="新", order=35, holds=("dividing",)
    ),
    Page("intake/do", act, gettext_lazy("新生"), OFFICE, in_menu=False),
    Page("intake/new", new, gettext_lazy("导入录取名单"), OFFICE, in_menu=False),
    Page("intake/scan", scan, gettext_lazy("扫码报到"), OFFICE, in_menu=False),
    Page("intake/twins", twins, gettext_lazy("多胞胎与照顾"), OFFICE, in_menu=False),
    Page("intake/notices.pdf", notices_file, gettext_lazy("报到通知书"), OFFICE, in_menu=False),
    Page("intake/<uuid:intake_id>", one, gettext_lazy("一名新生"), OFFICE, in_menu=False),
)
