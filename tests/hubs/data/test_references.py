from jizuo.hubs.data import references
from jizuo.hubs.data.references import Part, Resolved, Resolver


def test_a_room_answers_for_its_own_kind():
    made = Resolver(
        "楼", (Part("name", ("楼名",)),), lambda _unit, _day, rows: [Resolved("1") for _row in rows]
    )
    references.offer("building", made)
    try:
        assert references.resolver_of("building") is made
        assert references.resolver_of("nothing") is None
    finally:
        references._resolvers.pop("building")
