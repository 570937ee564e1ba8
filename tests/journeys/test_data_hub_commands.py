"""The walk through the data hub by command: each act is a process of its own on one base."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from jizuo.ground.process import spawn
from tests.database import CHECKOUT
from tests.journeys.data_hub import workbooks
from tests.journeys.test_data_hub import PUPILS, READER, SCHOOL

NAME = "fitness_sheet"
STANDARD = f"""
dataset: {NAME}
title: 体质测试登记
english: Fitness sheets
version: "1.0"
key: [pupil, item]
master: true
fields:
  pupil: {{title: 学生, type: person, required: true, grade: 3, purpose: roster}}
  item: {{title: 测试项目, type: text, length: 20, required: true}}
  tested_on: {{title: 测试日期, type: date}}
  result: {{title: 成绩, type: decimal, precision: 8, scale: 2, owner: school}}
  times: {{title: 次数, type: integer}}
  phone: {{title: 家长电话, type: text, length: 20, grade: 3, purpose: contact}}
"""
RULE = f"""
code: sheet_times
kind: range
dataset: {NAME}
field: times
at_most: 2
title: 登记的次数不超过两次
english: Tried twice at most
fix: 改正次数
fix_english: Mend the number
severity: error
owner: clerk
days: 7
source: 本区规定
"""


@pytest.fixture(scope="module")
def desk(town: Any, server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """`desk.run(*words)`: the JSON of a command that ends well; a builder runs beside."""
    folder = tmp_path_factory.mktemp("commands")
    env = server.environment(town.logins.database) | {"PYTHONPATH": str(CHECKOUT)}
    (folder / "standard.yaml").write_text(STANDARD, encoding="utf-8")
    (folder / "rule.yaml").write_text(RULE, encoding="utf-8")

    def run(*words: Any, ends: int = 0) -> Any:
        ran = subprocess.run(
            [sys.executable, "-m", "jizuo.project.cli", *map(str, words), "--json"],
            env=env, cwd=CHECKOUT, capture_output=True, text=True,
        )  # fmt: skip
        assert ran.returncode == ends, (words, ran.stdout[-2000:], ran.stderr[-2000:])
        return json.loads(ran.stdout)

    builder = spawn(
        [sys.executable, "-m", "jizuo.project.cli", "builder"],
        cwd=CHECKOUT, env=server.environment(town.logins.database, "owner"),
    )  # fmt: skip
    pupils = [workbooks.Pupil(*row) for row in town.ask(PUPILS, SCHOOL)]
    yield SimpleNamespace(run=run, folder=folder, town=town, pupils=pupils)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(builder.pid, signal.SIGKILL)
    builder.wait(10)


def file_of(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def bring(desk: Any, name: str, content: bytes, *more: str) -> Any:
    """One file into the dataset at the school; the counts of its batch."""
    told = desk.run(
        "roster", "import", file_of(desk.folder, name, content), "--dataset", NAME, "--unit", SCHOOL, *more
    )
    (batch,) = told["batches"]
    assert batch["state"] == "applied"
    return batch["counts"][NAME]


def open_conflicts(desk: Any) -> list[tuple[str, int]]:
    return desk.town.ask(
        "select cause, count(*) from field_conflict where dataset = %s and state = 'open' group by 1 order by 1",
        NAME,
    )


def test_the_walk_by_command(desk: Any) -> None:
    run: Callable[..., Any] = desk.run
    assert run("standard", "check", desk.folder / "standard.yaml")["ok"]
    run("standard", "draft", desk.folder / "standard.yaml")
    assert run("standard", "publish", NAME)["table_state"] == "done"
    fed = {"得数": "result", "学号": "pupil.local_no", "姓名": "pupil.name", "测试项目": "item", "测试日期": "tested_on",
           "次数": "times", "家长电话": "phone"}  # fmt: skip
    column = [word for heading, key in fed.items() for word in ("--column", f"{heading}={key}")]
    tried = workbooks.book(workbooks.lines_of(desk.pupils, 3))
    assert bring(desk, "体测.xlsx", tried, *column)["new"] == 3000

    run(
        "owner",
        "add",
        "sheet_platform",
        "--title",
        "体测平台",
        "--english",
        "Fitness platform",
        "--rank",
        "70",
    )
    said = bring(desk, "平台.csv", workbooks.outside(desk.pupils, 0, 40), "--source", "sheet_platform")
    assert said["conflicts"] == 80 and open_conflicts(desk) == [("date", 40), ("other", 40)]
    assert len(run("owner", "conflicts", NAME)["groups"]) == 2
    run(
        "owner", "settle", f"{NAME}.result", "--owner", "school", "--source", "sheet_platform", "--cause", "other",
        "--verdict", "keep", "--remember", "--reason", "以体育组登记为准",
    )  # fmt: skip
    bring(desk, "平台二.csv", workbooks.outside(desk.pupils, 40, 20), "--source", "sheet_platform")
    assert open_conflicts(desk) == [("date", 60)], "results are settled by the rule that is remembered"

    assert run("quality", "rules", "--try", desk.folder / "rule.yaml")["ok"]
    run("quality", "rules", "--write", desk.folder / "rule.yaml")
    run("quality", "check")
    failing = "select count(*) from quality_failure where rule = 'sheet_times' and state = 'open'"
    assert desk.town.ask(failing) == [(1000,)]
    assert bring(desk, "体测更正.xlsx", workbooks.mended(desk.pupils), *column)["changed"] == 1000
    run("quality", "check")
    assert desk.town.ask(failing) == [(0,)]

    asked = run(
        "share", "request", NAME, "--owner", SCHOOL, "--unit", READER, "--fields", "item,result,phone",
        "--purpose", "幼小衔接研究", "--basis", "区教育局办法", "--until", "2027-08-31",
    )  # fmt: skip
    contract = run("share", "approve", asked["request_id"], "--unit", SCHOOL)["number"]
    assert run("share", "show", contract, "--unit", READER)["ok"]
    run("share", "why", f"{NAME}.phone", "--contract", contract, "--unit", SCHOOL)
    run("share", "end", contract, "--reason", "研究已结束", "--unit", SCHOOL)
    run("correction", "list", "--unit", SCHOOL)

    run("lineage", "field", f"{NAME}.result")
    ((record,),) = desk.town.ask(
        "select record_id from field_conflict where dataset = %s and cause = 'other' limit 1", NAME
    )
    value = run("lineage", "value", NAME, record, "result", "--unit", SCHOOL)
    assert "体测" in json.dumps(value, ensure_ascii=False)
