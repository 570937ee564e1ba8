import polars as pl
import pytest

from jizuo.hubs.organisation.demo.oneroster import tables
from jizuo.plain.demo.district import make
from jizuo.plain.demo.shapes import District


@pytest.fixture(scope="session")
def district() -> District:
    return make("small", seed=2026)


@pytest.fixture(scope="session")
def made(district: District) -> dict[str, pl.DataFrame]:
    return tables(district)
