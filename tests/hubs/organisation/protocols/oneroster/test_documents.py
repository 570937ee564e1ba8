import polars as pl
import pytest

from jizuo.hubs.organisation.protocols.oneroster.documents import rows_with_numbers
from jizuo.plain.idnumber import check_digit

BODY = "99010120180304222"
RIGHT = BODY + check_digit(BODY)
WRONG = BODY + ("0" if RIGHT[-1] != "0" else "1")


@pytest.mark.parametrize(
    ("value", "is_one"),
    [
        (RIGHT, True),
        (RIGHT.lower(), True),
        (WRONG, False),
        (f"G{RIGHT}", True),
        (f"g{WRONG}", True),
        (f"L{WRONG}", True),
        (f"{{id:{RIGHT}}}", True),
        (f"user-{RIGHT}-x", True),
        (f"1{RIGHT}", False),
        (f"{RIGHT}7", False),
        ("990101201802302220", False),
        ("123456789012345678", False),
        ("0197a3c2-1111-7abc-8def-001122334455", False),
        ("", False),
    ],
)
def test_numbers_are_found(value: str, is_one: bool) -> None:
    assert rows_with_numbers(pl.Series(["x", value])).to_list() == ([1] if is_one else [])
