"""A flow by its steps: who, what, how soon, and when a step is left out."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from jizuo.ground.packs import reading
from jizuo.ground.packs.parts import HEAD, ROLES
from jizuo.ground.packs.studio import conditions, options, plain, words
from jizuo.ground.packs.studio.drawing import undoing
from jizuo.ground.packs.studio.drawing.sheets import (
    Asked,
    Editor,
    Row,
    Sheet,
    Told,
    Values,
    chosen,
    file_changes,
    many,
    pick,
    put,
    text,
    ticked,
    with_held,
)
from jizuo.ground.packs.studio.plain import Changes, Files

MOST_WHO = 2
#: Kinds of fields that are never the same twice.
NEVER_SAME = frozenset({"note", "photo", "file", "signature"})


def people(files: Files, form: str) -> list[tuple[str, Any]]:
    """Everybody whom a step can ask or tell, in words: relative to the matter, by post, by a field of the form."""
    found: list[tuple[str, Any]] = list(words.WHO.items())
    for key, post in plain.mapped(plain.told(files, ROLES).get("posts")).items():
        found.append((f"post.{key}", str(plain.mapped(post).get("title") or key)))
    told = plain.told(files, f"forms/{form}.yaml")
    held = plain.elements(files, str(told.get("over", "")))
    for field in plain.form_fields(told):
        key = str(field.get("key"))
        kind = field.get("kind") or held.get(key, {}).get("type")
        title = str(field.get("title") or held.get(key, {}).get("title") or key)
        if kind == "person" and field.get("of") == "staff":
            found.append((f"person:form.{key}", _("表上填的“%(title)s”") % {"title": title}))
        elif kind == "org":
            found.append((f"homeroom_teacher:form.{key}", _("“%(title)s”的班主任") % {"title": title}))
    return found


def compared(files: Files, form: str) -> list[tuple[str, Any]]:
    """What a condition can look at."""
    told = plain.told(files, f"forms/{form}.yaml")
    held = plain.elements(files, str(told.get("over", "")))
    found: list[tuple[str, Any]] = [("", _("总是要办")), ("applicant.role", _("申请人的身份"))]
    for field in plain.form_fields(told):
        key = str(field.get("key"))
        found.append((f"form.{key}", str(field.get("title") or held.get(key, {}).get("title") or key)))
    settings = plain.mapped(plain.told(files, HEAD).get("settings"))
    return found + [
        (f"settings.{key}", str(plain.mapped(one).get("title") or key)) for key, one in settings.items()
    ]


def told_apart(files: Files, form: str, flow: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    """By what two applications can be the same: fields of the form, and what the file names now."""
    told = plain.told(files, f"forms/{form}.yaml")
    held = plain.elements(files, str(told.get("over", "")))
    found = tuple(
        (str(one["key"]), str(one.get("title") or held.get(str(one["key"]), {}).get("title") or one["key"]))
        for one in plain.form_fields(told)
        if one.get("key") and one.get("kind") not in NEVER_SAME
    )
    for key in ticked(flow.get("once")):
        found = with_held(found, key)
    return found


def coded(files: Files, form: str) -> dict[str, dict[str, str]]:
    """Names of codes by what is compared."""
    roles = {key: str(word) for key, word in words.ROLES.items()}
    return {**options.of_fields(files, form), "applicant.role": roles}


def kind_of(step: dict[str, Any]) -> str:
    """person, or the automatic kind."""
    return str(step.get("auto") or "person")


def sheet(files: Files, name: str) -> Sheet:
    """The editor of one flow."""
    path = f"flows/{name}.yaml"
    told = plain.told(files, path)
    form = str(told.get("form", ""))
    fields = plain.told(files, f"forms/{form}.yaml")
    held = plain.elements(files, str(fields.get("over", "")))
    about = [
        (str(one["key"]), str(one.get("title") or held.get(str(one["key"]), {}).get("title") or one["key"]))
        for one in plain.form_fields(fields)
        if (one.get("kind") or held.get(str(one.get("key")), {}).get("type")) in ("person", "org")
    ]
    subject = str(told.get("subject", ""))
    head = (
        Asked("title", _("流程叫什么"), value=str(told.get("title", "")), is_must=True),
        pick("form", _("从哪张表单开始"), form, plain.choices(files, "forms")),
        pick("subject", _("这件事是关于谁的"), subject, [("", _("申请人自己")), *about]),
        Asked("limit", _("一共几个工作日办完"), "number", str(told.get("limit") or ""), hint=_("空着就不限")),
        Asked(
            "withdraw", _("申请人什么时候可以撤回"), "select", str(told.get("withdraw", "always")),
            (("always", _("办完以前都可以")), ("untouched", _("还没人办时")), ("never", _("不可以"))),
        ),
        Asked("rate", _("办完请申请人评价"), "check", bool(told.get("rate"))),
        Asked(
            "once", _("哪几项合起来只能报一次"), "checks", ticked(told.get("once")), told_apart(files, form, told),
            hint=_("如同一个社团，一个学生一个学期只能报一次：勾学生、学期和社团。前一件撤回或没通过，就可以再报；都不勾就不限"),
        ),
        *undoing.questions(files, told, people(files, form)),
    )  # fmt: skip
    rows = tuple(
        _row(files, name, form, place, plain.mapped(one)) for place, one in enumerate(plain.listed(told.get("steps")))
    )  # fmt: skip
    new = (
        Asked("kind", _("加一步"), "select", "person", chosen(words.STEP_KINDS)),
        Asked("title", _("这一步叫什么"), hint=_("如：体育老师确认")),
        Asked(
            "who0", _("谁来办"), "select", "", (("", "—"), *people(files, form)), hint=_("自动的步骤不用选")
        ),
    )
    return Sheet(str(told.get("title") or name), head, rows, new, _("一步一步怎么走"), _("加一步"), (path,))


def _row(files: Files, name: str, form: str, place: int, step: dict[str, Any]) -> Row:
    kind, title = kind_of(step), str(step.get("title") or step.get("key", ""))
    asked = [Asked("title", _("这一步叫什么"), value=title, is_must=True)]
    listed = people(files, form)
    if kind == "person":
        who = list(map(str, plain.listed(step.get("who"))))
        asked += [
            Asked(
                f"who{n}", _("谁来办") if n == 0 else _("还有谁"), "select", who[n] if n < len(who) else "",
                with_held([("", "—"), *listed], who[n] if n < len(who) else ""),
            )
            for n in range(MOST_WHO)
        ]  # fmt: skip
        asked += [
            Asked("do", _("做什么"), "select", str(step.get("do", "approve")), chosen(words.DEEDS)),
            Asked("passes", _("有几个人时"), "select", str(step.get("passes", "any")), chosen(words.PASSES)),
            Asked("within", _("几个工作日内"), "number", str(step.get("within") or ""), hint=_("空着就不催")),
        ]
        late = list(map(str, plain.listed(plain.mapped(step.get("late")).get("tell"))))
        asked.append(
            pick("late", _("过期告诉谁"), late[0] if late else "", listed, none=_("不告诉别人"))
        )  # fmt: skip
        if step.get("do") == "fill" or step.get("form"):
            asked.append(
                Asked("form", _("这一步填哪张表单"), "select", str(step.get("form", "")),
                      with_held([("", "—"), *plain.choices(files, "forms")], str(step.get("form", ""))))
            )  # fmt: skip
    elif kind == "write":
        into = str(step.get("into", ""))
        asked.append(pick("into", _("记入哪张表"), into, plain.choices(files, "standards")))
    elif kind == "tell":
        to = list(map(str, plain.listed(step.get("to"))))
        asked += [
            Asked(
                f"to{n}", _("告诉谁") if n == 0 else _("还告诉谁"), "select", to[n] if n < len(to) else "",
                with_held([("", "—"), *listed], to[n] if n < len(to) else ""),
            )
            for n in range(MOST_WHO)
        ]  # fmt: skip
        asked.append(Asked("words", _("说什么"), value=str(step.get("words", "")), is_must=True))
    said = conditions.read(str(step.get("when", "")), coded(files, form))
    if said.text:
        asked.append(Asked("when-text", _("什么时候才走这一步（表达式）"), value=said.text))
    else:
        asked += [
            pick("when-field", _("只在这种时候才走这一步"), said.field, compared(files, form)),
            Asked("when-op", _("怎么比"), "select", said.op, chosen(words.OPERATORS)),
            Asked("when-value", _("和什么比"), value=said.value, hint=_("数字、选项的名字，或 settings. 开头的设置")),
        ]  # fmt: skip
    side = (words.STEP_KINDS | words.LATER_STEPS).get(kind, kind)
    if kind == "write" and step.get("set"):
        held = plain.elements(files, str(step.get("into", "")))
        side = f"{side}：" + "、".join(
            str(held.get(key, {}).get("title") or key) for key in plain.mapped(step["set"])
        )
    marks = (
        f"flows/{name}.yaml: steps[{place}]", f"flows/{name}.yaml: steps.{step.get('key')}",
        f"flows/{name}.yaml: {step.get('key')}",
    )  # fmt: skip
    return Row(title, tuple(asked), place, marks, side)


def write(files: Files, name: str, told: Told) -> Changes:
    """The file of the flow as it came back."""
    path = f"flows/{name}.yaml"
    flow = plain.told(files, path)
    form = text(told.head, "form")
    flow["title"] = text(told.head, "title") or flow.get("title", name)
    flow["form"] = form
    put(flow, "subject", text(told.head, "subject"))
    put(flow, "limit", plain.number_of(text(told.head, "limit")))
    put(flow, "withdraw", text(told.head, "withdraw"), "always")
    put(flow, "rate", bool(text(told.head, "rate")))
    if "once" in told.head:
        ticks = many(told.head, "once")
        was = [key for key in ticked(flow.get("once")) if key in ticks]
        put(flow, "once", was + [key for key in ticks if key not in was])
    held = [plain.mapped(one) for one in plain.listed(flow.get("steps"))]
    taken = {str(one.get("key")) for one in held}
    steps = []
    for origin, values in told.rows:
        step = dict(held[origin]) if origin >= 0 else _new(files, form, values, taken)
        taken.add(str(step["key"]))
        steps.append(_changed(files, form, step, values))
    flow["steps"] = steps
    return undoing.changed(files, flow, told.head) | file_changes(files, path, flow)


def _new(files: Files, form: str, values: Values, taken: set[str]) -> dict[str, Any]:
    kind = text(values, "kind")
    title = text(values, "title") or str(words.STEP_KINDS.get(kind, plain.unnamed()))
    step: dict[str, Any] = {"key": plain.key_from(title, taken, "step"), "title": title}
    if kind == "write":
        into = str(plain.told(files, f"forms/{form}.yaml").get("over", ""))
        step |= {"auto": "write", "into": into, "set": same_names(files, form, into)}
    elif kind == "tell":
        step |= {"auto": "tell", "to": ["applicant"], "words": title}
    else:
        step |= {"who": ["homeroom_teacher_of_subject"], "do": "approve"}
    return step


def same_names(files: Files, form: str, dataset: str) -> dict[str, str]:
    """element -> expression, for each element that the form asks under the same name, and for the subject's class."""
    told = plain.told(files, f"forms/{form}.yaml")
    asked = {str(one.get("key")) for one in plain.form_fields(told)}
    klass = str(plain.told(files, f"standards/{dataset}.yaml").get("class", ""))
    return {
        key: f"form.{key}" if key in asked else "subject.class_id"
        for key in plain.elements(files, dataset)
        if key in asked or key == klass
    }


def _changed(files: Files, form: str, step: dict[str, Any], values: Values) -> dict[str, Any]:
    if (title := text(values, "title")) and title != str(step.get("title") or step.get("key", "")):
        step["title"] = title
    kind = kind_of(step)
    if kind == "person":
        _who(step, "who", values)
        for word, usual in (("do", "approve"), ("passes", "any")):
            if word in values and text(values, word) != str(step.get(word, usual)):
                step[word] = text(values, word)
        if "within" in values:
            put(step, "within", plain.number_of(text(values, "within")))
        if "late" in values:
            late = plain.mapped(step.get("late"))
            tell = list(map(str, plain.listed(late.get("tell"))))
            if text(values, "late") != (tell[0] if tell else ""):
                put(late, "tell", [text(values, "late"), *tell[1:]] if text(values, "late") else tell[1:])
                put(step, "late", late)
        if "form" in values:
            put(step, "form", text(values, "form"))
    elif kind == "write" and text(values, "into") and text(values, "into") != step.get("into"):
        step |= {"into": text(values, "into"), "set": same_names(files, form, text(values, "into"))}
    elif kind == "tell":
        _who(step, "to", values)
        if "words" in values:
            put(step, "words", text(values, "words"))
    if "when-field" in values or "when-text" in values:
        said = conditions.Condition(
            text(values, "when-field"), text(values, "when-op") or "eq", text(values, "when-value"),
            text(values, "when-text"),
        )  # fmt: skip
        known = coded(files, form)
        if said != conditions.read(str(step.get("when", "")), known):
            put(step, "when", conditions.write(said, known))
    return step


def _who(step: dict[str, Any], word: str, values: Values) -> None:
    """Put the chosen people before those beyond what is asked about."""
    if not any(f"{word}{n}" in values for n in range(MOST_WHO)):
        return
    chosen_people = [text(values, f"{word}{n}") for n in range(MOST_WHO)]
    rest = list(map(str, plain.listed(step.get(word))))[MOST_WHO:]
    if found := list(dict.fromkeys(one for one in (*chosen_people, *rest) if one)):
        step[word] = found


def begin(files: Files, name: str, title: str, form: str) -> Changes:
    """A new flow that begins with a form and writes its table."""
    told = plain.told(files, f"forms/{form}.yaml")
    into = str(told.get("over", ""))
    steps: list[dict[str, Any]] = [
        {"key": "approve", "title": "审批", "who": ["clerk"], "do": "approve", "within": 2}
    ]
    if into:
        steps.append(
            {
                "key": "keep",
                "title": "记入表",
                "auto": "write",
                "into": into,
                "set": same_names(files, form, into),
            }
        )
    return {f"flows/{name}.yaml": reading.to_yaml({"title": title, "form": form, "steps": steps})}


EDITOR = Editor("flows", sheet, write)
