"""Opening a form, what it offers to choose, and what the base holds already."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.engines.matter.forms import (
    again,
    asked,
    checking,
    choosing,
    drafts,
    holding,
    known,
    pasting,
    standing,
    views,
)
from jizuo.engines.matter.forms.asked import Asked, said
from jizuo.engines.matter.forms.choosing import Choice
from jizuo.engines.matter.forms.drawn import Held, plain_title
from jizuo.engines.matter.forms.standing import Standing
from jizuo.engines.matter.forms.views import FormView
from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, source
from jizuo.ground.errors import NotFound, Problem
from jizuo.ground.packs import reach, versions
from jizuo.ground.shapes import Page


class DraftLine(msgspec.Struct, frozen=True):
    """A form begun and not yet handed in."""

    draft_id: UUID
    scene: str
    form: str
    title: str
    subject_id: UUID | None
    changed_at: Any


def stands(scene: str, form: str, subject_id: UUID | None, matter_id: UUID | None) -> Standing:
    """A form to begin, or that of a running matter. Inside a door. Raises NotFound."""
    if matter_id is not None:
        return standing.to_go_on(scene, form, matter_id)
    return standing.to_begin(scene, form, subject_id)


@source(title="打开表单", roles=scopes.ROLES, reach=API)
def open_form(
    *,
    scene: str,
    form: str,
    subject_id: UUID | None = None,
    matter_id: UUID | None = None,
    is_fresh: bool = False,
) -> FormView:
    """A form with what the base knows filled in, or its draft; of a running matter the answers to mend, or the form of the
    step that waits. is_fresh: without the draft. Raises NotFound."""
    held = stands(scene, form, subject_id, matter_id)
    draft = None if is_fresh else drafts.find(scene, form, matter_id or subject_id)
    values, owners = views.filled(held, draft.data if draft else None)
    before = again.Again(held)
    earlier = before.before(values)
    ctx, taken = None, draft.taken if draft else []
    owners |= dict.fromkeys(taken, str(known.LAST))
    if earlier is not None and draft is None:
        ctx = standing.context_of(held, values)
        values, taken = before.taken(values, ctx, only_last=True)
        owners |= dict.fromkeys(taken, str(known.LAST))
    _disclosed(held, owners, subject_id)
    return views.form_view(
        held, values, ctx=ctx, owners=owners, page=draft.page if draft else 0, submit_key=draft.submit_key if draft else "",
        draft_id=draft.draft_id if draft else None, again_on=earlier.on if earlier else None, taken=taken,
    )  # fmt: skip


def _disclosed(held: Standing, names: Collection[str], subject_id: UUID | None) -> None:
    """Note which personal fields the base or an earlier answer filled."""
    told = [one.key for one in asked.fields_of(held.pages) if one.key in names and one.grade >= 3]
    if told:
        audit.disclose((f"{held.scene}.{key}" for key in told), [subject_id] if subject_id else [], 1)


@source(title="看填到一半的表单", roles=scopes.ROLES, reach="page")
def look_over(
    *,
    scene: str,
    form: str,
    data: dict[str, Any],
    page: int = 0,
    subject_id: UUID | None = None,
    matter_id: UUID | None = None,
    submit_key: str = "",
    is_checked: bool = False,
    with_choices: bool = True,
    found_by: Mapping[str, str] | None = None,
    faults: Sequence[Problem] = (),
    paper_no: int = 0,
    pasted: str = "",
    pasted_at: str = "",
    takes_again: bool = False,
    taken: Sequence[str] = (),
) -> FormView:
    """A form with answers as they are being typed: what is shown by them and what is worked out. is_checked: also what is
    wrong on page `page`; with_choices: also whom and what there is to choose, people by what was typed (found_by: key -> text);
    faults: what is known to be wrong; pasted: a block of a spreadsheet, pasted into the
    cell pasted_at; takes_again: what is empty is taken over from the earlier answer; taken: names of what was
    taken over before. Raises NotFound."""
    held = stands(scene, form, subject_id, matter_id)
    ctx = standing.context_of(held, data)
    if pasted_at:
        data, wrong = pasting.put(list(asked.fields_of(held.pages)), data, pasted_at, pasted, ctx)
        faults, ctx = [*faults, *wrong], standing.context_of(held, data)
    before = again.Again(held)
    earlier = before.before(data) if with_choices and not paper_no else None
    if takes_again and earlier is not None:
        ctx = standing.context_of(
            held, {**data, **{key: one for key, one in earlier.answers.items() if not data.get(key)}}
        )
        data, names = before.taken(data, ctx)
        _disclosed(held, names, subject_id)
        taken = [*taken, *names]
    problems = [*faults, *(checking.looked_over(held.pages, data, ctx, only=page)[1] if is_checked else [])]
    return views.form_view(
        held, data, ctx=ctx, owners=dict.fromkeys(taken, str(known.LAST)), problems=problems, page=page,
        submit_key=submit_key, with_choices=with_choices, found_by=found_by, paper_no=paper_no,
        again_on=earlier.on if earlier else None, taken=taken,
    )  # fmt: skip


def field_of(scene: str, form: str, key: str, matter_id: UUID | None) -> Asked:
    """One field of a form, `lines.teacher` for a column of a table. Inside a door. Raises NotFound."""
    head, _dot, column = key.partition(".")
    for one in asked.fields_of(stands(scene, form, None, matter_id).pages):
        if one.key == head:
            if not column:
                return one
            found = next((each for each in one.columns if each.key == column), None)
            if found is not None:
                return found
    raise NotFound(_("表单没有这一项"))


@source(title="可以选的人", roles=scopes.ROLES, reach=API)
def person_choices(
    *, scene: str, form: str, field: str, text: str = "", after: str = "", matter_id: UUID | None = None
) -> Page[Choice]:
    """The people whom a field of a form lets the acting role choose, by name, pinyin or number. Raises NotFound."""
    one = field_of(scene, form, field, matter_id)
    if one.kind not in ("person", "people"):
        raise NotFound(_("这一项不是选人"))
    found = choosing.people(one.field.of or choosing.PUPIL, text=text, after=after, most=choosing.MOST + 1)
    audit.counted(len(found))
    shown = found[: choosing.MOST]
    return Page([choice for choice, _key in shown], shown[-1][1] if len(found) > choosing.MOST else "")


@source(title="可以选的班级和单位", roles=scopes.ROLES, reach=API)
def org_choices(*, scene: str, form: str, field: str, matter_id: UUID | None = None) -> Page[Choice]:
    """The classes or units that a field of a form lets the acting role choose. Raises NotFound."""
    one = field_of(scene, form, field, matter_id)
    if one.kind in ("org", "orgs"):
        return Page(choosing.orgs(one.field.of or "class"))
    if one.kind in ("unit", "units"):
        return Page(choosing.units(one.field.of or "school"))
    raise NotFound(_("这一项不是选班级或单位"))


@source(title="我的草稿", roles=scopes.ROLES, reach=API)
def my_drafts() -> list[DraftLine]:
    """Forms that the acting role began and did not hand in, the newest first."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, scene, form, subject_id, changed_at from matter_draft where unit_no = %s and grant_no = %s"
            " order by changed_at desc limit 50",
            [scope.unit_no, scope.grant_no or 0],
        )
        rows = cursor.fetchall()
    used = versions.all_in_use(scope.unit_no)
    found = []
    for draft_id, scene, form, subject_id, changed_at in rows:
        pack = used[scene].pack if scene in used else None
        told = pack.part("forms").get(form) if pack else None
        if told is not None:
            found.append(
                DraftLine(draft_id, scene, form, said(told.title, told.english), subject_id, changed_at)
            )
    return found


@source(title="基座里有没有这一列", roles=scopes.STAFF_ROLES, reach=API)
def column_held(*, title: str) -> list[Held]:
    """Where the base holds already what a column of this title would ask for; empty for what is new."""
    return list(holding.by_title().get(plain_title(title), ()))


class PaperChoices(msgspec.Struct, frozen=True):
    """What can be printed blank. forms: of the scene that are about a pupil, with their titles; classes: of the acting
    role."""

    scene_title: str
    forms: list[Choice]
    classes: list[Choice]


@source(title="可以印的空白表", roles=scopes.SCHOOL_ROLES | scopes.CLASS_ROLES, reach="page")
def paper_choices(*, scene: str) -> PaperChoices:
    """The forms of a scene that the acting role may begin about a pupil, and its classes. Raises NotFound."""
    scope = scopes.current()
    installed = versions.in_use(scene, scope.unit_no)
    forms = []
    for name in reach.uses_of(installed).start:
        told = installed.pack.part("forms")[name]
        about = asked.fields_of(asked.of_version(installed.version_id, name))
        if any(one.kind == "person" and (one.field.of or choosing.PUPIL) != choosing.STAFF for one in about):
            forms.append(Choice(name, said(told.title, told.english)))
    head = installed.pack.head
    return PaperChoices(said(head.title, head.english), forms, choosing.orgs("own_class"))


@source(title="表单交完以后", roles=scopes.ROLES, reach="page")
def said_at_end(*, scene: str, form: str, matter_id: UUID | None) -> tuple[str, str, str]:
    """(scene, form, what is said when it has been handed in) of an own matter. Raises NotFound."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(
            "select version_id from matter where unit_no = %s and id = %s and scene = %s",
            [scope.unit_no, matter_id, scene],
        )
        row = cursor.fetchone()
    pack = versions.pack_of(row[0]) if row else None
    told = pack.part("forms").get(form) if pack else None
    if pack is None or told is None:
        raise NotFound(_("没有这件事"))
    return (
        said(pack.head.title, pack.head.english),
        said(told.title, told.english),
        said(told.done, told.done_english),
    )
