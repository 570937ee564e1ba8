"""People without a common number: two generated lists held against each other by the engine that a search uses.

How the lists are made stands in `jizuo.plain.demo.twice`; the shipped parameters were made from lists of other seeds.
The guardians' names are left out: the bar is name, sound, birth date, sex, end of the phone, address, school and class.
"""

from __future__ import annotations

import polars as pl

from bench import base
from bench.bars import Bar, Table
from bench.base import Bench, answer, timed

MODULE = "bench.data_matching"
SIZE, SEED = 60_000, 2026
#: Growth: shares of the size, in eighths.
SHARES = (1, 2, 4, 8)
#: What the precision and recall come to at other thresholds.
THRESHOLDS = (0.5, 0.8, 0.9, 0.95, 0.99, 0.999)


def measure(bench: Bench) -> tuple[list[Bar], list[Table], list[str]]:
    """The bars of matching, growth, thresholds, and how the lists were made."""
    grown = {}
    for share in SHARES:
        grown[share] = bench.run(MODULE, "match", str(SIZE * share // 8))
        print(f"data matching {share}/8 {grown[share]}", flush=True)
    whole = grown[8]
    bars = [
        Bar("data.match_60000", whole["seconds"], 180, "s"),
        Bar("data.match_precision", whole["precision"] * 100, 99, "%", is_least=True),
        Bar("data.match_recall", whole["recall"] * 100, 95, "%", is_least=True),
    ]
    growth = Table(
        "Matching two lists without a key",
        ("records in each", "s", "pairs found", "precision %", "recall %", "peak, MB"),
        tuple(
            (
                f"{SIZE * share // 8:,}",
                f"{found['seconds']:.1f}",
                f"{found['pairs']:,}",
                f"{found['precision'] * 100:.2f}",
                f"{found['recall'] * 100:.2f}",
                f"{found['peak_mb']}",
            )
            for share, found in grown.items()
        ),
    )
    cuts = Table(
        "The same at other thresholds",
        ("threshold", "precision %", "recall %"),
        tuple(
            (str(cut), f"{precision * 100:.2f}", f"{recall * 100:.2f}")
            for cut, precision, recall in whole["cuts"]
        ),
    )
    from jizuo.plain.demo import twice

    shares = ", ".join(f"{name.replace('_', ' ')} {share:.1%}" for name, share in twice.SHARES.items())
    notes = [
        f"Matching: two lists drawn from one town (seed {SEED}), {twice.IN_LIST:.0%} of each in the other; twins"
        f" {twice.TWINS:.1%} and siblings {twice.SIBLINGS:.0%} of families share surname, phone and home; names are drawn"
        f" from frequent ones, so many children share one. Between the two records of a child: {shares}."
        " Seconds take in reading the names' sounds and everything up to the pairs."
    ]
    return bars, [growth, cuts], notes


def match(count: str) -> None:
    """Match two lists of `count` each and hold what was found against the truth."""
    from jizuo.hubs.data.matching import engine
    from jizuo.hubs.data.matching.records import compared
    from jizuo.hubs.data.rules.matching import THRESHOLD
    from jizuo.plain.demo import twice

    first, second = twice.two_lists(int(count), seed=SEED)
    both = len({one.number for one in first} & {one.number for one in second})
    offered = pl.concat(
        [
            twice.offered(many, group, with_kin=False).with_columns(
                (pl.lit(mark) + pl.col("key")).alias("key")
            )
            for many, group, mark in ((first, 1, "a"), (second, 2, "b"))
        ]
    )
    took: dict[str, float] = {}
    with timed(took, "seconds"):
        found = engine.alike(compared(offered), threshold=THRESHOLD)
    precision, recall = truth(found, both)
    every = engine.alike(compared(offered), threshold=min(THRESHOLDS))
    cuts = [(cut, *truth(every.filter(pl.col("probability") >= cut), both)) for cut in THRESHOLDS]
    answer(seconds=took["seconds"], pairs=found.height, precision=precision, recall=recall, cuts=cuts)


def truth(found: pl.DataFrame, both: int) -> tuple[float, float]:
    """(precision, recall) of pairs; both: how many children are in both lists."""
    right = found.filter(pl.col("left").str.slice(1) == pl.col("right").str.slice(1)).height
    return right / max(found.height, 1), right / both


if __name__ == "__main__":
    base.steps({"match": match})
