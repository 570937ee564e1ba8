"""Sources of sign-ins from elsewhere: declare, change, look at, turn off; and who is whom at a platform."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from jizuo.ground import doors
from jizuo.ground.errors import BadInput, Conflict, DoorError, NotFound
from jizuo.ground.pages.shell import Page, to
from jizuo.hubs.identity.actions import homes, sources
from jizuo.hubs.identity.entry import Secret
from jizuo.hubs.identity.pages import outside
from jizuo.hubs.identity.pages.forms import PlainForm
from jizuo.hubs.identity.pages.grants import first_words
from jizuo.hubs.identity.rules import upstream as rules
from jizuo.hubs.identity.shapes import SourceLine, SourceTold
from jizuo.hubs.identity.upstream.kinds import KINDS, Kind

DECLARERS = frozenset(sources.DECLARERS)
TONES = {
    "qing": gettext_lazy("青"),
    "lan": gettext_lazy("蓝"),
    "lv": gettext_lazy("绿"),
    "huang": gettext_lazy("黄"),
}


class SourceForm(PlainForm):
    """What a source of one kind asks of its declarer; `secret-NAME` left empty stays as it is."""

    name = django_forms.CharField(
        label=gettext_lazy("登录页按钮上的字"),
        max_length=40,
        help_text=gettext_lazy("例如“微信”“澜江教育云”。"),
    )
    tone = django_forms.ChoiceField(label=gettext_lazy("颜色"), choices=list(TONES.items()))

    def __init__(self, kind: Kind, line: SourceLine | None, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.kind = kind
        if kind.code != "cas":
            self.fields["client_id"] = django_forms.CharField(
                label=kind.client_title, max_length=200, required=kind.code != "wechat"
            )
        for name, title in kind.secrets:
            is_held = line is not None and name in line.secrets
            self.fields[f"secret-{name}"] = django_forms.CharField(
                label=title, required=False, max_length=500,
                help_text=_("已经有一个，不再显示；要换就填新的。") if is_held else _("只在保存时填一次，以后不再显示。"),
                widget=django_forms.PasswordInput(attrs={"autocomplete": "off"}),
            )  # fmt: skip
        for field in kind.fields:
            self.fields[field.name] = (
                django_forms.ChoiceField(label=field.title, choices=list(field.choices), required=False)
                if field.choices
                else django_forms.CharField(
                    label=field.title, max_length=1000, required=field.is_needed,
                    help_text=field.hint or (_("不填就用 %(usual)s") % {"usual": field.usual} if field.usual else ""),
                )
            )  # fmt: skip
            # A secret stands below the number that it belongs to.
            if (theirs := f"secret-{field.name.replace('_id', '_secret')}") in self.fields:
                self.fields[theirs] = self.fields.pop(theirs)
        choices = list(rules.MATCHES.items())
        if not kind.is_platform:
            choices = [one for one in choices if one[0] != rules.LINK]
        self.fields["match_to"] = django_forms.ChoiceField(
            label=_("第一次来的人怎样认"), choices=choices, required=False
        )
        names = _("这种来源证实的有：%(names)s") % {"names": "、".join(kind.claims)} if kind.claims else ""
        self.fields["match_claim"] = django_forms.CharField(
            label=_("用对方给的哪一项认"), max_length=60, required=False,
            help_text=names or _("例如 phone_number、email、sub；CAS 的账号名是 user"),
        )  # fmt: skip
        if kind.code == "oidc":
            self.fields["second_factor"] = django_forms.CharField(
                label=_("哪些 acr 或 amr 算做过二次验证"), max_length=500, required=False,
                help_text=_("用空格隔开。不填就照样问动态码；管理员总是要问。"),
            )  # fmt: skip

    def told(self) -> SourceTold:
        """What was filled in, without secrets."""
        data = self.cleaned_data
        return SourceTold(
            self.kind.code, data["name"], data["tone"], data.get("client_id", ""),
            {field.name: data.get(field.name, "") for field in self.kind.fields}, data.get("match_claim", ""),
            data.get("match_to", ""), tuple(data.get("second_factor", "").split()),
        )  # fmt: skip

    def secrets(self) -> dict[str, Secret]:
        """The secrets that were filled in, by name."""
        return {name: Secret(self.cleaned_data.get(f"secret-{name}", "")) for name, _t in self.kind.secrets}


def filled(line: SourceLine) -> dict[str, Any]:
    """A source as its form begins."""
    told = line.told
    return {
        **told.settings, "name": told.name, "tone": told.tone, "client_id": told.client_id,
        "match_claim": told.match_claim, "match_to": told.match_to, "second_factor": " ".join(told.second_factor),
    }  # fmt: skip


def trail() -> list[tuple[str, str]]:
    """The way back to the list."""
    return [(_("登录来源"), to("sign-in-sources"))]


@never_cache
def page(request: HttpRequest) -> HttpResponse:
    """The list, and the kinds that can be declared."""
    lines = [(line, KINDS[line.told.kind]) for line in sources.sources()]
    return render(request, "identity/sources.html", {"lines": lines, "kinds": KINDS.values()})


@never_cache
@sensitive_post_parameters()
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """Declare a source of a kind."""
    if kind not in KINDS:
        raise NotFound(_("没有这种来源"), fix=_("请从列表中选择"))
    doors.ask_before(sources.declare_source)
    form = SourceForm(
        KINDS[kind],
        None,
        request.POST or None,
        initial={} if KINDS[kind].is_platform else {"name": KINDS[kind].title},
    )
    if request.method == "POST" and form.is_valid():
        try:
            source_id = sources.declare_source(told=form.told(), secrets=form.secrets())
        except BadInput as error:
            form.take(error)
        else:
            messages.success(request, _("已登记。请把回调地址登记到对方平台，再点“检查设置”。"))
            return redirect(to(f"sign-in-sources/{source_id}"))
    context = {"form": form, "kind": KINDS[kind], "title": KINDS[kind].title, "trail": trail()}
    return render(request, "identity/source.html", context, status=422 if form.errors else 200)


@never_cache
@sensitive_post_parameters()
def one(request: HttpRequest, source_id: UUID) -> HttpResponse:
    """One source: change it, look at its settings, turn it off, say who is whom there."""
    line = sources.one_source(source_id=source_id)
    doors.ask_before(sources.change_source)
    kind = KINDS[line.told.kind]
    act = request.POST.get("act", "") if request.method == "POST" else ""
    form = SourceForm(kind, line, request.POST if act == "save" else None, initial=filled(line))
    found = None
    if act == "look":
        at = sources.source_to_look_at(source_id=source_id)
        found = kind.look(at, outside.back_address(request, source_id))
    elif act in ("on", "off"):
        sources.turn_source(source_id=source_id, is_on=act == "on")
        messages.success(request, _("已启用。") if act == "on" else _("已停用，没有人能再从这里登录。"))
        return redirect(request.path)
    elif act == "links":
        _register(request, source_id)
        return redirect(request.path)
    elif act == "save" and form.is_valid():
        try:
            sources.change_source(source_id=source_id, told=form.told(), secrets=form.secrets())
        except BadInput as error:
            form.take(error)
        else:
            messages.success(request, _("已保存。"))
            return redirect(request.path)
    out = request.build_absolute_uri(reverse("outside-out", args=[source_id]))
    context = {
        "form": form, "kind": kind, "line": line, "found": found, "back": outside.back_address(request, source_id),
        "out": out if kind.code == "oidc" else "", "title": line.told.name, "where": [kind.title], "trail": trail(),
    }  # fmt: skip
    return render(request, "identity/source.html", context, status=422 if form.errors else 200)


def _register(request: HttpRequest, source_id: UUID) -> None:
    lines = []
    for text in request.POST.get("lines", "").splitlines():
        if text.strip():
            code, _comma, subject = text.replace("，", ",").replace("\t", ",").partition(",")
            lines.append((code.strip(), subject.strip()))
    try:
        count = homes.register_links(
            source_id=source_id, lines=lines, is_home=request.POST.get("home") == "1"
        )
    except (BadInput, NotFound, Conflict) as error:
        words: DoorError = error
        messages.error(request, first_words(words))
    else:
        messages.success(request, _("新登记 %(count)s 人。") % {"count": count})


PAGES = (
    Page("sign-in-sources", page, gettext_lazy("登录来源"), DECLARERS, group="base", icon="来", order=42),
    Page("sign-in-sources/new/<slug:kind>", new, gettext_lazy("登记登录来源"), DECLARERS, in_menu=False),
    Page("sign-in-sources/<uuid:source_id>", one, gettext_lazy("登录来源"), DECLARERS, in_menu=False),
)
