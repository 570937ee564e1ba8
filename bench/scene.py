"""Scenes: forms handed in, matters moved, to-do lists and pages among a million matters, rolls, tables from every school,
decision tables, and the same steps by SpiffWorkflow; each measured in a base of its own."""

from __future__ import annotations

from bench import scene_collect, scene_decisions, scene_load, scene_matters
from bench.bars import Bar, Result, Table
from bench.base import Bench

PARTS = {
    "decisions": scene_decisions,
    "collect": scene_collect,
    "matters": scene_matters,
    "load": scene_load,
}


def measure(bench: Bench) -> Result:
    """Every number of the group, or of the one part that is asked for."""
    bars: list[Bar] = []
    tables: list[Table] = []
    notes: list[str] = []
    for name, part in PARTS.items():
        if bench.part in ("", name):
            more_bars, more_tables, more_notes = part.measure(bench)
            bars += more_bars
            tables += more_tables
            notes += more_notes
    return Result("scene", bars, tables, notes)
