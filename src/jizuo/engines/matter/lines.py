"""Typed values that cross the doors of matters."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec


class Skip(msgspec.Struct, frozen=True):
    """A task that was not answered, and why in words."""

    task_id: UUID
    why: str


class StepResult(msgspec.Struct, frozen=True):
    """How many tasks were answered, and which were not."""

    done: int
    skipped: list[Skip] = []


class TodoLine(msgspec.Struct, frozen=True):
    """One thing that waits for the acting role. do: the deed, ``mend`` for what was returned to the applicant; verbs: what
    may be answered, the main one first."""

    task_id: UUID
    matter_id: UUID
    scene: str
    scene_title: str
    step_title: str
    do: str
    title: str
    subject_name: str
    applicant_name: str
    opened_at: datetime
    due_on: date | None
    is_late: bool
    verbs: tuple[str, ...] = ()
    unit_name: str = ""
    flow: str = ""


class MatterLine(msgspec.Struct, frozen=True):
    """A matter in a list. step_title: where it stands, '' when it has ended."""

    matter_id: UUID
    scene: str
    scene_title: str
    flow: str
    no: str
    title: str
    state: str
    step_title: str
    begun_at: datetime
    ended_at: datetime | None
    due_on: date | None
    is_late: bool
    subject_id: UUID | None = None
    rating: int | None = None
    unit_no: int = 0


class Answer(msgspec.Struct, frozen=True):
    """One answer of a form as people read it. is_masked: kept from the reader; rows: of a table, with heads; files: (id,
    name) of what was handed in."""

    key: str
    title: str
    value: str
    is_masked: bool = False
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    files: tuple[tuple[str, str], ...] = ()


class EventLine(msgspec.Struct, frozen=True):
    """One line of a timeline. verb: as of `models.MatterEvent`; word: of it, in the reader's language."""

    at: datetime
    step_title: str
    verb: str
    word: str
    name: str
    role: str
    note: str


class TaskLine(msgspec.Struct, frozen=True):
    """Somebody who is asked. holder: what people call the post or person; verbs: what the reader may answer, empty when it
    does not wait for her; form: filled with the answer."""

    task_id: UUID
    step: str
    step_title: str
    do: str
    holder: str
    state: str
    verb: str
    due_on: date | None
    is_late: bool
    verbs: tuple[str, ...] = ()
    form: str = ""


class Clock(msgspec.Struct, frozen=True):
    """A matter's clock in working days. limit: 0 for none; left: negative when late, None without a limit; is_running: false
    while the applicant is asked and at the end; is_known: false where a year's holidays are not published yet, so that only
    weekends were left out."""

    used: int
    limit: int
    left: int | None
    due_on: date | None
    is_running: bool
    is_known: bool


class StepLine(msgspec.Struct, frozen=True):
    """One human step of the way. state: done | now | stuck | ahead."""

    key: str
    title: str
    state: str


class MatterView(msgspec.Struct, frozen=True):
    """One matter as the reader may see it. stuck: why it does not move and what to do, in words; may: task -> verbs; may_matter:
    what the reader may do with the whole; children: how many there are, open and ended; undo_title: of the button that takes back
    what was written; undo_say: why it cannot be taken back any more; undo_until: the last day on which the reader still may,
    null for no end."""

    matter_id: UUID
    unit_no: int
    scene: str
    scene_title: str
    flow: str
    flow_title: str
    form: str
    version_id: UUID
    version: str
    no: str
    title: str
    state: str
    way: str
    subject_id: UUID | None
    applicant_name: str
    applicant_role: str
    begun_at: datetime | None
    ended_at: datetime | None
    answers: list[Answer]
    steps: list[StepLine]
    events: list[EventLine]
    tasks: list[TaskLine]
    clock: Clock
    stuck: list[str]
    may: dict[str, tuple[str, ...]]
    may_matter: tuple[str, ...]
    children_open: int = 0
    children_ended: int = 0
    parent_id: UUID | None = None
    record_id: UUID | None = None
    rating: int | None = None
    rating_note: str = ""
    can_rate: bool = False
    undo_title: str = ""
    undo_say: str = ""
    undo_until: date | None = None


class ChildLine(msgspec.Struct, frozen=True):
    """A matter that another one began."""

    unit_no: int
    unit_name: str
    title: str
    state: str
    due_on: date | None
    is_late: bool
    matter_id: UUID
