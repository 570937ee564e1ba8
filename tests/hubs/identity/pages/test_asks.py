"""Asking takes having come from a source."""

from __future__ import annotations


def test_nobody_asks_without_having_come_from_the_source(base, source, school):
    row = source("oidc")
    answer = base.client().post(f"/sign-in/from/{row.pk}/unknown/", {"unit_no": school.unit_no, "name": "某"})
    assert answer.status_code == 302 and answer["Location"].startswith("/sign-in/")
    from jizuo.hubs.identity.models import OutsideAsk

    assert not OutsideAsk.objects.filter(unit_no=school.unit_no).exists()
