"""The school's page of sign-ins: who is signed in, what happened, who is locked, what was odd."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.ground import scope as scopes
from jizuo.ground.doors import role_title
from jizuo.ground.errors import BadInput, NotFound
from jizuo.ground.pages.asks import Ask, cut
from jizuo.ground.pages.parts import Action, Tab
from jizuo.ground.pages.shell import Page, to
from jizuo.ground.pages.tables import Column, Filter, Table
from jizuo.hubs.identity import sightings
from jizuo.hubs.identity.actions import keeping
from jizuo.hubs.identity.pages.grants import first_words
from jizuo.hubs.identity.rules import strength
from jizuo.hubs.identity.rules.anomalies import Kind, Outcome, What
from jizuo.hubs.identity.sightings import KEEPERS

TABS = {
    "sign-ins": gettext_lazy("在线"),
    "sign-ins/events": gettext_lazy("记录"),
    "sign-ins/locks": gettext_lazy("锁定"),
    "sign-ins/odd": gettext_lazy("异常"),
}
WHATS = {
    What.SIGN_IN: gettext_lazy("登录"),
    What.FACTOR: gettext_lazy("登录时再验证"),
    What.STEP_UP: gettext_lazy("操作时再验证"),
    What.ENDED: gettext_lazy("被学校结束"),
}
OUTCOMES = {
    Outcome.OK: (gettext_lazy("成功"), "lv"),
    Outcome.WRONG: (gettext_lazy("不对"), "huang"),
    Outcome.LOCKED: (gettext_lazy("已锁定"), "zhu"),
    Outcome.SLOWED: (gettext_lazy("太快"), "huang"),
}
METHODS = {
    strength.PASSWORD: gettext_lazy("密码"),
    strength.SMS: gettext_lazy("短信验证码"),
    strength.PAPER: gettext_lazy("纸条码"),
    strength.OTP: gettext_lazy("动态码"),
    strength.RECOVERY: gettext_lazy("备用码"),
    strength.KEY: gettext_lazy("通行密钥"),
    strength.SYNCED: gettext_lazy("通行密钥"),
}
LOCKED_BY = {"password": gettext_lazy("密码连错"), "factor": gettext_lazy("动态码连错")}
#: Kind -> its name, what it means, what to do.
ODD = {
    Kind.SPRAY: (
        gettext_lazy("一个地址试了很多账号"),
        gettext_lazy("一刻钟内，同一个地址上许多账号登录失败，成功的少。可能有人拿常用密码逐个试。"),
        gettext_lazy("请本单位在列的人改密码；如果地址是校内的，请查那时在用的电脑。"),
    ),
    Kind.NEW_DEVICE: (
        gettext_lazy("管理员在新设备上登录"),
        gettext_lazy("管理员的账号第一次在这台设备上登录。"),
        gettext_lazy("请向本人核实；不是本人，马上结束登录并改密码、重设动态码。"),
    ),
    Kind.TWO_PLACES: (
        gettext_lazy("几分钟内出现在两处"),
        gettext_lazy("十分钟内，这个账号在相距很远的两个网络登录，其中一台是新设备。"),
        gettext_lazy("请向本人核实；用手机流量也会这样。不是本人，请结束登录并改密码。"),
    ),
    Kind.AWAKE: (
        gettext_lazy("久不用的账号又登录了"),
        gettext_lazy("这个账号半年以上没有用过，刚刚登录。"),
        gettext_lazy("请向本人核实；人已离开的，请停用账号。"),
    ),
    Kind.CROWD: (
        gettext_lazy("一台设备上账号很多"),
        gettext_lazy("一天之内，许多人在同一台设备上登录，都说是自己的设备。"),
        gettext_lazy("请提醒：公用电脑登录时不要勾选“这是我自己的设备”。"),
    ),
    Kind.CODES: (
        gettext_lazy("验证码要得太多"),
        gettext_lazy("十分钟内，同一个地址为许多手机或邮箱要了验证码。"),
        gettext_lazy("没有人被登录；短信费会增加。请查那时在用的电脑。"),
    ),
    Kind.COUNT_BACK: (
        gettext_lazy("通行密钥的计数倒退"),
        gettext_lazy("同一个通行密钥可能被复制到了另一台设备。这一次登录已拒绝。"),
        gettext_lazy("请本人删除这个通行密钥，重新登记一个。"),
    ),
}


def _tabs(current: str) -> list[Tab]:
    return [Tab(str(word), to(path), path == current) for path, word in TABS.items()]


def _roles(line: object) -> str:
    return _("、").join(map(role_title, line.roles))  # type: ignore[attr-defined]


def _device(line: object) -> str:
    return line.device or _("不明设备")  # type: ignore[attr-defined]


@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """Who is signed in now."""
    columns = [
        Column("name", _("姓名")),
        Column("roles", _("身份"), kind="short", value=_roles),
        Column("device", _("设备"), kind="short", value=_device),
        Column("network", _("网络"), kind="short"),
        Column("created_at", _("登录于"), kind="moment", sort=True),
        Column("last_seen_at", _("最近使用"), kind="moment"),
    ]
    filters = [Filter("role", _("身份"), [(role, role_title(role)) for role in sorted(scopes.ROLES)])]
    ask = Ask.read(request.GET, columns, filters, sort="-created_at")
    lines = sightings.live_sessions(ask=ask)
    may_end = scopes.current().role in keeping.ENDERS
    table = Table(
        "live", _("在线登录"), columns, cut(lines, ask, sort_key="created_at", id_key="sid"), ask,
        address=request.path, filters=filters, total=lines[0].total if lines else 0, total_unit=_("处"),
        empty=_("现在没有人登录着。"), has_search=True, search_hint=_("姓名或登录码"),
        row_actions=(lambda line: [end_action(line.account_id)]) if may_end else None,
    )  # fmt: skip
    return render(
        request, "identity/watch.html", {"table": table, "tabs": _tabs("sign-ins"), "may_end": may_end}
    )


def end_action(account_id: UUID) -> Action:
    """Leads to the page that asks for the reason."""
    return Action(_("结束登录"), href=to(f"sign-ins/end?account={account_id}"))


@never_cache
def end(request: HttpRequest) -> HttpResponse:
    """End all sessions of one person, with a reason."""
    try:
        account_id = UUID(request.POST.get("account") or request.GET.get("account", ""))
    except ValueError:
        raise NotFound(_("没有这个账号"), fix=_("请从列表中选择")) from None
    problem = ""
    if request.method == "POST":
        try:
            count = keeping.end_sessions_of(account_id=account_id, reason=request.POST.get("reason", ""))
        except BadInput as error:
            problem = first_words(error)
        else:
            messages.success(request, _("已结束 %(n)s 处登录。") % {"n": count})
            return redirect(to("sign-ins"))
    name = sightings.name_of(account_id=account_id)
    context = {"account": account_id, "name": name, "problem": problem}
    return render(request, "identity/watch_end.html", context, status=422 if problem else 200)


@never_cache
def events(request: HttpRequest) -> HttpResponse:
    """What happened at the entrance in the last 180 days."""
    columns = [
        Column("name", _("姓名")),
        Column("at", _("时间"), kind="moment", sort=True),
        Column("what", _("事情"), kind="short", value=lambda line: WHATS[What(line.what)]),
        Column("outcome", _("结果"), kind="tag", value=lambda line: OUTCOMES[Outcome(line.outcome)][0],
               tone=lambda line: OUTCOMES[Outcome(line.outcome)][1]),
        Column("method", _("方式"), kind="short", value=lambda line: METHODS.get(line.method, "")),
        Column("roles", _("身份"), kind="short", value=_roles),
        Column("device", _("设备"), kind="short", value=_device),
        Column("network", _("网络"), kind="short"),
    ]  # fmt: skip
    filters = [
        Filter("outcome", _("结果"), [(str(one), str(word)) for one, (word, _tone) in OUTCOMES.items()])
    ]
    ask = Ask.read(request.GET, columns, filters, sort="-at")
    lines = sightings.sign_in_events(ask=ask)
    table = Table(
        "events", _("登录记录"), columns, cut(lines, ask, sort_key="at", id_key="event_id"), ask,
        address=request.path, filters=filters, empty=_("还没有记录。"), has_search=True, search_hint=_("姓名或登录码"),
    )  # fmt: skip
    return render(request, "identity/watch.html", {"table": table, "tabs": _tabs("sign-ins/events")})


@never_cache
def locks(request: HttpRequest) -> HttpResponse:
    """Who is locked now, and let one in again."""
    if request.method == "POST":
        try:
            done = keeping.end_lock_out(
                lock=request.POST.get("lock", "")[:200], reason=request.POST.get("reason", "")
            )
        except (BadInput, NotFound) as error:
            messages.error(request, first_words(error))
        else:
            messages.success(request, _("已解除，可以再试。") if done else _("已经不再锁定。"))
        return redirect(to("sign-ins/locks"))
    lines = [(line, LOCKED_BY[line.what], _roles(line)) for line in sightings.lock_outs()]
    may_end = scopes.current().role in keeping.ENDERS
    context = {"lines": lines, "tabs": _tabs("sign-ins/locks"), "may_end": may_end}
    return render(request, "identity/watch_locks.html", context)


@never_cache
def odd(request: HttpRequest) -> HttpResponse:
    """What was odd, with what it means and what to do."""
    wanted = request.GET.get("kind", "")
    kind = wanted if wanted in set(Kind) else ""
    lines = [(line, *ODD[Kind(line.kind)]) for line in sightings.anomalies_seen(kind=kind)]
    return render(request, "identity/watch_odd.html", {"lines": lines, "tabs": _tabs("sign-ins/odd")})


_ROLES = frozenset(KEEPERS)
PAGES = (
    Page(
        "sign-ins", live, gettext_lazy("登录安全"), _ROLES, group="base", icon="锁", order=45, on_phone=False
    ),
    Page("sign-ins/end", end, gettext_lazy("结束登录"), frozenset(keeping.ENDERS), in_menu=False),
    Page("sign-ins/events", events, gettext_lazy("登录记录"), _ROLES, in_menu=False),
    Page("sign-ins/locks", locks, gettext_lazy("已锁定的账号"), _ROLES, in_menu=False),
    Page("sign-ins/odd", odd, gettext_lazy("登录异常"), _ROLES, in_menu=False),
)
