"""`jizuo correction`: list without anybody's words, answer, the night's work at once."""

from __future__ import annotations

import io
import json
from argparse import ArgumentParser
from contextlib import nullcontext
from typing import Any

import pytest

from jizuo.project.exits import Exit
from tests.hubs.organisation import given


@pytest.fixture(scope="module")
def town(base: Any) -> Any:
    from jizuo.project import rooms

    rooms.plates()
    return given.district(base, schools=1, classes=1, pupils=3)


@pytest.fixture
def run(monkeypatch: Any) -> Any:
    """`run(command module, *arguments)` -> (exit code, JSON)."""
    from jizuo.project.output import Output

    def run(command: Any, *arguments: Any) -> tuple[int, Any]:
        monkeypatch.setattr(command, "set_up", lambda _login: None)
        monkeypatch.setattr(command.bootstrap, "opened", lambda: nullcontext())
        parser = ArgumentParser()
        command.add_arguments(parser)
        args = parser.parse_args([str(one) for one in (*arguments, "--json")])
        words = io.StringIO()
        args.out = Output(True, words, io.StringIO())
        return command.run(args), json.loads(words.getvalue())

    return run


def ask(town: Any) -> Any:
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions.corrections import ask_correction

    school = town.schools[0]
    person, link = school.pupils[0]
    account = town.base.account("陆晓岚")
    scope = town.base.scope(
        school.unit_no,
        "clerk",
        account_id=account.pk,
        grant_no=town.base.grant(account, school.unit_no, "clerk"),
    )
    with scopes.use(scope):
        return ask_correction(
            dataset="pupil",
            record_id=link,
            subject_id=person,
            field="allergy",
            says="青霉素",
            unit_no=school.unit_no,
        )


def test_a_ticket_is_listed_without_words_and_answered(town, run):
    from jizuo.project.commands import correction

    told = ask(town)
    code, found = run(correction, "list", "--unit", town.unit_no)
    assert code == Exit.OK and [one["id"] for one in found["tickets"]] == [str(told)]
    assert "青霉素" not in json.dumps(found, ensure_ascii=False) and found["counts"]["open"] == 1
    assert run(correction, "answer", told, "已核对", "--unit", town.unit_no)[0] == Exit.OK
    assert run(correction, "list", "--view", "done", "--unit", town.unit_no)[1]["counts"]["done"] == 1
    assert run(correction, "chase", "--unit", town.unit_no)[1] == {
        "ok": True, "mended": 0, "raised": 0, "reminded": 0
    }  # fmt: skip


def test_another_bureau_has_none(town, run):
    from jizuo.project.commands import correction

    other = town.base.unit(kind="bureau")
    assert run(correction, "list", "--unit", other)[1]["tickets"] == []
