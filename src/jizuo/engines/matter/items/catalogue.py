"""The catalogue of items and the guide of each: what a family or a citizen reads before applying."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.engines.matter import days
from jizuo.engines.matter.forms import known
from jizuo.engines.matter.forms.asked import said
from jizuo.engines.matter.forms.known import Knowing
from jizuo.engines.matter.items.lines import Guide, GuideStep, ItemLine, MaterialLine
from jizuo.engines.matter.shapes import Flow, Item, Material
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, source
from jizuo.ground.errors import NotFound
from jizuo.ground.packs import reach, versions
from jizuo.ground.packs.shapes import Use
from jizuo.ground.packs.versions import Installed
from jizuo.hubs.data import naming, searching
from jizuo.plain import workdays

#: Whom an item is for -> roles that find it in the catalogue; offices find every one.
FOR = {
    "pupil": scopes.FAMILY_ROLES, "family": frozenset({scopes.GUARDIAN}), "citizen": scopes.FAMILY_ROLES,
    "staff": scopes.CLASS_ROLES, "school": frozenset[str](),
}  # fmt: skip
OFFICE = scopes.SCHOOL_ROLES | scopes.DISTRICT_ROLES


def offered() -> Iterator[tuple[Installed, str, Item, Use]]:
    """The items that the acting role may find, of every scene in use. Inside a door; one read for posts."""
    scope = scopes.current()
    posts = reach.posts_held()
    for _scene, installed in versions.all_in_use(scope.unit_no).items():
        items = installed.pack.part("items")
        if not items:
            continue
        use = reach.uses_of(installed, posts)
        for name, item in sorted(items.items(), key=lambda one: one[1].code):
            may = installed.pack.part("flows")[item.flow].form in use.start
            if may or scope.role in OFFICE or scope.role in FOR[item.subject]:
                yield installed, name, item, use


def line_of(installed: Installed, name: str, item: Item, use: Use) -> ItemLine:
    """An item as it stands in the catalogue."""
    form = installed.pack.part("flows")[item.flow].form
    return ItemLine(
        installed.scene, name, said(item.title, item.english), item.code, item.subject, item.about, item.promise_days,
        item.limit_days, item.fee, item.result, form if form in use.start and "phone" in item.channels else "",
        installed.pack.head.icon,
    )  # fmt: skip


@source(title="办事目录", roles=scopes.ROLES, reach=API)
def item_list(*, text: str = "") -> list[ItemLine]:
    """The items that the acting role may apply for or looks after, by code. text: part of a title, keyword or code, also its
    pinyin or initials."""
    found = []
    for installed, name, item, use in offered():
        words = (item.title, item.english, *item.keywords, installed.pack.head.title)
        is_code = bool(text.strip()) and text.strip().casefold() in item.code.casefold()
        if is_code or searching.answers([word for word in words if word], text[:40]):
            found.append(line_of(installed, name, item, use))
    return found


@source(title="办事指南", roles=scopes.ROLES, reach=API)
def item_guide(*, scene: str, item: str, subject_id: UUID | None = None) -> Guide:
    """Everything about an item, its materials weighed against what the base holds of the subject: what it holds is not asked
    for. Raises NotFound for an item or person out of reach."""
    told = next((one for one in offered() if one[0].scene == scene and one[1] == item), None)
    if told is None:
        raise NotFound(_("没有这个事项"), fix=_("请从办事目录里找"))
    installed, name, read, use = told
    scope = scopes.current()
    subjects = _subjects()
    if subject_id is None and len(subjects) == 1:
        subject_id = subjects[0][0]
    if subject_id is not None and subject_id not in {one for one, _name in subjects}:
        raise NotFound(_("没有这个事项"), fix=_("请从办事目录里找"))
    flow: Flow = installed.pack.part("flows")[read.flow]
    knowing = Knowing(scene, flow.form, subject_id)
    steps = [
        GuideStep(said(step.title, step.english) or step.key, step.within, bool(step.when))
        for step in flow.steps
        if not step.auto
    ]
    due_on = workdays.add(scope.today, read.promise_days)
    with connection.cursor() as cursor:
        cursor.execute("select name from unit where unit_no = %s", [scope.unit_no])
        (unit,) = cursor.fetchone()
    return Guide(
        line_of(installed, name, read, use), read.basis, [material_of(one, knowing) for one in read.materials], steps,
        read.where, read.hours, read.phone, read.channels, due_on, days.is_known(scope.today, due_on), unit, subject_id,
        subjects if len(subjects) > 1 else [],
    )  # fmt: skip


def _subjects() -> list[tuple[UUID, str]]:
    """For whom a family may apply, by name; nobody for other roles, who choose in the form."""
    scope = scopes.current()
    if scope.role not in scopes.FAMILY_ROLES:
        return []
    own = reach.children() if scope.role == scopes.GUARDIAN else (scope.person_id,)
    names = naming.names_of("person", [one for one in own if one])
    return sorted(names.items(), key=lambda one: one[1])


def material_of(material: Material, knowing: Knowing) -> MaterialLine:
    """What becomes of one material: not asked when the base holds it, else handed in with the form or brought."""
    title = said(material.title, material.english)
    if material.known and knowing.value(material.known) is not None:
        return MaterialLine(title, "known", False, str(known.WORDS[material.known]))
    return MaterialLine(title, "upload" if material.field else "bring", material.required, material.note)
