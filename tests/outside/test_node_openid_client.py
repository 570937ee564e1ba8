"""Node's openid-client 6, with every signature checked by its own JOSE; our script around it is node/client.mjs.

Its switch for development is `allowInsecureRequests`: without it the client refuses a provider on plain http.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
import requests

from tests.hubs.identity.protocols.listening import tell_all
from tests.live import free_port
from tests.outside.programs import node, running
from tests.outside.standing import decide, is_signed_in, sign_out, states_of
from tests.outside.walking import walk

pytestmark = pytest.mark.outside
SCRIPT = Path(__file__).parent / "node" / "client.mjs"


@contextlib.contextmanager
def client(folder: Path, live, vendor, **registration):
    """A registered client that runs: its address, its registration, what it wrote."""
    port = free_port()
    site = f"http://127.0.0.1:{port}"
    app = vendor(
        redirect_uris=(f"{site}/back",), post_logout_uris=(f"{site}/left",), backchannel_logout_uri=f"{site}/ended",
        **registration,
    )  # fmt: skip
    told = {"ISSUER": live.url, "CLIENT_ID": app.client_id, "CLIENT_SECRET": app.secret, "PORT": str(port)}
    with running((node(), SCRIPT), folder, f"{site}/up", **told) as words:
        yield site, app, words


@pytest.mark.parametrize("alg", ["ES256", "RS256"])
def test_sign_in_claims_refresh_and_both_ways_out(live, vendor, person, open_hosts, tmp_path, alg):
    open_hosts("127.0.0.1")
    account = person("teacher", name="顾知夏")
    with client(tmp_path / "client", live, vendor, id_token_alg=alg) as (site, app, words):
        browser = requests.Session()
        page = walk(browser, account, f"{site}/")
        assert page.url == f"{site}/who", (page.url, page.text[:500], words())
        said = page.json()
        assert said["who"]["name"] == "顾知夏" and said["who"]["roles"] == ["teacher"]
        assert said["claims"]["sub"] == said["who"]["sub"] and said["claims"]["aud"] == app.client_id
        renewed = browser.get(f"{site}/refresh", timeout=30).json()
        assert renewed == {"is_rotated": True, "same_sub": True}, words()
        assert browser.get(f"{site}/who", timeout=30).json()["who"]["name"] == "顾知夏"
        # From us to the client: it checks the token itself before it forgets the session.
        sign_out(browser, live)
        dead = browser.get(f"{site}/who", timeout=30)
        assert dead.status_code == 400, "the session is open, but its access token opens nothing"
        forged = requests.post(f"{site}/ended", {"logout_token": "e30.e30.AA"}, timeout=30)
        assert forged.status_code == 400
        assert tell_all(app) == ["answered"], words()
        assert browser.get(f"{site}/who", timeout=30).json() == {"who": None}
        # From the client to us, and back with its state.
        assert walk(browser, account, f"{site}/").json()["who"]["name"] == "顾知夏"
        left = browser.get(f"{site}/leave", timeout=30)
        assert left.json() == {"at": "/left?state=s-1"}, words()
        assert not is_signed_in(browser, live)
        assert states_of(app) == ["answered", "pending"]


def test_what_a_person_refuses_reaches_the_client_as_its_error(live, vendor, person, tmp_path):
    account = person("teacher")
    with client(tmp_path / "client", live, vendor, agreed_scopes=("openid",)) as (site, _app, words):
        browser = requests.Session()
        page = walk(browser, account, f"{site}/")
        assert "/openid/continue/" in page.url, (page.url, page.text[:500])
        refused = decide(browser, page, "no")
        assert refused.json() == {"error": "access_denied"}, words()
        page = browser.get(f"{site}/", timeout=30)
        assert decide(browser, page, "yes").json()["who"]["sub"], words()
        assert browser.get(f"{site}/", timeout=30).json()["who"], "agreed once for all"
