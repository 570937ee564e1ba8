from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import pairwise
from uuid import UUID

import pytest

from jizuo.hubs.data.datasets import Dataset, Field
from jizuo.hubs.data.rules import lineage as rules
from jizuo.hubs.data.rules.lineage import Brought, Image, Span


def at(day: int) -> datetime:
    return datetime(2026, 9, day, tzinfo=UTC)


def test_neighbours_that_say_the_same_are_one_span():
    images = [
        Image(at(3), at(4), "甲", "data.put", "u"),
        Image(at(2), at(3), "乙", "data.put", "u"),
        Image(at(1), at(2), "乙", "data.walk", "u"),
    ]
    assert rules.spans(images, "甲", at(4)) == [
        Span("甲", at(3), None, ""),
        Span("乙", at(1), at(3), "data.put"),
    ]


def test_nothing_and_the_empty_text_are_one():
    assert rules.spans([Image(at(1), at(2), None, "", "u")], "", at(2)) == [Span("", at(1), None, "")]
    assert rules.spans([], "甲", at(2)) == [Span("甲", at(2), None, "")]


BATCH = Brought(
    UUID(int=7), "pupils", "school", "名册.xlsx", "applied", at(1), at(2), "ab" * 32, rows_read=3, unit_no=12
)
PUPIL = Dataset(
    "pupil", "学生", "Pupil", "pupil", "unit", True, "1.0", "organisation",
    {
        "id_ref": Field("id_ref", "人", "Person", 2, "uuid", kind="id"),
        "name": Field("name", "姓名", "Name", 3, "varchar(50)"),
        "number": Field("number", "证件号", "Number", 4, "bytea", kind="sealed"),
    },
)  # fmt: skip


def test_a_batch_is_two_events_of_one_run():
    start, end = rules.events(BATCH, [PUPIL], {"name": "B"})
    assert (start["eventType"], end["eventType"]) == ("START", "COMPLETE")
    assert start["run"] == end["run"] == {"runId": str(UUID(int=7))}
    for event in (start, end):
        # What 2-0-2 requires of a run event.
        assert {"eventTime", "producer", "schemaURL", "run", "job"} <= event.keys()
        assert {"namespace", "name"} <= event["job"].keys()
        for one in (*event["inputs"], *event["outputs"]):
            assert {"namespace", "name"} <= one.keys()
            for facet in (*one["facets"].values(), *one.get("outputFacets", {}).values()):
                assert {"_producer", "_schemaURL"} <= facet.keys()
    fields = end["outputs"][0]["facets"]["columnLineage"]["fields"]
    assert set(fields) == {"name", "number"}
    assert fields["name"]["inputFields"][0]["field"] == "B"
    kinds = {key: one["inputFields"][0]["transformations"][0]["subtype"] for key, one in fields.items()}
    assert kinds == {"name": "IDENTITY", "number": "MASKED"}


def test_the_events_hold_against_the_published_schema():
    """The parts of OpenLineage.json that a run event meets, as JSON Schema 2020-12."""
    import jsonschema

    text, needed = {"type": "string"}, ["namespace", "name"]
    facets = {
        "type": "object",
        "additionalProperties": {
            "type": "object", "required": ["_producer", "_schemaURL"],
            "properties": {"_producer": text | {"format": "uri"}, "_schemaURL": text | {"format": "uri"}},
        },
    }  # fmt: skip
    dataset = {
        "type": "object",
        "required": needed,
        "properties": {"namespace": text, "name": text, "facets": facets},
    }
    output = dataset | {"properties": dataset["properties"] | {"outputFacets": facets}}
    schema = {
        "type": "object",
        "required": ["eventTime", "producer", "schemaURL", "run", "job"],
        "properties": {
            "eventType": {"enum": ["START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"]},
            "eventTime": text | {"format": "date-time"},
            "producer": text | {"format": "uri"},
            "schemaURL": text | {"format": "uri"},
            "run": {
                "type": "object",
                "required": ["runId"],
                "properties": {"runId": text | {"format": "uuid"}},
            },
            "job": {"type": "object", "required": needed, "properties": {"namespace": text, "name": text}},
            "inputs": {"type": "array", "items": dataset},
            "outputs": {"type": "array", "items": output},
        },
    }
    checker = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    for event in rules.events(BATCH, [PUPIL], {}):
        checker.validate(event)
    broken = {key: value for key, value in rules.events(BATCH, [PUPIL], {})[0].items() if key != "run"}
    with pytest.raises(jsonschema.ValidationError):
        checker.validate(broken)


@pytest.mark.parametrize(("state", "ends"), [("checking", []), ("failed", ["FAIL"]), ("undone", ["ABORT"])])
def test_a_run_ends_as_its_batch(state, ends):
    from dataclasses import replace

    events = rules.events(replace(BATCH, state=state), [PUPIL], {})
    assert [one["eventType"] for one in events[1:]] == ends
    assert all(one["outputs"] == [] for one in events)


COLUMNS = [[("名册", "", "/a")], [("学校", "", ""), ("学籍", "", "")], [("姓名", "人", "")], []]
LINKS = [(0, 0, 1), (1, 0, 0), (1, 1, 0)]


def test_the_picture_stands_in_columns():
    picture = rules.picture(COLUMNS, LINKS)
    assert [box["text"] for box in picture.boxes if box["is_middle"]] == ["姓名"]
    assert len(picture.lines) == 3 and all(line.startswith("M") for line in picture.lines)
    assert len({box["x"] for box in picture.boxes}) == 3
    assert all(0 <= box["y"] < picture.height for box in picture.boxes)


def test_the_tall_picture_stands_one_below_another_within_a_phone():
    picture = rules.tall_picture(COLUMNS, LINKS)
    tops = [box["y"] for box in picture.boxes]
    assert [box["text"] for box in picture.boxes] == ["名册", "学校", "学籍", "姓名"]
    assert all(below - above >= rules.BOX + rules.GAP for above, below in pairwise(tops))
    assert tops[-1] + rules.BOX < picture.height and picture.width <= 300
    # From the file on the left, from the sources on the right.
    assert [line.startswith(f"M{rules.MARGIN} ") for line in picture.lines] == [True, False, False]
    numbers = [int(one) for line in picture.lines for one in re.findall(r"\d+", line)[::2]]
    assert all(0 <= x <= picture.width for x in numbers)


def test_a_picture_of_the_field_alone_has_no_gap():
    picture = rules.tall_picture([[], [], [("姓名", "", "")], []], [])
    assert [box["y"] for box in picture.boxes] == [rules.GAP] and picture.height == rules.BOX + 2 * rules.GAP
