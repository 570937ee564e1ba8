"""The tables of the organisation hub, by what they are for; each file's rows keep to its own subject."""

from __future__ import annotations

from jizuo.hubs.organisation.models.comparing import Comparison, ComparisonLine
from jizuo.hubs.organisation.models.intake import ClassDivision, ClassDivisionLine, Intake, IntakeAdult
from jizuo.hubs.organisation.models.moving import (
    CertificateRule,
    Graduation,
    Handover,
    HandoverLine,
    Movement,
    MovementStep,
    YearTurn,
)
from jizuo.hubs.organisation.models.roster import (
    AcademicSession,
    Affiliation,
    Course,
    Enrolment,
    Grouping,
    GroupingMember,
    GuardianOf,
    Org,
    Person,
    PersonIdentifier,
    Pupil,
    SamePerson,
    School,
    Schooling,
    SearchKey,
    Staff,
    UnitSummary,
    UnitTally,
)

__all__ = [
    "AcademicSession",
    "Affiliation",
    "CertificateRule",
    "ClassDivision",
    "ClassDivisionLine",
    "Comparison",
    "ComparisonLine",
    "Course",
    "Enrolment",
    "Graduation",
    "Grouping",
    "GroupingMember",
    "GuardianOf",
    "Handover",
    "HandoverLine",
    "Intake",
    "IntakeAdult",
    "Movement",
    "MovementStep",
    "Org",
    "Person",
    "PersonIdentifier",
    "Pupil",
    "SamePerson",
    "School",
    "Schooling",
    "SearchKey",
    "Staff",
    "UnitSummary",
    "UnitTally",
    "YearTurn",
]
