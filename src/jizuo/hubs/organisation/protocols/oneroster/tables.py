"""The files of OneRoster CSV 1.1 and 1.2 as data: columns in their order, what must be filled, kinds,
vocabularies.

One word per column: `name` then `!` if it must be filled, then one of `:kind`, `=vocabulary`, `>table` (a
reference) or `>table*` (comma separated references). The columns sourcedId, status and dateLastModified stand
first in every file and are not repeated. Source: 1EdTech OneRoster CSV binding 1.2.1 and CSV tables 1.1.1.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

Mode = Literal["absent", "bulk", "delta"]
VERSIONS = ("1.1", "1.2")

VOCABULARIES: dict[str, tuple[str, ...]] = {
    "status": ("active", "tobedeleted"),
    "orgType": ("department", "school", "district", "local", "state", "national"),
    "sessionType": ("gradingPeriod", "semester", "schoolYear", "term"),
    "classType": ("homeroom", "scheduled"),
    "roleType": ("primary", "secondary"),
    "userRole": (
        "aide",
        "counselor",
        "districtAdministrator",
        "guardian",
        "parent",
        "principal",
        "proctor",
        "relative",
        "siteAdministrator",
        "student",
        "systemAdministrator",
        "teacher",
    ),
    "userRole11": (
        "administrator",
        "aide",
        "guardian",
        "parent",
        "proctor",
        "relative",
        "student",
        "teacher",
    ),
    "enrollmentRole": ("administrator", "proctor", "student", "teacher"),
    "sex": ("male", "female", "other", "unspecified"),
    "sex11": ("male", "female"),
    "scoreStatus": ("exempt", "fully graded", "not submitted", "partially graded", "submitted"),
    "importance": ("primary", "secondary"),
    "objectiveSource": ("case", "unknown"),
}

US_RACE_COLUMNS = (
    "americanIndianOrAlaskaNative",
    "asian",
    "blackOrAfricanAmerican",
    "nativeHawaiianOrOtherPacificIslander",
    "white",
    "demographicRaceTwoOrMoreRaces",
    "hispanicOrLatinoEthnicity",
)
US_GRADES = ("IT", "PR", "PK", "TK", "KG", *(f"{n:02d}" for n in range(1, 14)), "PS", "UG", "Other")

_DEMOGRAPHICS = (
    "birthDate:date sex=sex "
    + " ".join(f"{race}:boolean" for race in US_RACE_COLUMNS)
    + " countryOfBirthCode "
    "stateOfBirthAbbreviation cityOfBirth publicSchoolResidenceStatus"
)
_ROSTERING = {
    "orgs": "name! type!=orgType identifier parentSourcedId>orgs",
    "academicSessions": (
        "title! type!=sessionType startDate!:date endDate!:date parentSourcedId>academicSessions "
        "schoolYear!:year"
    ),
    "courses": (
        "schoolYearSourcedId>academicSessions title! courseCode grades orgSourcedId!>orgs subjects "
        "subjectCodes"
    ),
    "classes": (
        "title! grades courseSourcedId!>courses classCode classType!=classType location "
        "schoolSourcedId!>orgs termSourcedIds!>academicSessions* subjects subjectCodes periods"
    ),
    "users": (
        "enabledUser!:boolean username! userIds:userIds givenName! familyName! middleName identifier "
        "email sms phone agentSourcedIds>users* grades password userMasterIdentifier "
        "preferredGivenName preferredMiddleName preferredFamilyName primaryOrgSourcedId>orgs pronouns"
    ),
    "userProfiles": (
        "userSourcedId!>users profileType! vendorId! applicationId description credentialType! "
        "username! password"
    ),
    "roles": (
        "userSourcedId!>users roleType!=roleType role!=userRole beginDate:date endDate:date "
        "orgSourcedId!>orgs userProfileSourcedId>userProfiles"
    ),
    "enrollments": (
        "classSourcedId!>classes schoolSourcedId!>orgs userSourcedId!>users role!=enrollmentRole "
        "primary:boolean beginDate:date endDate:date"
    ),
    "demographics": _DEMOGRAPHICS,
}
_GRADEBOOK = {
    "categories": "title! weight:number",
    "lineItems": (
        "title! description assignDate!:day dueDate!:day classSourcedId!>classes "
        "categorySourcedId!>categories academicSessionSourcedId!>academicSessions "
        "resultValueMin:number resultValueMax:number schoolSourcedId!>orgs"
    ),
    "results": (
        "lineItemSourcedId!>lineItems studentSourcedId!>users scoreStatus!=scoreStatus score:number "
        "scoreDate!:day comment textScore classSourcedId>classes inProgress:boolean "
        "incomplete:boolean late:boolean missing:boolean"
    ),
    "scoreScales": (
        "title! type! orgSourcedId>orgs courseSourcedId>courses classSourcedId>classes scoreScaleValue!"
    ),
    "lineItemLearningObjectiveIds": (
        "lineItemSourcedId!>lineItems source!=objectiveSource learningObjectiveId!"
    ),
    "resultLearningObjectiveIds": (
        "resultSourcedId!>results source!=objectiveSource learningObjectiveId! score:number textScore"
    ),
    "lineItemScoreScales": "title lineItemSourcedId!>lineItems scoreScaleSourcedId!>scoreScales",
    "resultScoreScales": "title resultSourcedId!>results scoreScaleSourcedId!>scoreScales",
}
_RESOURCES = {
    "resources": "vendorResourceId! title roles importance=importance vendorId applicationId",
    "classResources": "title classSourcedId!>classes resourceSourcedId!>resources",
    "courseResources": "title courseSourcedId!>courses resourceSourcedId!>resources",
    "userResources": (
        "userSourcedId!>users orgSourcedId>orgs classSourcedId>classes resourceSourcedId!>resources"
    ),
}
_CHANGED_11 = {
    "users": (
        "enabledUser!:boolean orgSourcedIds!>orgs* role!=userRole11 username! userIds:userIds "
        "givenName! familyName! middleName identifier email sms phone agentSourcedIds>users* grades "
        "password"
    ),
    "demographics": _DEMOGRAPHICS.replace("sex=sex", "sex=sex11"),
    "lineItems": (
        "title! description assignDate!:day dueDate!:day classSourcedId!>classes "
        "categorySourcedId!>categories gradingPeriodSourcedId!>academicSessions resultValueMin:number "
        "resultValueMax:number"
    ),
    "results": (
        "lineItemSourcedId!>lineItems studentSourcedId!>users scoreStatus!=scoreStatus score:number "
        "scoreDate!:day comment"
    ),
}
_ONLY_12 = {
    "roles",
    "userProfiles",
    "scoreScales",
    "lineItemLearningObjectiveIds",
    "resultLearningObjectiveIds",
    "lineItemScoreScales",
    "resultScoreScales",
    "userResources",
}
ROSTERING = tuple(_ROSTERING)
"""The nine files that are loaded, parents before children."""


@dataclass(frozen=True, slots=True)
class Column:
    """`kind`: text, date, datetime, day (either), year, boolean, number, userIds, id, word, link."""

    name: str
    kind: str
    is_required: bool = False
    words: tuple[str, ...] = ()
    target: str = ""
    is_many: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    columns: tuple[Column, ...]
    is_loaded: bool

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]


_WORD = re.compile(
    r"(?P<name>\w+)(?P<must>!?)(?::(?P<kind>\w+)|=(?P<words>\w+)|>(?P<target>\w+)(?P<many>\*?))?"
)
_FIRST = (
    Column("sourcedId", "id", is_required=True),
    Column("status", "word", words=VOCABULARIES["status"]),
    Column("dateLastModified", "datetime"),
)


def _column(word: str) -> Column:
    part = _WORD.fullmatch(word)
    if part is None:
        raise ValueError(f"not a column declaration: {word}")
    must = bool(part["must"])
    if part["words"]:
        return Column(part["name"], "word", must, words=VOCABULARIES[part["words"]])
    if part["target"]:
        return Column(part["name"], "link", must, target=part["target"], is_many=bool(part["many"]))
    return Column(part["name"], part["kind"] or "text", must)


@cache
def layout(version: str) -> dict[str, Table]:
    """Tables of a version ("1.1": 13, "1.2": 21), the loaded ones first. KeyError for any other version."""
    if version not in VERSIONS:
        raise KeyError(version)
    files = {**_ROSTERING, **_GRADEBOOK, **_RESOURCES}
    if version == "1.1":
        files = {n: _CHANGED_11.get(n, text) for n, text in files.items() if n not in _ONLY_12}
    return {
        name: Table(name, (*_FIRST, *(_column(word) for word in text.split())), name in _ROSTERING)
        for name, text in files.items()
    }
