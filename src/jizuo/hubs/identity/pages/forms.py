"""Forms of the signed-out pages and of the own account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from jizuo.ground.errors import DoorError
from jizuo.hubs.identity.entry import now
from jizuo.hubs.identity.rules import bindings, passwords

SALT = "identity.form"


def issue_ticket() -> str:
    """A signed note of when a form was handed out."""
    return signing.dumps(now().timestamp(), salt=SALT)


def age_seconds(ticket: str) -> float:
    """How long the form with this ticket has been out; 0 for none or a forged one."""
    try:
        return max(0.0, now().timestamp() - float(signing.loads(ticket, salt=SALT)))
    except (signing.BadSignature, ValueError, TypeError):
        return 0.0


class PlainForm(forms.Form):
    """A form whose faults come from doors."""

    def take(self, error: DoorError) -> None:
        """Show what a door refused beside the fields it names."""
        for problem in error.problems:
            words = f"{problem.what}。{problem.fix}。" if problem.fix else f"{problem.what}。"
            self.add_error(problem.where if problem.where in self.fields else None, words)
        if not error.problems:
            self.add_error(None, f"{error.detail}。{error.fix}。" if error.fix else f"{error.detail}。")


def _secret(label: Any, kind: str = "current-password", **more: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": kind})
    return forms.CharField(label=label, widget=widget, strip=False, max_length=passwords.LONGEST, **more)


def _code(label: Any, **more: Any) -> forms.CharField:
    attrs = {"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
    return forms.CharField(label=label, max_length=40, widget=forms.TextInput(attrs=attrs), **more)


def _digits(label: Any, **more: Any) -> forms.CharField:
    attrs = {"autocomplete": "one-time-code", "inputmode": "numeric"}
    return forms.CharField(label=label, max_length=20, widget=forms.TextInput(attrs=attrs), **more)


def _phone(label: Any, **more: Any) -> forms.CharField:
    attrs = {"autocomplete": "tel", "inputmode": "tel"}
    return forms.CharField(label=label, max_length=24, widget=forms.TextInput(attrs=attrs), **more)


def _own_device() -> forms.BooleanField:
    return forms.BooleanField(
        label=_("这是我自己的设备"),
        required=False,
        help_text=_("教室、机房和别人的设备请不要勾选：关闭浏览器或半小时不用就会退出。"),
    )


class Ticketed(PlainForm):
    ticket = forms.CharField(widget=forms.HiddenInput, required=False)


class PasswordSignIn(Ticketed):
    name = forms.CharField(
        label=_("账号、手机号或邮箱"),
        max_length=254,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = _secret(_("密码"))
    own_device = _own_device()


class PhoneSignIn(PlainForm):
    phone = _phone(_("手机号"))


class SentCode(PlainForm):
    code = _digits(_("六位验证码"))
    own_device = _own_device()


class PaperSignIn(Ticketed):
    code = _code(_("一次性纸条码"), help_text=_("班主任或教务员给的 10 位码，用一次就作废。"))
    own_device = _own_device()


class PasskeySignIn(PlainForm):
    answer = forms.CharField(widget=forms.HiddenInput, max_length=32_000)
    own_device = _own_device()


class NewPasskey(PlainForm):
    name = forms.CharField(
        label=_("名称"), max_length=40, help_text=_("以后在列表里认得出是哪一台，如“办公室电脑”。")
    )
    answer = forms.CharField(widget=forms.HiddenInput, max_length=32_000)


class SlipCode(PlainForm):
    code = _code(_("纸条上的码"), help_text=_("10 位，不分大小写，横线可以不输。"))


class NewPassword(PlainForm):
    password = _secret(_("设一个密码"), "new-password")
    again = _secret(_("再输一遍"), "new-password")

    def clean(self) -> dict[str, Any]:
        held = super().clean() or {}
        if held.get("password") and held.get("again") and held["password"] != held["again"]:
            self.add_error("again", _("两遍不一样，请再输一遍。"))
        return held


class Activation(NewPassword):
    own_device = _own_device()


class RecoverName(PlainForm):
    name = forms.CharField(label=_("手机号或邮箱"), max_length=254)


class RecoverCode(NewPassword):
    code = _digits(_("六位验证码"))
    field_order = ("code", "password", "again")


class ChangePassword(NewPassword):
    old = _secret(_("现在的密码"))
    field_order = ("old", "password", "again")


class Phone(PlainForm):
    phone = _phone(_("手机号"))


class Email(PlainForm):
    email = forms.CharField(label=_("邮箱"), max_length=254)


class Code(PlainForm):
    code = _digits(_("验证码"))


class Factor(PlainForm):
    code = _digits(
        _("动态码或备用码"), help_text=_("打开手机上的验证器看六位数字；手机不在身边，用一个备用码。")
    )


class Again(PlainForm):
    password = _secret(_("您的密码"))


class TurnOnTotp(PlainForm):
    code = _digits(_("验证器里的六位数字"))
    password = _secret(_("您的密码"))


def relations() -> list[tuple[str, Any]]:
    """What a guardian may be to a child, an empty choice first."""
    return [("", ""), *((code, gettext(word)) for code, word in bindings.RELATIONS.items())]


class AskAsMyself(PlainForm):
    """What a signed-in guardian fills in."""

    relation = forms.ChoiceField(label=_("您是孩子的"), choices=relations)


class AskAsNewcomer(AskAsMyself):
    """What a guardian without an account fills in."""

    name = forms.CharField(label=_("您的姓名"), max_length=50)
    password = _secret(_("设一个密码"), "new-password", help_text=_("至少 8 位，以后登录用。"))


class AskClass(PlainForm):
    class_code = _code(_("班级码"))
    child_name = forms.CharField(label=_("孩子的姓名"), max_length=50)
    once = _code(_("班主任发的一次性码"), required=False)
    phone = _phone(_("或用短信验证：手机号"), required=False)
    sent = _digits(_("短信验证码"), required=False)
