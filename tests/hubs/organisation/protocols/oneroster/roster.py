"""A small right roster of version 1.2, and ways to spoil it."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable
from typing import Any

from jizuo.hubs.organisation.protocols.oneroster.check import check
from jizuo.hubs.organisation.protocols.oneroster.report import Report
from jizuo.hubs.organisation.protocols.oneroster.tables import layout

Row = dict[str, str]
Rows = dict[str, list[Row]]

STAMP = "2026-09-02T01:02:03.000Z"


def rows() -> Rows:
    """Every rostering file, two rows where two say more than one."""
    return {
        "orgs": [
            {"sourcedId": "d", "name": "东江区教育局", "type": "district"},
            {"sourcedId": "s", "name": "第一小学", "type": "school", "parentSourcedId": "d"},
        ],
        "academicSessions": [
            {
                "sourcedId": "y",
                "title": "2026学年",
                "type": "schoolYear",
                "startDate": "2026-09-01",
                "endDate": "2027-07-01",
                "schoolYear": "2027",
            },
            {
                "sourcedId": "t",
                "title": "第一学期",
                "type": "semester",
                "startDate": "2026-09-01",
                "endDate": "2027-02-01",
                "parentSourcedId": "y",
                "schoolYear": "2027",
            },
        ],
        "courses": [{"sourcedId": "co", "title": "语文", "schoolYearSourcedId": "y", "orgSourcedId": "s"}],
        "classes": [
            {
                "sourcedId": "c",
                "title": "三（2）班",
                "courseSourcedId": "co",
                "classType": "homeroom",
                "schoolSourcedId": "s",
                "termSourcedIds": "t",
                "metadata.jizuo.entryYear": "2024",
                "metadata.jizuo.classNo": "2",
            }
        ],
        "users": [
            {
                "sourcedId": "u1",
                "enabledUser": "true",
                "username": "jz1",
                "givenName": "芳",
                "familyName": "欧阳",
            },
            {
                "sourcedId": "u2",
                "enabledUser": "true",
                "username": "jz2",
                "givenName": "强",
                "familyName": "李",
            },
            {
                "sourcedId": "g",
                "enabledUser": "true",
                "username": "jz3",
                "givenName": "华",
                "familyName": "欧阳",
            },
        ],
        "roles": [
            _role("r1", "u1", "student"),
            _role("r2", "u2", "teacher"),
            _role("r3", "g", "guardian"),
        ],
        "enrollments": [
            {
                "sourcedId": "e1",
                "classSourcedId": "c",
                "schoolSourcedId": "s",
                "userSourcedId": "u1",
                "role": "student",
            },
            {
                "sourcedId": "e2",
                "classSourcedId": "c",
                "schoolSourcedId": "s",
                "userSourcedId": "u2",
                "role": "teacher",
                "primary": "true",
                "beginDate": "2026-09-01",
                "endDate": "2027-02-01",
            },
        ],
        "demographics": [{"sourcedId": "u1", "birthDate": "2018-03-04", "sex": "female"}],
        "userProfiles": [],
    }


def _role(key: str, user: str, role: str) -> Row:
    return {
        "sourcedId": key,
        "userSourcedId": user,
        "roleType": "primary",
        "role": role,
        "orgSourcedId": "s",
        "beginDate": "2026-09-01",
    }


def delta(tables: Rows) -> Rows:
    """The same rows with the two columns a delta needs."""
    return {
        name: [{"status": "active", "dateLastModified": STAMP, **row} for row in table]
        for name, table in tables.items()
    }


def manifest(modes: dict[str, str], version: str = "1.2", extra: Iterable[tuple[str, str]] = ()) -> str:
    lines = [("propertyName", "value"), ("manifest.version", "1.0"), ("oneroster.version", version)]
    lines += [(f"file.{name}", modes.get(name, "absent")) for name in layout(version)]
    return "".join(f"{name},{value}\r\n" for name, value in [*lines, *extra])


def text(name: str, table: list[Row], version: str = "1.2") -> str:
    own = sorted({column for row in table for column in row if column.startswith("metadata.")})
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, [*layout(version)[name].names, *own], restval="")
    writer.writeheader()
    writer.writerows(table)
    return out.getvalue()


def files(tables: Rows, mode: str = "bulk", version: str = "1.2") -> dict[str, bytes]:
    """File name -> bytes, the manifest included."""
    found = {f"{name}.csv": text(name, table, version).encode() for name, table in tables.items()}
    return {"manifest.csv": manifest(dict.fromkeys(tables, mode), version).encode(), **found}


def pack(content: dict[str, bytes]) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in content.items():
            archive.writestr(name, raw)
    out.seek(0)
    return out


def check_rows(tables: Rows, mode: str = "bulk", version: str = "1.2", **options: Any) -> Report:
    return check(pack(files(tables, mode, version)), **options)


def check_spoiled(spoil: Callable[[dict[str, bytes]], None], **options: Any) -> Report:
    content = files(rows())
    spoil(content)
    return check(pack(content), **options)


def told(report: Report) -> set[tuple[str, str, str]]:
    """(cause, file, column) of all problems."""
    return {(problem.cause, problem.file, problem.column) for problem in report.problems}
