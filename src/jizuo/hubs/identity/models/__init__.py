"""The tables of the identity hub. All stand on the shared list: sign-in comes before any scope."""

from jizuo.hubs.identity.models.accounts import (
    Account,
    AccountManager,
    ClassCode,
    GuardianBinding,
    OneTimeCode,
    ScreenCode,
    SignInTally,
    SsoSession,
)
from jizuo.hubs.identity.models.apps import App, AppSecret, Consent, SigningKey
from jizuo.hubs.identity.models.tokens import (
    AccessToken,
    AppSignOn,
    AuthorizationCode,
    RefreshToken,
    TokenFamily,
    UsedAssertion,
)

__all__ = [
    "AccessToken",
    "Account",
    "AccountManager",
    "App",
    "AppSecret",
    "AppSignOn",
    "AuthorizationCode",
    "ClassCode",
    "Consent",
    "GuardianBinding",
    "OneTimeCode",
    "RefreshToken",
    "ScreenCode",
    "SignInTally",
    "SigningKey",
    "SsoSession",
    "TokenFamily",
    "UsedAssertion",
]
