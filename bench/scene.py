"""Scenes: forms handed in, matters moved, to-do lists and pages among a million matters, rolls, tables from every school,
decision tables, and the same steps by SpiffWorkflow; each measured in a base of its own."""

from __future__ import annotations

from bench import scene_collect, scene_decisions, scene_load, scene_matters

PARTS = {
    "decisions": scene_decisions,
    "collect": scene_collect,
    "matters": scene_matters,
    "load": scene_load,
}
