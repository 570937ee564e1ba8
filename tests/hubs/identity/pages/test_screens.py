"""A screen is opened by a phone, over HTTP; what goes wrong on the way; and how both sides end it."""

from __future__ import annotations

import pytest

from tests.hubs.identity import screening
from tests.hubs.identity.screening import HTMX, code_on, opened, wait_of
from tests.hubs.organisation import given


@pytest.fixture(scope="module")
def school(base):
    from jizuo.project import rooms

    rooms.plates()
    return given.fill(base, base.unit(), classes=2, pupils=6)


@pytest.fixture
def teacher(base, school):
    return screening.phone(base, school)


def test_the_code_is_new_every_minute_and_asking_is_cheap(base, clock):
    screen = base.client()
    start = screen.get("/screen/")
    assert start["Cache-Control"].startswith("max-age=0") and "data:image/svg" in start.content.decode()
    first = code_on(screen, start.content.decode())
    assert screen.get("/screen/wait/?as=waiting", **HTMX).status_code == 204
    clock.pass_(seconds=59)
    assert screen.get("/screen/wait/?as=waiting", **HTMX).status_code == 204
    clock.pass_(seconds=1)
    second = code_on(screen, screen.get("/screen/wait/?as=waiting", **HTMX).content.decode())
    assert second != first and len(second) == 9
    assert screen.get("/screen/wait/")["Location"] == "/screen/"


def test_the_scan_asks_who_then_which_class_and_how_long(base, school, teacher):
    screen = base.client(HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Chrome/86", REMOTE_ADDR="10.3.0.9")
    code = code_on(screen)
    way = f"/screen/open/{code}/"
    assert base.client().get(way)["Location"].startswith("/sign-in/?next=/screen/open/")
    address = teacher.client.get(way)["Location"]
    assert address == f"{teacher.at}?code={code.replace('-', '')}"
    page = teacher.client.get(address).content.decode()
    assert code in page and "Windows · Chrome" in page and "10.3.0.9" in page
    assert page.count("<option") == 6 and '<option value="45" selected' in page
    assert "已扫码" in screen.get("/screen/wait/?as=waiting", **HTMX).content.decode()
    assert screen.get("/screen/wait/?as=taken", **HTMX).status_code == 204


def test_a_code_is_taken_once_and_by_one_account(base, school, teacher):
    screen, other = base.client(), screening.phone(base, school, "teacher")
    code = code_on(screen)
    wait_id = wait_of(teacher.client.get(teacher.at, {"code": code}))
    assert wait_of(teacher.client.get(teacher.at, {"code": code})) == wait_id
    assert other.client.get(other.at, {"code": code}).status_code == 422
    asked = {"wait_id": wait_id, "class_id": school.classes[0], "minutes": 45}
    assert other.client.post(other.at, asked).status_code == 404
    assert teacher.client.post(teacher.at, asked).status_code == 302
    assert teacher.client.post(teacher.at, asked).status_code == 404
    assert teacher.client.get(teacher.at, {"code": code}).status_code == 422


def test_an_old_code_and_an_old_scan_open_nothing(base, school, teacher, clock):
    screen = base.client()
    code = code_on(screen)
    clock.pass_(seconds=60)
    assert teacher.client.get(teacher.at, {"code": code}).status_code == 422
    code = code_on(screen)
    asked = {"class_id": school.classes[0], "minutes": 45}
    asked["wait_id"] = wait_of(teacher.client.get(teacher.at, {"code": code}))
    clock.pass_(minutes=3)
    assert teacher.client.post(teacher.at, asked).status_code == 409
    assert "screen-code" in screen.get("/screen/wait/?as=taken", **HTMX).content.decode()


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"minutes": 121}, 422),
        ({"minutes": "x"}, 422),
        ({"class_id": "second"}, 404),
        ({"class_id": "no"}, 404),
    ],
)
def test_only_own_classes_and_two_hours_at_most(base, school, teacher, change, status):
    code = code_on(base.client())
    wait_id = wait_of(teacher.client.get(teacher.at, {"code": code}))
    asked = {"wait_id": wait_id, "class_id": school.classes[0], "minutes": 45, **change}
    asked = {key: school.classes[1] if value == "second" else value for key, value in asked.items()}
    assert teacher.client.post(teacher.at, asked).status_code == status


def test_ten_wrong_codes_shut_the_address_for_everybody_there_for_a_minute(base, school, clock):
    from jizuo.hubs.identity.rules import codes

    account = base.account("沈知远")
    grant_no = base.grant(account, school.unit_no, "teacher", org_ids=[school.classes[0]])
    at = f"/as/{grant_no}/screen"
    phone, elsewhere = (
        base.client(account, REMOTE_ADDR="10.9.9.1"),
        base.client(account, REMOTE_ADDR="10.9.9.2"),
    )
    right = code_on(base.client())
    assert "八位" in phone.get(at, {"code": "ABC"}).content.decode()
    for _n in range(9):
        answer = phone.get(at, {"code": codes.draw(8)})
        assert answer.status_code == 422 and "后再试" not in answer.content.decode()
    assert "后再试" in phone.get(at, {"code": codes.draw(8)}).content.decode()
    assert "后再试" in phone.get(at, {"code": right}).content.decode()
    assert elsewhere.get(at, {"code": right}).status_code == 200
    clock.pass_(seconds=61)
    assert phone.get(at, {"code": code_on(base.client())}).status_code == 200


def test_only_teachers_of_a_class_open_screens(base, school):
    account = base.account("周教务")
    grant_no = base.grant(account, school.unit_no, "clerk")
    clerk, code = base.client(account), code_on(base.client())
    assert clerk.get(f"/screen/open/{code}/").status_code == 403
    assert clerk.get(f"/as/{grant_no}/screen").status_code == 403


def test_the_screen_ends_itself_by_one_tap(base, school, teacher):
    from jizuo.hubs.identity.models import SsoSession

    screen = opened(base, teacher, school)
    assert screen.get("/screen/tick/").status_code == 204
    assert screen.get("/screen/end/").status_code == 405
    assert screen.post("/screen/end/")["Location"] == "/screen/"
    assert screen.get("/screen/list/")["Location"] == "/screen/"
    assert SsoSession.objects.get(account_id=teacher.account.pk, purpose="screen").why == "by_screen"
    assert base.client().post("/screen/end/")["Location"] == "/screen/"


def test_the_phone_ends_it_and_the_account_page_lists_it(base, school, teacher):
    from jizuo.hubs.identity.models import SsoSession

    screen = opened(base, teacher, school)
    row = SsoSession.objects.get(account_id=teacher.account.pk, purpose="screen")
    assert not row.is_own_device and row.idle_seconds is None and row.methods == ["screen"]
    assert "我打开着的大屏" in teacher.client.get(teacher.at).content.decode()
    assert f"课堂大屏：{row.about}" in teacher.client.get("/me/").content.decode()
    stranger = screening.phone(base, school)
    stranger.client.post(stranger.at, {"end": row.sid})
    assert screen.get("/screen/list/").status_code == 200
    teacher.client.post(teacher.at, {"end": row.sid})
    assert screen.get("/screen/list/")["Location"] == "/screen/"
    second = opened(base, teacher, school)
    sid = SsoSession.objects.get(account_id=teacher.account.pk, purpose="screen", ended_at=None).sid
    teacher.client.post("/me/sessions/end/", {"sid": sid})
    assert second.get("/screen/list/")["Location"] == "/screen/"


def test_whoever_was_signed_in_at_the_machine_is_signed_out(base, school, teacher):
    screen = base.client(base.account("陆晓岚"))
    old = screen.session.session_key
    wait_id = wait_of(teacher.client.get(teacher.at, {"code": code_on(screen)}))
    teacher.client.post(teacher.at, {"wait_id": wait_id, "class_id": school.classes[0], "minutes": 45})
    screen.get("/screen/wait/?as=waiting", **HTMX)
    assert screen.session.session_key != old and "_auth_user_id" not in screen.session
    assert screen.get("/me/")["Location"] == "/screen/"
