"""The elements of every dataset with their category, grade and kind of value, and what waits for a person."""

from __future__ import annotations

import msgspec
from django.db import connection

from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, source
from jizuo.hubs.data import datasets, grades
from jizuo.hubs.data.rules import grading as rules
from jizuo.hubs.data.sharing_shapes import ElementView, ProposalView
from jizuo.plain.pinyin import query_key

GRADING_ROLES = frozenset({scopes.DISTRICT_STEWARD, scopes.DISTRICT_ADMIN, scopes.OPERATOR})
LOOKING_ROLES = GRADING_ROLES | {scopes.DISTRICT_LEADER, scopes.SECURITY_OFFICER, scopes.HEAD, scopes.CLERK}
MOST = 300


@source(title="数据分级", roles=LOOKING_ROLES, reach=API)
def element_grades(
    *, dataset: str = "", text: str = "", grade: int = 0, nature: str = "", limit: int = 100
) -> list[ElementView]:
    """Elements with their standing, dataset by dataset; at most 300. text: part of a Chinese or English name or a
    pinyin-initial name; grade 0 and nature '' for all."""
    with connection.cursor() as cursor:
        cursor.execute("select dataset, field, reason from element_grade")
        reasons = {(name, field): reason for name, field, reason in cursor.fetchall()}
        cursor.execute(
            "select dataset, field, grade from grade_proposal where state = 'open' and origin = 'person'"
        )
        waiting = {(name, field): held for name, field, held in cursor.fetchall()}
    wanted, key = text.strip().lower(), query_key(text.strip()).lower() if text.strip() else ""
    plain = datasets.as_shipped()
    found: list[ElementView] = []
    for name, known in datasets.all_datasets().items():
        if dataset and name != dataset:
            continue
        for element, field in known.fields.items():
            told = (field.title, field.english.lower(), field.initials.lower(), element, known.title)
            if wanted and not any(wanted in one or (key and key in one) for one in told):
                continue
            stands = grades.standing(known, element)
            if (grade and stands.grade != grade) or (nature and stands.nature != nature):
                continue
            found.append(
                ElementView(
                    name, known.word, element, field.word, field.initials, stands.category,
                    plain[name].fields[element].grade, stands.grade, stands.nature, field.purpose,
                    reasons.get((name, element), ""), waiting.get((name, element)),
                )
            )  # fmt: skip
    return found[: max(1, min(limit, MOST))]


PROPOSALS = """
select p.id, p.dataset, p.field, p.title, p.grade, p.nature, p.kind, p.origin, p.why, p.asked_at,
       not exists (select 1 from acting_grant g where g.no = p.asked_by and g.account_id = %(account)s)
from grade_proposal p where p.state = 'open' order by p.grade desc, p.dataset, p.field limit %(most)s
"""


@source(title="待确认的分级", roles=GRADING_ROLES, reach=API)
def grade_proposals(*, limit: int = 100) -> list[ProposalView]:
    """What the scan found and lowerings that want a second person, the highest grade first; at most 300."""
    known = datasets.all_datasets()
    with connection.cursor() as cursor:
        cursor.execute(PROPOSALS, {"account": scopes.current().account_id, "most": max(1, min(limit, MOST))})
        rows = cursor.fetchall()
    return [
        ProposalView(
            proposal_id=proposal_id,
            dataset=dataset,
            dataset_title=known[dataset].word if dataset in known else dataset,
            field=field,
            title=title,
            grade=grade,
            held=known[dataset].fields[field].grade
            if dataset in known and field in known[dataset].fields
            else None,
            nature=nature,
            kind=kind,
            origin=origin,
            why=why,
            asked_at=asked_at,
            may_settle=origin == "scan" or is_another,
        )
        for proposal_id, dataset, field, title, grade, nature, kind, origin, why, asked_at, is_another in rows
    ]


class GradeWord(msgspec.Struct, frozen=True):
    """What a grade, a category or a kind of value is called; holds: what it holds, '' where the title says it."""

    key: str
    title: str
    holds: str = ""


@source(title="分级表", roles=LOOKING_ROLES, reach=API)
def grade_table() -> dict[str, list[GradeWord]]:
    """The words of ``grades``, ``categories`` and ``natures``, each in its order."""
    return {
        "grades": [
            GradeWord(str(no), str(title), f"{national}：{what}")
            for no, (title, national, what) in rules.GRADES.items()
        ],
        "categories": [GradeWord(key, str(title)) for key, title in rules.CATEGORIES.items()],
        "natures": [GradeWord(key, str(title)) for key, title in rules.NATURES.items()],
    }
