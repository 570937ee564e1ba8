from pathlib import Path

import polars as pl
import pytest

from jizuo.hubs.organisation.demo.oneroster import guardian_id, pupil_id, staff_id, tables
from jizuo.hubs.organisation.protocols.oneroster.check import check
from jizuo.hubs.organisation.protocols.oneroster.profile import PREFIX, read_guardians
from jizuo.hubs.organisation.protocols.oneroster.tables import layout
from jizuo.hubs.organisation.protocols.oneroster.write import write
from jizuo.plain.demo.district import make
from jizuo.plain.demo.shapes import District


@pytest.fixture(scope="module")
def district() -> District:
    return make("small", seed=2026)


@pytest.fixture(scope="module")
def made(district: District) -> dict[str, pl.DataFrame]:
    return tables(district)


def one(frame: pl.DataFrame, sourced_id: str) -> dict[str, str]:
    return frame.row(by_predicate=pl.col("sourcedId") == sourced_id, named=True)


def test_the_zip_passes_every_check(made: dict[str, pl.DataFrame], tmp_path: Path) -> None:
    counts = write(tmp_path / "roster.zip", made, "澜江区教育局")
    report = check(tmp_path / "roster.zip")
    assert report.problems == []
    assert counts == {name: frame.height for name, frame in made.items()}


def test_columns_are_those_of_the_binding(made: dict[str, pl.DataFrame]) -> None:
    for name, frame in made.items():
        standard = [c.name for c in layout("1.2")[name].columns]
        assert frame.columns[: len(standard)] == standard
        assert all(c.startswith(PREFIX) for c in frame.columns[len(standard) :])
        assert set(frame.dtypes) == {pl.String}
        assert frame["sourcedId"].is_sorted()


def test_everybody_is_there_once(district: District, made: dict[str, pl.DataFrame]) -> None:
    adults = sum(g.staff < 0 for g in district.guardians)
    tied = {t.guardian for t in district.guardianships}
    unused = sum(g.staff < 0 and g.id not in tied for g in district.guardians)
    assert made["users"].height == len(district.pupils) + len(district.staff) + adults - unused
    primary = made["roles"].filter(pl.col("roleType") == "primary")
    assert primary["userSourcedId"].n_unique() == primary.height == made["users"].height


def test_no_document_number_leaves(district: District, made: dict[str, pl.DataFrame]) -> None:
    text = "\n".join(frame.write_csv() for frame in made.values())
    for person in [*district.pupils[:300], *district.staff[:50], *district.guardians[:300]]:
        assert person.id_number == "" or person.id_number not in text


def test_registered_and_present_are_two_facts(district: District, made: dict[str, pl.DataFrame]) -> None:
    roles = made["roles"].filter(pl.col("role") == "student")
    registered, present = (roles.filter(pl.col(PREFIX + c) == "true") for c in ("isRegistered", "isPresent"))
    assert registered.height == 2500
    assert present.height == 2500 + 9 - 14
    moved = pupil_id(district.cases["moved_inside"][0])
    own = roles.filter(pl.col("userSourcedId") == moved).sort("roleType")
    assert own[PREFIX + "isRegistered"].to_list() == ["true", "false"]
    assert own[PREFIX + "isPresent"].to_list() == ["false", "true"]


def test_a_teacher_who_is_a_parent_is_one_user(district: District, made: dict[str, pl.DataFrame]) -> None:
    number = district.cases["teacher_parent"][0]
    roles = made["roles"].filter(pl.col("userSourcedId") == staff_id(number))
    assert set(roles["role"]) == {"teacher", "guardian"}


def test_a_barred_parent_is_no_agent(district: District, made: dict[str, pl.DataFrame]) -> None:
    pupil = district.pupils[district.cases["no_contact"][0]]
    user = one(made["users"], pupil_id(pupil.id))
    barred = next(
        guardian_id(district, t.guardian)
        for t in (district.guardianships[i] for i in pupil.guardians)
        if t.no_contact
    )
    assert barred not in user["agentSourcedIds"]
    assert {g.id for g in read_guardians(user[PREFIX + "guardians"]) if "barred" in g.rights} == {barred}


def test_enrolments_hold_classes_and_sections(district: District, made: dict[str, pl.DataFrame]) -> None:
    enrolments = made["enrollments"]
    students = enrolments.filter(pl.col("role") == "student")
    wanted = sum(len(c.pupils) for c in district.classes) + sum(
        len(t.pupils) for t in district.teaching_classes
    )
    assert students.height == wanted
    homeroom = enrolments.filter(pl.col(PREFIX + "isHomeroomTeacher") == "true")
    assert homeroom["classSourcedId"].n_unique() == len(district.classes)


def test_without_guardians(district: District) -> None:
    bare = tables(district, guardians=False)
    assert bare["users"].height == len(district.pupils) + len(district.staff)
    assert set(bare["users"]["agentSourcedIds"]) == {""}
    assert PREFIX + "guardians" not in bare["users"].columns
    assert "guardian" not in set(bare["roles"]["role"])
