from datetime import date

import pytest

from jizuo.ground import scope as scopes
from jizuo.plain.cleaning import Unclean
from tests.hubs.organisation.importers.given import school as school_of
from tests.hubs.organisation.walking import clerk, load_plates

TODAY = date(2026, 9, 16)


@pytest.fixture(scope="module")
def school(base):
    """A school with two classes, two pupils of one name and a third."""
    from jizuo.ground.ids import new_id
    from jizuo.hubs.organisation import class_names

    load_plates()
    unit_no = school_of(base)
    scope = clerk(base, unit_no)
    with scopes.use(scope), scopes.open_transaction("test"):
        listed = class_names.of_units([unit_no])[:2]
    classes, names = [one.org_id for one in listed], [one.name for one in listed]
    people = []
    with base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{unit_no}}}"])
        for number, (name, class_id) in enumerate(
            (("张三", classes[0]), ("张三", classes[1]), ("李四", classes[0])), 1
        ):
            person_id = new_id()
            people.append(str(person_id))
            owner.execute(
                "insert into affiliation (id, unit_no, person_id, role, is_primary, is_registered, is_present, begin_on,"
                " end_reason, name, sort_key, base_no, sex, local_no, posts, class_id, source_id) values (%s, %s, %s, 'pupil',"
                " true, true, true, %s, '', %s, '', %s, '', %s, '{}', %s, '')",
                [
                    new_id(),
                    unit_no,
                    person_id,
                    TODAY,
                    name,
                    f"9{unit_no:05d}{number:04d}",
                    f"X{number}",
                    class_id,
                ],
            )
    return unit_no, scope, people, names


def ask(school, *rows):
    from jizuo.hubs.organisation import references

    unit_no, scope, _people, _names = school
    with scopes.use(scope):
        return references.people(unit_no, TODAY, list(rows))


def test_a_person_by_local_number_or_by_name_within_the_class(school):
    _unit, _scope, people, names = school
    found = ask(
        school,
        {"local_no": "X1"},
        {"name": "李 四"},
        {"name": "张三", "class": names[1]},
        {"local_no": "X2", "name": "张三"},
    )
    assert [one.id for one in found] == [people[0], people[2], people[1], people[1]]
    assert found[1].label == "李四"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"name": "张三"}, "namesake"),
        ({"name": "王五"}, "unknown_person"),
        ({"local_no": "X9"}, "unknown_person"),
        ({"local_no": "X1", "name": "李四"}, "other_name"),
        ({"name": "李四", "class": 1}, "other_class"),
        ({"class": 1}, "no_person"),
    ],
)
def test_why_nobody_is_meant(school, row, code):
    told = {key: school[3][value] if key == "class" else value for key, value in row.items()}
    (found,) = ask(school, told)
    assert found.id is None and isinstance(found.fault, Unclean) and found.fault.code == code


def test_another_school_s_people_are_unknown(base, school):
    """With a twin: at home they are found."""
    from jizuo.hubs.organisation import references

    other = base.unit()
    with scopes.use(clerk(base, other)):
        (found,) = references.people(other, TODAY, [{"local_no": "X1"}])
    assert found.id is None
    assert ask(school, {"local_no": "X1"})[0].id


def test_a_class_by_its_name(school):
    from jizuo.hubs.organisation import references

    unit_no, scope, _people, names = school
    with scopes.use(scope):
        known, unknown, nothing = references.classes(
            unit_no, TODAY, [{"name": names[0]}, {"name": "没有的班"}, {}]
        )
    assert known.id and unknown.fault and nothing.fault.code == "no_class"
