"""A LemonLDAP::NG portal as a process of a test, the platform above us: OpenID Connect provider and CAS server.

It runs Debian's portal with a configuration of its own: the demonstration accounts, sessions as files in the folder of
the test. Its one switch for development is the plain http of both sides.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import requests
from joserfc.jwk import RSAKey

from tests.outside.programs import needed, running

STARMAN = Path("/usr/bin/starman")
MODULES = Path("/usr/share/perl5")
#: What it loads for OpenID Connect and CAS; Debian leaves some of it to the operator.
WANTED = ("Lemonldap/NG/Portal/Main.pm", "IO/String.pm", "String/Random.pm", "XML/Simple.pm")
TEMPLATES = "/usr/share/lemonldap-ng/portal/templates"
CLIENT, SECRET = "jizuo", "s3cret/with:odd&signs"
INI = """
[all]
logger = Lemonldap::NG::Common::Logger::Std
logLevel = notice
[configuration]
type = File
dirName = {folder}/conf
localStorage = Cache::FileCache
localStorageOptions = {{'namespace' => 'config', 'default_expires_in' => 600, 'cache_root' => '{folder}/cache'}}
[portal]
staticPrefix = /static
templateDir = {templates}
languages = en
"""
APP = """use Lemonldap::NG::Portal::Main;
my $portal = Lemonldap::NG::Portal::Main->new({});
$portal->init({}) or die $portal->error;
$portal->run;
"""


@dataclass
class Platform:
    """Where the portal will stand, and the ways back that are registered there. cas: the address of its CAS."""

    port: int
    back: list[str] = field(default_factory=list)
    services: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def cas(self) -> str:
        return f"{self.url}cas"


def configuration(platform: Platform, folder: Path, left: str) -> dict[str, Any]:
    """The portal's settings by their own names. left: where a sign-out may lead back to."""
    key = RSAKey.generate_key(2048)

    def sessions(name: str) -> dict[str, str]:
        (folder / name / "lock").mkdir(parents=True)
        return {
            "Directory": str(folder / name), "LockDirectory": str(folder / name / "lock"),
            "generateModule": "Lemonldap::NG::Common::Apache::Session::Generate::SHA256",
        }  # fmt: skip

    return {
        "cfgNum": 1, "cfgVersion": "2.16.1", "cfgAuthor": "test", "cfgDate": 1, "portal": platform.url,
        "domain": "127.0.0.1", "cookieName": "lemonldap", "securedCookie": 0, "authentication": "Demo",
        "userDB": "Same", "passwordDB": "Demo", "demoExportedVars": {"cn": "cn", "mail": "mail", "uid": "uid"},
        "macros": {"_whatToTrace": "lc($_user)", "is_proved": "1"}, "whatToTrace": "_whatToTrace",
        "globalStorage": "Apache::Session::File", "globalStorageOptions": sessions("sessions"),
        "persistentStorage": "Apache::Session::File", "persistentStorageOptions": sessions("lasting"),
        "localSessionStorage": "Cache::FileCache",
        "localSessionStorageOptions": {"namespace": "sessions", "cache_root": str(folder / "cache")},
        # No picture is ever asked; the module that paints them would want ImageMagick.
        "captcha": "::Main::Plugin",
        "locationRules": {"127.0.0.1": {"default": "accept"}}, "exportedHeaders": {},
        # OpenID Connect.
        "issuerDBOpenIDConnectActivation": 1, "issuerDBOpenIDConnectPath": "^/oauth2/",
        "oidcServicePrivateKeySig": key.as_pem(private=True).decode(),
        "oidcServicePublicKeySig": key.as_pem(private=False).decode(), "oidcServiceKeyIdSig": "one",
        "oidcRPMetaDataOptions": {CLIENT: {
            "oidcRPMetaDataOptionsClientID": CLIENT, "oidcRPMetaDataOptionsClientSecret": SECRET,
            "oidcRPMetaDataOptionsRedirectUris": " ".join(platform.back),
            "oidcRPMetaDataOptionsPostLogoutRedirectUris": left, "oidcRPMetaDataOptionsIDTokenSignAlg": "RS256",
            "oidcRPMetaDataOptionsRequirePKCE": 1, "oidcRPMetaDataOptionsBypassConsent": 0,
        }},
        "oidcRPMetaDataExportedVars": {CLIENT: {
            "name": "cn", "email": "mail", "email_verified": "is_proved;bool;auto", "preferred_username": "uid",
        }},
        # CAS.
        "issuerDBCASActivation": 1, "issuerDBCASPath": "^/cas/", "casAttr": "uid", "casAccessControlPolicy": "error",
        "casBackChannelSingleLogout": 1, "casAttributes": {"name": "cn", "mail": "mail"},
        "casAppMetaDataOptions": {CLIENT: {"casAppMetaDataOptionsService": " ".join(platform.services)}},
        "casAppMetaDataExportedVars": {CLIENT: {"name": "cn", "mail": "mail"}},
    }  # fmt: skip


@contextlib.contextmanager
def portal(platform: Platform, folder: Path, left: str) -> Iterator[Any]:
    """The running portal; gives what it wrote so far. Skips where it is not installed."""
    for one in (STARMAN, *(MODULES / name for name in WANTED)):
        needed(one)
    (folder / "conf").mkdir(parents=True)
    (folder / "conf" / "lmConf-1.json").write_text(json.dumps(configuration(platform, folder, left)))
    ini = folder / "lemonldap-ng.ini"
    ini.write_text(INI.format(folder=folder, templates=TEMPLATES))
    (folder / "portal.psgi").write_text(APP)
    command = [
        STARMAN,
        "--listen",
        f"127.0.0.1:{platform.port}",
        "--workers",
        "2",
        "--disable-keepalive",
        "--preload-app",
        "portal.psgi",
    ]
    up = f"{platform.url}.well-known/openid-configuration"
    with running(command, folder, up, LLNG_DEFAULTCONFFILE=str(ini)) as words:
        yield words


def form_of(page: requests.Response) -> tuple[str, dict[str, str]]:
    """(address, hidden values) of the one form of a page of the portal."""
    found = re.search(r"<form\b([^>]*)>(.*?)</form>", page.text, re.DOTALL)
    assert found, (page.url, page.text[:3000])
    action = re.search(r'action="([^"]*)"', found[1])
    told = {}
    for one in re.findall(r"<input\b[^>]*>", found[2]):
        kept = {name: unescape(value) for name, value in re.findall(r'(\w+)="([^"]*)"', one)}
        if kept.get("type") == "hidden":
            told[kept["name"]] = kept.get("value", "")
    return urljoin(page.url, unescape(action[1]) if action else ""), told


def press(browser: requests.Session, page: requests.Response, **typed: str) -> requests.Response:
    """Fill in and send the form of a page of the portal; the page it ends at."""
    address, hidden = form_of(page)
    return browser.post(address, hidden | typed, timeout=30)


def answer_portal(
    browser: requests.Session, page: requests.Response, platform: Platform, who: str
) -> requests.Response:
    """Sign in as a demonstration account (its password is its name) and agree, where the portal asks; the first page
    that is not the portal's."""
    for _step in range(5):
        if not page.url.startswith(platform.url):
            return page
        typed: Mapping[str, str] = {}
        if 'name="password"' in page.text:
            typed = {"user": who, "password": who}
        page = press(browser, page, **typed)
    raise AssertionError((page.url, page.text[:3000]))
