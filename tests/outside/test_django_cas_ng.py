"""django-cas-ng in a small real Django project of its own process."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from pathlib import Path

import pytest
import requests

from tests.hubs.identity.protocols.listening import tell_all
from tests.live import free_port, wait_for
from tests.outside.programs import python
from tests.outside.walking import walk

pytestmark = pytest.mark.outside
PROJECT = """
import os, sys
from django.conf import settings
settings.configure(
    SECRET_KEY="x", DEBUG=False, ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, USE_TZ=True,
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
                    "django.contrib.messages", "django_cas_ng"],
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware",
                "django.contrib.auth.middleware.AuthenticationMiddleware",
                "django.contrib.messages.middleware.MessageMiddleware"],
    AUTHENTICATION_BACKENDS=["django_cas_ng.backends.CASBackend"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "client.sqlite3"}},
    CAS_SERVER_URL=os.environ["CAS"], CAS_VERSION="3", CAS_APPLY_ATTRIBUTES_TO_USER=True,
    CAS_RENAME_ATTRIBUTES={"name": "first_name"}, CAS_REDIRECT_URL="/who/", CAS_LOGOUT_COMPLETELY=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", LOGIN_URL="/accounts/login/", SESSION_COOKIE_NAME="client",
)
import django
django.setup()
from django.http import HttpResponse
from django.urls import path
from django_cas_ng import views

def who(request):
    user = request.user
    return HttpResponse(f"{user.get_username()}|{user.first_name}" if user.is_authenticated else "nobody")

urlpatterns = [
    path("who/", who), path("accounts/login/", views.LoginView.as_view(), name="cas_ng_login"),
    path("accounts/logout/", views.LogoutView.as_view(), name="cas_ng_logout"),
]
from django.core.management import call_command, execute_from_command_line
call_command("migrate", verbosity=0)
execute_from_command_line(["client", "runserver", "--noreload", sys.argv[1]])
"""


@contextlib.contextmanager
def project(folder: Path, server: str):
    """The client's address while it runs."""
    port = free_port()
    (folder / "client.py").write_text(PROJECT)
    env = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "JIZUO"))}
    with open(folder / "log", "wb") as out:
        process = subprocess.Popen(
            [python(), "client.py", f"127.0.0.1:{port}"], cwd=folder, stdout=out, stderr=out,
            env=env | {"CAS": f"{server}/cas/"}, start_new_session=True,
        )  # fmt: skip
    url = f"http://127.0.0.1:{port}"

    def is_up() -> bool:
        assert process.poll() is None, (folder / "log").read_text()
        try:
            return requests.get(f"{url}/who/", timeout=5).status_code == 200
        except requests.ConnectionError:
            return False

    try:
        wait_for(is_up, 60, (folder / "log").read_text)
        yield url
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def test_sign_in_attributes_and_both_ways_out(live, vendor, person, open_hosts, tmp_path):
    open_hosts("127.0.0.1")
    account = person("teacher", name="顾知夏")
    with project(tmp_path, live.url) as client:
        app = vendor(cas_services=(f"{client}/*",))
        browser = requests.Session()
        words = walk(browser, account, f"{client}/accounts/login/").text
        user, _bar, name = words.partition("|")
        assert len(user) == 22 and name == "顾知夏"
        # From us to the client: its own session is gone though its cookie is not.
        page = browser.get(f"{live.url}/cas/logout", timeout=30)
        assert page.status_code == 200 and browser.cookies.get("client")
        assert browser.get(f"{client}/who/", timeout=30).text == words, "nothing was told yet"
        assert tell_all(app) == ["answered"]
        assert browser.get(f"{client}/who/", timeout=30).text == "nobody"
        # From the client to us.
        assert walk(browser, account, f"{client}/accounts/login/").text == words
        browser.get(f"{client}/accounts/logout/", timeout=30)
        assert browser.get(f"{live.url}/me/", timeout=30).url.startswith(f"{live.url}/sign-in/")
