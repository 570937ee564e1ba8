import polars as pl

from jizuo.hubs.organisation.protocols.oneroster.report import Findings, Sheet, places_of

from . import roster


def sheet() -> Sheet:
    frame = pl.DataFrame(
        {"sourcedId": ["a", "b", "c"], "name": ["x", "y" * 500, ""], "password": ["p", "q", ""]}
    )
    return Sheet("users", frame, pl.Series([2, 5, 6]))


def rows(*indexes: int) -> pl.Series:
    return pl.Series(indexes, dtype=pl.UInt32)


def test_places_carry_line_key_and_a_short_value() -> None:
    findings = Findings()
    findings.rows("required", sheet(), "name", rows(1, 2))
    (problem,) = findings.problems()
    assert problem.count == 2
    assert [(p.line, p.sourced_id) for p in problem.places] == [(5, "b"), (6, "c")]
    assert len(problem.places[0].value) == 121


def test_one_cause_in_one_column_is_one_problem() -> None:
    findings = Findings()
    findings.rows("required", sheet(), "name", rows(2))
    findings.rows("required", sheet(), "name", rows(0))
    findings.rows("required", sheet(), "sourcedId", rows(0))
    findings.rows("required", sheet(), "name", rows())
    assert [(p.column, p.count) for p in findings.problems()] == [("sourcedId", 1), ("name", 2)]
    assert findings.faulty()["users"].to_list() == [0, 2]


def test_warnings_leave_a_row_sound() -> None:
    findings = Findings()
    findings.rows("bulk_filled", sheet(), "name", rows(0))
    assert findings.faulty() == {}
    findings.softened = {"users.csv"}
    findings.rows("required", sheet(), "name", rows(0))
    assert findings.faulty() == {}
    assert {p.severity for p in findings.problems()} == {"warn"}


def test_secrets_are_starred() -> None:
    findings = Findings()
    findings.rows("password", sheet(), "password", rows(0))
    findings.rows("document_number", sheet(), "sourcedId", rows(0))
    for problem in findings.problems():
        assert problem.places[0].value == "***"
    assert findings.problems()[1].places[0].sourced_id in ("***", "a")
    assert [p.places[0].sourced_id for p in findings.problems() if p.column == "sourcedId"] == ["***"]


def test_blocks_stand_before_errors_before_warnings() -> None:
    tables = roster.rows()
    tables["users"][0] |= {"givenName": "", "status": "active"}
    content = roster.files(tables)
    content["manifest.csv"] = content["manifest.csv"].replace(b"file.results,absent", b"file.results,bulk")
    from jizuo.hubs.organisation.protocols.oneroster.check import check

    report = check(roster.pack(content))
    assert [p.severity for p in report.problems] == ["block", "error", "warn"]
    assert (report.exit_code, report.is_blocked) == (2, True)
    assert (report.count("block"), report.count("error"), report.count("warn")) == (1, 1, 1)
    assert places_of(report.problems, "required") == [("users.csv", "givenName", 2, "")]


def test_words_for_a_terminal() -> None:
    tables = roster.rows()
    tables["roles"][0]["role"] = "pupil"
    report = roster.check_rows(tables)
    assert "[error] roles.csv role ×1：取值不在允许范围内" in report.text()
    assert "第 2 行 pupil" in report.text()
    assert "[error] roles.csv role ×1: The value is not in the vocabulary" in report.text("en")
    assert "line 2 pupil" in report.text("en")
