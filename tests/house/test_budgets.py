"""No page costs more SQL than the bar, and none costs more when there is more to show."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hubs.organisation import given
from tests.hubs.organisation.importers.test_intake import bring, child

MOST = 12
#: BEGIN, COMMIT and savepoints carry no question to the database.
NO_QUESTION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")

PAGES = {
    "district_steward": [
        "",
        "shares",
        "shares/new",
        "shares/types",
        "shares/grades",
        "shares/grades/pupil/address",
        "shares/why",
        "schools",
        "definitions",
        "same-people",
        "units",
        "groupings",
        "jobs",
        "moving",
        "turning",
        "missing",
        "large-classes",
        "standards",
        "standards/of/pupil",
        "standards/codes",
        "standards/codes/ethnic",
    ],
    "district_admin": ["", "schools", "permissions", "audit"],
    "district_leader": [""],
    "operator": ["", "facts", "channels", "health"],
    "head": ["", "shares", "moving", "turning", "graduates", "notices"],
    "clerk": [
        "",
        "moving",
        "moving/new",
        "turning",
        "graduates",
        "missing",
        "large-classes",
        "intake",
        "intake/twins",
        "dividing",
        "registers",
        "classes",
        "slips",
        "guardians",
        "notices",
        "notices/new",
        "notices/paper",
        "notices/inbox",
        "message-settings",
    ],
    "homeroom_teacher": ["", "slips", "guardians", "notices", "messages"],
    "teacher": ["", "shares", "messages"],
    "pupil": ["", "known", "looked", "messages"],
    "guardian": ["", "known", "looked", "messages"],
}


@pytest.fixture(scope="module")
def small(base: Any) -> given.District:
    return at_work(base, given.district(base, schools=2, classes=1, pupils=2, staff=2), asks=1)


@pytest.fixture(scope="module")
def large(base: Any) -> given.District:
    return at_work(base, given.district(base, schools=6, classes=4, pupils=30, staff=20), asks=12)


def at_work(base: Any, district: given.District, *, asks: int) -> given.District:
    """The first school with accounts, a class code, invitations, guardians who ask for a child and new pupils awaited."""
    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity import entry
    from jizuo.hubs.identity.actions import bindings, follow
    from jizuo.hubs.identity.entry import Secret
    from jizuo.hubs.identity.shapes import NewGuardian

    school = district.schools[0]
    org = {"org_id": school.classes[0], "org_name": "一（1）班"}
    with scopes.use(base.scope(school.unit_no, "clerk")):
        follow.open_accounts(
            unit_no=school.unit_no, roles=["pupil", "guardian", "teacher", "homeroom_teacher"]
        )
    with scopes.use(base.scope(school.unit_no, "homeroom_teacher", org_ids=tuple(school.classes[:1]))):
        code = bindings.make_class_code(**org)
        slips = bindings.make_class_once_codes(**org, count=asks)
        bindings.invite_guardians(**org, child_person_ids=[school.pupils[0][0]])
    with scopes.use(scopes.Scope(role=entry.VISITOR, unit_no=0, units=(0,))):
        for place, slip in enumerate(slips):
            bindings.ask_by_class_code(
                class_code=code, child_name="陈以宁", once=Secret(slip.code), sent_id=None, sent=None,
                address=f"10.7.{school.unit_no % 250}.{place}",
                guardian=NewGuardian("52", "陈母", Secret("muguashu-7-qixing")),
            )  # fmt: skip
    children = [child(number, "陈以宁") for number in range(1, asks + 1)]
    bring(base, base.scope(school.unit_no, "clerk"), children).apply()
    return district


def cost(base: Any, district: given.District, role: str, path: str) -> tuple[int, list[str]]:
    """Statements of one warm page, with their text."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    school = district.schools[0]
    of_district = role.startswith("district") or role == "operator"
    more: dict[str, Any] = {
        "homeroom_teacher": {"person_id": school.staff[0][0], "org_ids": school.classes[:1]},
        "teacher": {"person_id": school.staff[0][0]},
        "pupil": {"person_id": school.pupils[-1][0]},
        "guardian": {"person_id": school.guardians[-1][0], "child_ids": [school.pupils[-1][0]]},
    }.get(role, {})
    account = base.account()
    client = base.client(account)
    grant = base.grant(account, district.unit_no if of_district else school.unit_no, role, **more)
    address = f"/as/{grant}/{path}"
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    asked = [one["sql"] for one in seen.captured_queries if not one["sql"].startswith(NO_QUESTION)]
    return len(asked), asked


@pytest.mark.parametrize(("role", "path"), [(role, path) for role, paths in PAGES.items() for path in paths])
def test_a_page_stays_within_its_budget_at_any_size(
    base: Any, small: given.District, large: given.District, role: str, path: str
) -> None:
    few, _asked = cost(base, small, role, path)
    many, asked = cost(base, large, role, path)
    assert many <= MOST, "\n".join(sql[:160] for sql in asked)
    assert many <= few, "the page asks more when there is more to show"


STUDIO = (
    "studio",
    "studio/new",
    "",
    "/history",
    "/text",
    "/look",
    "/try",
    "/edit/head/head",
    "/edit/roles/roles",
)


def test_the_studio_stays_within_the_budget_however_many_drafts_there_are(base: Any) -> None:
    """Every page of a draft and every editor of what stands in it, with one draft at the school and with many."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from jizuo.ground.packs.studio.drawing.editors import EDITORS

    unit_no = base.unit()
    account = base.account()
    client, start = base.client(account), f"/as/{base.grant(account, unit_no, 'teacher')}"

    def begun() -> str:
        return str(
            client.post(f"{start}/studio/new", {"title": "器材借用", "filler": "guardian"})["Location"]
        )

    home = begun()
    with base.owner() as owner:
        (files,) = owner.execute(
            "select files from scene_version where id = %s", [home.rpartition("/")[2]]
        ).fetchone()
    parts = [path.removesuffix(".yaml").partition("/")[::2] for path in files if "/" in path]
    edits = [f"/edit/{folder}/{name}" for folder, name in parts if folder in EDITORS]
    paths = [
        f"{start}/{path}" if path.startswith("studio") else f"{home}{path}" for path in (*STUDIO, *edits)
    ]

    def costs() -> dict[str, list[str]]:
        found = {}
        for path in paths:
            assert client.get(path).status_code == 200, path
            with CaptureQueriesContext(connection) as seen:
                client.get(path)
            found[path] = [
                one["sql"] for one in seen.captured_queries if not one["sql"].startswith(NO_QUESTION)
            ]
        return found

    few = costs()
    for _draft in range(6):
        begun()
    many = costs()
    over = {path: [sql[:160] for sql in asked] for path, asked in many.items() if len(asked) > MOST}
    assert over == {}
    assert {path for path in paths if len(many[path]) > len(few[path])} == set()
