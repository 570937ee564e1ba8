"""What a room offers of people, in the one form that is compared."""

from __future__ import annotations

import re
from functools import cache

import polars as pl

from jizuo.plain import names, pinyin
from jizuo.plain.text import half_width

#: What a room offers: one row a person. key: its id; group: records of one group are different people; phones and kin
#: are lists; '' and null say nothing. klass: a text that stays the same from year to year.
OFFERED: dict[str, pl.DataType | type[pl.DataType]] = {
    "key": pl.String,
    "group": pl.Int64,
    "name": pl.String,
    "former_name": pl.String,
    "sex": pl.String,
    "birth_on": pl.Date,
    "phones": pl.List(pl.String),
    "address": pl.String,
    "school": pl.String,
    "klass": pl.String,
    "kin": pl.List(pl.String),
}
TAIL = 4
CHARS = 4
_PREFIX = re.compile("^.*(?:街道|[市县区镇乡])(?=.{2})")
_NUMBER = re.compile(r"\d+")
_HOUSE_WORDS = re.compile("号楼|幢|栋|座")


class Spoken:
    """A name as it is compared."""

    __slots__ = ("letters", "name", "reading", "surname")

    def __init__(self, text: str) -> None:
        self.name = names.normalise(text)
        self.reading = " ".join(pinyin.readings(self.name)) if self.name else ""
        self.letters = "".join(sorted(self.name))
        self.surname = self.reading.split(" ", 1)[0]


@cache
def spoken(text: str) -> Spoken:
    """`Spoken`, once for each name."""
    return Spoken(text)


def placed(text: str) -> tuple[str, str, str]:
    """(address without what every address of the city shares, its road or estate, the house) of an address as typed;
    '' for what is not told. 弄, 号 and 室 stay apart by their numbers."""
    plain = re.sub(r"[\s,，。()（）-]+", "", half_width(text or ""))
    plain = _HOUSE_WORDS.sub("号", plain)
    rest = _PREFIX.sub("", plain)
    found = _NUMBER.search(rest)
    if not rest or found is None:
        return rest, rest, ""
    road = rest[: found.start()]
    numbers = _NUMBER.findall(rest)
    return f"{road}/{'/'.join(numbers)}", road, "/".join(numbers[:-1] or numbers)


def compared(offered: pl.DataFrame) -> pl.DataFrame:
    """The columns that `rules.matching` compares, of rows as `OFFERED`; what says nothing is null. Columns that are not
    offered say nothing."""
    frame = offered.with_columns(
        [pl.lit(None, kind).alias(name) for name, kind in OFFERED.items() if name not in offered.columns]
    )
    told = [spoken(text or "") for text in frame["name"]]
    former = [spoken(text).name if text else "" for text in frame["former_name"]]
    homes = [placed(text) for text in frame["address"]]
    kin = [[spoken(one).name for one in many or [] if one] for many in frame["kin"].to_list()]
    columns: dict[str, pl.Series] = {
        "key": frame["key"],
        "group": frame["group"],
        "sex": frame["sex"],
        "birth": frame["birth_on"].dt.strftime("%Y%m%d"),
        "school": frame["school"],
        "class": frame["klass"],
        "name": pl.Series([one.name for one in told], dtype=pl.String),
        "reading": pl.Series([one.reading for one in told], dtype=pl.String),
        "letters": pl.Series([one.letters for one in told], dtype=pl.String),
        "surname": pl.Series([one.surname for one in told], dtype=pl.String),
        "former": pl.Series(former, dtype=pl.String),
        "last": pl.Series([one.name[-1:] for one in told], dtype=pl.String),
        "address": pl.Series([one[0] for one in homes], dtype=pl.String),
        "road": pl.Series([one[1] for one in homes], dtype=pl.String),
        "house": pl.Series([one[2] for one in homes], dtype=pl.String),
        "phones": frame["phones"].list.eval(pl.element().str.slice(-TAIL)),
        "kin": pl.Series(kin, dtype=pl.List(pl.String)),
    }
    for place in range(CHARS):
        columns[f"c{place + 1}"] = pl.Series([one.name[place : place + 1] for one in told], dtype=pl.String)
    made = pl.DataFrame(columns).with_columns(
        pl.col("birth").str.slice(0, 4).alias("birth_year"),
        pl.col("birth").str.slice(4).alias("birth_day"),
        pl.col("name").str.len_chars().cast(pl.Int32).alias("size"),
    )
    texts = [name for name, kind in made.schema.items() if kind == pl.String]
    lists = ["phones", "kin"]
    return made.with_columns(
        *[pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in texts],
        *[
            pl.when(pl.col(name).list.drop_nulls().list.len() > 0)
            .then(pl.col(name).list.drop_nulls())
            .alias(name)
            for name in lists
        ],
    )
