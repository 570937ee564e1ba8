"""What a screen may open, over HTTP and at every address of the base, and when it stops."""

from __future__ import annotations

import pytest

from tests.hubs.identity import screening
from tests.hubs.organisation import given

OWN = ("/screen/list/", "/screen/seats/", "/screen/notices/", "/screen/scenes/")


@pytest.fixture(scope="module")
def school(base):
    from jizuo.project import rooms

    rooms.plates()
    return given.fill(base, base.unit(), classes=2, pupils=6)


@pytest.fixture
def teacher(base, school):
    return screening.phone(base, school)


@pytest.fixture
def screen(base, school, teacher):
    return screening.opened(base, teacher, school)


def is_sent_back(answer) -> bool:
    return answer.status_code == 302 and answer["Location"] == "/screen/"


def test_a_screen_opens_its_pages_and_no_other_address(base, school, teacher, screen):
    """Every address of the house, with the teacher's own grant in it; the twin is the teacher, who gets through."""
    from jizuo.project import urls
    from tests.house.test_access import addresses

    assert [screen.get(path).status_code for path in OWN] == [200] * len(OWN)
    routes = {f"/{route}" for route in addresses(urls.urlpatterns)}
    routes = {route.replace("/as/1/", f"/as/{teacher.grant_no}/") for route in routes}
    others = sorted(routes - {*OWN, "/screen/", "/screen/tick/", "/screen/end/"})
    assert len(others) > 100
    odd = [path for path in others for ask in (screen.get, screen.post) if not is_sent_back(ask(path))]
    assert odd == []
    assert is_sent_back(screen.get("/no/such/place"))
    hx = screen.get(f"/as/{teacher.grant_no}/", **screening.HTMX)
    assert (hx.status_code, hx["HX-Redirect"]) == (204, "/screen/")
    assert teacher.client.get(f"/as/{teacher.grant_no}/").status_code == 200
    assert [screen.get(path).status_code for path in OWN] == [200] * len(OWN)


def test_the_pages_of_screens_open_to_screens_alone(base, teacher):
    for client in (base.client(), teacher.client):
        assert all(is_sent_back(client.get(path)) for path in OWN)


def test_a_screen_is_nobody_signed_in_and_reaches_one_class(base, school, screen, monkeypatch):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.organisation.pages import screen as pages

    seen = []
    kept = pages.screen_seats
    monkeypatch.setattr(pages, "screen_seats", lambda: seen.append(scopes.current()) or kept())
    screen.get("/screen/list/")
    (scope,) = seen
    assert (scope.role, scope.units, scope.org_ids) == ("screen", (school.unit_no,), (school.classes[0],))
    assert scope.person_id is None and "_auth_user_id" not in screen.session


def test_a_screen_is_refused_by_every_door_but_its_own(base, school):
    from jizuo.ground import doors

    open_to = {name for name, door in doors.all_doors().items() if "screen" in door.roles}
    assert open_to == {
        "ground.block_page",
        "ground.screen_pages",
        "organisation.screen_seats",
        "message.screen_notices",
        "identity.leave_screen",
    }


def test_it_ends_with_the_lesson_at_the_next_request(base, school, teacher, clock):
    from jizuo.hubs.identity.models import SsoSession

    screen = screening.opened(base, teacher, school, minutes=20)
    clock.pass_(minutes=19.9)
    assert screen.get("/screen/list/").status_code == 200
    clock.pass_(minutes=0.2)
    assert screen.get("/screen/tick/", **screening.HTMX)["HX-Redirect"] == "/screen/"
    assert is_sent_back(screen.get("/screen/list/"))
    row = SsoSession.objects.get(account_id=teacher.account.pk, purpose="screen")
    assert (row.why, row.session_key) == ("expired", "")


@pytest.mark.parametrize("loss", ["end_on = '2020-09-02'", "org_ids = '{}'"])
def test_it_ends_when_the_teacher_loses_the_class(base, school, teacher, screen, loss):
    from jizuo.hubs.identity.models import SsoSession

    assert screen.get("/screen/list/").status_code == 200
    with base.owner() as owner:
        owner.execute(f"update acting_grant set {loss} where no = %s", [teacher.grant_no])
    assert is_sent_back(screen.get("/screen/list/"))
    assert SsoSession.objects.get(account_id=teacher.account.pk, purpose="screen").why == "no_grant"
    assert is_sent_back(screen.get("/screen/seats/"))
