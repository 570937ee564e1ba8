"""Pages of those who look after the base: jobs, facts that could not be delivered, audit, permissions, health."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.ground import actions, doors, overrides, overseeing, queries
from jizuo.ground import scope as scopes
from jizuo.ground.doors import role_title
from jizuo.ground.errors import BadInput, DoorError, NotFound
from jizuo.ground.overrides import OVERSEERS
from jizuo.ground.pages import format
from jizuo.ground.pages.asks import Ask, Slice, seal
from jizuo.ground.pages.parts import Action, Progress, Tab
from jizuo.ground.pages.shell import Page, to
from jizuo.ground.pages.tables import Column, Filter, Table
from jizuo.ground.queries import AuditView, JobView

JOB_STATES = {
    "waiting": gettext_lazy("等着"), "running": gettext_lazy("进行中"), "done": gettext_lazy("完成"),
    "failed": gettext_lazy("没有成功"), "cancelling": gettext_lazy("正在停"), "cancelled": gettext_lazy("已取消"),
}  # fmt: skip
JOB_TONES = {"failed": "zhu", "running": "lan", "waiting": "lan", "done": "lv"}
RESULTS = {"done": gettext_lazy("完成"), "refused": gettext_lazy("被拒"), "failed": gettext_lazy("出错")}
RESULT_TONES = {"refused": "huang", "failed": "zhu"}
SIGN_TONES = {"ok": "lv", "warn": "huang", "bad": "zhu"}
SIGN_WORDS = {"ok": gettext_lazy("正常"), "warn": gettext_lazy("留意"), "bad": gettext_lazy("有问题")}
DAYS = (("1", gettext_lazy("今天")), ("7", gettext_lazy("7 天内")), ("30", gettext_lazy("30 天内")))


def base_tabs(path: str) -> list[Tab]:
    """The pages of the base that the acting role may open; a full menu may not have room for each."""
    role = scopes.current().role
    found = [
        ("jobs", _("任务"), JOB_ROLES),
        ("grants", _("授权"), OVERSEERS),
        ("permissions", _("权限"), OVERSEERS),
        ("audit", _("审计"), AUDIT_ROLES),
        ("facts", _("消息"), OPERATOR),
        ("channels", _("发送渠道"), OPERATOR),
        ("health", _("健康"), OPERATOR),
    ]
    tabs = [Tab(word, to(one), one == path) for one, word, roles in found if role in roles]
    return tabs if len(tabs) > 1 else []


def falling_slice(rows: list[Any], key: str, *, has_next: bool, ask: Ask) -> Slice:
    """A page of rows read newest first by an id that falls."""
    if not rows:
        return Slice((), has_previous=ask.after is not None)
    edges = [seal(str(getattr(row, key)), getattr(row, key)) for row in (rows[0], rows[-1])]
    return Slice(rows, has_previous=ask.after is not None, has_next=has_next, first="", last=edges[1])


def say(request: HttpRequest, error: DoorError) -> None:
    """The words of a refusal above the page."""
    words = [f"{one.what}。{one.fix}" for one in error.problems] or [f"{error.detail}。{error.fix}"]
    messages.error(request, " ".join(words))


@never_cache
def jobs(request: HttpRequest) -> HttpResponse:
    """Long work of the units in reach: what runs now, and the list."""
    columns = [
        Column("title", _("任务")),
        Column(
            "state", _("状态"), kind="tag", value=lambda job: JOB_STATES.get(job.state, job.state),
            tone=lambda job: JOB_TONES.get(job.state, ""),
        ),
        Column("done", _("进度"), kind="short", value=job_words),
        Column("asked_at", _("发起"), kind="moment", sort=True),
        Column("ended_at", _("结束"), kind="moment"),
        Column("error", _("说明"), value=lambda job: f"{job.error} {job.fix}".strip()),
    ]  # fmt: skip
    states = [Filter("state", _("状态"), list(JOB_STATES.items()))]
    ask = Ask.read(request.GET, columns, states, sort="-asked_at")
    found = queries.job_list(
        state=ask.filters.get("state", ""), after=ask.after[1] if ask.after else "", limit=ask.size
    )
    table = Table(
        "jobs", _("任务"), columns, falling_slice(found.rows, "job_id", has_next=bool(found.next), ask=ask), ask,
        address=request.path, filters=states, total=found.count, total_unit=_("项"), empty=_("还没有任务。"),
        row_actions=job_actions,
    )  # fmt: skip
    live = [job_progress(job) for job in found.rows if job.state in ("waiting", "running", "cancelling")]
    return render(
        request, "ground/admin/jobs.html", {"table": table, "live": live[:10], "tabs": base_tabs("jobs")}
    )


def job_words(job: JobView) -> str:
    """236 / 400 人; empty before the total is known."""
    return f"{format.figure(job.done)} / {format.figure(job.total)} {job.unit_word}" if job.total else ""


def job_progress(job: JobView) -> Progress:
    """A job that is under way."""
    state = "running" if job.state == "cancelling" else job.state
    return Progress(
        job.title, job.percent, job.left_seconds, state, poll=to(f"jobs/{job.job_id}"), detail=job_words(job),
        cancel=to(f"jobs/{job.job_id}/cancel") if job.state != "cancelling" else "",
    )  # fmt: skip


def job_actions(job: JobView) -> list[Action]:
    """What can be done with a job."""
    if job.state in ("waiting", "running"):
        return [Action(_("取消"), post=to(f"jobs/{job.job_id}/cancel"), tone="zhu")]
    if job.state in ("failed", "cancelled"):
        return [Action(_("重试"), post=to(f"jobs/{job.job_id}/retry"))]
    return []


@never_cache
def job(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """The progress of one job alone, as the list polls it."""
    return render(request, "parts/_progress.html", {"progress": job_progress(queries.job(job_id=job_id))})


def job_cancel(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Stop a job at its next chunk."""
    return act(request, "jobs", _("会在当前这一步做完后停下。"), lambda: actions.cancel_job(job_id=job_id))


def job_retry(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Run a job again from its last finished chunk."""
    return act(request, "jobs", _("已重新排队。"), lambda: actions.retry_job(job_id=job_id))


def act(request: HttpRequest, path: str, words: str, body: Any) -> HttpResponse:
    """Do `body` for a post and go back to `path`; a refusal is said there. A due second factor goes its own way."""
    if request.method == "POST":
        try:
            body()
        except (BadInput, NotFound) as error:
            say(request, error)
        else:
            messages.success(request, words)
    return redirect(to(path))


@never_cache
def facts(request: HttpRequest) -> HttpResponse:
    """Facts that were given up, and those that wait."""
    state = "waiting" if request.GET.get("state") == "waiting" else "dead"
    context = {"lines": queries.fact_list(state=state, limit=200), "state": state, "tabs": base_tabs("facts")}
    return render(request, "ground/admin/facts.html", context)


def fact_retry(request: HttpRequest, fact_id: int) -> HttpResponse:
    """Deliver a dead fact again."""
    return act(request, "facts", _("已放回，会马上再投。"), lambda: actions.retry_fact(fact_id=fact_id))


@never_cache
def audit(request: HttpRequest) -> HttpResponse:
    """Who did what, newest first; the text finds operations by their title."""
    titles = {name: str(door.title) for name, door in doors.all_doors().items()}
    columns = [
        Column("at", _("时间"), kind="moment", sort=True),
        Column("who", _("谁"), value=lambda one: f"{role_title(one.role)} {one.who}".strip()),
        Column("door", _("做了什么"), value=lambda one: titles.get(one.door, one.door)),
        Column(
            "result", _("结果"), kind="tag", value=lambda one: RESULTS.get(one.result, one.result),
            tone=lambda one: RESULT_TONES.get(one.result, ""),
        ),
        Column("row_count", _("涉及"), kind="figure"),
        Column("columns", _("看到的内容"), value=lambda one: "、".join(one.columns)),
        Column("note", _("说明")),
        Column("unit_no", _("单位"), kind="short", shown=False),
    ]  # fmt: skip
    filters = [
        Filter("result", _("结果"), list(RESULTS.items())),
        Filter("role", _("身份"), [(role, role_title(role)) for role in sorted(scopes.ROLES)]),
        Filter("days", _("时间"), DAYS),
    ]
    ask = Ask.read(request.GET, columns, filters, sort="-at")
    wanted = [name for name, title in titles.items() if ask.text and ask.text in title]
    rows: list[AuditView] = []
    has_next = False
    if wanted or not ask.text:
        found = overseeing.audit_found(
            doors=wanted,
            result=ask.filters.get("result", ""),
            role=ask.filters.get("role", ""),
            since=since(ask.filters.get("days", "")),
            before=last_id(ask),
            limit=ask.size,
        )
        rows, has_next = found.rows, bool(found.next)
    table = Table(
        "audit", _("审计记录"), columns, falling_slice(rows, "entry_id", has_next=has_next, ask=ask), ask,
        address=request.path, filters=filters, has_search=True, search_hint=_("操作名称，如“导出”"),
        empty=_("没有符合的记录。"), is_wide=True,
    )  # fmt: skip
    return render(request, "ground/admin/audit.html", {"table": table, "tabs": base_tabs("audit")})


def last_id(ask: Ask) -> int | None:
    """The entry to go on from; BadInput for a cursor that is none."""
    if ask.after is None:
        return None
    if not ask.after[1].isdecimal() or len(ask.after[1]) > 18:
        raise BadInput(_("翻页的位置读不出来"), fix=_("请回到第一页再翻"))
    return int(ask.after[1])


def since(days: str) -> date | None:
    """The first day of the last `days` days; None for all."""
    return scopes.current().today - timedelta(days=int(days) - 1) if days else None


class OverrideForm(forms.Form):
    """Which operation, for whom, where, why."""

    door = forms.ChoiceField(label=gettext_lazy("操作"))
    role = forms.ChoiceField(label=gettext_lazy("身份"))
    unit_no = forms.TypedChoiceField(label=gettext_lazy("单位"), coerce=int, required=False, empty_value=None)
    is_allowed = forms.TypedChoiceField(
        label=gettext_lazy("可以或不可以"),
        choices=(("1", gettext_lazy("可以")), ("0", gettext_lazy("不可以"))),
        coerce=lambda text: text == "1",
    )
    reason = forms.CharField(label=gettext_lazy("理由"), max_length=500)

    def __init__(self, *args: Any, units: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = sorted(
            (str(door.title), name) for name, door in doors.all_doors().items() if door.reach != doors.INNER
        )
        choices = [(name, f"{title}（{name}）") for title, name in named]
        self.fields["door"].choices = [*choices, *doors.parts().items()]  # type: ignore[attr-defined]
        self.fields["role"].choices = [(role, role_title(role)) for role in sorted(scopes.ROLES)]  # type: ignore[attr-defined]
        everywhere = [("", _("所有单位"))] if scopes.current().role == scopes.OPERATOR else []
        self.fields["unit_no"].choices = [*everywhere, *units]  # type: ignore[attr-defined]


@never_cache
def permissions(request: HttpRequest) -> HttpResponse:
    """Overrides of the plates' defaults, and one more."""
    form = OverrideForm(request.POST or None, units=overseeing.reached_units())
    if request.method == "POST" and form.is_valid():
        try:
            overrides.set_override(**form.cleaned_data)
        except BadInput as error:
            for problem in error.problems:
                form.add_error(problem.where, f"{problem.what}。{problem.fix}")
        else:
            messages.success(request, _("已调整，从下一次打开页面起生效。"))
            return redirect(to("permissions"))
    titles = {name: str(door.title) for name, door in doors.all_doors().items()} | doors.parts()
    lines = [
        {
            "title": titles.get(one.door, one.door),
            "role": role_title(one.role),
            "one": one,
        }
        for one in overrides.override_list()
    ]
    context = {"form": form, "lines": lines, "tabs": base_tabs("permissions")}
    return render(request, "ground/admin/permissions.html", context, status=422 if form.errors else 200)


def permission_drop(request: HttpRequest, override_id: int) -> HttpResponse:
    """Back to the default."""
    return act(
        request, "permissions", _("已恢复默认。"), lambda: overrides.drop_override(override_id=override_id)
    )


def signs(found: list[overseeing.Sign]) -> list[dict[str, Any]]:
    """Signs as drawn."""
    return [{"sign": one, "tone": SIGN_TONES[one.state], "word": SIGN_WORDS[one.state]} for one in found]


@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """Whether the base is well."""
    return render(
        request,
        "ground/admin/health.html",
        {"signs": signs(overseeing.vitals()), "tabs": base_tabs("health")},
    )


@never_cache
def health_wall(request: HttpRequest) -> HttpResponse:
    """The slower half of the health page."""
    return render(request, "ground/admin/_signs.html", {"signs": signs(overseeing.wall_signs())})


OPERATOR = frozenset({scopes.OPERATOR})
JOB_ROLES = OVERSEERS | {scopes.DISTRICT_STEWARD, scopes.CLERK, scopes.HEAD}
AUDIT_ROLES = OVERSEERS | {scopes.SECURITY_OFFICER}
PAGES = [
    Page(
        "jobs",
        jobs,
        gettext_lazy("任务"),
        JOB_ROLES,
        group="base",
        icon="务",
        order=5,
        on_phone=False,
        beside="imports",
        beside_for=scopes.SCHOOL_ROLES,
    ),
    Page("jobs/<uuid:job_id>", job, gettext_lazy("任务"), JOB_ROLES, in_menu=False),
    Page("jobs/<uuid:job_id>/cancel", job_cancel, gettext_lazy("取消任务"), JOB_ROLES, in_menu=False),
    Page("jobs/<uuid:job_id>/retry", job_retry, gettext_lazy("重试任务"), JOB_ROLES, in_menu=False),
    Page(
        "permissions",
        permissions,
        gettext_lazy("权限"),
        OVERSEERS,
        group="base",
        icon="限",
        order=45,
        on_phone=False,
    ),
    Page(
        "permissions/<int:override_id>/drop",
        permission_drop,
        gettext_lazy("恢复默认权限"),
        OVERSEERS,
        in_menu=False,
    ),
    Page(
        "audit", audit, gettext_lazy("审计"), AUDIT_ROLES, group="base", icon="审", order=50, on_phone=False
    ),
    Page("facts", facts, gettext_lazy("消息"), OPERATOR, group="base", icon="信", order=60, on_phone=False),
    Page("facts/<int:fact_id>/retry", fact_retry, gettext_lazy("重投消息"), OPERATOR, in_menu=False),
    Page("health", health, gettext_lazy("健康"), OPERATOR, group="base", icon="康", order=70),
    Page("health/wall", health_wall, gettext_lazy("隔离墙"), OPERATOR, in_menu=False),
]
