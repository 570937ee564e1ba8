"""Asking takes having come from a source."""

from __future__ import annotations

import pytest

from tests.hubs.identity.elsewhere import phone_of, through, words
from tests.hubs.identity.pages.test_sources import stepped_up


def test_nobody_asks_without_having_come_from_the_source(base, source, school):
    row = source("oidc")
    answer = base.client().post(f"/sign-in/from/{row.pk}/unknown/", {"unit_no": school.unit_no, "name": "某"})
    assert answer.status_code == 302 and answer["Location"].startswith("/sign-in/")
    from jizuo.hubs.identity.models import OutsideAsk

    assert not OutsideAsk.objects.filter(unit_no=school.unit_no).exists()


@pytest.mark.parametrize("is_school", [True, False])
def test_whoever_recognises_somebody_reads_what_a_schools_own_source_can_do(
    base, source, school, provider, is_school
):
    row = source("oidc", school.unit_no if is_school else 0)
    provider.person = {"sub": f"p-{phone_of()}", "name": "岚"}
    visitor = base.client()
    where = through(visitor, provider, row)["Location"]
    visitor.post(where, {"unit_no": school.unit_no, "name": "陆晓岚", "words": "班主任"})
    page = words(stepped_up(base, school.clerk).get(f"/as/{school.clerk.grant_no}/sign-in-asks"))
    assert "班主任" in page and ("等于能进入这个账号" in page) is is_school
