"""The evaluation engine's plate."""

from __future__ import annotations

from jizuo.engines.evaluation import parts

parts.offer()
