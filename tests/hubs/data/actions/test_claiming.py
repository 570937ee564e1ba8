"""How two words differ, and words of any number of fields."""

from __future__ import annotations

import re

import pytest

from tests.hubs.data.actions.given import newcomer


@pytest.mark.parametrize(
    ("held", "claimed", "cause"),
    [
        ("张 三", "张三", "writing"),
        ("阿卜杜拉·买买提", "阿卜杜拉•买买提", "writing"),
        ("Ａ１", "a1", "writing"),
        ("中山路12号", "中山路", "part"),
        ("张三丰", "张山丰", "sign"),
        ("2016-05-04", "2016-04-05", "date"),
        ("张三", "李四光", "other"),
        ("甲", "乙", "other"),
    ],
)
def test_the_cause_of_a_difference(typist, held, claimed, cause):
    person, _link = newcomer(typist, former_name=claimed)
    typist.put("person", ("id", "former_name"), [(person, held)], "register")
    found = typist.rows("select cause, held, claimed from field_conflict where record_id = %s", person)
    assert found == [(cause, held, claimed)]


def test_more_fields_than_postgresql_takes_arguments():
    from psycopg import sql

    from jizuo.hubs.data.actions.claiming import as_object

    values = {f"f{n}": sql.Literal(n) for n in reversed(range(120))}
    text = as_object(values).as_string(None)
    assert text.count("jsonb_build_object") == 3
    assert text.index("'f9'") < text.index("'f10'") < text.index("'f99'") < text.index("'f100'")
    assert as_object({}).as_string(None) == "jsonb_strip_nulls('{}'::jsonb)"


def test_the_conflicts_of_a_record_are_found_by_it_where_statistics_say_nothing(typist):
    """As of a table that two sources fill at once: the planner takes it for empty, and whatever it walks is walked for each
    record."""
    from django.db import connection

    person, link = newcomer(typist, former_name="张三")
    typist.put("person", ("id", "former_name"), [(person, "李四")], "register")
    columns = ("id", "unit_no", "person_id", "entry_way")
    typist.put("pupil", columns, [(link, typist.unit_no, person, "1")], "school")
    plans = []

    def explained(execute, text, params, many, context):
        cursor = context["cursor"]
        said = text if isinstance(text, str) else text.as_string(cursor.connection)
        if "touched on commit drop as" in said:
            execute(f"explain {said}", None, False, context)
            plans.append("\n".join(line for (line,) in cursor.fetchall()))
        return execute(text, params, many, context)

    with connection.execute_wrapper(explained):
        typist.put("person", ("id", "former_name"), [(person, "王五")], "register")
        typist.put("pupil", ("id", "unit_no", "entry_way"), [(link, typist.unit_no, "2")], "register")
    assert len(plans) == 6
    looked_up = re.findall(r"Scan[^\n]* on (?:field_conflict|claim) [^\n]*\n +([^\n]*)", "\n".join(plans))
    assert len(looked_up) == 8 and all("record_id = " in how for how in looked_up), looked_up
