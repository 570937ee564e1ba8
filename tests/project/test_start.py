"""A process that starts loads what every process needs, and nothing that one place needs."""

from __future__ import annotations

import json
import subprocess
import sys

#: Library -> where it is needed. Together they cost each web process, worker and command a good 50 MB.
LOADED_WHERE_USED = {
    "httpx": "a call to a provider or a source",
    "prompt_toolkit": "the command line of the library of expressions, which nobody calls",
    "pymysql": "a line to MySQL",
    "pypinyin": "the first name that is read",
    "pytds": "a line to SQL Server",
    "re2": "a pattern of a rule",
    "sqlglot": "a query of a source",
    "typst": "a paper",
    "xlsxwriter": "a workbook that is written",
    "zen": "the first decision table that is asked",
}
ASK = """
import json, sys
from jizuo.project.start import set_up
set_up("app")
print(json.dumps(sorted(sys.modules)))
"""


def test_what_one_place_needs_is_loaded_there(server, base):
    ran = subprocess.run(
        [sys.executable, "-c", ASK], env=server.environment(base.logins.database), capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    loaded = set(json.loads(ran.stdout))
    assert "django" in loaded and "jizuo.hubs.message.room" in loaded
    assert sorted(loaded & set(LOADED_WHERE_USED)) == []
