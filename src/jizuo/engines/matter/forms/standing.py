"""Where a form stands when it is opened or handed in: the version of its scene, whose answers it carries on, what it is
checked against. Reads; everything judged is judged by `checking`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.engines.matter import who
from jizuo.engines.matter.forms import asked, checking, choosing, holding, known, rows
from jizuo.engines.matter.forms.asked import AskedPage
from jizuo.engines.matter.forms.checking import FormContext
from jizuo.engines.matter.forms.drawn import columns_of
from jizuo.engines.matter.forms.kinds import Seen
from jizuo.engines.matter.forms.known import Knowing
from jizuo.engines.matter.shapes import VERBS, Flow, Form
from jizuo.ground import scope as scopes
from jizuo.ground.errors import NotFound
from jizuo.ground.packs import reach, versions
from jizuo.ground.packs.parts import Pack
from jizuo.hubs.data import codes

#: Of the files that were handed in with a form; see `guard` in the room.
FILES = "matter"
MATTER = """
select m.version_id, m.form, m.state, m.data::text, m.subject_id, m.applicant_grant, m.applicant_id, m.applicant_role, m.flow
from matter m where m.unit_no = %s and m.id = %s and m.scene = %s
"""
TASKS = (
    'select step, holder, id, "do" from matter_task where unit_no = %s and matter_id = %s'
    " and state = 'open'"
)
SEEN = """
select id, name, size, type from stored_file
where id = any(%s) and unit_no = %s and owner_dataset = %s and (created_by = %s or id = any(%s))
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """A form as it stands for one person. values: answers to go on from; given: those of the matter's first form, when this
    one is filled at the step `step`, whose open task is answered with `verb`."""

    scene: str
    name: str
    version_id: UUID
    pack: Pack
    settings: Mapping[str, Any]
    unit_no: int
    subject_id: UUID | None = None
    matter_id: UUID | None = None
    step: str = ""
    task_id: UUID | None = None
    verb: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)
    steps: Mapping[str, Any] = field(default_factory=dict)

    @property
    def form(self) -> Form:
        """What the file says."""
        return self.pack.part("forms")[self.name]

    @property
    def pages(self) -> tuple[AskedPage, ...]:
        """The pages with every field as it is asked."""
        return asked.of_version(self.version_id, self.name)

    @property
    def knowing(self) -> Knowing:
        """What the base holds for it."""
        return Knowing(self.scene, self.name, self.subject_id, self.unit_no)


def missing_form() -> NotFound:
    """The answer for a form that is not there or not the role's to begin."""
    return NotFound(_("没有这张表单"), fix=_("请从场景的页面进入"))


def to_begin(scene: str, form: str, subject_id: UUID | None = None) -> Standing:
    """A form that the acting role may begin. Raises NotFound for any other and for a subject out of reach."""
    scope = scopes.current()
    installed = versions.in_use(scene, scope.unit_no)
    if form not in installed.pack.part("forms") or form not in reach.uses_of(installed).start:
        raise missing_form()
    if subject_id is not None and not known.may_name(subject_id):
        raise NotFound(_("没有这个人"), fix=_("请从列表里选"))
    return Standing(
        scene, form, installed.version_id, installed.pack, installed.settings, scope.unit_no, subject_id
    )


def to_go_on(scene: str, form: str, matter_id: UUID) -> Standing:
    """The form of a running matter: its own one while it waits for the applicant, or that of a step that waits for the
    acting role. Raises NotFound."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(MATTER, [scope.unit_no, matter_id, scene])
        row = cursor.fetchone()
        if row is None:
            raise missing_form()
        cursor.execute(TASKS, [scope.unit_no, matter_id])
        tasks = cursor.fetchall()
    version_id, own, state, data, subject_id, grant_no, person_id, role, flow_name = row
    pack = versions.pack_of(version_id)
    told = msgspec.json.decode(data)
    standing = Standing(
        scene, form, version_id, pack, versions.settings_of(version_id, scope.unit_no), scope.unit_no, subject_id,
        matter_id, steps=told.get("steps") or {},
    )  # fmt: skip
    answers = told.get("form") or {}
    keys = who.keys()
    if form == own and state == "waiting":
        about = who.About(scope.unit_no, scene, answers, subject_id, None, person_id, role)
        is_own = grant_no is not None and grant_no == scope.grant_no
        if is_own or keys.holds(who.applicant(about), scene):
            return replace(standing, values={**filled_at_steps(standing), **answers})
    flow: Flow | None = pack.part("flows").get(flow_name)
    for step in flow.steps if flow else ():
        for key, holder, task_id, do in tasks if step.form == form else ():
            if key == step.key and keys.holds(holder, scene):
                held = {
                    key: value for key, value in (standing.steps.get(step.key) or {}).items() if key != "verb"
                }
                return replace(
                    standing, step=step.key, task_id=task_id, verb=VERBS[do][0], given=answers, values=held
                )
    raise missing_form()


def filled_at_steps(standing: Standing) -> dict[str, Any]:
    """What the steps of a matter answered under the keys of this form: a sheet that a step filled is mended in the form."""
    keys = {one.key for one in asked.fields_of(standing.pages)}
    return {
        key: value
        for answers in standing.steps.values()
        if isinstance(answers, Mapping)
        for key, value in answers.items()
        if key in keys
    }


def flow_of(pack: Pack, name: str) -> Flow | None:
    """The flow that a form begins: the one it names, else the one that names it."""
    flows: Mapping[str, Flow] = pack.part("flows")
    form: Form | None = pack.part("forms").get(name)
    if form is not None and form.flow:
        return flows.get(form.flow)
    return next((flow for flow in flows.values() if flow.form == name), None)


def context_of(standing: Standing, data: Mapping[str, Any], *, is_shown: bool = True) -> FormContext:
    """What these answers are checked against: the people, classes, units and files they name as far as they are within
    reach, and what the base says of locked fields. is_shown: to who fills it, with the subject's name. Inside a door; a read
    for each group that the form has. Raises BadInput for a table too long to be drawn again."""
    checking.refuse_long(standing.pages, data)
    scope = scopes.current()
    fields = list(asked.fields_of(standing.pages))
    knowing = standing.knowing
    fixed = fixed_of(standing, knowing)
    named = choosing.named_in(fields, {**data, **fixed} if isinstance(data, Mapping) else fixed)
    subject = standing.subject_id
    flow = flow_of(standing.pack, standing.name)
    if subject is None and flow is not None and flow.subject and isinstance(data, Mapping):
        told = data.get(flow.subject)
        people = {one for ids in named["people"].values() for one in ids}
        subject = UUID(told) if isinstance(told, str) and told in people and choosing.is_uuid(told) else None
    columns = any(one.kind == "columns" for one in fields)
    words = holding.words() if columns else {}
    cells: Mapping[str, Any] = {}
    drawn = [
        each
        for one in fields
        if one.kind == "sheet"
        for each in columns_of({**standing.given, **fixed}.get(one.field.of or "columns"))
    ]
    if drawn:
        cells = knowing.values({each.known for each in drawn if each.known})
    return FormContext(
        today=scope.today,
        tables=codes.tables(),
        people={of: dict(_named(choosing.people(of, ids=ids))) for of, ids in named["people"].items()},
        orgs={of: {one.value: one.word for one in choosing.orgs(of)} for of in named["orgs"]},
        units={int(one.value): one.word for of in named["units"] for one in choosing.units(of)},
        files=files_of(standing, {one for ids in named["files"].values() for one in ids}),
        rows=rows.of_fields(standing.pack, fields, standing.unit_no),
        unit_no=standing.unit_no,
        applicant=scope.role,
        settings=standing.settings,
        subject=subject_of(standing, subject, is_shown),
        given=standing.given,
        steps=standing.steps,
        fixed=fixed,
        elements=asked.elements_of(standing.pack, standing.form),
        held=holding.by_title() if columns else {},
        words=words,
        known_cells=cells,
    )


def _named(found: list[tuple[choosing.Choice, str]]) -> list[tuple[str, str]]:
    return [(one.value, one.word) for one, _key in found]


def fixed_of(standing: Standing, knowing: Knowing) -> dict[str, Any]:
    """Values of locked fields as the base has them, or as they stand in the matter for those without a word; a field about
    which nothing is known is asked, but for what the first form of the matter left empty: that is ''."""
    stands = {**standing.values, **standing.given}
    nothing = "" if standing.given else None
    told = {
        one.key: knowing.value(one.field.prefill, one.key)
        if one.field.prefill
        else stands.get(one.key, nothing)
        for one in asked.fields_of(standing.pages)
        if one.field.locked
    }
    return {key: value for key, value in told.items() if value is not None}


def subject_of(standing: Standing, subject_id: UUID | None, is_shown: bool) -> dict[str, Any]:
    """``person_id name class_id class local_no sex`` of the subject, where an expression of the form reads it, and of a form
    that is shown where any of the pack does."""
    texts = (
        text
        for path, text in standing.pack.files.items()
        if is_shown or path == f"forms/{standing.name}.yaml"
    )
    if subject_id is None or not any("subject." in text for text in texts):
        return {}
    told = known.subject_of(standing.unit_no, subject_id)
    return {"person_id": str(subject_id), **{key.partition(".")[2]: value for key, value in told.items()}}


def files_of(standing: Standing, ids: set[str]) -> dict[str, Seen]:
    """Those of the files that the acting person brought, or that the matter holds already."""
    wanted = [UUID(one) for one in ids if choosing.is_uuid(one)]
    if not wanted:
        return {}
    scope = scopes.current()
    held = set(file_ids(standing.values)) | set(file_ids(standing.given))
    with connection.cursor() as cursor:
        cursor.execute(SEEN, [wanted, standing.unit_no, FILES, scope.grant_no, [UUID(one) for one in held]])
        return {str(row[0]): Seen(str(row[0]), *row[1:]) for row in cursor.fetchall()}


def file_ids(told: Any) -> list[str]:
    """The ids of every file in answers, wherever they stand."""
    if isinstance(told, Mapping):
        if {"id", "name", "size"} == set(told) and choosing.is_uuid(told["id"]):
            return [str(told["id"])]
        return [one for value in told.values() for one in file_ids(value)]
    return [one for value in told for one in file_ids(value)] if isinstance(told, list) else []


def answers_of(
    *,
    scene: str,
    form: str,
    version_id: UUID,
    data: Mapping[str, Any],
    settings: Mapping[str, Any],
    unit_no: int,
    subject_id: UUID | None = None,
    values: Mapping[str, Any] | None = None,
    given: Mapping[str, Any] | None = None,
    steps: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The answers of a form as they are kept, for whoever moves matters: `checking.checked` with what it is checked against.
    values: answers that stood there before, whose files may stay; given: those of the matter's first form for one that is
    filled at a step. Inside a door. Raises BadInput naming each field."""
    pack = versions.pack_of(version_id)
    standing = Standing(
        scene, form, version_id, pack, settings, unit_no, subject_id, values=values or {}, given=given or {},
        steps=steps or {},
    )  # fmt: skip
    return checking.checked(standing.form, data, context_of(standing, data, is_shown=False))
