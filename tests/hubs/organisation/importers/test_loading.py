"""Decisions of the loader; its puts are walked in test_pupils, test_staff and test_registers."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.usefixtures("base")


@pytest.mark.parametrize(
    ("held", "told", "unlike"),
    [
        ("李可岚", "李可岚", False),
        ("李可岚", "李 可岚", False),
        ("李可岚", "李珂岚", False),
        ("李可岚", "买买提", True),
        ("张三", "李四", True),
    ],
)
def test_names_that_one_person_hardly_bears(held, told, unlike):
    from jizuo.hubs.organisation.importers.loading import is_unlike

    assert is_unlike(held, told) is unlike
