"""The tables of the identity hub. What comes before any scope, as sign-in does, stands on the shared list; cards and scans
belong to a school."""

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
from jizuo.hubs.identity.models.desk import AppMessage, DeviceCode
from jizuo.hubs.identity.models.strong import (
    LockOut,
    Passkey,
    PasskeyChallenge,
    Proof,
    RememberedDevice,
    SignInAnomaly,
    SignInEvent,
)
from jizuo.hubs.identity.models.student_codes import (
    MovingCode,
    ScannerDevice,
    ScanPlace,
    StudentCard,
    StudentCodeKey,
    StudentCodeSetting,
    StudentPhoto,
    StudentScan,
)
from jizuo.hubs.identity.models.tickets import SignOnTicket
from jizuo.hubs.identity.models.tokens import (
    AccessToken,
    AppSignOn,
    AuthorizationCode,
    RefreshToken,
    TokenFamily,
    UsedAssertion,
)
from jizuo.hubs.identity.models.upstream import (
    OutsideAsk,
    OutsideAttempt,
    OutsideSession,
    OutsideSignIn,
    OutsideSource,
    PersonLink,
)

__all__ = [
    "AccessToken",
    "Account",
    "AccountManager",
    "App",
    "AppMessage",
    "AppSecret",
    "AppSignOn",
    "AuthorizationCode",
    "ClassCode",
    "Consent",
    "DeviceCode",
    "GuardianBinding",
    "LockOut",
    "MovingCode",
    "OneTimeCode",
    "OutsideAsk",
    "OutsideAttempt",
    "OutsideSession",
    "OutsideSignIn",
    "OutsideSource",
    "Passkey",
    "PasskeyChallenge",
    "PersonLink",
    "Proof",
    "RefreshToken",
    "RememberedDevice",
    "ScanPlace",
    "ScannerDevice",
    "ScreenCode",
    "SignInAnomaly",
    "SignInEvent",
    "SignInTally",
    "SignOnTicket",
    "SigningKey",
    "SsoSession",
    "StudentCard",
    "StudentCodeKey",
    "StudentCodeSetting",
    "StudentPhoto",
    "StudentScan",
    "TokenFamily",
    "UsedAssertion",
]
