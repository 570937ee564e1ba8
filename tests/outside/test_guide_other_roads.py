"""The samples of the guide for CAS and for the plain recipe in Java and PHP, run as they stand. phpCAS brings pages of its
own; around the others stand java/Enter.java and php/enter.php."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
from pathlib import Path

import pytest
import requests

from tests.hubs.identity.protocols.listening import tell_all
from tests.live import free_port
from tests.outside.fronting import in_front_of
from tests.outside.programs import JAVA_LIBRARIES, java, needed, program, running
from tests.outside.standing import sign_out
from tests.outside.test_guide import GUIDE, php_server, sample
from tests.outside.walking import walk

pytestmark = pytest.mark.outside
HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def classes(tmp_path_factory) -> Path:
    """Both samples in Java and the application around them, compiled."""
    compiler, folder = program("javac"), tmp_path_factory.mktemp("classes")
    for name, section in (("Cas", "CAS"), ("Plain", "Plain recipe")):
        (folder / f"{name}.java").write_text(sample(GUIDE, "java", section), encoding="utf-8")
    shutil.copy(HERE / "java" / "Enter.java", folder)
    subprocess.run(
        [compiler, "-encoding", "UTF-8", "-cp", needed(JAVA_LIBRARIES / "gson.jar"), *folder.glob("*.java")],
        check=True,
        timeout=120,
    )
    return folder


@contextlib.contextmanager
def application(language: str, folder: Path, live, vendor, request):
    """An application of one person: its address, its registration, what it wrote."""
    port = free_port()
    site = f"http://127.0.0.1:{port}"
    app = vendor(
        cas_services=(f"{site}/cas/back",), plain_addresses=(f"{site}/plain/back",),
        backchannel_logout_uri=f"{site}/plain/ended",
    )  # fmt: skip
    told = {
        "BASE": live.url, "APP_ID": app.client_id, "SECRET": app.secret, "ADDRESS": f"{site}/plain/back",
        "SERVICE": f"{site}/cas/back", "PORT": str(port), "KEPT": str(folder / "kept"), "SAMPLE": "./sample.php",
    }  # fmt: skip
    folder.mkdir()
    if language == "java":
        libraries = f"{needed(JAVA_LIBRARIES / 'gson.jar')}:{request.getfixturevalue('classes')}"
        command: tuple[object, ...] = (java(), "--class-path", libraries, "Enter")
    else:
        (folder / "sample.php").write_text(sample(GUIDE, "php", "Plain recipe"), encoding="utf-8")
        command = php_server(folder, port, HERE / "php" / "enter.php")
    with running(command, folder, site, **told) as words:
        yield site, app, words


def test_the_sample_for_cas_in_java(live, vendor, person, open_hosts, tmp_path, request):
    open_hosts("127.0.0.1")
    account, browser = person("teacher", name="顾知夏"), requests.Session()
    with application("java", tmp_path / "app", live, vendor, request) as (site, app, words):
        walk(browser, account, f"{site}/cas/sign-in")
        assert who(site)["attributes"]["name"] == ["顾知夏"], words()
        sign_out(browser, live)
        assert who(site), "nothing was told yet"
        for forged in (LOGOUT.format(ticket="ST-other"), LOGOUT.format(ticket=""), "<a/>"):
            assert requests.post(f"{site}/cas/back", {"logoutRequest": forged}, timeout=30).status_code == 400
        assert who(site) and tell_all(app) == ["answered"], words()
        assert who(site) is None
        assert "/sign-in/" in browser.get(f"{site}/cas/sign-in", timeout=30).url
        # A ticket that does not hold.
        assert requests.get(f"{site}/cas/back", {"ticket": "ST-other"}, timeout=30).text == "nobody", words()


LOGOUT = (
    '<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="LR-1" Version="2.0">'
    "<samlp:SessionIndex>{ticket}</samlp:SessionIndex></samlp:LogoutRequest>"
)


def who(site: str) -> dict | None:
    """Whom the application knows."""
    text = requests.get(f"{site}/", timeout=30).content.decode()
    return None if text == "nobody" else json.loads(text)


@pytest.mark.parametrize("language", ["java", "php"])
def test_the_sample_for_the_plain_recipe(live, vendor, person, open_hosts, tmp_path, request, language):
    open_hosts("127.0.0.1")
    account, browser = person("teacher", name="顾知夏"), requests.Session()
    with application(language, tmp_path / "app", live, vendor, request) as (site, app, words):
        walk(browser, account, f"{site}/plain/sign-in")
        assert who(site)["name"] == "顾知夏" and len(who(site)["sub"]) == 22, words()
        sign_out(browser, live)
        form = {"app_id": app.client_id, "event": "signed_out", "session": who(site)["session"], "nonce": "n"}
        for more in ({}, {"timestamp": "1", "sign": "0" * 64}, {"timestamp": "x", "sign": ""}):
            assert requests.post(f"{site}/plain/ended", {**form, **more}, timeout=30).status_code == 400
        assert who(site) and tell_all(app) == ["answered"], words()
        assert who(site) is None
        assert "/sign-in/" in browser.get(f"{site}/plain/sign-in", timeout=30).url
        # Back without having begun, and begun by somebody else.
        walk(browser, account, f"{live.url}/me/")
        begun = browser.get(f"{site}/plain/sign-in", timeout=30, allow_redirects=False).headers["Location"]
        back = browser.get(begun, timeout=30, allow_redirects=False).headers["Location"]
        assert back.startswith(f"{site}/plain/back?"), back
        other = back.replace("state=", "state=x")
        assert requests.get(other, timeout=30).text == "nobody", words()


def test_the_sample_for_cas_in_php(live, vendor, person, open_hosts, tmp_path):
    open_hosts("127.0.0.1")
    account, port = person("teacher", name="顾知夏"), free_port()
    site, browser = f"http://127.0.0.1:{port}", requests.Session()
    app = vendor(cas_services=(f"{site}/*",))
    folder = tmp_path / "app"
    folder.mkdir()
    command = php_server(folder, port, "sample.php", "CAS.php")
    (folder / "sample.php").write_text(sample(GUIDE, "php", "CAS"), encoding="utf-8")
    with in_front_of(live.url, tmp_path / "tls") as (front, cert):
        browser.trust_env, browser.verify = False, str(cert)
        told = {"HOST": "localhost", "HOST_PORT": str(front), "SITE": site, "CA": str(cert)}
        with running(command, folder, f"{site}/", **told) as words:
            assert inside(walk(browser, account, f"{site}/")) == "顾知夏", words()
            # From us to the client.
            browser.get(f"https://localhost:{front}/cas/logout", timeout=30)
            assert inside(browser.get(f"{site}/", timeout=30)) == "顾知夏", "nothing was told yet"
            assert tell_all(app) == ["answered"], words()
            assert "/sign-in/" in browser.get(f"{site}/", timeout=30).url, words()
            # From the client to us, and back to its page, which asks again.
            assert inside(walk(browser, account, f"{site}/")) == "顾知夏", words()
            assert "/sign-in/" in browser.get(f"{site}/sign-out", timeout=30).url, words()


def inside(page: requests.Response) -> str:
    return page.content.decode()
