"""Finding document and school-roll numbers where they must not be. Never says which number it found."""

import datetime
import re

import polars as pl

from jizuo.plain.idnumber import check_digit

_BODY = r"[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]"
_LIKELY = rf"(?i){_BODY}"
_NUMBER = re.compile(rf"(?<![0-9A-Z])([GJL]?)({_BODY})(?![0-9A-Z])", re.IGNORECASE)


def rows_with_numbers(values: pl.Series) -> pl.Series:
    """Indexes of values holding a citizen number (GB 11643, check digit right) or a G/J/L school-roll number.

    The number may stand inside a longer value such as "{id:...}". A bare 18-digit key with a wrong check
    digit is not one, so that ordinary long keys pass.
    """
    likely = ((values.str.len_bytes() >= 18) & values.str.contains(_LIKELY)).arg_true()
    if likely.is_empty():
        return likely
    hits = [i for i, text in zip(likely, values.gather(likely), strict=True) if _holds_number(text)]
    return pl.Series(hits, dtype=pl.UInt32)


def _holds_number(text: str) -> bool:
    return any(bool(letter) or _is_citizen(body) for letter, body in _NUMBER.findall(text))


def _is_citizen(body: str) -> bool:
    try:
        datetime.date(int(body[6:10]), int(body[10:12]), int(body[12:14]))
    except ValueError:
        return False
    return check_digit(body[:17]) == body[17].upper()
