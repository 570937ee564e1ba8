"""What is wrong with a rule as it is written, in words of whoever writes it."""

from __future__ import annotations

from jizuo.ground.errors import Problem


class BadRule(ValueError):
    """A rule that cannot be used. problems: where (a path of keys), what, how to mend."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("；".join(f"{one.where}：{one.what}" for one in problems))
        self.problems = tuple(problems)


def bad(where: str, what: str, fix: str = "") -> BadRule:
    """One fault, ready to be raised."""
    return BadRule([Problem(where, what, fix)])
