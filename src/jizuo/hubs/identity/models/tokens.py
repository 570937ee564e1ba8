"""Codes, tokens and the part each application has in a sign-on. Nothing here can be used by whoever reads it: what was
handed out stands as its SHA-256 (256 random bits each)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from jizuo.ground.ids import new_id
from jizuo.ground.rows import Shared
from jizuo.hubs.identity.models.accounts import Account
from jizuo.hubs.identity.models.apps import App


class AuthorizationCode(Shared):
    """A code on its way through a browser; taken with DELETE ... RETURNING, so once (rule 6).

    challenge: the S256 code challenge, empty under a dated exception. authed_at, acr, amr: of the sign-on as it was.
    claims: the `claims` parameter, null for none.
    """

    code_hash = models.BinaryField(primary_key=True)
    app = models.ForeignKey(App, models.CASCADE, db_column="client_id")
    account = models.ForeignKey(Account, models.CASCADE)
    sid = models.UUIDField()
    redirect_uri = models.CharField(max_length=500)
    scopes = ArrayField(models.CharField(max_length=64), default=list)
    nonce = models.CharField(max_length=500, blank=True, default="")
    challenge = models.CharField(max_length=43, blank=True, default="")
    authed_at = models.DateTimeField()
    acr = models.CharField(max_length=16, default="")
    amr = ArrayField(models.CharField(max_length=12), default=list)
    claims = models.JSONField(null=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "authorization_code"
        indexes = [models.Index(fields=["expires_at"], name="authorization_code_old")]


class TokenFamily(Shared):
    """All that came of one authorization: revoking it ends every token of it at once.

    code_hash: of the code that began it, so that a code shown twice revokes what it produced (rule 5); null where no
    code was (a device). sid null: hangs on no sign-on. why: reason of the end: signed_out, reuse, replay, revoked,
    withdrawn.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    app = models.ForeignKey(App, models.CASCADE, db_column="client_id")
    account = models.ForeignKey(Account, models.CASCADE)
    sid = models.UUIDField(null=True)
    scopes = ArrayField(models.CharField(max_length=64), default=list)
    code_hash = models.BinaryField(null=True, unique=True)
    nonce = models.CharField(max_length=500, blank=True, default="")
    authed_at = models.DateTimeField()
    acr = models.CharField(max_length=16, default="")
    amr = ArrayField(models.CharField(max_length=12), default=list)
    claims = models.JSONField(null=True)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=16, blank=True, default="")

    class Meta:
        db_table = "token_family"
        indexes = [
            models.Index(fields=["sid"], name="token_family_sid"),
            models.Index(fields=["account", "app"], name="token_family_account"),
            models.Index(fields=["ends_at"], name="token_family_old"),
        ]


class RefreshToken(Shared):
    """A refresh token works once; shown again it kills its family (RFC 9700 section 4.14)."""

    token_hash = models.BinaryField(primary_key=True)
    family = models.ForeignKey(TokenFamily, models.CASCADE)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "refresh_token"


class AccessToken(Shared):
    """An opaque access token: of a family, or of a client alone (family null). Revoked alone it is deleted."""

    token_hash = models.BinaryField(primary_key=True)
    app = models.ForeignKey(App, models.CASCADE, db_column="client_id", db_index=False)
    family = models.ForeignKey(TokenFamily, models.CASCADE, null=True)
    scopes = ArrayField(models.CharField(max_length=64), default=list)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "access_token"
        indexes = [models.Index(fields=["expires_at"], name="access_token_old")]


class UsedAssertion(Shared):
    """A client assertion that was taken (RFC 7523 section 3, `jti`): key is the SHA-256 of client id and jti."""

    key = models.BinaryField(primary_key=True)
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "used_assertion"
        indexes = [models.Index(fields=["expires_at"], name="used_assertion_old")]


class AppSignOn(Shared):
    """The part of one application in one sign-on, whatever the protocol: who must be told when it ends (rule 2).

    protocol: oidc | cas | plain. handle: what the protocol calls this part by: the service ticket of CAS, which its
    logout names; for oidc the issuer, as the client knows it. address: where the word of the end
    goes, when it is not the application's own.
    state: none (the sign-on is open) | pending | answered | failed | cannot (the application takes no word of an
    end). tries: how often it was told. told_at: the last time; answered_at: when it answered well. answer: the HTTP
    status or the reason of the last try.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sid = models.UUIDField()
    app = models.ForeignKey(App, models.CASCADE, db_column="client_id")
    account = models.ForeignKey(Account, models.CASCADE)
    protocol = models.CharField(max_length=8, default="oidc")
    handle = models.CharField(max_length=300, blank=True, default="")
    address = models.CharField(max_length=500, blank=True, default="")
    state = models.CharField(max_length=10, default="none")
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    tries = models.IntegerField(default=0)
    told_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        db_table = "app_sign_on"
        indexes = [
            models.Index(fields=["account", "-begun_at"], name="app_sign_on_account"),
            models.Index(fields=["state"], condition=models.Q(state="pending"), name="app_sign_on_pending"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["sid", "app", "protocol", "handle"], name="app_sign_on_once")
        ]
