"""Schools, classes, people, affiliations, guardians, courses and enrolments.

People belong to the base; what a unit knows hangs on the affiliation. Two facts run through it for pupils and
staff alike: `is_registered` (在籍 / 人事关系在本单位) and `is_present` (在读 / 在本单位任教或工作).
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from jizuo.ground.ids import new_id
from jizuo.ground.rows import PersonRow, Row, ScopedManager, Walled

KEPT: Any = {"default": "", "blank": True}


class School(Row):
    """What a unit is as a school or office: one row a unit. identifier: 标识码; scheme: default 学制
    (`plain.school_year`); a 法人 with several campuses has several `Org` rows of kind campus."""

    has_history = True
    identifier = models.CharField(max_length=20, **KEPT)
    type_code = models.CharField(max_length=8, **KEPT)
    ownership_code = models.CharField(max_length=8, **KEPT)
    urban_rural_code = models.CharField(max_length=8, **KEPT)
    scheme = models.CharField(max_length=12, **KEPT)
    address = models.CharField(max_length=200, **KEPT)
    phone = models.CharField(max_length=30, **KEPT)
    website = models.CharField(max_length=120, **KEPT)
    credit_code = models.CharField(max_length=18, **KEPT, db_default="")
    english_name = models.CharField(max_length=200, **KEPT, db_default="")
    head_name = models.CharField(max_length=50, **KEPT, db_default="")
    legal_person = models.CharField(max_length=50, **KEPT, db_default="")
    party_head = models.CharField(max_length=50, **KEPT, db_default="")
    founded_on = models.DateField(null=True)
    anniversary = models.CharField(max_length=10, **KEPT, db_default="")
    region = models.CharField(max_length=12, **KEPT, db_default="")
    organiser = models.CharField(max_length=120, **KEPT, db_default="")
    postcode = models.CharField(max_length=10, **KEPT, db_default="")
    email = models.CharField(max_length=120, **KEPT, db_default="")
    land_area = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    floor_area = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    sports_area = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    planned_classes = models.IntegerField(null=True)
    planned_pupils = models.IntegerField(null=True)
    successor_no = models.IntegerField(null=True)

    class Meta:
        db_table = "school"
        constraints = [
            models.UniqueConstraint(fields=["unit_no"], name="school_once"),
            models.UniqueConstraint(fields=["unit_no", "id"], name="school_unit_id"),
        ]


class Schooling(Row):
    """The 学制 of one entry year where it differs from the school's default."""

    has_history = True
    entry_year = models.IntegerField()
    scheme = models.CharField(max_length=12)

    class Meta:
        db_table = "schooling"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "entry_year"], name="schooling_once"),
            models.UniqueConstraint(fields=["unit_no", "id"], name="schooling_unit_id"),
        ]


class AcademicSession(Row):
    """School year or term. kind: schoolYear | semester | term | gradingPeriod; [begin_on, end_on)."""

    has_history = True
    title = models.CharField(max_length=120)
    kind = models.CharField(max_length=16)
    begin_on = models.DateField()
    end_on = models.DateField()
    parent_id = models.UUIDField(null=True)
    school_year = models.IntegerField()
    source_id = models.CharField(max_length=255, **KEPT)

    class Meta:
        db_table = "academic_session"
        constraints = [models.UniqueConstraint(fields=["unit_no", "id"], name="academic_session_unit_id")]
        indexes = [models.Index(fields=["unit_no", "begin_on"], name="academic_session_begin")]


class Course(Row):
    """A course of a unit. subject_code: code table ``subject``."""

    has_history = True
    title = models.CharField(max_length=200)
    code = models.CharField(max_length=60, **KEPT)
    subject_code = models.CharField(max_length=16, **KEPT)
    grades = ArrayField(models.CharField(max_length=16), default=list)
    source_id = models.CharField(max_length=255, **KEPT)

    class Meta:
        db_table = "course"
        constraints = [models.UniqueConstraint(fields=["unit_no", "id"], name="course_unit_id")]


class Org(Row):
    """Anything in a unit's tree. kind: campus | department | stage | grade | class | section | group.

    A class is fixed by entry_year, stage and class_no; its shown name is computed from the school year. `name`
    is what a class or section without those is called. A section (教学班) names its course and, when it is the
    lesson of one class, that class as parent.
    """

    has_history = True
    unit_keys = (("parent_id", "org"), ("course_id", "course"))
    kind = models.CharField(max_length=12)
    parent_id = models.UUIDField(null=True)
    name = models.CharField(max_length=200, **KEPT)
    code = models.CharField(max_length=60, **KEPT)
    stage = models.CharField(max_length=12, **KEPT)
    scheme = models.CharField(max_length=12, **KEPT)
    entry_year = models.IntegerField(null=True)
    class_no = models.IntegerField(null=True)
    class_type = models.CharField(max_length=8, **KEPT)
    course_id = models.UUIDField(null=True)
    subject_code = models.CharField(max_length=16, **KEPT)
    session_ids = ArrayField(models.UUIDField(), default=list)
    grades = ArrayField(models.CharField(max_length=16), default=list)
    location = models.CharField(max_length=120, **KEPT)
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    source_id = models.CharField(max_length=255, **KEPT)

    class Meta:
        db_table = "org"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "id"], name="org_unit_id"),
            models.UniqueConstraint(
                fields=["unit_no", "stage", "entry_year", "class_no"],
                condition=Q(kind="class", class_no__isnull=False, closed_on__isnull=True),
                name="org_class_once",
            ),
        ]
        indexes = [models.Index(fields=["unit_no", "kind"], name="org_unit_kind")]


class Person(PersonRow):
    """A person once for life. base_no: 基座号, school-neutral. name_reading: pinyin set by a human."""

    has_history = True
    person_column = "id"
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    base_no = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=50)
    name_reading = models.CharField(max_length=100, **KEPT)
    former_name = models.CharField(max_length=50, **KEPT)
    latin_name = models.CharField(max_length=100, **KEPT)
    sex = models.CharField(max_length=2, **KEPT)
    birth_on = models.DateField(null=True)
    id_kind = models.CharField(max_length=4, **KEPT)
    ethnic = models.CharField(max_length=4, **KEPT)
    nationality = models.CharField(max_length=4, **KEPT)
    overseas = models.CharField(max_length=4, **KEPT)
    political = models.CharField(max_length=4, **KEPT)
    phone = models.CharField(max_length=30, **KEPT)
    email = models.CharField(max_length=120, **KEPT)
    native_place = models.CharField(max_length=100, **KEPT, db_default="")
    birth_place = models.CharField(max_length=100, **KEPT, db_default="")
    health = models.CharField(max_length=4, **KEPT, db_default="")
    id_valid_until = models.DateField(null=True)
    merged_into = models.UUIDField(null=True)
    held_by = models.JSONField(default=dict, db_default={})

    class Meta:
        db_table = "person"


class PersonIdentifier(PersonRow):
    """A document number or 学籍号: sealed, found by its blind index only. kind: ``id:<id_kind>`` | ``roll``."""

    has_history = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person_id = models.UUIDField()
    kind = models.CharField(max_length=8)
    blind = models.BinaryField()
    sealed = models.BinaryField()
    tail = models.CharField(max_length=4)

    class Meta:
        db_table = "person_identifier"
        constraints = [models.UniqueConstraint(fields=["kind", "blind"], name="person_identifier_once")]
        indexes = [models.Index(fields=["person_id"], name="person_identifier_person")]


class GuardianOf(PersonRow):
    """What one adult is to one child, with the rights the school and the family agreed.

    relation: GB/T 4761 code. is_no_contact: by court document; such an adult sees nothing of the child.
    """

    has_history = True
    person_column = "child_id"
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    child_id = models.UUIDField()
    guardian_id = models.UUIDField()
    relation = models.CharField(max_length=4, **KEPT)
    is_legal = models.BooleanField(default=True)
    lives_with = models.BooleanField(default=True)
    may_pick_up = models.BooleanField(default=True)
    may_view = models.BooleanField(default=True)
    may_sign = models.BooleanField(default=True)
    gets_notice = models.BooleanField(default=True)
    is_entrusted = models.BooleanField(default=False)
    is_no_contact = models.BooleanField(default=False)
    emergency_order = models.IntegerField(null=True)
    begin_on = models.DateField(null=True)
    end_on = models.DateField(null=True)

    class Meta:
        db_table = "guardian_of"
        constraints = [models.UniqueConstraint(fields=["child_id", "guardian_id"], name="guardian_of_once")]
        indexes = [models.Index(fields=["guardian_id"], name="guardian_of_guardian")]


class Affiliation(Row):
    """A person at a unit over time: what every list runs on. role: pupil | staff | guardian; [begin_on, end_on).

    name, sort_key, base_no and sex are kept here for lists; local_no: 学号 / 工号; class_id: the pupil's class;
    posts: acting roles that a staff member's duty brings (head, clerk, teacher, district_steward ...).
    """

    has_history = True
    unit_keys = (("class_id", "org"),)
    person_id = models.UUIDField()
    role = models.CharField(max_length=10)
    is_primary = models.BooleanField(default=True)
    is_registered = models.BooleanField(default=True)
    is_present = models.BooleanField(default=True)
    begin_on = models.DateField()
    end_on = models.DateField(null=True)
    end_reason = models.CharField(max_length=16, **KEPT)
    name = models.CharField(max_length=50)
    sort_key = models.CharField(max_length=160, db_collation="C")
    base_no = models.CharField(max_length=12)
    sex = models.CharField(max_length=2, **KEPT)
    local_no = models.CharField(max_length=40, **KEPT)
    posts = ArrayField(models.CharField(max_length=32), default=list)
    class_id = models.UUIDField(null=True)
    seat_no = models.IntegerField(null=True)
    source_id = models.CharField(max_length=255, **KEPT)

    class Meta:
        db_table = "affiliation"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "id"], name="affiliation_unit_id"),
            models.UniqueConstraint(
                fields=["unit_no", "person_id", "role"],
                condition=Q(end_on__isnull=True),
                name="affiliation_open_once",
            ),
        ]
        indexes = [
            models.Index(fields=["person_id", "unit_no"], name="affiliation_person"),
            models.Index(
                F("unit_no"),
                F("role"),
                F("sort_key"),
                F("id"),
                condition=Q(end_on__isnull=True),
                name="affiliation_list",
            ),
            # A list over many units begins at its first names, whatever their unit.
            models.Index(
                F("role"), F("sort_key"), F("id"), condition=Q(end_on__isnull=True), name="affiliation_names"
            ),
            models.Index(
                fields=["unit_no", "class_id"], condition=Q(end_on__isnull=True), name="affiliation_class"
            ),
            models.Index(
                fields=["unit_no", "source_id"], condition=~Q(source_id=""), name="affiliation_source"
            ),
            models.Index(fields=["unit_no", "local_no"], condition=~Q(local_no=""), name="affiliation_local"),
        ]


class Pupil(Row):
    """A pupil's school facts; `id` is the affiliation's. status: code table ``student_status``. attends_at: the school
    outside the base where one who is registered here attends, in words."""

    has_history = True
    unit_keys = (("id", "affiliation"),)
    person_id = models.UUIDField()
    status = models.CharField(max_length=4, **KEPT)
    entry_year = models.IntegerField(null=True)
    entered_on = models.DateField(null=True)
    entry_way = models.CharField(max_length=4, **KEPT)
    attendance = models.CharField(max_length=4, **KEPT)
    attends_at = models.CharField(max_length=120, **KEPT, db_default="")
    household_place = models.CharField(max_length=200, **KEPT)
    household_kind = models.CharField(max_length=4, **KEPT)
    address = models.CharField(max_length=200, **KEPT)
    class_roll_no = models.CharField(max_length=20, **KEPT)
    blood = models.CharField(max_length=4, **KEPT)
    allergy = models.CharField(max_length=200, **KEPT)
    is_bus_rider = models.BooleanField(null=True)
    category = models.CharField(max_length=8, **KEPT, db_default="")
    origin = models.CharField(max_length=4, **KEPT, db_default="")
    school_before = models.CharField(max_length=120, **KEPT, db_default="")
    had_preschool = models.BooleanField(null=True)
    commute = models.CharField(max_length=4, **KEPT, db_default="")
    commute_km = models.DecimalField(max_digits=5, decimal_places=1, null=True)
    household_division = models.CharField(max_length=12, **KEPT, db_default="")
    postal_address = models.CharField(max_length=200, **KEPT, db_default="")
    postcode = models.CharField(max_length=10, **KEPT, db_default="")
    held_by = models.JSONField(default=dict, db_default={})

    class Meta:
        db_table = "pupil"
        constraints = [models.UniqueConstraint(fields=["unit_no", "id"], name="pupil_unit_id")]


class Staff(Row):
    """A staff member's facts at a unit; `id` is the affiliation's. Codes: establishment 编制类型, post_kind
    岗位类别, title 职称. home_unit_no: 人事关系单位 where it is another unit of the base."""

    has_history = True
    unit_keys = (("id", "affiliation"),)
    person_id = models.UUIDField()
    establishment = models.CharField(max_length=4, **KEPT)
    post_kind = models.CharField(max_length=4, **KEPT)
    post_grade = models.CharField(max_length=8, **KEPT)
    duty = models.CharField(max_length=40, **KEPT)
    title = models.CharField(max_length=8, **KEPT)
    title_on = models.DateField(null=True)
    certificate = models.CharField(max_length=60, **KEPT)
    education = models.CharField(max_length=4, **KEPT)
    degree = models.CharField(max_length=4, **KEPT)
    work_since = models.DateField(null=True)
    here_since = models.DateField(null=True)
    is_full_time_teacher = models.BooleanField(default=False)
    subject_code = models.CharField(max_length=16, **KEPT)
    weekly_lessons = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    homeroom_years = models.IntegerField(null=True)
    honours = models.CharField(max_length=200, **KEPT)
    leave = models.CharField(max_length=4, **KEPT)
    shared_kind = models.CharField(max_length=4, **KEPT)
    home_unit_no = models.IntegerField(null=True)
    kind = models.CharField(max_length=4, **KEPT, db_default="")
    origin = models.CharField(max_length=4, **KEPT, db_default="")
    teaching_since = models.DateField(null=True)
    post_on = models.DateField(null=True)
    duty_on = models.DateField(null=True)
    stage = models.CharField(max_length=16, **KEPT, db_default="")
    education_school = models.CharField(max_length=120, **KEPT, db_default="")
    education_on = models.DateField(null=True)
    major = models.CharField(max_length=80, **KEPT, db_default="")
    degree_school = models.CharField(max_length=120, **KEPT, db_default="")
    degree_on = models.DateField(null=True)
    mandarin = models.CharField(max_length=4, **KEPT, db_default="")
    is_normal_graduate = models.BooleanField(null=True)
    is_psychologist = models.BooleanField(null=True)
    held_by = models.JSONField(default=dict, db_default={})

    class Meta:
        db_table = "staff"
        constraints = [models.UniqueConstraint(fields=["unit_no", "id"], name="staff_unit_id")]


class Enrolment(Row):
    """Who teaches or attends a class or section. role: pupil | teacher | homeroom_teacher; [begin_on, end_on).

    A pupil's own class stands on the affiliation; here are teachers of classes and everybody in sections.
    """

    has_history = True
    unit_keys = (("org_id", "org"), ("affiliation_id", "affiliation"))
    org_id = models.UUIDField()
    affiliation_id = models.UUIDField()
    role = models.CharField(max_length=16)
    is_primary = models.BooleanField(default=False)
    subject_code = models.CharField(max_length=16, **KEPT)
    begin_on = models.DateField(null=True)
    end_on = models.DateField(null=True)
    source_id = models.CharField(max_length=255, **KEPT)

    class Meta:
        db_table = "enrolment"
        constraints = [models.UniqueConstraint(fields=["unit_no", "id"], name="enrolment_unit_id")]
        indexes = [
            models.Index(fields=["unit_no", "org_id"], name="enrolment_org"),
            models.Index(fields=["unit_no", "affiliation_id"], name="enrolment_affiliation"),
        ]


class Grouping(Row):
    """教育集团, 学区, 城乡教共体, 名师工作室, 联盟: a unit leads it; members see only what a contract grants."""

    has_history = True
    kind = models.CharField(max_length=16)
    name = models.CharField(max_length=120)
    begin_on = models.DateField()
    end_on = models.DateField(null=True)

    class Meta:
        db_table = "grouping"
        constraints = [models.UniqueConstraint(fields=["unit_no", "id"], name="grouping_unit_id")]


class GroupingMember(Row):
    """A member unit of a grouping; the row belongs to the leading unit."""

    has_history = True
    unit_keys = (("grouping_id", "grouping"),)
    grouping_id = models.UUIDField()
    member_no = models.IntegerField()
    role = models.CharField(max_length=16, default="member")
    begin_on = models.DateField()
    end_on = models.DateField(null=True)

    class Meta:
        db_table = "grouping_member"
        constraints = [models.UniqueConstraint(fields=["unit_no", "id"], name="grouping_member_unit_id")]


class SearchKey(Walled):
    """Prefix keys of people and orgs: name, pinyin, initials, 基座号, 学号 (RLS-17), derived from the affiliation
    or org `ref_id` and written anew whenever it changes."""

    wall = "unit"
    pk = models.CompositePrimaryKey("unit_no", "key", "ref_id")
    unit_no = models.IntegerField(editable=False)
    kind = models.CharField(max_length=8)
    key = models.CharField(max_length=160, db_collation="C")
    ref_id = models.UUIDField()

    objects = ScopedManager()

    class Meta:
        db_table = "search_key"
        indexes = [models.Index(fields=["unit_no", "ref_id"], name="search_key_ref")]


class SamePerson(Row):
    """Two people of the base who may be one: the district's queue. The row belongs to the bureau; the schools
    learn nothing. state: open | merged | apart. undo: what a merge moved, so that it can be put back."""

    has_history = True
    left_id = models.UUIDField()
    right_id = models.UUIDField()
    reason = models.CharField(max_length=40)
    evidence = models.JSONField(default=dict)
    state = models.CharField(max_length=8, default="open")
    decided_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    undo = models.JSONField(null=True)

    class Meta:
        db_table = "same_person"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "left_id", "right_id"], name="same_person_once"),
            models.UniqueConstraint(fields=["unit_no", "id"], name="same_person_unit_id"),
        ]


class UnitTally(Row):
    """How many of something a unit has, counted after the fact and never by hand: what charts and breakdowns read.

    number: a key of definitions.yaml; stage, grade, sex and kind are '' where the number has no such side.
    """

    number = models.CharField(max_length=24)
    stage = models.CharField(max_length=12, **KEPT)
    grade = models.CharField(max_length=4, **KEPT)
    sex = models.CharField(max_length=2, **KEPT)
    kind = models.CharField(max_length=4, **KEPT)
    value = models.IntegerField()

    class Meta:
        db_table = "unit_tally"
        constraints = [
            models.UniqueConstraint(
                fields=["unit_no", "number", "stage", "grade", "sex", "kind"], name="unit_tally_once"
            ),
            models.UniqueConstraint(fields=["unit_no", "id"], name="unit_tally_unit_id"),
        ]


class UnitSummary(Row):
    """One row a unit: its numbers side by side for lists, null where nothing was ever brought in.

    counted_at: when the numbers were counted; refreshed_at: when a batch was last applied to this unit's people.
    pupils_per_teacher: pupils present for each full-time teacher; null without teachers.
    """

    registered = models.IntegerField(null=True)
    present = models.IntegerField(null=True)
    lent_in = models.IntegerField(null=True)
    lent_out = models.IntegerField(null=True)
    classes = models.IntegerField(null=True)
    staff = models.IntegerField(null=True)
    established = models.IntegerField(null=True)
    full_time = models.IntegerField(null=True)
    pupils_per_teacher = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    without_guardian = models.IntegerField(null=True)
    without_phone = models.IntegerField(null=True)
    counted_at = models.DateTimeField(null=True)
    refreshed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "unit_summary"
        constraints = [
            models.UniqueConstraint(fields=["unit_no"], name="unit_summary_once"),
            models.UniqueConstraint(fields=["unit_no", "id"], name="unit_summary_unit_id"),
        ]
