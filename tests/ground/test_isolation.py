"""The wall over HTTP: a live server as `app` with a pool of one connection, two schools interleaved (RLS-3, 5, 7, 8,
9, T4). Each twin takes one protection away from the running server and must see the other school."""

from __future__ import annotations

import contextlib
import random
import re
import threading
from dataclasses import dataclass

import psycopg
import pytest

from tests.base import Base
from tests.ground.test_walls import BARE
from tests.live import django_on, serving, session_of, wait_for


@dataclass
class School:
    unit_no: int
    grant_no: int
    session: str
    jobs: set


@pytest.fixture(scope="module")
def site(base, server, make_database, tmp_path_factory):
    """A server with a database of its own and two schools with three jobs and a batch each."""
    found = make_database()
    there = Base(found)
    schools = []
    with django_on(found.app):
        for name in ("东", "西"):
            unit = there.unit(f"{name}城小学")
            account = there.account()
            grant = there.grant(account, unit, "clerk")
            schools.append(School(unit, grant, session_of(there, account), set()))
            with psycopg.connect(found.app) as line:
                line.execute("select set_config('app.units', %s, true)", [f"{{{unit}}}"])
                for n in range(3):
                    (job,) = line.execute(
                        "insert into job (id, unit_no, kind, title, args, queue, grant_no, state, done, total,"
                        " unit_word, chunk, error, fix, tries) values (gen_random_uuid(), %s, 'x', %s, '{}', 'bulk',"
                        " %s, 'done', 0, 0, '', 0, '', '', 0) returning id",
                        [unit, f"{name} {n}", grant],
                    ).fetchone()
                    schools[-1].jobs.add(str(job))
                from tests.ground.test_walls import add_batch

                add_batch(line, unit)
    application = "tests.ground.forgetful:application"
    with serving(server, found.database, tmp_path_factory.mktemp("site"), application=application) as live:
        yield Site(live, found, schools)


class Site:
    def __init__(self, live, logins, schools) -> None:
        self.live, self.logins, (self.east, self.west) = live, logins, schools

    def jobs_of(self, school, *, client=None):
        """The job ids that the school's clerk is shown."""
        with contextlib.ExitStack() as stack:
            client = client or stack.enter_context(self.live.client(school.session))
            answer = client.get(f"/as/{school.grant_no}/api/read/ground.job_list")
            assert answer.status_code == 200, answer.text
            return {row["job_id"] for row in answer.json()["rows"]}

    def get(self, path, school=None):
        with self.live.client(school.session if school else "") as client:
            return client.get(path)

    @contextlib.contextmanager
    def without(self, do, undo):
        with psycopg.connect(self.logins.owner, autocommit=True) as owner:
            owner.execute(do)
            try:
                yield
            finally:
                owner.execute(undo)


def test_the_pool_holds_one_connection(site):
    assert site.get("/t/pool").text == "1"


def test_two_schools_take_turns_on_one_connection(site):
    """RLS-5, RLS-9: every answer is the asker's own, to the row."""
    for school in (site.east, site.west) * 5:
        assert site.jobs_of(school) == school.jobs


def test_another_schools_job_answers_as_if_it_did_not_exist(site):
    (theirs, *_rest) = site.west.jobs
    nobody = "00000000-0000-7000-8000-000000000000"
    read = f"/as/{site.east.grant_no}/api/read/ground.job?job_id="
    foreign, missing = site.get(read + theirs, site.east), site.get(read + nobody, site.east)
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert foreign.content == missing.content


def test_another_accounts_role_answers_as_if_it_did_not_exist(site):
    for tail in ("api/", "api/read/ground.job_list", "api/openapi.json", ""):
        foreign = site.get(f"/as/{site.west.grant_no}/{tail}", site.east)
        missing = site.get(f"/as/99999999/{tail}", site.east)
        huge = site.get(f"/as/{'9' * 25}/{tail}", site.east)
        assert (foreign.status_code, missing.status_code, huge.status_code) == (404, 404, 404), tail
        assert without_numbers(missing.text) == without_numbers(huge.text)
        odd = set(without_numbers(foreign.text).split()) ^ set(without_numbers(missing.text).split())
        assert odd == set(), tail


def without_numbers(text):
    """A page without the address it answers for and its one-time tokens."""
    return re.sub(r'/as/\d+/|"X-CSRFToken": "\w*"|nonce="[^"]*"|\b\w{64}\b', "", text)


def test_a_page_that_forgot_its_door_reads_nothing(site):
    """RLS-2, RLS-3: also on the connection that served a school a moment ago."""
    for school in (site.east, site.west):
        site.jobs_of(school)
        answer = site.get("/t/count")
        assert (answer.status_code, answer.text) == (200, "{}")


def test_a_streamed_body_is_outside_the_door(site):
    """RLS-8: the door has closed when the body runs; the manager raises and row security shows nothing."""
    answer = site.get(f"/as/{site.east.grant_no}/t/slow", site.east)
    assert answer.headers["X-Inside"] == f"{{{site.east.unit_no}}}"
    assert answer.text == "NoScope {}"


def test_twin_session_setting_leaks(site):
    """The mutant of RLS-5: a session's setting shows the last school to whoever comes next."""
    site.get("/t/mutate?on=1")
    try:
        site.jobs_of(site.east)
        assert site.get("/t/count").text == f"{{{site.east.unit_no}}}"
        stream = site.get(f"/as/{site.west.grant_no}/t/slow", site.west)
        assert stream.text == f"NoScope {{{site.west.unit_no}}}"
    finally:
        site.get("/t/mutate?on=0")
    site.jobs_of(site.east)
    assert site.get("/t/count").text == "{}"


def test_twin_without_nullif_fails_on_second_use(site):
    """The mutant of RLS-3."""
    from jizuo.ground.walls import UNIT_TEST

    change = "alter policy wall_select on batch using ({})"
    with site.without(change.format(BARE), change.format(UNIT_TEST)):
        site.jobs_of(site.east)
        assert site.get("/t/count").status_code == 500
    assert site.get("/t/count").text == "{}"


def test_twin_row_security_off_leaks(site):
    """The mutant of RLS-2: the same request shows both schools."""
    with site.without(
        "alter table job disable row level security", "alter table job enable row level security"
    ):
        assert site.jobs_of(site.east) == site.east.jobs | site.west.jobs
    assert site.jobs_of(site.east) == site.east.jobs


def test_twin_for_all_leaks(site):
    """The mutant of RLS-10."""
    with site.without("create policy wide on job for all using (true)", "drop policy wide on job"):
        assert site.jobs_of(site.east) == site.east.jobs | site.west.jobs


def test_twin_second_policy_leaks(site):
    """The mutant of RLS-9: policies of one command are joined by OR."""
    do = f"create policy more on job for select using (unit_no = {site.west.unit_no})"
    with site.without(do, "drop policy more on job"):
        assert site.jobs_of(site.east) == site.east.jobs | site.west.jobs


def test_every_database_alias_is_scoped():
    """RLS-7: there is one alias, and the door sets its scope; a replica would need the same."""
    from django.db import connections

    assert list(connections) == ["default"]
    assert connections["default"].settings_dict["ATOMIC_REQUESTS"] is False


@pytest.mark.parametrize("rounds", [40, pytest.param(1000, marks=pytest.mark.soak)])
def test_many_at_once_with_faults_between(site, rounds):
    """T4: 8 clients, schools interleaved, refusals, unknown doors and broken bodies in between: 0 wrong rows."""
    seed = random.randrange(2**32)
    wrong, counts = [], [0]

    def ask(number):
        dice = random.Random(seed + number)
        with site.live.client(site.east.session) as east, site.live.client(site.west.session) as west:
            for _round in range(rounds):
                school, client = dice.choice([(site.east, east), (site.west, west)])
                kind = dice.random()
                prefix = f"/as/{school.grant_no}/api"
                if kind < 0.1:
                    client.post(f"{prefix}/do/ground.cancel_job", json={"job_id": "x"})
                elif kind < 0.2:
                    client.post(f"{prefix}/do/ground.cancel_job", json={"job_id": next(iter(school.jobs))})
                elif kind < 0.25:
                    if client.get("/t/count").text != "{}":
                        wrong.append("count")
                else:
                    found = site.jobs_of(school, client=client)
                    counts[0] += 1
                    if found != school.jobs:
                        wrong.append(found)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == [], f"seed {seed}"
    assert counts[0] > rounds * 4


def test_the_web_refuses_to_boot_on_a_breach(site, server, tmp_path):
    """RLS-22: the server of a base with a hole never answers, and its log names the hole and the mend."""
    do = "create policy wide on job for all using (true)"
    with (
        site.without(do, "drop policy wide on job"),
        serving(server, site.logins.database, tmp_path, waits=False) as dead,
    ):
        wait_for(lambda: "RLS-10 job.wide: FOR ALL -> jizuo migrate" in dead.words(), 40, dead.words)
        with pytest.raises(Exception, match=r"refused|disconnected|reset|timed out"), dead.client() as client:
            client.get("/sign-in/", timeout=2)
