"""What a school does about its people's sign-ins, over HTTP."""

from __future__ import annotations

from uuid import uuid4

from tests.hubs.identity.conftest import sign_in, totp_of, turn_on_totp
from tests.hubs.identity.watching import locked, with_factor


def test_one_persons_sessions_are_ended_with_a_reason_that_is_kept(base, desk, address):
    teacher = desk.school.teacher
    client = base.client(REMOTE_ADDR=address)
    sign_in(client, teacher)
    page = f"{desk.at}/sign-ins/end"
    assert "沈班主任" in desk.get(f"{page}?account={teacher.pk}").content.decode()
    bare = desk.post(page, {"account": str(teacher.pk), "reason": "  "})
    assert bare.status_code == 422 and client.get("/me/").status_code == 200
    done = desk.post(page, {"account": str(teacher.pk), "reason": "手机丢了"})
    assert done["Location"] == f"{desk.at}/sign-ins"
    assert client.get("/me/").status_code == 302
    with base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{desk.school.unit_no}}}"])
        note = owner.execute(
            "select note from audit_entry where door = 'identity.end_sessions_of' and unit_no = %s"
            " and result = 'done'",
            [desk.school.unit_no],
        ).fetchone()[0]
    assert note == f"account {teacher.pk}: 手机丢了"
    assert sign_in(client, teacher).status_code == 302


def test_a_school_cannot_put_out_those_who_oversee_it(base, desk, person, address):
    admin = person("district_admin", base.unit(kind="bureau"))
    base.grant(admin, desk.school.unit_no, "teacher", person_id=admin.person_id)
    told = {"account": str(admin.pk), "reason": "x"}
    assert desk.post(f"{desk.at}/sign-ins/end", told).status_code == 403


def test_a_lock_is_seen_and_ended_with_a_second_factor(base, desk, address):
    from jizuo.hubs.identity.models import LockOut

    teacher, there = desk.school.teacher, f"10.5.{uuid4().int % 250}.9"
    client = locked(base, teacher, there)
    page = desk.get(f"{desk.at}/sign-ins/locks").content.decode()
    assert "沈班主任" in page and "密码连错" in page
    lock = bytes(LockOut.objects.get(account_id=teacher.pk).key).hex()
    told = {"lock": lock, "reason": "本人来说过"}
    assert desk.post(f"{desk.at}/sign-ins/locks", told)["Location"].startswith("/me/step-up/")
    assert sign_in(client, teacher).status_code == 429
    with_factor(base, desk)
    desk.post(f"{desk.at}/sign-ins/locks", {"lock": lock, "reason": ""})
    assert sign_in(client, teacher).status_code == 429
    desk.post(f"{desk.at}/sign-ins/locks", told)
    assert sign_in(client, teacher).status_code == 302
    assert desk.post(f"{desk.at}/sign-ins/locks", {"lock": "zz", "reason": "x"}).status_code == 302


def test_a_lock_of_the_second_factor_is_seen_too(base, desk, address):
    teacher = desk.school.teacher
    turn_on_totp(teacher)
    client = base.client(REMOTE_ADDR=f"10.6.{uuid4().int % 250}.9")
    sign_in(client, teacher)
    for _ in range(5):
        client.post("/sign-in/second/", {"code": "000000"})
    assert client.post("/sign-in/second/", {"code": totp_of(teacher)}).status_code == 429
    assert "动态码连错" in desk.get(f"{desk.at}/sign-ins/locks").content.decode()
