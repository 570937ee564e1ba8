"""The public page of a unit, and the page on which the unit sees what it shows."""

from __future__ import annotations

from uuid import UUID, uuid4

import procrastinate
from django.contrib import messages
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.ground import acting
from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import BadInput, NotFound
from jizuo.ground.files import jobs as file_jobs
from jizuo.ground.files import pages as files
from jizuo.ground.packs import public
from jizuo.ground.pages.shell import Page, to

KINDS = {
    public.NEWS: gettext_lazy("新闻"),
    public.EVENT: gettext_lazy("校历"),
    public.NOTICE: gettext_lazy("公示"),
}
TONES = {public.NEWS: "qing", public.EVENT: "lan", public.NOTICE: "huang"}
SWEEP = "ground.public_sweep"
#: Robots are kept from everything but the pages that a unit means to be found.
ROBOTS = "User-agent: *\nDisallow: /\nAllow: /site/\nDisallow: /site/*/notices/\n"


def visitor(request: HttpRequest, unit_no: int) -> scopes.Scope:
    """Whoever looks at one unit's public page, for this one look."""
    return scopes.Scope(
        role=scopes.VISITOR, unit_no=scopes.BASE_UNIT, units=tuple(dict.fromkeys((scopes.BASE_UNIT, unit_no))),
        today=acting.today(), request_id=uuid4().hex, address=str(request.META.get("REMOTE_ADDR") or ""),
    )  # fmt: skip


def shut(answer: HttpResponse) -> HttpResponse:
    """Keep an answer from search engines and from being kept on the way."""
    answer["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    answer["Cache-Control"] = "no-store"
    return answer


def home(request: HttpRequest, unit_no: int) -> HttpResponse:
    """News and calendar of a unit; how many 公示 there are."""
    with scopes.use(visitor(request, unit_no)):
        site = public.public_site(unit_no=unit_no)
    return render(request, "ground/site/home.html", {"site": site, "robots": "index, follow"})


def notices(request: HttpRequest, unit_no: int) -> HttpResponse:
    """The 公示 of a unit."""
    with scopes.use(visitor(request, unit_no)):
        name, lines = public.public_notices(unit_no=unit_no)
    context = {"unit_no": unit_no, "name": name, "lines": lines}
    return shut(render(request, "ground/site/notices.html", context))


def entry(request: HttpRequest, unit_no: int, entry_id: UUID, is_notice: bool = False) -> HttpResponse:
    """One entry; a 公示 stands at an address of its own that robots are kept from."""
    with scopes.use(visitor(request, unit_no)):
        name, line = public.public_entry(unit_no=unit_no, entry_id=entry_id)
    if is_notice != (line.kind == public.NOTICE):
        raise NotFound(_("没有这个网页"))
    context = {
        "unit_no": unit_no, "name": name, "line": line, "kind": KINDS[line.kind],
        "robots": "index, follow" if line.is_listed else "",
    }  # fmt: skip
    answer = render(request, "ground/site/entry.html", context)
    return answer if line.is_listed else shut(answer)


def picture(request: HttpRequest, unit_no: int, entry_id: UUID, file_id: UUID) -> HttpResponseBase:
    """A picture of an entry, asked for anew each time: taken down, it is gone from here at once."""
    with scopes.use(visitor(request, unit_no)):
        opened = public.public_picture(unit_no=unit_no, entry_id=entry_id, file_id=file_id)
    return files.serve(request, opened)


def robots(request: HttpRequest) -> HttpResponse:
    """robots.txt."""
    return HttpResponse(ROBOTS, content_type="text/plain; charset=utf-8")


@never_cache
def shown(request: ActingRequest) -> HttpResponse:
    """What the acting unit shows to everybody, each with a button that takes it down."""
    if request.method == "POST":
        try:
            public.take_down(entry_id=UUID(request.POST.get("entry", "")))
            messages.success(request, _("已撤下，网页上马上看不到了。"))
        except (ValueError, NotFound, BadInput):
            messages.error(request, _("没有这一条，可能已经撤下。"))
        return redirect(to("site"))
    found = public.public_entries(after=request.GET.get("after", ""))
    context = {
        "rows": [{"line": one, "kind": KINDS[one.kind], "tone": TONES[one.kind]} for one in found.rows],
        "next": to(f"site?after={found.next}") if found.next else "", "where": [request.unit_name],
        "unit_no": scopes.current().unit_no,
    }  # fmt: skip
    return render(request, "ground/site/shown.html", context)


def sweep_now(timestamp: int) -> None:
    """The worker's sweep, once a night: what has come to its end is deleted."""
    try:
        with scopes.use(file_jobs.whole_base()), scopes.open_transaction(SWEEP):
            public.sweep()
    finally:
        connection.close()


def schedule(app: procrastinate.App) -> None:
    """Put the sweep on the worker's timetable (its hours are UTC's)."""
    task = app.task(name=SWEEP, queue="bulk", queueing_lock=SWEEP, lock=SWEEP, pass_context=False)(sweep_now)
    app.periodic(cron="10 16 * * *")(task)


PAGES = (
    Page("site", shown, gettext_lazy("公开网页"), public.OFFICE, "scene", "公", order=80, on_phone=False),
)  # fmt: skip
urlpatterns = [
    path("robots.txt", robots, name="robots"),
    path("site/<int:unit_no>/", home, name="site"),
    path("site/<int:unit_no>/notices/", notices, name="site-notices"),
    path("site/<int:unit_no>/notices/<uuid:entry_id>/", entry, {"is_notice": True}, name="site-notice"),
    path("site/<int:unit_no>/<uuid:entry_id>/", entry, name="site-entry"),
    path("site/<int:unit_no>/<uuid:entry_id>/<uuid:file_id>/", picture, name="site-picture"),
]
