"""Apache with mod_auth_openidc: the pages behind it open to who signed in at the base.

Its one switch for development is the plain http of both sides. Apache runs in the foreground from a configuration of
the test's own; Debian's is not read.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from urllib.parse import unquote

import pytest
import requests

from tests.hubs.identity.protocols.listening import tell_all
from tests.live import free_port
from tests.outside.programs import needed, running
from tests.outside.standing import is_signed_in, sign_out, states_of
from tests.outside.walking import walk

pytestmark = pytest.mark.outside
PROGRAM, MODULES = Path("/usr/sbin/apache2"), Path("/usr/lib/apache2/modules")
WANTED = ("mpm_event", "authz_core", "authn_core", "authz_user", "headers", "dir", "auth_openidc")
CONFIG = """
ServerRoot {folder}
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
PidFile {folder}/pid
ErrorLog {folder}/error.log
LogLevel warn
{user}
{modules}
DocumentRoot {folder}/www
OIDCProviderMetadataURL {base}/.well-known/openid-configuration
OIDCClientID {client_id}
OIDCClientSecret {secret}
OIDCRedirectURI {site}/signed-in
OIDCScope "openid profile roles"
OIDCPKCEMethod S256
OIDCCryptoPassphrase {secret}
OIDCRemoteUserClaim sub
<Location />
  AuthType openid-connect
  Require valid-user
  Header always set X-User "expr=%{{REMOTE_USER}}"
  Header always set X-Name "expr=%{{escape:%{{req:OIDC_CLAIM_name}}}}"
  Header always set X-Roles "expr=%{{req:OIDC_CLAIM_roles}}"
</Location>
<Location /left>
  Require all granted
  AuthType None
</Location>
"""


@contextlib.contextmanager
def apache(folder: Path, port: int, base: str, app):
    """An Apache whose every page but /left needs a sign-in; what it wrote to its logs."""
    needed(PROGRAM)
    for name in WANTED:
        needed(MODULES / f"mod_{name}.so")
    (folder / "www" / "left").mkdir(parents=True)
    (folder / "www" / "index.html").write_text("inside")
    (folder / "www" / "left" / "index.html").write_text("left")
    user = ""
    if os.geteuid() == 0:
        user = "User www-data\nGroup www-data"
        for one in (folder, *folder.parents[:3]):
            one.chmod(one.stat().st_mode | 0o055)
    config = folder / "apache.conf"
    config.write_text(
        CONFIG.format(
            folder=folder, port=port, site=f"http://127.0.0.1:{port}", base=base, user=user, client_id=app.client_id,
            secret=app.secret, modules="\n".join(f"LoadModule {one}_module {MODULES}/mod_{one}.so" for one in WANTED),
        )
    )  # fmt: skip
    command = (PROGRAM, "-f", config, "-D", "FOREGROUND")
    with running(command, folder, f"http://127.0.0.1:{port}/left/") as words:
        yield words


def test_sign_in_claims_and_both_ways_out(live, vendor, person, open_hosts, tmp_path):
    open_hosts("127.0.0.1")
    account, port = person("teacher", name="顾知夏"), free_port()
    site = f"http://127.0.0.1:{port}"
    app = vendor(
        redirect_uris=(f"{site}/signed-in",),
        post_logout_uris=(f"{site}/left/",),
        backchannel_logout_uri=f"{site}/signed-in?logout=backchannel",
    )
    with apache(tmp_path, port, live.url, app) as words:
        browser = requests.Session()
        page = walk(browser, account, f"{site}/")
        assert page.text == "inside", (page.url, page.text[:500], words())
        assert len(page.headers["X-User"].split("@")[0]) == 22
        assert page.headers["X-Roles"] == "teacher"
        assert unquote(page.headers["X-Name"]) == "顾知夏"
        # From us to the client: its session is open until the word reaches it.
        sign_out(browser, live)
        assert browser.get(f"{site}/", timeout=30).text == "inside"
        assert tell_all(app) == ["answered"], words()
        assert "/sign-in/" in browser.get(f"{site}/", timeout=30).url
        # From the client to us, and back to where the client wants.
        assert walk(browser, account, f"{site}/").text == "inside"
        left = browser.get(f"{site}/signed-in", params={"logout": f"{site}/left/"}, timeout=30)
        assert left.url == f"{site}/left/" and left.text == "left", (left.url, left.text[:500], words())
        assert not is_signed_in(browser, live)
        assert "/sign-in/" in browser.get(f"{site}/", timeout=30).url
        assert states_of(app) == ["answered", "pending"]
