"""The small district in which examples of scenes are played: 澜江区 with two schools, everybody by name.

Each school has one class 三（1）班 with three pupils, a guardian for each, and staff in every role; the posts of a scene are
held by people of their own, one for each post, who act as teachers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from jizuo.ground import scope as scopes
from tests.hubs.organisation.given import within

BEGIN = date(2024, 9, 1)
CLASS = "三（1）班"
#: Names by school: pupils, their guardians in order, staff by role, people for posts.
FIRST: dict[str, Any] = {
    "name": "澜江区启明小学",
    "pupils": ("陈以宁", "马小川", "阿卜杜拉·买买提"),
    "guardians": ("陈建国", "马春梅", "买买提·吐尔逊"),
    "staff": {"homeroom_teacher": "陆晓岚", "head": "周敏", "clerk": "何佳", "teacher": "杜师傅"},
    "posts": ("郑师傅", "冯师傅", "卫师傅", "蒋师傅", "沈师傅", "韩师傅"),
}
SECOND: dict[str, Any] = {
    "name": "澜江区北寨小学",
    "pupils": ("林小满", "周子墨", "吴桐"),
    "guardians": ("林国强", "周丽", "吴凡"),
    "staff": {"homeroom_teacher": "孙静", "head": "钱立", "clerk": "李想", "teacher": "王斌"},
    "posts": ("褚师傅", "秦师傅", "许师傅", "吕师傅", "施师傅", "孔师傅"),
}
BUREAU = {
    "district_admin": "尤明", "district_steward": "石磊", "district_leader": "罗平", "operator": "安然",
    "security_officer": "严实",
}  # fmt: skip
BUREAU_POSTS = ("曹科长", "魏科长", "陶科长", "姜科长")


@dataclass
class Actor:
    """Somebody who acts in a role. grant_no: the number in the address."""

    unit_no: int
    role: str
    person_id: UUID
    grant_no: int
    account: Any
    org_ids: tuple[UUID, ...] = ()
    child_ids: tuple[UUID, ...] = ()


@dataclass
class Place:
    """A school, or the bureau. people: name -> person; actors: role -> who shows it; posts: people for posts."""

    unit_no: int
    name: str
    people: dict[str, UUID] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    posts: list[Actor] = field(default_factory=list)
    class_id: UUID | None = None


@dataclass
class World:
    """A district of its own. today: the day that roles act on."""

    base: Any
    bureau: Place
    first: Place
    second: Place
    today: date = date(2026, 9, 16)

    @property
    def places(self) -> tuple[Place, ...]:
        return self.bureau, self.first, self.second

    @property
    def people(self) -> dict[str, UUID]:
        """Everybody by name."""
        return {name: one for place in self.places for name, one in place.people.items()}

    def place(self, at: str) -> Place:
        """first (also ''), second or bureau."""
        return {"": self.first, "first": self.first, "second": self.second, "bureau": self.bureau}[at]

    def actor(self, role: str, at: str = "", posts: Sequence[str] = ()) -> Actor:
        """Who shows a role, or a post ``post.<key>`` of a scene whose posts these are."""
        place = self.bureau if role in BUREAU or at == "bureau" else self.place(at)
        if role.startswith("post."):
            return place.posts[list(posts).index(role.removeprefix("post."))]
        return place.actors[role]

    def scope(self, actor: Actor, **more: Any) -> scopes.Scope:
        """The scope in which an actor acts today."""
        return self.base.scope(
            actor.unit_no, actor.role, person_id=actor.person_id, grant_no=actor.grant_no,
            account_id=actor.account.pk, org_ids=actor.org_ids, child_ids=actor.child_ids, today=self.today,
            **more,
        )  # fmt: skip


def make(base: Any) -> World:
    """A new district, beside any other of the base."""
    bureau_no = base.unit("澜江区教育局", kind="bureau")
    bureau = Place(bureau_no, "澜江区教育局")
    first, second = (
        _school(base, Place(base.unit(told["name"], parent=bureau_no), told["name"]), told)
        for told in (FIRST, SECOND)
    )
    names = [*BUREAU.values(), *BUREAU_POSTS]
    within(base.scope(bureau_no, scopes.OPERATOR), lambda: _people(bureau, names, "staff"))
    for role, name in BUREAU.items():
        bureau.actors[role] = _actor(base, bureau, role, name)
    bureau.posts = [_actor(base, bureau, "teacher", name) for name in BUREAU_POSTS]
    return World(base, bureau, first, second)


def _school(base: Any, place: Place, told: dict[str, Any]) -> Place:
    from jizuo.ground.ids import new_id
    from jizuo.hubs.data.actions.put import put

    class_id = new_id()

    def write() -> None:
        put(
            dataset="school", columns=("id", "unit_no", "scheme"), rows=[(new_id(), place.unit_no, "6")],
            source="district",
        )  # fmt: skip
        put(
            dataset="org", columns=("id", "unit_no", "kind", "stage", "scheme", "entry_year", "class_no"),
            rows=[(class_id, place.unit_no, "class", "primary", "6", 2024, 1)], source="school",
        )  # fmt: skip
        _people(place, told["pupils"], "pupil", class_id)
        _people(place, told["guardians"], "guardian")
        links = _people(place, [*told["staff"].values(), *told["posts"]], "staff")
        put(
            dataset="guardian_of", columns=("id", "child_id", "guardian_id", "relation"),
            rows=[
                (new_id(), place.people[child], place.people[adult], "52")
                for child, adult in zip(told["pupils"], told["guardians"], strict=True)
            ],
            source="school",
        )  # fmt: skip
        put(
            dataset="enrolment", columns=("id", "unit_no", "org_id", "affiliation_id", "role"),
            rows=[(new_id(), place.unit_no, class_id, links[told["staff"]["homeroom_teacher"]], "homeroom_teacher")],
            source="school",
        )  # fmt: skip

    within(base.scope(place.unit_no), write)
    place.class_id = class_id
    for role, name in told["staff"].items():
        orgs = (class_id,) if role in ("homeroom_teacher", "teacher") else ()
        place.actors[role] = _actor(base, place, role, name, org_ids=orgs)
    place.actors["pupil"] = _actor(base, place, "pupil", told["pupils"][0])
    child = (place.people[told["pupils"][0]],)
    place.actors["guardian"] = _actor(base, place, "guardian", told["guardians"][0], child_ids=child)
    place.posts = [_actor(base, place, "teacher", name) for name in told["posts"]]
    return place


def _people(place: Place, names: Sequence[str], role: str, class_id: UUID | None = None) -> dict[str, UUID]:
    """Write people who belong to a place; returns name -> affiliation."""
    from jizuo.ground.ids import new_id
    from jizuo.hubs.data.actions.put import put
    from jizuo.hubs.organisation import people

    begun = len(place.people)
    numbers = list(people.new_base_numbers(len(names)))
    links = {name: new_id() for name in names}
    for name in names:
        place.people[name] = new_id()
    put(
        dataset="person", columns=("id", "base_no", "name", "sex", "phone"),
        rows=[
            (place.people[name], numbers[at], name, str(at % 2 + 1),
             "" if role == "pupil" else f"139{place.unit_no:04d}{begun + at:04d}")
            for at, name in enumerate(names)
        ],
        source="school",
    )  # fmt: skip
    put(
        dataset="affiliation",
        columns=("id", "unit_no", "person_id", "role", "is_registered", "is_present", "begin_on", "name", "sort_key",
                 "base_no", "sex", "class_id", "seat_no"),
        rows=[
            (links[name], place.unit_no, place.people[name], role, True, True, BEGIN, name, f"k{begun + at:05d}",
             numbers[at], str(at % 2 + 1), class_id, at + 1 if class_id else None)
            for at, name in enumerate(names)
        ],
        source="school",
    )  # fmt: skip
    if role == "pupil":
        put(
            dataset="pupil", columns=("id", "unit_no", "person_id", "entry_year"),
            rows=[(links[name], place.unit_no, place.people[name], 2024) for name in names], source="school",
        )  # fmt: skip
    if role == "staff":
        put(
            dataset="staff", columns=("id", "unit_no", "person_id", "establishment", "is_full_time_teacher"),
            rows=[(links[name], place.unit_no, place.people[name], "1", True) for name in names], source="register",
        )  # fmt: skip
    people.refresh_search(affiliation_ids=list(links.values()))
    return links


def _actor(
    base: Any,
    place: Place,
    role: str,
    name: str,
    *,
    org_ids: tuple[UUID, ...] = (),
    child_ids: tuple[UUID, ...] = (),
) -> Actor:
    person_id = place.people[name]
    account = base.account(name, person_id=person_id)
    grant_no = base.grant(
        account, place.unit_no, role, person_id=person_id, org_ids=list(org_ids), child_ids=list(child_ids)
    )
    return Actor(place.unit_no, role, person_id, grant_no, account, org_ids, child_ids)
