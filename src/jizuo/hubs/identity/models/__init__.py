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

__all__ = [
    "Account",
    "AccountManager",
    "ClassCode",
    "GuardianBinding",
    "OneTimeCode",
    "ScreenCode",
    "SignInTally",
    "SsoSession",
]
