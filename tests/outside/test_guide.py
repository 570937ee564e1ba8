"""The OpenID samples of the guide, run as they stand: Flask with Authlib, Node with openid-client.

The base stands on plain http here: the Node sample switches its client for that by the address, Authlib asks nothing.
"""

from __future__ import annotations

import contextlib
import re
import secrets
from pathlib import Path

import pytest
import requests

from tests.database import CHECKOUT
from tests.hubs.identity.protocols.listening import tell_all
from tests.live import free_port
from tests.outside.programs import MODULES, node, python, running
from tests.outside.standing import is_signed_in, sign_out, states_of
from tests.outside.walking import walk

pytestmark = pytest.mark.outside
GUIDE = CHECKOUT / "docs" / "guides" / "let-your-app-sign-people-in.md"


def sample(page: Path, language: str) -> str:
    """The one block of a language in the section about OpenID."""
    part = page.read_text(encoding="utf-8").partition("\n## OpenID Connect\n")[2].partition("\n## ")[0]
    (code,) = re.findall(rf"^```{language}\n(.*?)^```", part, re.MULTILINE | re.DOTALL)
    return code


@contextlib.contextmanager
def application(language: str, folder: Path, live, vendor, **registration):
    """A sample that runs: its address, its registration, what it wrote."""
    port = free_port()
    site = f"http://127.0.0.1:{port}"
    app = vendor(
        redirect_uris=(f"{site}/back",), post_logout_uris=(f"{site}/left",), **registration,
    )  # fmt: skip
    told = {
        "BASE": live.url, "SITE": site, "CLIENT_ID": app.client_id, "CLIENT_SECRET": app.secret, "PORT": str(port),
        "COOKIE_KEY": secrets.token_hex(16),
    }  # fmt: skip
    folder.mkdir()
    if language == "python":
        command = [python(), "-m", "flask", "--app", "sample", "run", "--port", port]
        (folder / "sample.py").write_text(sample(GUIDE, "python"), encoding="utf-8")
    else:
        command = [node(), "sample.mjs"]
        (folder / "node_modules").symlink_to(MODULES)
        (folder / "sample.mjs").write_text(sample(GUIDE, "js"), encoding="utf-8")
    with running(command, folder, f"{site}/left", **told) as words:
        yield site, app, words


@pytest.mark.parametrize("language", ["python", "js"])
def test_sign_in_and_both_ways_out(live, vendor, person, open_hosts, tmp_path, language):
    open_hosts("127.0.0.1")
    account, browser = person("teacher", name="顾知夏"), requests.Session()
    with application(language, tmp_path / "app", live, vendor) as (site, app, words):
        app.change(backchannel_logout_uri=f"{site}/ended")
        page = walk(browser, account, f"{site}/")
        assert page.text == "顾知夏" and page.url == f"{site}/", (page.url, page.text[:500], words())
        # From us to the client: nobody but us can say so.
        sign_out(browser, live)
        for token in ("e30.e30.AA", ""):
            forged = requests.post(f"{site}/ended", {"logout_token": token}, timeout=30)
            assert forged.status_code == 400
        assert browser.get(f"{site}/", timeout=30).text == "顾知夏", "nothing was told yet"
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
        assert states_of(app) == ["answered", "pending"]


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
    for language in ("python", "js", "yaml", "java", "php", "apache"):
        assert sample(GUIDE, language) == sample(chinese, language)
