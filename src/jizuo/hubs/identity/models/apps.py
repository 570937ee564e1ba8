"""Applications that people sign in to, their secrets, who agreed to what, and the keys that answers are signed with."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from jizuo.ground.ids import new_id
from jizuo.ground.rows import Shared
from jizuo.hubs.identity.models.accounts import Account


class App(Shared):
    """One installation of an outside application at one unit, or at the base itself (`unit_no` 0).

    Each school has an installation of its own with its own client id, so that removing it cuts one school only.
    kind: confidential | public | screen. token_auth: client_secret_basic | client_secret_post | private_key_jwt | none.
    redirect_uris, post_logout_uris: whole addresses, compared letter by letter (OAuth 2.1 section 2.3.2).
    sector: what the pairwise `sub` is made for: a host name, or the client id. scopes: what it may ask; agreed_scopes:
    what the unit agreed to for its own people, so that they are not asked (`school_word`). grants: grant types of RFC 6749
    by their names. id_token_alg: ES256 | RS256. pkce_exempt_until: up to when a confidential client may come without
    PKCE; null for never. version grows when scopes or addresses grow: a consent names it. cas_services,
    plain_addresses: where CAS tickets and answers of the plain recipe may go. access_seconds, refresh_seconds: the
    lives of its tokens. reasons: scope -> why the vendor needs it, in words a person reads. watched_until: up to when
    its good messages are kept too (`models.AppMessage`); null for not at all.
    """

    client_id = models.CharField(max_length=64, primary_key=True)
    unit_no = models.IntegerField(default=0)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=16, default="confidential")
    token_auth = models.CharField(max_length=24, default="client_secret_basic")
    redirect_uris = ArrayField(models.CharField(max_length=500), default=list)
    post_logout_uris = ArrayField(models.CharField(max_length=500), default=list)
    backchannel_logout_uri = models.CharField(max_length=500, blank=True, default="")
    home_address = models.CharField(max_length=500, blank=True, default="")
    jwks = models.JSONField(null=True)
    jwks_uri = models.CharField(max_length=500, blank=True, default="")
    sector = models.CharField(max_length=255)
    scopes = ArrayField(models.CharField(max_length=64), default=list)
    agreed_scopes = ArrayField(models.CharField(max_length=64), default=list)
    grants = ArrayField(models.CharField(max_length=64), default=list)
    id_token_alg = models.CharField(max_length=8, default="ES256")
    pkce_exempt_until = models.DateField(null=True)
    version = models.IntegerField(default=1)
    cas_services = ArrayField(models.CharField(max_length=500), default=list)
    plain_addresses = ArrayField(models.CharField(max_length=500), default=list)
    is_active = models.BooleanField(default=True)
    access_seconds = models.IntegerField(default=600)
    refresh_seconds = models.IntegerField(default=43_200)
    reasons = models.JSONField(default=dict, db_default={})
    watched_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "app"
        indexes = [models.Index(fields=["unit_no", "name"], name="app_unit")]


class AppSecret(Shared):
    """A client secret as its SHA-256: the secret is 256 random bits, so a slow hash would add nothing (rule 9).

    Two may hold at once while the vendor changes over; ends_at null: until it is ended. tail: its last four signs,
    by which a vendor tells two apart.
    """

    secret_hash = models.BinaryField(primary_key=True)
    app = models.ForeignKey(App, models.CASCADE, db_column="client_id")
    tail = models.CharField(max_length=4, default="")
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "app_secret"


class SigningKey(Shared):
    """A key of the issuer. Stands in the JWKS from publish_at to drop_at and signs from use_from to use_until, all
    half-open; so a client that keeps a JWKS for a day always knows the key.

    public: its public JWK. sealed: the private JWK, closed with the base's key ring (bound to table and kid).
    """

    kid = models.CharField(max_length=43, primary_key=True)
    alg = models.CharField(max_length=8)
    public = models.JSONField()
    sealed = models.BinaryField()
    publish_at = models.DateTimeField()
    use_from = models.DateTimeField()
    use_until = models.DateTimeField()
    drop_at = models.DateTimeField()

    class Meta:
        db_table = "signing_key"
        indexes = [models.Index(fields=["alg", "use_from"], name="signing_key_use")]


class Consent(Shared):
    """Who agreed that an application gets what about whom; never changed but for its end.

    account: whom it is about. by: self | guardian | school; by_account: who said so (a guardian of a pupil under 14:
    《儿童个人信息网络保护规定》 article 9). version: of the application when it was given.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    app = models.ForeignKey(App, models.CASCADE, db_column="client_id")
    scopes = ArrayField(models.CharField(max_length=64), default=list)
    version = models.IntegerField()
    by = models.CharField(max_length=10, default="self")
    by_account = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="+")
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "consent"
        indexes = [models.Index(fields=["account", "app"], name="consent_account")]
