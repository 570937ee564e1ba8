"""Standards for the tests: a steward of a bureau with two schools, drafts, and the builder run to its end."""

from __future__ import annotations

from types import SimpleNamespace
from uuid import uuid4

from tests.ground.making import build_all


def element(key, title="", **more):
    from jizuo.hubs.data.standards import Element

    more.setdefault("type", "text")
    if more["type"] == "text":
        more.setdefault("length", 40)
    return Element(key=key, title=title or key, **more)


def body(name, *elements, **more):
    from jizuo.hubs.data.standards import Body

    return Body(name=name, title=more.pop("title", f"标准 {name}"), elements=elements, **more)


def fresh_name(stem="visit"):
    return f"{stem}_{uuid4().hex[:10]}"


VISITS = (
    ("visitor", "来访人", {"required": True, "initials": "LFR"}),
    ("sex", "性别", {"type": "code", "code": "sex", "initials": "XBM", "aliases": ("性別",)}),
    ("came_on", "来访日期", {"type": "date", "required": True}),
    ("people", "人数", {"type": "integer"}),
    ("is_booked", "已预约", {"type": "boolean"}),
    ("phone", "电话", {"grade": 4, "length": 20}),
)


def visits(name, *more, **told):
    told.setdefault("key", ("visitor", "came_on"))
    return body(name, *(element(key, title, **rest) for key, title, rest in VISITS), *more, **told)


def bureau(base):
    """A bureau with two schools and its steward; `inside(scope)` uses a scope, `door(scope, door, **given)` calls one."""
    from jizuo.ground import scope as scopes
    from jizuo.project import rooms

    rooms.plates()
    unit_no = base.unit(kind="bureau")
    schools = [base.unit(parent=unit_no), base.unit(parent=unit_no)]
    account = base.account("闻人语")
    other = base.account("司马青")
    steward = base.scope(
        unit_no,
        "district_steward",
        grant_no=base.grant(account, unit_no, "district_steward"),
        account_id=account.pk,
    )
    second = base.scope(
        unit_no, "district_admin", grant_no=base.grant(other, unit_no, "district_admin"), account_id=other.pk
    )

    def door(scope, call, **given):
        with scopes.use(scope):
            return call(**given)

    def build():
        return build_all(base.logins)

    return SimpleNamespace(
        base=base, unit_no=unit_no, schools=schools, account=account, other=other, steward=steward, second=second,
        door=door, build=build,
        clerks=[base.scope(school, "clerk") for school in schools],
    )  # fmt: skip


def draft(desk, told, scope=None, **more):
    """Start a standard and save its body; returns the version's id and the draft's print."""
    from jizuo.hubs.data.actions import standards

    scope = scope or desk.steward
    version_id = desk.door(scope, standards.start_standard, name=told.name, title=told.title)
    seen = desk.door(scope, standards.save_draft, version_id=version_id, body=told, **more)
    return version_id, seen


def published(desk, told, scope=None, **more):
    """A standard drafted, published and built; returns the version's id."""
    from jizuo.hubs.data.actions import standards

    scope = scope or desk.steward
    version_id, seen = draft(desk, told, scope, **more)
    desk.door(scope, standards.publish_standard, version_id=version_id, seen=seen)
    assert set(desk.build()) == {"done"}
    return version_id
