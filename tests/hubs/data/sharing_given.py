"""Two schools under a bureau, a third beside them, and the people who share data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from jizuo.ground import scope as scopes
from tests.base import TODAY
from tests.hubs.organisation import given


@dataclass
class Town:
    """The bureau and its schools: `owner` has the data, `reader` asks for it, `other` has nothing to do with it."""

    base: Any
    bureau: int
    owner: given.School
    reader: given.School
    other: given.School

    def acting(self, unit_no: int, role: str = "clerk", **more: Any) -> Any:
        """A scope of an account of its own, with a real grant."""
        account = self.base.account(role)
        grant_no = self.base.grant(account, unit_no, role)
        return self.base.scope(
            unit_no, role, grant_no=grant_no, account_id=account.pk, person_id=None, **more
        )


def town(base: Any, **more: Any) -> Town:
    """A town of its own."""
    from jizuo.project import rooms

    rooms.plates()
    bureau = base.unit(kind="bureau")
    schools = [
        given.fill(base, base.unit(parent=bureau), classes=1, pupils=4, staff=1, **more) for _n in range(3)
    ]
    return Town(base, bureau, *schools)


def wish(town: Town, **more: Any) -> Any:
    """A wish for names and classes of the owner's pupils, for a month."""
    from jizuo.hubs.data.sharing_shapes import Wish

    told: dict[str, Any] = {
        "dataset": "pupil_list",
        "owner_no": town.owner.unit_no,
        "fields": ["name", "sex", "seat_no"],
        "purpose": "对口升学的衔接",
        "legal_basis": "区教育局对口招生办法",
        "end_on": TODAY + timedelta(days=30),
        "purposes": ["roster"],
        "most_pulls": 50,
    }
    return Wish(**(told | more))


def as_(scope: Any, door: Any, /, **given: Any) -> Any:
    """Call a door as `scope`."""
    with scopes.use(scope):
        return door(**given)


def contract(town: Town, **more: Any) -> UUID:
    """A contract for a wish, asked by the reader's clerk and approved by whoever must."""
    from jizuo.hubs.data.actions import sharing

    request_id = as_(town.acting(town.reader.unit_no), sharing.request_share, wish=wish(town, **more))
    owner_no = more.get("owner_no", town.owner.unit_no)
    role = "district_steward" if owner_no == town.bureau else "head"
    made = as_(
        town.acting(owner_no, role),
        sharing.examine_share,
        request_id=request_id,
        verb="approve",
        words="同意",
    )
    if made is None:
        made = as_(
            town.acting(town.bureau, "district_admin"),
            sharing.examine_share,
            request_id=request_id,
            verb="approve",
            words="复核同意",
        )
    return made
