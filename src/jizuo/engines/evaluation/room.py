"""The evaluation engine's plate."""

from __future__ import annotations

from jizuo.engines.evaluation import blocks, numbers, parts

DOORS = (numbers,)

parts.offer()
blocks.offer()
