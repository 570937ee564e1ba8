"""Keys and small values of the rows."""

from __future__ import annotations

from datetime import date
from functools import cache

from jizuo.hubs.data import codes
from jizuo.plain.demo import subjects
from jizuo.plain.demo.shapes import District


def org_id(unit: int) -> str:
    """sourcedId of a unit."""
    return f"demo-u{unit:04d}"


def class_id(klass: int) -> str:
    """sourcedId of an administrative class."""
    return f"demo-c{klass:05d}"


def section_id(section: int) -> str:
    """sourcedId of a teaching class."""
    return f"demo-x{section:05d}"


def pupil_id(pupil: int) -> str:
    """sourcedId of a pupil."""
    return f"demo-p{pupil:06d}"


def staff_id(member: int) -> str:
    """sourcedId of a member of staff."""
    return f"demo-s{member:05d}"


def guardian_id(district: District, guardian: int) -> str:
    """sourcedId of a guardian; a teacher is the same person as a parent and as a member of staff."""
    member = district.guardians[guardian].staff
    return staff_id(member) if member >= 0 else f"demo-g{guardian:06d}"


def course_id(unit: int, course: int) -> str:
    """sourcedId of a school's course in a subject."""
    return f"demo-k{unit:04d}-{course:03d}"


def homeroom_course_id(unit: int, stage: str) -> str:
    """sourcedId of the course that stands behind a school's administrative classes."""
    return f"demo-k{unit:04d}-{stage}"


def year_id(district: District) -> str:
    """sourcedId of the school year."""
    return f"demo-y{district.year}"


def term_id(district: District, number: int) -> str:
    """sourcedId of a term, numbered from 1."""
    return f"demo-y{district.year}-{number}"


def said(value: bool) -> str:
    """true or false."""
    return "true" if value else "false"


def day(value: date | None) -> str:
    """An ISO day, "" for none."""
    return value.isoformat() if value else ""


@cache
def code_of(table: str, word: str) -> str:
    """The code of the generator's word in a code table as it ships, "" for no word. Raises UnknownCode. The district is
    made without a base, so nobody has published another edition."""
    return codes.shipped()[table].find(word).code if word else ""


def subject_code(subject: str, stage: str) -> str:
    """The code of the generator's subject at a stage, "" for none."""
    return code_of("subject", subjects.said(subject, stage)) if subject else ""
