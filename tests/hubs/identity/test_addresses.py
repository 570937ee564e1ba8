from __future__ import annotations

from typing import Any


def test_proven_addresses_of_open_accounts(base: Any) -> None:
    from jizuo.ground import scope as scopes
    from jizuo.ground.ids import new_id
    from jizuo.hubs.identity.addresses import mail_addresses
    from jizuo.hubs.message.jobs import unit_scope

    people = [new_id() for _one in range(3)]
    for place, (person_id, is_active) in enumerate(zip(people, (True, True, False), strict=True)):
        account = base.account(person_id=person_id)
        account.email, account.is_active = (f"m{person_id.hex[-8:]}@b.example" if place else ""), is_active
        account.save()
    with scopes.use(unit_scope(base.unit())):
        assert list(mail_addresses(person_ids=people)) == [people[1]]
