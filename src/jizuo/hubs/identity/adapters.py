"""Where allauth asks us: the stages of a sign-in, where it ends, and how second-factor secrets are kept."""

from __future__ import annotations

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from jizuo.ground import keys
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions import devices, passkeys, sessions
from jizuo.hubs.identity.queries import roles_of
from jizuo.hubs.identity.rules import limits, strength

BOUND_TO = b"mfa_authenticator"


class SecondFactorStage(AuthenticateStage):
    """The second factor at sign-in, unless a passkey was shown, which is two, or a base-wide source said that two were
    (`rules.upstream.stands_for_factor`). A browser is remembered only on an own device, and never for administrators,
    who alone are asked for the passkey that they have besides a password: others keep it for the devices it is on."""

    def _should_handle(self, request: HttpRequest) -> bool:
        account = self.login.user
        if account is None or strength.level(request.session.get(sessions.METHODS, [])) >= strength.TWO:
            return False
        is_admin = limits.group(roles_of(account.pk)) == "admin"
        if not is_mfa_enabled(account, ["totp"]) and not (is_admin and passkeys.has_passkey(account.pk)):
            return False
        if not is_admin and request.session.get(sessions.OWN_DEVICE):
            return not devices.is_remembered(account.pk, entry.browser_of(request))
        return True


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up by themselves; messages and mails are our own."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        return ["jizuo.hubs.identity.adapters.SecondFactorStage"]

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """allauth's own words are not ours."""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Families have no mail; what happened stands on the page of the own account."""

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        return redirect("account_login")


class MfaAdapter(DefaultMFAAdapter):
    """Secrets are sealed with the base's key, so a dump of the database gives no second factor away."""

    def encrypt(self, text: str) -> str:
        sealed = keys.ring().seal(keys.Purpose.IDENTIFIERS, text.encode(), bound_to=BOUND_TO)
        return base64.b64encode(sealed).decode()

    def decrypt(self, encrypted_text: str) -> str:
        sealed = base64.b64decode(encrypted_text)
        return keys.ring().unseal(keys.Purpose.IDENTIFIERS, sealed, bound_to=BOUND_TO).decode()

    def get_totp_issuer(self) -> str:
        return _("基座")

    def get_totp_label(self, user: Any) -> str:
        return str(user.login_code)

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """As in `AccountAdapter`."""
