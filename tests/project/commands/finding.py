"""`jizuo match`, `jizuo catalogue` and `jizuo lineage`: exit codes and words, in one process."""

from __future__ import annotations

import io
import json
from argparse import ArgumentParser
from contextlib import nullcontext
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest

from tests.hubs.organisation import given


@pytest.fixture(scope="module")
def place(base: Any) -> Any:
    from jizuo.project import rooms

    rooms.plates()
    return SimpleNamespace(base=base, district=given.district(base, schools=2, classes=1, pupils=3, staff=1))


@pytest.fixture
def jizuo(place, monkeypatch):
    """`jizuo("match", *arguments)` -> (exit code, JSON) at the district."""
    from jizuo.project.output import Output

    def run(name: str, act: str, *arguments: Any, unit: int | None = None) -> tuple[int, Any]:
        command = import_module(f"jizuo.project.commands.{name}")
        monkeypatch.setattr(command, "set_up", lambda _login: None)
        monkeypatch.setattr(command.bootstrap, "opened", lambda: nullcontext())
        parser = ArgumentParser()
        parser.add_argument("--json", action="store_true")
        command.add_arguments(parser)
        at = str(unit or place.district.unit_no)
        args = parser.parse_args([act, *map(str, arguments), "--json", "--unit", at])
        words = io.StringIO()
        args.out = Output(True, words, io.StringIO())
        code = command.run(args)
        return code, json.loads(words.getvalue())

    return run
