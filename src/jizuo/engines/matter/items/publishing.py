"""A step that shows something to everybody: what may go out is found from the form's fields, not from their values.

Only fields of grade 1 leave; of a 公示 also the people it is about, with their names masked, and no picture. A marked field
(成绩, 健康, 资助 ...) never does. A picture goes out as a copy without what the camera wrote into it.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from jizuo.engines.matter.forms import asked, kinds
from jizuo.engines.matter.forms.asked import Asked
from jizuo.engines.matter.rules import NAMES
from jizuo.engines.matter.shapes import Flow, Step
from jizuo.engines.matter.writing import Case
from jizuo.ground.errors import BadInput, Problem
from jizuo.ground.files import actions as file_actions
from jizuo.ground.files import queries as file_queries
from jizuo.ground.files import store
from jizuo.ground.files.actions import Received
from jizuo.ground.packs import forbidden, public, versions
from jizuo.ground.packs.parts import Pack
from jizuo.hubs.data import naming
from jizuo.plain import expression, picture
from jizuo.plain.expression import BadExpression
from jizuo.plain.names import mask_name

#: What a step may set: words of the entry, and its days.
WORDS = ("title", "text", "place", "names", "by", "captions")
#: What a step may set to a field of pictures.
PICTURES = "pictures"
DAYS = ("day", "end", "until")
PEOPLE = frozenset({"person", "people"})
#: Of what is known besides the form, nothing that could name anybody.
OPEN_ROOTS = ("settings", "today")


def faults_of(where: str, pack: Pack, flow: Flow, step: Step) -> list[Problem]:
    """What keeps a `publish` step from being safe. Pure."""
    found = []
    if not step.publish:
        found.append(Problem(f"{where}.publish", _("没有写公开成什么"), "、".join(public.KINDS)))
    if "title" not in step.set:
        found.append(Problem(f"{where}.set", _("公开的内容没有标题"), _("如 title: form.title")))
    form = pack.part("forms").get(flow.form)
    fields = (
        {one.key: one for one in asked.fields_of(asked.asked_of(form, asked.elements_of(pack, form)))}
        if form is not None
        else {}
    )
    for key, text in step.set.items():
        spot = f"{where}.set.{key}"
        if key not in (*WORDS, *DAYS, PICTURES):
            what = _("公开的内容没有这一项：%(key)s") % {"key": key[:40]}
            found.append(Problem(spot, what, "、".join((*WORDS, *DAYS, PICTURES))))
            continue
        try:
            read = expression.compile(text, NAMES).names
        except BadExpression as error:
            found.append(Problem(spot, error.what, error.fix))
            continue
        if key == PICTURES:
            found += _picture_faults(spot, text, fields, step)
            continue
        for name in sorted(read):
            found += _name_faults(spot, key, name, fields, step)
    return found


def _picture_faults(spot: str, text: str, fields: Mapping[str, Asked], step: Step) -> list[Problem]:
    if step.publish == public.NOTICE:
        return [Problem(spot, _("公示不带图片"), _("去掉 pictures"))]
    one = fields.get(text.strip().removeprefix("form."))
    if one is None or one.kind != "photo" or one.field.of != kinds.WEB or one.grade > 1:
        return [Problem(spot, _("公开的图片要取自一个给大家看的图片字段"),
                        _("在表单里给这张照片勾“放到网页上给所有人看”，“谁看得到”选“可以公开”（kind: photo、of: web、grade: 1），"
                          "这里写 form.字段"))]  # fmt: skip
    return _marked_faults(spot, one)


def _name_faults(spot: str, key: str, name: str, fields: Mapping[str, Asked], step: Step) -> list[Problem]:
    root, _dot, field = name.partition(".")
    if root in OPEN_ROOTS:
        return []
    if root != "form" or field not in fields:
        return [
            Problem(
                spot,
                _("公开的内容只能取自表单里写给大家看的字段：%(name)s") % {"name": name},
                _("用 form.字段"),
            )
        ]
    one = fields[field]
    if marked := _marked_faults(spot, one):
        return marked
    if one.kind in PEOPLE and step.publish == public.NOTICE and key == "names":
        return []
    if one.grade > 1 or one.kind in PEOPLE or one.kind in asked.FILE_KINDS:
        return [
            Problem(
                spot, _("“%(title)s”不是公开的字段（分级 %(grade)s）") % {"title": one.title, "grade": one.grade},
                _("只公开分级为 1 的字段；公示的人写在 names 里，名字会遮住"),
            )
        ]  # fmt: skip
    return []


def _marked_faults(spot: str, one: Asked) -> list[Problem]:
    if not forbidden.marked(one.key, (one.title,), one.grade):
        return []
    fix = _("改成各家只看自己孩子的页面（记录或步骤），不要放进新闻、校历和公示")
    return [Problem(spot, _("“%(title)s”不能公开") % {"title": one.title}, fix)]


def pictures_of(told: Mapping[str, Any]) -> list[Received]:
    """The pictures among the values of a step's `set`, as everybody may have them: new contents without place, time and
    device, and without a name that could tell who is on them. Inside a door. Raises BadInput naming one that is not whole,
    Conflict while one waits for its scan, NotAllowed for one that is infected."""
    found = []
    for number, one in enumerate(told.get(PICTURES) or (), 1):
        held = file_queries.get_checked_file(file_id=UUID(str(one["id"])))
        try:
            if held.type not in picture.TYPES:
                raise LookupError(held.type)
            content = b"".join(store.current().open(held.sha256))
            clean = picture.without_traces(content, held.type)
        except (ValueError, LookupError):
            raise BadInput(
                _("第 %(n)s 张图片“%(name)s”不完整，没有公开") % {"n": number, "name": held.name},
                fix=_("请退回，换一张或另存为 JPG 再交"),
            ) from None
        name = f"{number}.{held.type.removeprefix('image/')}"
        found.append(file_actions.receive(io.BytesIO(clean), name=name, kind="picture"))
    return found


def publish(case: Case, step: Step, told: Mapping[str, Any], pictures: Sequence[Received] = ()) -> UUID:
    """Show what a step gave. told: values of its `set`; pictures: `pictures_of` them. Inside a door. Raises BadInput when it
    may not go out."""
    pack = versions.pack_of(case.version_id)
    faults = faults_of(step.key, pack, case.plan, step)
    if faults:
        raise BadInput(_("没有公开"), problems=faults)
    names = told.get("names")
    cells = {key: _words(told.get(key)) for key in ("place", "by", "end") if told.get(key)}
    if names:
        cells["names"] = masked(names)
    begin, end, until = (_day(told.get(key)) for key in DAYS)
    if step.publish == public.EVENT:
        until = (end or begin or date.max - timedelta(days=1)) + timedelta(days=1)
    elif until is not None:
        until += timedelta(days=1)
    return public.put(
        scene=case.scene, kind=step.publish, record_id=case.record_id or case.id, title=_words(told.get("title")),
        text=_words(told.get("text")), cells=cells, begin_on=begin, until_on=until, days=step.days, pictures=pictures,
        captions=_words(told.get("captions")).splitlines(),
    )  # fmt: skip


def masked(people: Any) -> str:
    """The names of people with the middle hidden. Inside a door; one read."""
    told = people if isinstance(people, list | tuple) else [people]
    ids = [UUID(str(one)) for one in told if one]
    names = naming.names_of("person", ids)
    return "、".join(mask_name(names[one]) for one in ids if one in names)


def _words(value: Any) -> str:
    return "" if value is None else str(value)


def _day(value: Any) -> date | None:
    return date.fromisoformat(str(value)[:10]) if value else None
