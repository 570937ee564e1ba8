"""What is checked of the core libraries, and the rules that ship: YAML beside this file, registered with the data hub.

See docs/guides/write-a-quality-rule.md. A rule whose source says "to check" follows a text that is not at hand.
"""

from __future__ import annotations

from pathlib import Path

from jizuo.hubs.data import quality


def register() -> None:
    """Register subjects and rules; called once the standards are known."""
    quality.register_folder(Path(__file__).parent)
