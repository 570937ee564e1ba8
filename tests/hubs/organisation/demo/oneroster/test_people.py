import polars as pl

from jizuo.hubs.data import codes
from jizuo.hubs.organisation.demo.oneroster.ids import guardian_id, pupil_id, staff_id
from jizuo.hubs.organisation.protocols.oneroster.profile import PREFIX, read_guardians
from jizuo.plain.demo.shapes import District


def one(frame: pl.DataFrame, sourced_id: str) -> dict[str, str]:
    return frame.row(by_predicate=pl.col("sourcedId") == sourced_id, named=True)


def test_everybody_is_there_once(district: District, made: dict[str, pl.DataFrame]) -> None:
    adults = sum(g.staff < 0 for g in district.guardians)
    tied = {t.guardian for t in district.guardianships}
    unused = sum(g.staff < 0 and g.id not in tied for g in district.guardians)
    assert made["users"].height == len(district.pupils) + len(district.staff) + adults - unused
    primary = made["roles"].filter(pl.col("roleType") == "primary")
    assert primary["userSourcedId"].n_unique() == primary.height == made["users"].height


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


def test_coded_columns_hold_codes_of_their_tables(made: dict[str, pl.DataFrame]) -> None:
    tables = codes.shipped()
    coded = {
        ("roles", "establishment"): "staffing",
        ("roles", "postKind"): "post",
        ("roles", "postGrade"): "post_level",
        ("roles", "title"): "title",
        ("roles", "education"): "education_level",
        ("roles", "degree"): "degree",
        ("roles", "subject"): "subject",
        ("roles", "leave"): "employment",
        ("roles", "sharedKind"): "employment",
        ("roles", "status"): "student_status",
        ("roles", "entryWay"): "admission",
        ("roles", "attendance"): "attendance",
        ("roles", "householdKind"): "household",
        ("enrollments", "subject"): "subject",
        ("demographics", "overseas"): "overseas",
        ("demographics", "ethnicGroup"): "ethnic",
        ("demographics", "political"): "political",
    }
    for (table, column), name in coded.items():
        said = set(made[table][PREFIX + column]) - {""}
        assert said and said <= {row.code for row in tables[name]}, column
    assert set(made["courses"]["subjectCodes"]) - {""} <= {row.code for row in tables["subject"]}


def test_a_shared_teacher_is_sent_at_home_and_received_elsewhere(
    district: District, made: dict[str, pl.DataFrame]
) -> None:
    post = next(p for p in district.posts if p.is_primary and p.kind == "交流轮岗")
    roles = made["roles"].filter(
        pl.col("userSourcedId") == staff_id(post.staff), pl.col("role") != "guardian"
    )
    said = dict(roles.select(PREFIX + "isRegistered", PREFIX + "sharedKind").iter_rows())
    assert said == {"true": "21", "false": "31"}


def test_an_unusual_reading_of_the_surname_is_told(district: District, made: dict[str, pl.DataFrame]) -> None:
    pupil = next(p for p in district.pupils if p.reading)
    reading = one(made["users"], pupil_id(pupil.id))[PREFIX + "nameReading"]
    assert reading.split()[0] == pupil.reading
    assert len(reading.split()) == len(pupil.name)
