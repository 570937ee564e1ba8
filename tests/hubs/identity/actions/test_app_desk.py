"""What the desk reads of people: names for the school's own clerk only."""

from __future__ import annotations

from tests.hubs.identity.pages.apps.conftest import desk, registered  # noqa: F401


def test_names_of_who_agreed_are_for_the_clerk_of_the_school(desk, base, person):  # noqa: F811
    from django.utils import timezone

    from jizuo.hubs.identity.models import Consent

    clerk = desk()
    client_id = registered(clerk)
    inside, outside = person("pupil", clerk.unit_no, name="陈以宁"), person("pupil", name="外校人")
    for account in (inside, outside):
        Consent.objects.create(
            account_id=account.pk, app_id=client_id, scopes=["openid"], version=1, given_at=timezone.now()
        )
    page = clerk.get(f"{clerk.at}/{client_id}/people").content.decode()
    assert "本人同意 2 人" in page and "陈以宁" in page and "外校人" not in page
    district = desk("district_admin", clerk.unit_no)
    page = district.get(f"{district.at}/{client_id}/people").content.decode()
    assert "本人同意 2 人" in page and "陈以宁" not in page
