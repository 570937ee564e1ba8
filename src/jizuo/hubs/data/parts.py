"""What a pack says of data: its standards and code tables, checked and settled when the pack is installed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql
from psycopg.types.json import Jsonb

from jizuo.ground import catalogue_state, made, plans
from jizuo.ground import scope as scopes
from jizuo.ground.errors import Problem
from jizuo.ground.ids import new_id
from jizuo.ground.packs import forbidden, parts, reading
from jizuo.ground.packs.checking import near
from jizuo.ground.packs.files import BadPack
from jizuo.ground.packs.parts import Installing, Pack, Part
from jizuo.ground.packs.shapes import Use
from jizuo.hubs.data import codes, datasets
from jizuo.hubs.data.queries import standards as queries
from jizuo.hubs.data.rules import standard_yaml
from jizuo.hubs.data.rules import standards as rules
from jizuo.hubs.data.standards import Body, Element
from jizuo.plain.codes import BadTable, Code, CodeTable

OWN_WORDS = ("subject", "class", "mine")
#: What is marked is at least of this grade, by kind; what a scene calls less would be open to too many.
LEAST_GRADE = {"health": 4, "aid": 4, "punishment": 4, "score": 3, "rank": 3, "remark": 3}


class SceneStandard(msgspec.Struct, frozen=True):
    """A standard of a pack. subject: the element that names the person a row is about, klass: the one that names the class
    (or org), mine: the one that names who wrote it; '' for none. They are what a reach is measured by."""

    body: Body
    major: int
    minor: int
    subject: str = ""
    klass: str = ""
    mine: str = ""

    def column_of(self, reach: str) -> str:
        """The element by which a reach is measured, '' where the standard has none."""
        return {"self": self.subject, "child": self.subject, "class": self.klass, "mine": self.mine}.get(
            reach, ""
        )


class SceneCodes(msgspec.Struct, frozen=True):
    """A code table of a pack."""

    title: str
    rows: tuple[Code, ...]


def read_standard(_name: str, text: str) -> SceneStandard:
    """A standard from its file. Raises BadPack."""
    told = reading.of_yaml(text)
    if not isinstance(told, Mapping):
        raise BadPack([Problem("yaml", _("不是数据标准"), _("要有 dataset、title、version 和 fields"))])
    own = {word: str(told[word]) for word in OWN_WORDS if told.get(word)}
    rest = {word: value for word, value in told.items() if word not in OWN_WORDS}
    try:
        found = standard_yaml.of_plain(rest)
    except standard_yaml.BadYaml as error:
        raise BadPack(error.problems) from None
    of_type = {
        kind: next((one.key for one in found.body.elements if one.type == kind), "")
        for kind in ("person", "org")
    }
    return SceneStandard(
        found.body, found.major, found.minor,
        own.get("subject", of_type["person"]), own.get("class", of_type["org"]), own.get("mine", ""),
    )  # fmt: skip


def write_standard(told: SceneStandard) -> str:
    """The file of a standard; `read_standard` gives the same back."""
    plain = reading.of_yaml(standard_yaml.write(told.body, f"{told.major}.{told.minor}"))
    head = {
        word: value
        for word, value in (("subject", told.subject), ("class", told.klass), ("mine", told.mine))
        if value
    }
    fields = plain.pop("fields")
    return reading.to_yaml(plain | head | {"fields": fields})


def read_codes(name: str, text: str) -> SceneCodes:
    """A code table from its file: ``# 名称`` first, then code,name,english. Raises BadPack."""
    lines = text.splitlines()
    title = lines[0].lstrip("# ").strip() if lines and lines[0].startswith("#") else ""
    rows = list(csv.DictReader(io.StringIO("\n".join(lines[1:] if title else lines))))
    problems = []
    if not title:
        problems.append(Problem(_("第 1 行"), _("没有写代码表的中文名"), _("第一行写 # 请假事由")))
    found = []
    for number, row in enumerate(rows, 3):
        code, word = (row.get("code") or "").strip(), (row.get("name") or "").strip()
        if not code or not word or len(code) > 20:
            problems.append(
                Problem(_("第 %(n)s 行") % {"n": number}, _("缺代码或名称"), _("每行 code,name,english"))
            )
            continue
        other = (row.get("english") or "").strip()
        found.append(Code(code, word, (row.get("parent") or "").strip(), aliases=(other,) if other else ()))
    try:
        CodeTable(name or "pack", title, found)
    except BadTable as error:
        problems += [Problem("csv", one, _("改好这一行")) for one in error.problems]
    if problems:
        raise BadPack(problems)
    return SceneCodes(title, tuple(found))


def write_codes(told: SceneCodes) -> str:
    """The file of a code table."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(["code", "name", "english", "parent"])
    lines.writerows([one.code, one.name, (one.aliases or ("",))[0], one.parent] for one in told.rows)
    return f"# {told.title}\n{out.getvalue()}"


def is_own(pack: Pack, name: str) -> bool:
    """Whether a name of a dataset or code table belongs to the pack."""
    return name == pack.head.id or name.startswith(f"{pack.head.id}_")


def check_codes(pack: Pack) -> list[Problem]:
    """Code tables that would take another's name."""
    found = []
    for name in pack.part("codes"):
        if not is_own(pack, name) or name in codes.shipped():
            found.append(
                Problem(
                    f"codes/{name}.csv", _("代码表的名字要以场景名开头"), f"codes/{pack.head.id}_{name}.csv"
                )
            )
    return found


def check_standards(pack: Pack) -> list[Problem]:
    """What is wrong with the standards and with the rights over them."""
    found: list[Problem] = []
    tables = {*codes.tables(), *pack.part("codes")}
    for name, told in pack.part("standards").items():
        where = f"standards/{name}.yaml"
        if told.body.name != name or not is_own(pack, name):
            found.append(
                Problem(
                    f"{where}: dataset", _("数据集名要和文件名一样，并以场景名开头"),
                    f"{pack.head.id} / {pack.head.id}_{name}",
                )
            )  # fmt: skip
        for one in rules.problems_of(told.body, tables, datasets.shipped()):
            found.append(Problem(f"{where}: {one.where}", one.what, one.fix))
        if told.body.is_master:
            found.append(Problem(f"{where}: master", _("场景的数据集不能是主数据"), _("去掉 master")))
        keys = {one.key: one for one in told.body.elements}
        for word, key, kind in (
            ("subject", told.subject, "person"),
            ("class", told.klass, "org"),
            ("mine", told.mine, "person"),
        ):
            if key and (key not in keys or keys[key].type != kind):
                found.append(
                    Problem(f"{where}: {word}", _("没有这个字段：%(key)s") % {"key": key}, near(key, keys))
                )
        for one in told.body.elements:
            found += element_problems(f"{where}: fields.{one.key}", one)
    for who, use in every_use(pack):
        found += right_problems(pack, who, use)
    return found


def element_problems(where: str, one: Element) -> list[Problem]:
    """What a scene may not collect, and what is graded too low."""
    titles = (one.title, *one.aliases)
    found = forbidden.problems_of(where, one.key, titles, one.type)
    least = LEAST_GRADE.get(forbidden.marked(one.key, titles), 0)
    if one.grade < least:
        found.append(
            Problem(
                where, _("“%(title)s”分级太低") % {"title": one.title}, _("grade 至少写 %(n)s") % {"n": least}
            )
        )
    if one.type in ("person", "org") and one.grade < (3 if one.type == "person" else 1):
        found.append(
            Problem(
                where, _("“%(title)s”分级太低") % {"title": one.title}, _("grade 至少写 %(n)s") % {"n": 3}
            )
        )
    return found


def every_use(pack: Pack) -> Iterable[tuple[str, Use]]:
    """(role or ``post.<key>``, what it may do)."""
    yield from pack.roles.roles.items()
    for key, post in pack.roles.posts.items():
        yield f"post.{key}", post.use


def right_problems(pack: Pack, who: str, use: Use) -> list[Problem]:
    """Rights that cannot be measured, that a family may not have, or that open what a group may not see."""
    found = []
    standards: Mapping[str, SceneStandard] = pack.part("standards")
    for word, told in (("read", use.read), ("write", use.write)):
        for name, how in told.items():
            standard = standards.get(name)
            if standard is None:
                continue
            where = f"roles.yaml: {who}.{word}.{name}"
            if how != "unit" and not standard.column_of(how):
                found.append(
                    Problem(where, _("%(name)s 没有可以量“%(how)s”的字段") % {"name": name, "how": how},
                            _("在标准里写 subject、class 或 mine"))
                )  # fmt: skip
            if who in scopes.FAMILY_ROLES and how in ("class", "unit") and group_problem(standard):
                found.append(
                    Problem(
                        where, _("家庭不能看到别的孩子的数据"), _("改成 child 或 self，每家只看自己的孩子")
                    )
                )
    for name, keys in use.open.items():
        standard = standards.get(name)
        if standard is None:
            continue
        known = [one.key for one in standard.body.elements]
        found += [
            Problem(
                f"roles.yaml: {who}.open.{name}", _("没有这个字段：%(key)s") % {"key": key}, near(key, known)
            )
            for key in keys
            if key not in known
        ]
    return found


def group_problem(standard: SceneStandard) -> bool:
    """Whether rows of a standard are about people: then no family sees another's."""
    return bool(standard.subject)


def marked_of(standard: SceneStandard) -> dict[str, str]:
    """element -> kind, of those that may never be shown to a group."""
    found = {}
    for one in standard.body.elements:
        kind = forbidden.marked(one.key, (one.title, *one.aliases), one.grade)
        if kind:
            found[one.key] = kind
    return found


def install_codes(telling: Installing) -> None:
    """Publish what is new in the code tables, from today on."""
    scope = scopes.current()
    for name, told in telling.pack.part("codes").items():
        held = codes.tables().get(name)
        if held is not None and tuple(held) == told.rows:
            continue
        values: list[Any] = [
            new_id(), name, told.title, f"{telling.pack.head.id} {telling.pack.head.version}",
            Jsonb(msgspec.to_builtins(told.rows)), scope.today, telling.drafted_by, telling.by,
        ]  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(
                "delete from code_edition where code_table = %s and (edition = %s or effective_on = %s)",
                [name, values[3], scope.today],
            )
            cursor.execute(
                "insert into code_edition (id, code_table, title, edition, state, rows, standard, source, to_check,"
                " effective_on, drafted_by, published_by, published_at)"
                " values (%s, %s, %s, %s, 'published', %s, '', '', '', %s, %s, %s, now())",
                values,
            )
        catalogue_state.raise_version()


def install_standards(telling: Installing) -> None:
    """Publish each standard that is new or says more than the one in force, and ask the builder for its table. Raises
    BadInput for a change that would drop data."""
    scope = scopes.current()
    for told in telling.pack.part("standards").values():
        number = next_number(told)
        if number is None:
            continue
        plan_id = plans.ask_table(plan=told.body.plan(number[0]))
        values: list[Any] = [
            new_id(), told.body.name, *number, told.body.title, Jsonb(msgspec.to_builtins(told.body)), scope.today,
            f"{telling.pack.head.id} {telling.pack.head.version}", plan_id, telling.drafted_by, telling.by,
        ]  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into standard_version (id, name, major, minor, state, title, body, effective_on, notes, plan_id,"
                " drafted_by, published_by, published_at)"
                " values (%s, %s, %s, %s, 'published', %s, %s, %s, %s, %s, %s, %s, now())",
                values,
            )
        catalogue_state.raise_version()


def next_number(told: SceneStandard) -> tuple[int, int] | None:
    """The number under which a standard is published; None when what is in force says the same already."""
    versions = [one for one in queries.versions_of(told.body.name) if one.state != rules.DRAFT]
    same = [one for one in versions if one.major == told.major]
    if not same:
        return told.major, told.minor
    if same[0].body == told.body and same[0].table_state != "refused":
        return None
    return told.major, max(one.minor for one in same) + 1


def compare_standards(was: SceneStandard, now: SceneStandard) -> str:
    """What changes in a standard, element by element, in words."""
    words = {"new": _("新加"), "gone": _("去掉"), "retired": _("停用"), "changed": _("改动")}
    return "；".join(
        f"{words[one.what]} {one.title}" + (f"（{one.words}）" if one.words else "")
        for one in rules.differences(was.body, now.body)
    )


def compare_codes(was: SceneCodes, now: SceneCodes) -> str:
    """Which codes come and go, in words."""
    old, new = ({one.code: one.name for one in told.rows} for told in (was, now))
    parts_of = (
        (_("新加"), [new[code] for code in new if code not in old]),
        (_("去掉"), [old[code] for code in old if code not in new]),
        (_("改动"), [new[code] for code in new if code in old and old[code] != new[code]]),
    )
    return "；".join(f"{word} {'、'.join(names)}" for word, names in parts_of if names)


def refuse_standards(pack: Pack) -> list[Problem]:
    """Why a pack's standards cannot become the tables here: changes that would drop what is held."""
    found = []
    for name, told in pack.part("standards").items():
        number = next_number(told)
        if number is None:
            continue
        plan = told.body.plan(number[0])
        with connection.cursor() as cursor:
            cursor.execute('select columns::text from made_table where "table" = %s', [plan.table])
            row = cursor.fetchone()
        if row is not None:
            found += [
                Problem(f"standards/{name}.yaml: fields.{one.where}", one.what, one.fix)
                for one in plans.change_problems(plan, plans.columns_of(row[0]))
            ]
    return found


def rows_held(pack: Pack) -> list[str]:
    """How many rows of each standard's table lie within reach, in words."""
    found = []
    with connection.cursor() as cursor:
        for name, told in pack.part("standards").items():
            held = datasets.all_datasets().get(name)
            if held is None or held.made is None:
                continue
            cursor.execute(
                sql.SQL("select count(*) from {}").format(sql.Identifier(made.find(*held.made).table))
            )
            (count,) = cursor.fetchone()
            found.append(_("“%(title)s”的 %(count)s 行数据保留") % {"title": told.body.title, "count": count})
    return found


def offer() -> None:
    """Offer both parts; called on the plate."""
    parts.offer(
        Part(
            "codes", "代码表", suffix=".csv", read=read_codes, write=write_codes, check=check_codes,
            install=install_codes, compare=compare_codes, order=10,
        )
    )  # fmt: skip
    parts.offer(
        Part(
            "standards", "数据标准", read=read_standard, write=write_standard, check=check_standards,
            install=install_standards, compare=compare_standards, held=rows_held, refuse=refuse_standards, order=20,
        )
    )  # fmt: skip
