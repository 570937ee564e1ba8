"""The monitoring engine's plate."""

from __future__ import annotations

from jizuo.engines.monitoring import parts

parts.offer()
