"""The OpenID samples of the guide, run as they stand: Flask with Authlib, Node with openid-client, Java with nothing but
Gson, PHP with phpseclib.

The base stands on plain http here: the Node sample switches its client for that by the address, the others ask nothing.
"""

from __future__ import annotations

import contextlib
import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.database import CHECKOUT
from tests.hubs.identity.protocols.listening import tell_all
from tests.live import free_port
from tests.outside import forging
from tests.outside.programs import (
    JAVA_LIBRARIES,
    MODULES,
    PHP_LIBRARIES,
    java,
    needed,
    node,
    php,
    python,
    running,
)
from tests.outside.standing import is_signed_in, sign_out, states_of
from tests.outside.walking import walk

pytestmark = pytest.mark.outside
GUIDE = CHECKOUT / "docs" / "guides" / "let-your-app-sign-people-in.md"
LANGUAGES = ("python", "js", "java", "php")
#: What the guide says to have registered, where it is not ES256.
ALGS = {"php": "RS256"}


def sample(page: Path, language: str, section: str = "OpenID Connect") -> str:
    """The first block of a language in a section."""
    part = page.read_text(encoding="utf-8").partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    return re.findall(rf"^```{language}\n(.*?)^```", part, re.MULTILINE | re.DOTALL)[0]


def command_of(language: str, folder: Path, port: int) -> tuple[object, ...]:
    """What starts the sample, laid out in a new folder."""
    names = {"python": "sample.py", "js": "sample.mjs", "java": "Sample.java", "php": "sample.php"}
    folder.mkdir()
    (folder / names[language]).write_text(sample(GUIDE, language), encoding="utf-8")
    if language == "python":
        return python(), "-m", "flask", "--app", "sample", "run", "--port", port
    if language == "js":
        (folder / "node_modules").symlink_to(MODULES)
        return node(), "sample.mjs"
    if language == "java":
        return java(), "--class-path", needed(JAVA_LIBRARIES / "gson.jar"), "Sample.java"
    return php_server(folder, port, "sample.php", "phpseclib3/autoload.php")


def php_server(folder: Path, port: int, script: object, library: str = "") -> tuple[object, ...]:
    """PHP's own server with one script for every address, its sessions in the folder; the library stands where Composer
    would have put it."""
    for name in ("vendor", "sessions", "kept"):
        (folder / name).mkdir()
    if library:
        (folder / "vendor" / "autoload.php").write_text(
            f"<?php\nrequire '{needed(PHP_LIBRARIES / library)}';\n"
        )
    settings = ("-d", f"session.save_path={folder / 'sessions'}", "-d", "display_errors=0")
    return php(), *settings, "-S", f"127.0.0.1:{port}", script


@contextlib.contextmanager
def started(language: str, folder: Path, port: int, base: str, client_id: str, secret: str):
    """A sample that runs for a client of `base`; what it wrote."""
    site = f"http://127.0.0.1:{port}"
    told = {
        "BASE": base, "SITE": site, "CLIENT_ID": client_id, "CLIENT_SECRET": secret, "PORT": str(port),
        "COOKIE_KEY": secrets.token_hex(16), "KEPT": str(folder / "kept"),
    }  # fmt: skip
    with running(command_of(language, folder, port), folder, f"{site}/left", **told) as words:
        yield words


@contextlib.contextmanager
def application(language: str, folder: Path, live, vendor):
    """A sample that runs: its address, its registration, what it wrote."""
    port = free_port()
    site = f"http://127.0.0.1:{port}"
    app = vendor(
        redirect_uris=(f"{site}/back",), post_logout_uris=(f"{site}/left",), id_token_alg=ALGS.get(language, "ES256"),
    )  # fmt: skip
    with started(language, folder, port, live.url, app.client_id, app.secret) as words:
        yield site, app, words


@pytest.mark.parametrize("language", LANGUAGES)
def test_sign_in_and_both_ways_out(live, vendor, person, open_hosts, tmp_path, language):
    open_hosts("127.0.0.1")
    account, browser = person("teacher", name="顾知夏"), requests.Session()
    with application(language, tmp_path / "app", live, vendor) as (site, app, words):
        app.change(backchannel_logout_uri=f"{site}/ended")
        begun = browser.get(f"{site}/sign-in", timeout=30, allow_redirects=False)
        back = walk_to_back(browser, account, begun.headers["Location"], site)
        stranger = requests.Session()
        stranger.get(back, timeout=30, allow_redirects=False)
        assert not is_in(stranger, site), "who did not begin does not come back"
        page = browser.get(back, timeout=30)
        assert page.url == f"{site}/" and is_in(browser, site), (page.url, page.text[:500], words())
        # From us to the client: nobody but us can say so.
        sign_out(browser, live)
        for token in ("e30.e30.AA", ""):
            forged = requests.post(f"{site}/ended", {"logout_token": token}, timeout=30)
            assert forged.status_code == 400
        assert is_in(browser, site), "nothing was told yet"
        assert tell_all(app) == ["answered"], words()
        assert "/sign-in/" in browser.get(f"{site}/", timeout=30).url
        # From the client to us.
        assert walk(browser, account, f"{site}/").text == "顾知夏"
        left = browser.get(f"{site}/sign-out", timeout=30)
        assert left.url.partition("?")[0] == f"{site}/left" and left.text == "left", (
            left.url,
            left.text[:500],
            words(),
        )
        assert not is_signed_in(browser, live)
        assert not is_in(browser, site)
        assert states_of(app) == ["answered", "pending"]


def is_in(browser: requests.Session, site: str) -> bool:
    """Whether the sample knows this browser by its own session."""
    page = browser.get(f"{site}/", timeout=30, allow_redirects=False)
    assert page.status_code in (200, 302), page.text[:500]
    return page.status_code == 200 and page.content.decode() == "顾知夏"


@pytest.fixture
def liar(language: str) -> Iterator[forging.Forger]:
    with forging.forger(ALGS.get(language, "ES256")) as made:
        yield made


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_forged_word_opens_nothing_and_ends_nothing(liar, tmp_path, language):
    port = free_port()
    site = f"http://127.0.0.1:{port}"
    with started(language, tmp_path / "app", port, liar.url, liar.client_id, liar.secret) as words:

        def sign_in() -> requests.Session:
            browser = requests.Session()
            browser.get(f"{site}/sign-in", timeout=30)
            return browser

        browser = sign_in()
        assert is_in(browser, site), words()
        believed = []
        for liar.lie in forging.SIGN_IN_LIES:
            if is_in(sign_in(), site):
                believed.append(liar.lie)
        assert believed == [], words()
        for liar.lie in forging.LOGOUT_LIES:
            answer = requests.post(f"{site}/ended", {"logout_token": liar.logout_token()}, timeout=30)
            if answer.status_code != 400 or not is_in(browser, site):
                believed.append(liar.lie)
        assert believed == [], words()
        liar.lie = ""
        sign_in_token = requests.post(
            f"{site}/ended", {"logout_token": liar.token("JWT", nonce="n")}, timeout=30
        )
        assert sign_in_token.status_code == 400 and is_in(browser, site), "an ID token ends nothing"
        ended = requests.post(f"{site}/ended", {"logout_token": liar.logout_token()}, timeout=30)
        assert ended.status_code == 200 and not is_in(browser, site), words()
        if language == "js":
            return  # Its keys change too, but it asks for them at most once in a minute.
        liar.sid = "another-sid"
        browser = sign_in()
        liar.turn()
        ended = requests.post(f"{site}/ended", {"logout_token": liar.logout_token()}, timeout=30)
        assert ended.status_code == 200 and not is_in(browser, site), ("keys change", words())
        liar.turn()
        liar.sid = "a-third-sid"
        assert is_in(sign_in(), site), ("keys change", words())


def walk_to_back(browser: requests.Session, account, address: str, site: str) -> str:
    """The address with the code, which the browser does not open."""
    with pytest.raises(Stopped) as stopped:
        browser.hooks["response"].append(stop_before(f"{site}/back"))
        walk(browser, account, address)
    browser.hooks["response"].clear()
    return stopped.value.args[0]


class Stopped(Exception):
    """A redirect that is not followed; its address."""


def stop_before(start: str):
    def look(answer: requests.Response, *_more, **_told) -> None:
        if answer.is_redirect and answer.headers["Location"].startswith(start):
            raise Stopped(answer.headers["Location"])

    return look


def test_an_application_without_an_address_cannot_be_told(live, vendor, person, tmp_path):
    account, browser = person("teacher", name="顾知夏"), requests.Session()
    with application("python", tmp_path / "app", live, vendor) as (site, app, words):
        assert walk(browser, account, f"{site}/").text == "顾知夏", words()
        sign_out(browser, live)
        assert states_of(app) == ["cannot"] and tell_all(app) == []
        assert browser.get(f"{site}/", timeout=30).text == "顾知夏", "its own session goes on"
        assert "/sign-in/" in browser.get(f"{site}/sign-in", timeout=30).url, "the next sign-in asks again"


def test_both_languages_show_the_same_samples():
    chinese = GUIDE.with_name(GUIDE.name.replace(".md", ".zh-CN.md"))
    every = [
        re.findall(r"^```\w+\n.*?^```", page.read_text(encoding="utf-8"), re.M | re.S)
        for page in (GUIDE, chinese)
    ]
    assert every[0] and every[0] == every[1]
