"""The matter engine's plate."""

from __future__ import annotations

from jizuo.engines.matter import parts
from jizuo.engines.matter.forms import parts as form_parts
from jizuo.engines.matter.items import parts as item_parts

parts.offer()
form_parts.offer()
item_parts.offer()
