"""Every school's own workbook over a district that its zip has filled, by page and by command: every pupil is met
again, and both ways come to the same.

A list names no document of a guardian. Where a child goes to a second school, that school does not see whom the first
one knows, so its list may bring the guardian as a person of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.database import CHECKOUT, MakeDatabase, Server
from tests.journeys.conftest import working
from tests.live import serving, wait_for

#: Of the people named: who is anything but a guardian of a child that goes to two schools.
STRAYS = (
    "select p.name from person p where p.id = any(%s) and not exists (select 1 from guardian_of g"
    " join affiliation a on a.person_id = g.child_id and a.role = 'pupil' where g.guardian_id = p.id"
    " group by g.child_id having count(distinct a.unit_no) > 1)"
)
KNOWN = (
    "select a.unit_no, p.name, p.birth_on, a.role, a.seat_no, i.kind, i.tail from affiliation a"
    " join person p on p.id = a.person_id left join person_identifier i on i.person_id = p.id order by 1, 2, 3, 4, 5, 6, 7"
)
CLERK = """
import json, sys
from jizuo.project.start import set_up
set_up("app")
from datetime import date
from django.test import Client
from jizuo.ground.ids import new_id
from jizuo.ground.models import Grant
from jizuo.hubs.identity.models import Account
account = Account.objects.create(id=new_id(), login_code="100000000001", display_name="陆晓岚")
grants = {
    unit_no: Grant.objects.create(
        account_id=account.pk, unit_no=int(unit_no), role="clerk", begin_on=date(2020, 9, 1)
    ).no
    for unit_no in sys.argv[1:]
}
client = Client()
client.force_login(account)
print(json.dumps({"session": client.cookies["jizuo_session"].value, "grants": grants}))
"""


def run(env: dict[str, str], *command: Any) -> Any:
    """The JSON that a Python process prints last."""
    ran = subprocess.run(
        [sys.executable, *map(str, command)],
        env=env, cwd=CHECKOUT, capture_output=True, text=True, timeout=900,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-3000:]
    return json.loads(ran.stdout.splitlines()[-1])


def roster(env: dict[str, str], *arguments: Any) -> Any:
    return run(env, "-m", "jizuo.project.cli", "roster", *arguments, "--json")


def ask(server: Server, database: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Rows of a base past its walls."""
    with psycopg.connect(server.root(database)) as root:
        return root.execute(statement, values or None).fetchall()


def people(server: Server, database: str) -> set[Any]:
    return {key for (key,) in ask(server, database, "select id from person")}


def write(size: str, folder: Path) -> list[Path]:
    """The zip of a demonstration district and a workbook for each of its schools; the workbooks."""
    from jizuo.hubs.organisation.demo import oneroster
    from jizuo.hubs.organisation.protocols.oneroster.write import write as write_zip
    from jizuo.plain.demo import workbooks
    from jizuo.plain.demo.district import make

    district = make(size)
    write_zip(folder / "district.zip", oneroster.tables(district), "test")
    books = []
    for school in district.schools:
        books.append(folder / f"{school.name}.xlsx")
        books[-1].write_bytes(workbooks.pupils(district, school))
    return books


@pytest.mark.soak
@pytest.mark.parametrize(("size", "count"), [("small", 0), ("district", 105)])
def test_every_workbook_goes_in_by_page_and_by_command(
    server: Server, make_database: MakeDatabase, tmp_path: Path, size: str, count: int
) -> None:
    books = write(size, tmp_path)
    assert len(books) == count or not count
    made = make_database()
    with psycopg.connect(made.owner, autocommit=True) as owner:
        owner.execute(
            "insert into unit (unit_no, kind, name, short_name, sort_key) values (1, 'bureau', '区教育局', '区', '')"
        )
        owner.execute("update base_state set version = version + 1 where key = 'units'")
    (told,) = roster(server.environment(made.database), "import", tmp_path / "district.zip", "--open-units")[
        "batches"
    ]
    assert told["state"] == "applied"
    before = people(server, made.database)
    other = make_database(made.database)

    for book in books:
        (told,) = roster(server.environment(made.database), "import", book, "--unit", book.stem)["batches"]
        assert told["state"] == "applied", (book.stem, told)
    by_page(server, other.database, books, tmp_path)

    for database in (made.database, other.database):
        new = people(server, database) - before
        assert ask(server, database, STRAYS, list(new)) == []
        assert len(new) < len(before) / 1000
    assert ask(server, made.database, KNOWN) == ask(server, other.database, KNOWN)


def by_page(server: Server, database: str, books: list[Path], folder: Path) -> None:
    """Upload and apply each workbook as a clerk of its school."""
    units = dict(ask(server, database, "select name, unit_no::text from unit where unit_no > 0"))
    clerk = run(server.environment(database), "-c", CLERK, *(units[book.stem] for book in books))

    def state(batch: str) -> str:
        ((found,),) = ask(server, database, "select state from batch where id = %s", batch)
        return str(found)

    with (
        serving(server, database, folder) as live,
        working(server, database, folder),
        live.client(clerk["session"]) as client,
    ):
        for book in books:
            at = f"/as/{clerk['grants'][units[book.stem]]}/imports"
            files = {"file": (book.name, book.read_bytes())}
            answer = client.post(f"{at}/new", data={"importer": "pupils"}, files=files)
            assert answer.status_code == 302, answer.text[:2000]
            batch = answer.headers["Location"].rsplit("/", 1)[1]
            wait_for(lambda batch=batch: state(batch) not in ("landed", "checking"), 120)
            assert client.get(f"{at}/{batch}").status_code == 200
            if state(batch) == "ready":
                assert client.post(f"{at}/{batch}/do/apply").status_code == 302
                wait_for(lambda batch=batch: state(batch) != "applying", 120)
            assert state(batch) == "applied", (book.name, state(batch))
