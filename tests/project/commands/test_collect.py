import argparse
import json
import os
import subprocess
import sys

from tests.database import CHECKOUT
from tests.hubs.data.collecting_given import row, serve, source
from tests.hubs.data.outside_given import open_hosts, outside

__all__ = ["open_hosts", "outside"]


def jizuo(base, server, *words):
    env = server.environment(base.logins.database) | {"PYTHONPATH": os.environ.get("PYTHONPATH", "")}
    ran = subprocess.run(
        [sys.executable, "-m", "jizuo.project.cli", "collect", *words, "--json"],
        env=env,
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
    )
    return ran.returncode, json.loads(ran.stdout) if ran.stdout.strip() else ran.stderr


def test_the_walk_by_command(base, server, outside, open_hosts):
    open_hosts("127.0.0.1")
    at = source(base, "http", serve(outside, [row(1), row(2, xk="占星")]))
    unit = ("--unit", str(at.unit_no))
    code, told = jizuo(base, server, "try", str(at.connector_id), *unit)
    assert code == 0 and told["faults"] == 1, told
    code, told = jizuo(base, server, "run", str(at.connector_id), *unit)
    assert code == 0 and (told["state"], told["quarantined"]) == ("applied", 1), told
    run = told["run"]
    code, told = jizuo(base, server, "list", *unit)
    assert code == 0 and [one["id"] for one in told["sources"]] == [str(at.connector_id)]
    code, told = jizuo(base, server, "quarantine", str(at.connector_id), *unit)
    assert code == 0 and "占星" not in json.dumps(told["rows"][0]["id"])
    held = told["rows"][0]["id"]
    code, told = jizuo(
        base, server, "quarantine", str(at.connector_id), "--discard", held, "--reason", "不是课程", *unit
    )
    assert code == 0 and told["discarded"] == 1
    code, told = jizuo(base, server, "replay", run, *unit)
    assert code == 0 and told["state"] in ("applied", "nothing"), told


def test_its_words():
    from jizuo.project.commands import collect

    parser = argparse.ArgumentParser()
    collect.add_arguments(parser)
    assert parser.parse_args(["list"]).act == "list"
