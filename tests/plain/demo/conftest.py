import pytest

from jizuo.plain.demo.district import make
from jizuo.plain.demo.shapes import District


@pytest.fixture(scope="session")
def small() -> District:
    """The district of ``make run``; tests must not change it."""
    return make("small", seed=2026)
