"""The pages of a sign-on: what an application asks for, which account, and what was wrong with a request."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizuo.ground import prepared
from jizuo.hubs.identity.actions import consents
from jizuo.hubs.identity.actions.tokens import value_of
from jizuo.hubs.identity.protocols.openid import tickets
from jizuo.hubs.identity.protocols.openid.tickets import Ticket
from jizuo.hubs.identity.rules.openid import Client, Step

#: What a person reads for each scope.
WORDS = {
    "openid": gettext_lazy("是您在登录（用一个只给这个应用的编号，不是学籍号或证件号）"),
    "profile": gettext_lazy("您的姓名"),
    "roles": gettext_lazy("您在学校的身份，例如教师、学生、家长"),
    "org": gettext_lazy("您所在学校的名称"),
    "class": gettext_lazy("您的班级"),
    "stage": gettext_lazy("您所在的学段"),
    "guardian": gettext_lazy("您是哪些孩子的家长（同样只是编号）"),
    "phone": gettext_lazy("您登记的手机号的末四位"),
    "email": gettext_lazy("您登记的邮箱"),
    "admin": gettext_lazy("您的管理员身份，需要再验证一次"),
}
RULES = {
    "client": gettext_lazy("请求里的 client_id 不存在、已停用，或写了不止一次。"),
    "no_redirect": gettext_lazy("请求里没有 redirect_uri。"),
    "redirect": gettext_lazy("请求里的 redirect_uri 与登记的地址不是逐字相同，或写了不止一次。"),
    "logout": gettext_lazy(
        "请求里的 post_logout_redirect_uri 与登记的地址不是逐字相同，或说不清是哪个应用。"
    ),
    "hint": gettext_lazy("请求里的 client_id 与 id_token_hint 不是同一个应用。"),
    "no_scope": gettext_lazy("这个应用登记的范围里没有 openid，不能让人登录。"),
    "service": gettext_lazy(
        "请求里的 service 不在登记的服务地址里：要逐字相同，或在以 /* 结尾的登记地址之下；并且只能写一次。"
    ),
    "plain": gettext_lazy("请求里的 redirect 与登记的简易接入地址不是逐字相同，或写了不止一次。"),
    "app_id": gettext_lazy("请求里的 app_id 不存在、已停用，或写了不止一次。"),
    "method": gettext_lazy("请求里的 method 只能是 GET 或 POST。"),
    "unreadable": gettext_lazy("请求里有参数写了不止一次、太长，或含有读不出的字符。"),
    "denied": gettext_lazy("您没有同意这个应用读取信息，所以没有登录。要登录，请回到应用再点一次。"),
    "ticket": gettext_lazy("这一页放得太久，或地址不完整。请回到应用，重新点一次登录。"),
}


def dated(sid: UUID) -> tuple[datetime, bool]:
    """When the person of an open sign-on proved who it is, and whether that is known; where it is not, the latest that it can
    have been (`actions.sessions.proved_at`)."""
    statement = (
        "select coalesce(authed_at, created_at), authed_at is not null from sso_session where sid = %s::uuid"
    )
    at, is_known = prepared.rows(statement, (sid,))[0]
    return at, is_known


def untold(request: HttpRequest, rule: str) -> HttpResponse:
    """A request that may not go back to whoever sent it: the rule it broke, in plain words, and no way on."""
    title = _("这次退出没有完成") if rule in ("logout", "hint") else _("这次登录没有完成")
    context = {"title": title, "rule": RULES[rule], "is_idle": rule in ("ticket", "denied")}
    response = render(request, "identity/openid_fault.html", context, status=400)
    response["Cache-Control"] = "no-store"
    return response


def ask(request: HttpRequest, client: Client, ticket: Ticket, step: Step) -> HttpResponse:
    """The page of an application: choose the account, agree, or learn that a guardian must."""
    user: Any = request.user
    agreed = consents.school_word(user.pk, client)
    context = {
        "step": step.value,
        "app": client.name,
        "school": unit_name(client.unit_no),
        "name": user.display_name,
        "holder": str(user.pk),
        "ticket": tickets.write(ticket),
        "wanted": wishes(client.client_id, [scope for scope in ticket.asked.scopes if scope not in agreed]),
        "agreed": wishes(client.client_id, [scope for scope in ticket.asked.scopes if scope in agreed]),
    }
    response = render(request, "identity/openid_ask.html", context)
    tickets.let_end_at(response, ticket.asked.redirect_uri)
    return response


def word_of(scope: str) -> str:
    """A scope in plain words; one of an application's own is shown by its name."""
    return str(WORDS.get(scope, scope))


def wishes(client_id: str, scopes: Sequence[str]) -> list[tuple[str, str]]:
    """(the scope in plain words, why the application needs it or '') as a person reads them before agreeing."""
    found = prepared.rows("select reasons from app where client_id = %s::text", (client_id,))
    reasons = (value_of(found[0][0]) if found else None) or {}
    return [(word_of(scope), str(reasons.get(scope, ""))) for scope in scopes]


def unit_name(unit_no: int) -> str:
    """The name of the application's unit; the base's own for 0."""
    found = prepared.rows("select name from unit where unit_no = %s::int", (unit_no,)) if unit_no else []
    return found[0][0] if found else _("基座")
