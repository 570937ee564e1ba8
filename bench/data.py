"""The data hub: merging, standards, quality, the catalogue and matching, each measured in a base of its own."""

from __future__ import annotations

from bench import data_catalogue, data_claims, data_matching, data_quality, data_standards
from bench.bars import Bar, Result, Table
from bench.base import Bench

PARTS = (data_standards, data_claims, data_catalogue, data_quality, data_matching)


def measure(bench: Bench) -> Result:
    """Every number of the group."""
    bars: list[Bar] = []
    tables: list[Table] = []
    notes: list[str] = []
    for part in PARTS:
        more_bars, more_tables, more_notes = part.measure(bench)
        bars += more_bars
        tables += more_tables
        notes += more_notes
    return Result("data", bars, tables, notes)
