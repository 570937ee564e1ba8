"""A OneRoster zip of a bureau with schools, small enough to say what must come of every row."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

from tests.hubs.organisation.protocols.oneroster.roster import Rows, delta, files, pack

OWN = "metadata.jizuo."
ALL_RIGHTS = ["legal", "lives", "pickup", "view", "sign", "notify"]


def roster(schools: int = 2, pupils: int = 6) -> Rows:
    """Two classes a school with `pupils` pupils each. The first pupil of each school has a mother with every right
    and a barred father; teacher ``t`` works at the first two schools and teaches a class in each."""
    rows: Rows = {
        "orgs": [{"sourcedId": "d", "name": "东江区教育局", "type": "district"}],
        "academicSessions": [
            {
                "sourcedId": "y", "title": "2026学年", "type": "schoolYear", "startDate": "2026-09-01",
                "endDate": "2027-07-01", "schoolYear": "2027",
            }
        ],
        "courses": [], "classes": [], "users": [], "roles": [], "enrollments": [], "demographics": [],
    }  # fmt: skip
    for s in range(schools):
        org = f"s{s}"
        rows["orgs"].append(
            {
                "sourcedId": org,
                "name": f"东江第{s}小学",
                "type": "school",
                "parentSourcedId": "d",
                "identifier": f"212300000{s}",
            }
        )
        rows["courses"].append({"sourcedId": f"k{s}", "title": "行政班", "orgSourcedId": org})
        for c in (1, 2):
            rows["classes"].append(
                {
                    "sourcedId": f"c{s}{c}", "title": f"一（{c}）班", "courseSourcedId": f"k{s}", "classType": "homeroom",
                    "schoolSourcedId": org, "termSourcedIds": "y", OWN + "kind": "class", OWN + "entryYear": "2026",
                    OWN + "classNo": str(c), OWN + "stage": "primary", OWN + "scheme": "6",
                }
            )  # fmt: skip
            for n in range(pupils):
                key = f"p{s}{c}{n}"
                user(rows, key, f"陈{'甲乙丙丁戊己庚辛'[n % 8]}{c}{s}", "student", org)
                rows["enrollments"].append(
                    {
                        "sourcedId": f"e-{key}", "classSourcedId": f"c{s}{c}", "schoolSourcedId": org,
                        "userSourcedId": key, "role": "student", OWN + "seatNo": str(n + 1),
                    }
                )  # fmt: skip
                rows["demographics"].append({"sourcedId": key, "birthDate": "2019-11-05", "sex": "female"})
        user(rows, f"m{s}", "周母", "guardian", org)
        user(rows, f"f{s}", "陈父", "guardian", org)
        child = next(row for row in rows["users"] if row["sourcedId"] == f"p{s}10")
        child["agentSourcedIds"] = f"m{s}"
        child[OWN + "guardians"] = json.dumps(
            [
                {"id": f"m{s}", "relation": "52", "rights": ALL_RIGHTS, "order": 1},
                {"id": f"f{s}", "relation": "51", "rights": ["legal", "view", "barred"]},
            ]
        )
        if s < 2:
            if s == 0:
                user(rows, "t", "李强", "teacher", org)
            else:
                rows["roles"].append(role("t", "teacher", org, "secondary"))
            rows["enrollments"].append(
                {
                    "sourcedId": f"e-t{s}", "classSourcedId": f"c{s}1", "schoolSourcedId": org, "userSourcedId": "t",
                    "role": "teacher", "primary": "true" if s == 0 else "false",
                }
            )  # fmt: skip
    return rows


def user(rows: Rows, key: str, name: str, word: str, org: str) -> None:
    rows["users"].append(
        {"sourcedId": key, "enabledUser": "true", "username": key, "familyName": name[0], "givenName": name[1:],
         OWN + "name": name}
    )  # fmt: skip
    rows["roles"].append(role(key, word, org))


def role(key: str, word: str, org: str, kind: str = "primary") -> dict[str, str]:
    return {
        "sourcedId": f"{key}-{org}", "userSourcedId": key, "roleType": kind, "role": word, "beginDate": "2026-09-01",
        "orgSourcedId": org,
    }  # fmt: skip


def zipped(rows: Rows, mode: str = "bulk") -> bytes:
    """The rows as a zip; a delta gets its two columns."""
    kept = {name: table for name, table in rows.items() if table}
    buffer: io.BytesIO = pack(files(delta(kept) if mode == "delta" else kept, mode))
    return buffer.read()


def only(rows: Rows, **keys: set[str]) -> Rows:
    """The rows of the named tables that have these keys (users by sourcedId, and so on)."""
    return {name: [row for row in rows[name] if row["sourcedId"] in wanted] for name, wanted in keys.items()}


def counts_of(batch: Any) -> Mapping[str, dict[str, int]]:
    """What a batch did, without the zeros and without what stayed."""
    told = {name: {k: n for k, n in one.items() if n and k != "same"} for name, one in batch.counts.items()}
    return {name: one for name, one in told.items() if one}
