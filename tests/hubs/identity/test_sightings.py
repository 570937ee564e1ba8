"""Whose sign-ins a school sees, over HTTP: its own people's, and nobody else's."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from tests.hubs.identity.conftest import sign_in
from tests.hubs.identity.watching import TABS, locked, noticed, with_factor


def test_another_school_is_not_there(base, desk, person, address):
    stranger = person("teacher", base.unit(), name="外校的人")
    sign_in(base.client(REMOTE_ADDR=address), stranger)
    there = f"10.3.{uuid4().int % 250}.9"
    locked(base, stranger, there)
    noticed(stranger)
    for tab in TABS:
        assert "外校的人" not in desk.get(f"{desk.at}/{tab}").content.decode()
    assert desk.get(f"{desk.at}/sign-ins/end?account={stranger.pk}").status_code == 404
    told = {"account": str(stranger.pk), "reason": "x"}
    assert desk.post(f"{desk.at}/sign-ins/end", told).status_code == 404
    from jizuo.hubs.identity.models import LockOut, SsoSession

    assert SsoSession.objects.get(account_id=stranger.pk).ended_at is None
    lock = bytes(LockOut.objects.get(account_id=stranger.pk).key).hex()
    with_factor(base, desk)
    desk.post(f"{desk.at}/sign-ins/locks", {"lock": lock, "reason": "x"})
    assert LockOut.objects.filter(account_id=stranger.pk).exists()


def test_twin_with_a_role_here_the_same_person_is_there(base, desk, person, address):
    both = person("teacher", base.unit(), name="两校的人")
    base.grant(both, desk.school.unit_no, "teacher", person_id=both.person_id)
    sign_in(base.client(REMOTE_ADDR=address), both)
    locked(base, both, f"10.4.{uuid4().int % 250}.9")
    noticed(both)
    for tab in TABS:
        assert "两校的人" in desk.get(f"{desk.at}/{tab}").content.decode(), tab


def test_pages_turn_and_forged_cursors_are_refused(base, desk, person, address):
    from jizuo.ground.pages.asks import seal

    for _ in range(3):
        sign_in(base.client(REMOTE_ADDR=address), desk.school.teacher)
    for bad in (seal("no day", "1"), seal("2026-09-16", "not-an-id"), "x"):
        for tab in ("sign-ins", "sign-ins/events"):
            assert desk.get(f"{desk.at}/{tab}?after={bad}").status_code == 422, (tab, bad)
    early = seal("2020-01-01T00:00:00+00:00", str(uuid4()))
    assert "沈班主任" not in desk.get(f"{desk.at}/sign-ins?after={early}").content.decode()
    late = seal("2099-01-01T00:00:00+00:00", str(uuid4()))
    assert "沈班主任" in desk.get(f"{desk.at}/sign-ins?after={late}").content.decode()


def test_somebody_who_left_is_no_longer_seen(base, desk, person, address):
    from jizuo.ground import acting
    from jizuo.ground.models import Grant

    leaver = person("teacher", desk.school.unit_no, name="调走的人")
    sign_in(base.client(REMOTE_ADDR=address), leaver)
    assert "调走的人" in desk.get(f"{desk.at}/sign-ins/events").content.decode()
    Grant.objects.filter(no=leaver.grant_no).update(end_on=acting.today() - timedelta(days=1))
    assert "调走的人" not in desk.get(f"{desk.at}/sign-ins/events").content.decode()
