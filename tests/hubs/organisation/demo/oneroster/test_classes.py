import polars as pl

from jizuo.hubs.organisation.protocols.oneroster.profile import PREFIX
from jizuo.plain.demo.shapes import District


def test_enrolments_hold_classes_and_sections(district: District, made: dict[str, pl.DataFrame]) -> None:
    enrolments = made["enrollments"]
    students = enrolments.filter(pl.col("role") == "student")
    wanted = sum(len(c.pupils) for c in district.classes) + sum(
        len(t.pupils) for t in district.teaching_classes
    )
    assert students.height == wanted
    homeroom = enrolments.filter(pl.col(PREFIX + "isHomeroomTeacher") == "true")
    assert homeroom["classSourcedId"].n_unique() == len(district.classes)


def test_a_class_is_told_by_scheme_entry_year_and_number(made: dict[str, pl.DataFrame]) -> None:
    classes = made["classes"].filter(pl.col("classType") == "homeroom")
    key = classes.select("schoolSourcedId", *(PREFIX + c for c in ("scheme", "entryYear", "classNo")))
    assert key.is_unique().all()


def test_a_course_belongs_to_the_school_of_its_class(made: dict[str, pl.DataFrame]) -> None:
    owners = dict(made["courses"].select("sourcedId", "orgSourcedId").iter_rows())
    for course, school in made["classes"].select("courseSourcedId", "schoolSourcedId").iter_rows():
        assert owners[course] == school
