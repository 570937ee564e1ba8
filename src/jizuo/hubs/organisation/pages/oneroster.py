"""OneRoster out: choose units, watch the job, take the file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.ground import queries as ground_queries
from jizuo.ground import scope as scopes
from jizuo.ground.pages.parts import Progress
from jizuo.ground.pages.shell import Page, here
from jizuo.hubs.data.actions.walk import IMPORTING_ROLES
from jizuo.hubs.organisation.actions import exports
from jizuo.hubs.organisation.queries import units as unit_queries


@never_cache
def page(request: HttpRequest) -> HttpResponse:
    """The form, and this role's exports with their files."""
    scope = scopes.current()
    grant_no = scope.grant_no or 0
    units = unit_queries.unit_list()
    if request.method == "POST":
        chosen = [int(number) for number in request.POST.getlist("unit") if number.isdigit()]
        exports.start_oneroster_export(
            unit_nos=chosen or [unit.unit_no for unit in units],
            is_for_outside=request.POST.get("between_bases") != "1",
        )
        messages.success(request, _("已开始导出，写好后在这里下载。"))
        return redirect(here(grant_no, "exports/oneroster"))
    found = [job for job in ground_queries.job_list(limit=200).rows if job.kind == exports.JOB][:10]
    context = {
        "units": units,
        "has_choice": len(units) > 1,
        "may_between_bases": scope.role in exports.BETWEEN_BASES_ROLES,
        "lines": [line(job, grant_no) for job in found],
    }
    return render(request, "organisation/oneroster.html", context)


def line(job: ground_queries.JobView, grant_no: int) -> dict[str, Any]:
    """One export: its progress while it runs, its file when it is done."""
    rows = (job.result or {}).get("rows", {})
    return {
        "job": job,
        "progress": Progress(
            job.title, job.percent, job.left_seconds, job.state, poll=here(grant_no, f"jobs/{job.job_id}")
        )
        if job.state in ("waiting", "running")
        else None,
        "href": here(grant_no, f"files/{job.result['file_id']}")
        if job.state == "done" and job.result
        else "",
        "people": rows.get("users"),
    }


PAGES = [
    Page(
        "exports/oneroster", page, gettext_lazy("导出 OneRoster"), IMPORTING_ROLES, group="data", icon="出",
        order=60, on_phone=False, beside="exports", beside_for=scopes.SCHOOL_ROLES,
    )
]  # fmt: skip
