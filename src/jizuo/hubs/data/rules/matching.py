"""How two records are compared: fields, their levels from alike to different, and which pairs may be asked about."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

#: A pair is proposed from this probability on. Chosen on the generated set of `plain.demo.twice`: see
#: docs/decisions/matching.md.
THRESHOLD = 0.95
LEAST_THRESHOLD = 0.5
NEVER = "else"


@dataclass(frozen=True, slots=True)
class Level:
    """One outcome of a comparison. sql: over columns ``<column>_l`` and ``<column>_r``; `NEVER` comes last."""

    name: str
    sql: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """One compared field. column: null on either side says nothing. levels: the likest first; is_counted: a frequent
    value weighs less than a rare one."""

    name: str
    column: str
    levels: tuple[Level, ...]
    is_counted: bool = False


_SAME_PLACES = " + ".join(f"(c{n}_l is not distinct from c{n}_r)::int" for n in (1, 2, 3, 4))
COMPARISONS = (
    Comparison(
        "name",
        "name",
        (
            Level("same", "name_l = name_r"),
            Level("former", "name_l = former_r or former_l = name_r"),
            Level("homophone", "reading_l = reading_r"),
            Level("swapped", "letters_l = letters_r"),
            Level(
                "one_char",
                f"size_l = size_r and ((size_l between 3 and 4 and {_SAME_PLACES} = 3)"
                " or (size_l > 4 and levenshtein(reading_l, reading_r) <= 3))",
            ),
            Level("near_sound", "length(reading_l) >= 6 and levenshtein(reading_l, reading_r) = 1"),
            Level(
                "missing_char",
                "abs(size_l - size_r) = 1 and greatest(size_l, size_r) >= 3 and c1_l = c1_r"
                " and (starts_with(name_l, name_r) or starts_with(name_r, name_l) or last_l = last_r)",
            ),
            Level("one_of_two", "size_l = 2 and size_r = 2 and c1_l = c1_r"),
            Level(NEVER, "ELSE"),
        ),
        is_counted=True,
    ),
    Comparison(
        "birth",
        "birth",
        (
            Level("same", "birth_l = birth_r"),
            Level(
                "swapped",
                "birth_l[:4] = birth_r[:4] and birth_l[5:6] = birth_r[7:8] and birth_l[7:8] = birth_r[5:6]",
            ),
            Level("one_digit", "hamming(birth_l, birth_r) = 1"),
            Level("same_month", "birth_l[:6] = birth_r[:6]"),
            Level("same_year", "birth_l[:4] = birth_r[:4]"),
            Level(NEVER, "ELSE"),
        ),
    ),
    Comparison("sex", "sex", (Level("same", "sex_l = sex_r"), Level(NEVER, "ELSE"))),
    Comparison("phone", "phones", (Level("same", "list_has_any(phones_l, phones_r)"), Level(NEVER, "ELSE"))),
    Comparison(
        "address",
        "address",
        (
            Level("same", "address_l = address_r"),
            Level("same_house", "road_l = road_r and house_l = house_r"),
            Level("same_road", "road_l = road_r"),
            Level(NEVER, "ELSE"),
        ),
    ),
    Comparison(
        "school",
        "school",
        (
            Level("same_class", "school_l = school_r and class_l = class_r"),
            Level("same", "school_l = school_r"),
            Level(NEVER, "ELSE"),
        ),
    ),
    Comparison("kin", "kin", (Level("same", "list_has_any(kin_l, kin_r)"), Level(NEVER, "ELSE"))),
)
#: Which pairs are weighed at all; what differs in each of these is never met. Columns joined by "+" are equal on both
#: sides; a list column meets by any of its values.
BLOCKS = (
    ("birth", "sex"),
    ("name", "birth_year"),
    ("name", "birth_day"),
    ("name", "school"),
    ("name", "road"),
    ("reading", "birth_year"),
    ("surname", "phones"),
    ("surname", "address"),
    ("former", "birth"),
)


def best_only(pairs: pl.DataFrame) -> pl.DataFrame:
    """Of `pairs` (left, right, left_group, right_group, weight, ...) those in which each is the other's best within the
    other's group: records of one group are known to be different people, so only one of them can be meant. Equal bests
    stay, for a person to choose."""
    best_right = pl.col("weight").max().over("left", "right_group")
    best_left = pl.col("weight").max().over("right", "left_group")
    return pairs.filter((pl.col("weight") >= best_right) & (pl.col("weight") >= best_left))
