"""The register of owners as it is read: every claimed field, its owner, and the order behind it."""

from __future__ import annotations

import pytest

from tests.hubs.data.actions.test_settling import call
from tests.hubs.data.typists import typist  # noqa: F401  a fixture


@pytest.mark.parametrize("dataset", ["person", "pupil", "staff"])
def test_every_word_of_a_master_dataset_is_listed_with_its_owner(typist, dataset):  # noqa: F811
    from jizuo.hubs.data import datasets
    from jizuo.hubs.data.queries.owning import owned_fields

    found = call(typist.scope, owned_fields, dataset=dataset)
    known = datasets.get(dataset)
    assert [one.field for one in found] == [key for key, one in known.fields.items() if one.is_claimed]
    for one in found:
        assert one.owner == known.fields[one.field].owner and one.is_standard
        assert one.owner_word not in one.order and len(one.order) >= 5


def test_a_dataset_without_claims_has_no_owners(typist):  # noqa: F811
    from jizuo.ground.errors import NotFound
    from jizuo.hubs.data.queries.owning import owned_fields

    with pytest.raises(NotFound):
        call(typist.scope, owned_fields, dataset="affiliation")


def test_sources_tell_how_much_they_own(typist):  # noqa: F811
    from jizuo.hubs.data.queries.owning import source_list

    owns = {one.name: one.owns for one in call(typist.scope, source_list)}
    assert owns["register"] > owns["family"] >= 2 and owns["settled"] == 0
