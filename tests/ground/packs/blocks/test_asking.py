"""Pages of blocks: who opens which, what another unit sees, what a page costs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ground.packs.blocks import pack
from tests.hubs.organisation import given

MOST = 12
NO_QUESTION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


@pytest.fixture(scope="module")
def town(base: Any) -> given.District:
    return pack.town(base)


def test_a_page_shows_its_rows_in_words_and_keeps_what_is_sensitive(base: Any, town: given.District) -> None:
    client, grant = pack.acting(base, town.schools[0].unit_no, "head")
    page = client.get(f"/as/{grant}/s/outing/").content.decode()
    assert "今日外出" in page and "在外" in page and "已回" in page and "一（1）班" in page
    assert "<strong>今天</strong>" in page and "&lt;b&gt;" in page and "<b>不是" not in page
    assert f"/as/{grant}/s/outing/today/2" in page, "the slow block loads by itself"
    assert (
        f'hx-get="/as/{grant}/s/outing/today/2"'
        not in client.get(f"/as/{grant}/s/outing/?print=1").content.decode()
    )
    assert "发热" not in page


def test_another_school_has_no_such_page(base: Any, town: given.District) -> None:
    client, grant = pack.acting(base, town.schools[1].unit_no, "head")
    assert client.get(f"/as/{grant}/s/outing/").status_code == 404
    assert client.get(f"/as/{grant}/s/outing/today").status_code == 404
    twin, own = pack.acting(base, town.schools[0].unit_no, "head")
    assert twin.get(f"/as/{own}/s/outing/today").status_code == 200


def test_a_role_opens_its_own_pages_only(base: Any, town: given.District) -> None:
    client, grant = pack.acting(base, town.schools[0].unit_no, "head")
    assert client.get(f"/as/{grant}/s/outing/mine").status_code == 404
    assert client.get(f"/as/{grant}/s/outing/gate").status_code == 404
    assert client.get(f"/as/{grant}/s/outing/nowhere").status_code == 404
    alone = {"HX-Request": "true"}
    assert client.get(f"/as/{grant}/s/outing/today/9", headers=alone).status_code == 404
    assert client.get(f"/as/{grant}/s/outing/today/9?file=1").status_code == 404


def test_a_family_sees_its_own_child_only(base: Any, town: given.District) -> None:
    school = town.schools[0]
    for place, word in ((0, "已回"), (1, "在外")):
        client, grant = pack.acting(
            base, school.unit_no, "guardian",
            person_id=school.guardians[place][0], child_ids=[school.pupils[place][0]],
        )  # fmt: skip
        page = client.get(f"/as/{grant}/s/outing/").content.decode()
        assert word in page
        assert {"已回": "在外", "在外": "已回"}[word] not in page


def test_a_post_opens_its_page(base: Any, town: given.District) -> None:
    from jizuo.ground import scope as scopes
    from jizuo.ground.packs.actions import give_post

    school = town.schools[0]
    person = school.staff[1][0]
    client, grant = pack.acting(base, school.unit_no, "teacher", person_id=person)
    assert client.get(f"/as/{grant}/s/outing/gate").status_code == 404
    with scopes.use(base.scope(school.unit_no, "head")):
        give_post(scene="outing", post="gate", person_id=person)
    assert "一（1）班" in client.get(f"/as/{grant}/s/outing/").content.decode()


def test_one_block_comes_alone_to_the_script_of_the_page(base: Any, town: given.District) -> None:
    client, grant = pack.acting(base, town.schools[0].unit_no, "head")
    part = client.get(f"/as/{grant}/s/outing/today/2", headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith("<section") and "一（1）班" in part
    whole = client.get(f"/as/{grant}/s/outing/today/1?f.state=back").content.decode()
    assert "<!doctype html>" in whole and "今日外出" in whole


def test_a_card_moves_where_the_role_may_write(base: Any, town: given.District) -> None:
    school = town.schools[0]
    ids = pack.put(base, school, 2, days=3)[1:]
    clerk, grant = pack.acting(base, school.unit_no, "clerk")
    address = "s/outing/all/0"
    done = clerk.post(f"/as/{grant}/{address}", {"row": str(ids[0]), "lane": "back"})
    assert done.status_code == 302
    assert pack.state_of(base, school, ids[0]) == "back"
    head, own = pack.acting(base, school.unit_no, "head")
    assert head.post(f"/as/{own}/{address}", {"row": str(ids[0]), "lane": "out"}).status_code == 404
    assert clerk.post(f"/as/{grant}/{address}", {"row": "x", "lane": "back"}).status_code == 404
    assert clerk.post(f"/as/{grant}/s/outing/today/1", {"row": "x"}).status_code == 404
    clerk.post(f"/as/{grant}/{address}", {"row": str(ids[0]), "lane": "nowhere"})
    assert pack.state_of(base, school, ids[0]) == "back"


def test_a_page_stays_within_its_budget(base: Any, town: given.District) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, grant = pack.acting(base, town.schools[0].unit_no, "head", person_id=town.schools[0].staff[0][0])
    for path in ("scenes", "scenes/all", "scenes/of/outing", "s/outing/today", "s/outing/all"):
        assert client.get(f"/as/{grant}/{path}").status_code == 200, path
        with CaptureQueriesContext(connection) as seen:
            client.get(f"/as/{grant}/{path}")
        asked = [one["sql"] for one in seen.captured_queries if not one["sql"].startswith(NO_QUESTION)]
        assert len(asked) <= MOST, path + "\n" + "\n".join(sql[:200] for sql in asked)
