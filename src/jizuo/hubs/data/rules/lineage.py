"""The history of one value out of images of its row, and a batch as OpenLineage run events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from jizuo.hubs.data.datasets import Dataset

PRODUCER = "https://jizuo.example/openlineage"
SCHEMA = "https://openlineage.io/spec/2-0-2/OpenLineage.json"
#: State of a batch -> how its run ended; any other is under way.
ENDS: Mapping[str, str] = {
    "applied": "COMPLETE", "undone": "ABORT", "discarded": "ABORT", "failed": "FAIL", "faulty": "FAIL",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Image:
    """What a row held of one field in [since, until); door: by which that ended; op: u or d."""

    since: datetime
    until: datetime
    value: str | None
    door: str
    op: str


@dataclass(frozen=True, slots=True)
class Span:
    """A value in [since, until), until None: it holds now."""

    value: str | None
    since: datetime
    until: datetime | None
    door: str


def spans(images: Sequence[Image], value: str | None, since: datetime) -> list[Span]:
    """The values of a field, the present first; images newest first. Neighbours that say the same are one."""
    found = [Span(value, since, None, "")]
    for image in images:
        last = found[-1]
        if (image.value or "") == (last.value or ""):
            found[-1] = Span(last.value, image.since, last.until, last.door)
        else:
            found.append(Span(image.value, image.since, image.until, image.door))
    return found


@dataclass(frozen=True, slots=True)
class Brought:
    """A batch as its run is told. sha256: of the raw file."""

    batch_id: UUID
    importer: str
    source: str
    title: str
    state: str
    begun_at: datetime
    ended_at: datetime
    sha256: str
    rows_read: int
    unit_no: int


def events(batch: Brought, written: Sequence[Dataset], fed: Mapping[str, str]) -> list[dict[str, Any]]:
    """The run of a batch: a START event and, when it has ended, its end with what it wrote."""
    namespace = f"jizuo:unit:{batch.unit_no}"
    file = {
        "namespace": f"{namespace}:files",
        "name": batch.sha256 or str(batch.batch_id),
        "facets": {
            "dataSource": facet(
                "1-0-1", "DatasourceDatasetFacet", name=batch.source, uri=f"urn:sha256:{batch.sha256}"
            )
        },
    }
    base = {
        "run": {"runId": str(batch.batch_id)},
        "job": {"namespace": namespace, "name": f"import.{batch.importer}"},
        "producer": PRODUCER,
        "schemaURL": f"{SCHEMA}#/$defs/RunEvent",
    }
    found = [
        base
        | {"eventType": "START", "eventTime": batch.begun_at.isoformat(), "inputs": [file], "outputs": []}
    ]
    if batch.state in ENDS:
        done = batch.state == "applied"
        outputs = [output(one, batch, file, fed) for one in written] if done else []
        end = {
            "eventType": ENDS[batch.state],
            "eventTime": batch.ended_at.isoformat(),
            "inputs": [file],
            "outputs": outputs,
        }
        found.append(base | end)
    return found


def output(one: Dataset, batch: Brought, file: Mapping[str, Any], fed: Mapping[str, str]) -> dict[str, Any]:
    """A dataset that a batch wrote, with its elements and what they were read from. Sealed numbers and what is kept by
    its blind index are MASKED, everything else is IDENTITY."""
    fields = {
        key: {
            "inputFields": [
                {
                    "namespace": file["namespace"],
                    "name": file["name"],
                    "field": fed.get(key, key),
                    "transformations": [
                        {
                            "type": "DIRECT",
                            "subtype": "MASKED" if field.kind == "sealed" else "IDENTITY",
                            "description": "",
                            "masking": field.kind == "sealed",
                        }
                    ],
                }
            ]
        }
        for key, field in one.fields.items()
        if field.kind != "id"
    }
    schema = [
        {"name": key, "type": field.db_type, "description": field.english}
        for key, field in one.fields.items()
    ]
    return {
        "namespace": f"jizuo:unit:{batch.unit_no}",
        "name": one.name,
        "facets": {
            "schema": facet("1-1-1", "SchemaDatasetFacet", fields=schema),
            "columnLineage": facet("1-2-0", "ColumnLineageDatasetFacet", fields=fields),
        },
        "outputFacets": {
            "outputStatistics": facet("1-0-2", "OutputStatisticsOutputDatasetFacet", rowCount=batch.rows_read)
        },
    }


def facet(version: str, schema: str, **told: Any) -> dict[str, Any]:
    """A facet under its published schema."""
    return {
        "_producer": PRODUCER,
        "_schemaURL": f"https://openlineage.io/spec/facets/{version}/{schema}.json#/$defs/{schema}",
        **told,
    }


#: Sizes of the picture, in its own units.
BOX, GAP, WIDTH, STEP = 48, 14, 224, 274
#: Of the tall one: between its groups, and beside its boxes, where the lines run.
BREAK, MARGIN = 26, 34


@dataclass(frozen=True, slots=True)
class Picture:
    """Boxes and lines with their sizes, as the page draws them."""

    boxes: list[dict[str, Any]]
    lines: list[str]
    width: int
    height: int
    is_tall: bool = False


Columns = Sequence[Sequence[tuple[str, str, str]]]
Links = Sequence[tuple[int, int, int]]


def picture(columns: Columns, links: Links) -> Picture:
    """Boxes in columns from left to right, each column in the middle of the height. columns: (text, detail, href) of each
    box; links: (column, place in it, place in the next)."""
    most = max((len(column) for column in columns), default=1) or 1
    height = most * (BOX + GAP) + GAP
    boxes, tops = [], []
    for number, column in enumerate(columns):
        start = (height - len(column) * (BOX + GAP) + GAP) // 2
        tops.append([start + place * (BOX + GAP) for place in range(len(column))])
        boxes += [
            {"x": number * STEP + 4, "y": top, "text": text, "detail": detail, "href": href,
             "is_middle": number == len(columns) - 2}
            for top, (text, detail, href) in zip(tops[-1], column, strict=True)
        ]  # fmt: skip
    lines = []
    for number, left, right in links:
        x, far = number * STEP + 4 + WIDTH, (number + 1) * STEP + 4
        y, end = tops[number][left] + BOX // 2, tops[number + 1][right] + BOX // 2
        middle = (x + far) // 2
        lines.append(f"M{x} {y}C{middle} {y} {middle} {end} {far} {end}")
    return Picture(boxes, lines, (len(columns) - 1) * STEP + WIDTH + 8, height)


def tall_picture(columns: Columns, links: Links) -> Picture:
    """The same boxes one below another, for a narrow page. The lines bow beside them, those of every other column on the
    right, so that a box takes what feeds it on one side and gives on the other."""
    boxes, tops, y = [], [], GAP
    for number, column in enumerate(columns):
        tops.append([y + place * (BOX + GAP) for place in range(len(column))])
        boxes += [
            {"x": MARGIN, "y": top, "text": text, "detail": detail, "href": href,
             "is_middle": number == len(columns) - 2}
            for top, (text, detail, href) in zip(tops[-1], column, strict=True)
        ]  # fmt: skip
        if column:
            y = tops[-1][-1] + BOX + BREAK
    lines = []
    for number, above, below in links:
        edge, bow = (MARGIN, 4) if number % 2 == 0 else (MARGIN + WIDTH, MARGIN + WIDTH + MARGIN - 4)
        start, end = tops[number][above] + BOX // 2, tops[number + 1][below] + BOX // 2
        lines.append(f"M{edge} {start}C{bow} {start} {bow} {end} {edge} {end}")
    return Picture(boxes, lines, WIDTH + 2 * MARGIN, y - BREAK + GAP, is_tall=True)
