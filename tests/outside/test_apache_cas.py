"""Apache with mod_auth_cas, in the foreground with a configuration of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
import requests

from tests.hubs.identity.protocols.listening import tell_all
from tests.live import free_port, wait_for
from tests.outside.walking import walk

pytestmark = pytest.mark.outside
MODULES = Path("/usr/lib/apache2/modules")
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
CASVersion 2
CASLoginURL {base}/cas/login
CASValidateURL {base}/cas/p3/serviceValidate
CASCookiePath {folder}/cookies/
CASSSOEnabled On
CASAttributePrefix CAS_
<Location />
  AuthType CAS
  CASAuthNHeader CAS-User
  CASScope /
  Require valid-user
  Header always set X-User "expr=%{{REMOTE_USER}}"
  Header always set X-Roles "expr=%{{req:CAS_roles}}"
</Location>
"""
WANTED = ("mpm_event", "authz_core", "authn_core", "authz_user", "headers", "dir", "auth_cas")


@contextlib.contextmanager
def apache(folder: Path, base: str):
    """The address of an Apache whose every page needs a sign-in."""
    program = shutil.which("apache2") or "/usr/sbin/apache2"
    if not Path(program).exists() or not (MODULES / "mod_auth_cas.so").exists():
        print("apache2 and libapache2-mod-auth-cas are not installed: apt-get install them")
        pytest.skip("apache2 or libapache2-mod-auth-cas is not installed")
    port = free_port()
    for name in ("www", "cookies"):
        (folder / name).mkdir(mode=0o777)
    (folder / "www" / "index.html").write_text("inside")
    user = ""
    if os.geteuid() == 0:
        user = "User www-data\nGroup www-data"
        for one in (folder, *folder.parents[:3]):
            one.chmod(one.stat().st_mode | 0o055)
        (folder / "cookies").chmod(0o777)
    modules = "\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in WANTED)
    config = folder / "apache.conf"
    config.write_text(CONFIG.format(folder=folder, port=port, user=user, modules=modules, base=base))
    with open(folder / "out", "wb") as out:
        process = subprocess.Popen(
            [program, "-f", str(config), "-D", "FOREGROUND"], stdout=out, stderr=out, start_new_session=True
        )
    url = f"http://127.0.0.1:{port}"

    def words() -> str:
        return "".join(path.read_text() for path in (folder / "out", folder / "error.log") if path.exists())

    def is_up() -> bool:
        assert process.poll() is None, words()
        try:
            return requests.get(url, timeout=5, allow_redirects=False).status_code == 302
        except requests.ConnectionError:
            return False

    try:
        wait_for(is_up, 30, words)
        yield url, words
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def test_sign_in_attributes_and_the_way_out(live, vendor, person, open_hosts, tmp_path):
    open_hosts("127.0.0.1")
    account = person("teacher", name="顾知夏")
    with apache(tmp_path, live.url) as (site, words):
        app = vendor(cas_services=(f"{site}/*",))
        browser = requests.Session()
        page = walk(browser, account, f"{site}/")
        assert page.text == "inside", (page.url, page.text[:500], words())
        assert len(page.headers["X-User"]) == 22 and page.headers["X-Roles"] == "teacher"
        # From the client to us: mod_auth_cas has no way out of its own, its pages link to ours.
        assert (
            browser.get(f"{live.url}/cas/logout", params={"service": f"{site}/"}, timeout=30).text == "inside"
        )
        assert browser.get(f"{live.url}/me/", timeout=30).url.startswith(f"{live.url}/sign-in/")
        # From us to the client: its session is still open until the word reaches it.
        assert browser.get(f"{site}/", timeout=30).text == "inside"
        assert tell_all(app) == ["answered"], words()
        assert "/sign-in/" in browser.get(f"{site}/", timeout=30).url
