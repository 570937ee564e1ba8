from __future__ import annotations


def test_numbers_are_words_and_readers_of_their_fields(base):
    from jizuo.hubs.organisation import cataloguing
    from jizuo.hubs.organisation.definitions import all_definitions

    terms = {one.key: one for one in cataloguing.terms()}
    assert set(terms) == set(all_definitions())
    assert ("staff", "establishment") in terms["established"].counts
    readers = {one.title: one.fields for one in cataloguing.readers("staff")}
    assert readers[all_definitions()["established"].say("title")] == ("establishment",)
    assert list(cataloguing.readers("nothing")) == []
