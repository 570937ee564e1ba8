from __future__ import annotations

import json
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from jizuo.ground.process import Trouble
from jizuo.project import cli
from jizuo.project.exits import Exit


def jizuo(*arguments, **env):
    return subprocess.run(
        [sys.executable, "-m", "jizuo.project.cli", *arguments],
        capture_output=True, text=True, env=os.environ | {"JIZUO_LANG": "zh"} | env,
    )  # fmt: skip


def test_every_command_has_help_in_both_languages():
    for name, module in cli.command_modules().items():
        title = module.__doc__.splitlines()[0]
        assert " / " in title, name
        assert any("一" <= letter <= "鿿" for letter in title), name


def test_help_names_the_exit_codes():
    told = jizuo("--help")
    assert told.returncode == 0
    for code in Exit:
        assert f"{code.value} {code.name.lower()}" in " ".join(told.stdout.split())


def test_an_unknown_command_is_a_usage_error():
    assert jizuo("fly").returncode == Exit.USAGE


def test_version_as_json_is_one_object():
    told = jizuo("version", "--json")
    assert told.returncode == 0
    assert json.loads(told.stdout)["jizuo"]


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (("run", "--host", "0.0.0.0"), Exit.HELD, "--behind-proxy"),
        (("run", "--host", "192.168.1.5", "--json"), Exit.HELD, "--cert"),
        (("run", "--cert", "x.pem"), Exit.HELD, "--key"),
    ],
)
def test_run_refuses_what_is_not_safe(tmp_path, arguments, code, word):
    told = jizuo(*arguments, JIZUO_DATA=str(tmp_path / "data"))
    assert told.returncode == code
    assert word in told.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("language, word", [("zh", "连不上数据库"), ("en_US.UTF-8", "Cannot connect")])
def test_trouble_is_said_in_the_terminals_language(tmp_path, language, word):
    told = jizuo(
        "migrate", "--yes",
        JIZUO_DATA=str(tmp_path), JIZUO_LANG=language, JIZUO_DB=f"postgresql://x:y@/postgres?host={tmp_path}",
    )  # fmt: skip
    assert told.returncode == Exit.NOT_READY
    assert word in told.stderr
    assert "Traceback" not in told.stderr


@pytest.fixture
def one_command(monkeypatch):
    def use(body):
        module = SimpleNamespace(__doc__="试 / try", add_arguments=lambda parser: None, run=body)
        monkeypatch.setattr(cli, "command_modules", lambda: {"try": module})

    return use


def test_errors_become_exit_codes(one_command, capsys):
    from jizuo.ground.errors import BadInput, Conflict, NotAllowed, Problem

    def raising(error):
        def body(args):
            raise error

        return body

    cases = [
        (Trouble("没准备好", "请重试", "not ready"), Exit.NOT_READY),
        (BadInput("表不对", problems=[Problem("甲!C3", "不是日期", "改成 2026-09-01")]), Exit.DATA),
        (Conflict("有人先改了"), Exit.HELD),
        (NotAllowed("不可以"), Exit.HELD),
        (KeyboardInterrupt(), Exit.INTERRUPTED),
        (ZeroDivisionError(), Exit.BUG),
    ]
    for error, code in cases:
        one_command(raising(error))
        assert cli.main(["try", "--json"]) == code, error
        told = json.loads(capsys.readouterr().out)
        assert told["ok"] is False and told["exit"] == code


def test_a_problem_names_its_place(one_command, capsys):
    from jizuo.ground.errors import BadInput, Problem

    def body(args):
        raise BadInput("表不对", problems=[Problem("甲!C3", "不是日期", "改成 2026-09-01")])

    one_command(body)
    assert cli.main(["try"]) == Exit.DATA
    assert "甲!C3: 不是日期 改成 2026-09-01" in capsys.readouterr().err
