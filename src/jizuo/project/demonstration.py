"""The demonstration district: fictional people over the ordinary walk, and one account for each role.

Passwords and second factors are known, so the accounts are made only while the base listens on this machine
alone; `jizuo run` refuses other addresses while they are there unless told otherwise.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from jizuo.ground import scope as scopes
from jizuo.project import walking
from jizuo.project.output import Output
from jizuo.project.words import _

PASSWORD = "Lanjiang-2026-demo"  # noqa: S105  printed on purpose, loopback only
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105  printed on purpose, loopback only
SEED = 2026
#: How long the tables of the scenes are waited for.
TABLES_SECONDS = 60.0
#: role -> (title, case of the generated district, its kind of person)
ROLES = {
    "district_admin": "staff",
    "district_steward": "staff",
    "district_leader": "staff",
    "head": "staff",
    "clerk": "staff",
    "homeroom_teacher": "staff",
    "teacher": "staff",
    "pupil": "pupil",
    "guardian": "guardian",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One account of the demonstration as the command prints it."""

    role: str
    name: str
    unit: str
    login_code: str
    has_second_factor: bool


def is_empty() -> bool:
    """True when the base has no unit but itself."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select not exists (select 1 from unit where unit_no > 0)")
        return bool(cursor.fetchone()[0])


def fill(size: str, out: Output, *, seed: int = SEED) -> list[Shown]:
    """Make the district and bring it in; returns the accounts. Raises Trouble when the base is not empty."""
    from django.db import connection

    from jizuo.ground import acting
    from jizuo.ground.process import Trouble
    from jizuo.hubs.organisation.actions import units
    from jizuo.plain.demo.district import make

    if not is_empty():
        raise Trouble(
            "这个基座里已经有单位，演示数据只放进空的基座。",
            "请用 JIZUO_DATA 指定一个新的数据文件夹，再运行 jizuo demo。",
            "The base is not empty: name a new data folder by JIZUO_DATA for the demonstration.",
        )
    district = make(size, seed=seed, today=school_day(acting.today()))
    with scopes.use(scopes.base_scope()):
        name_demo()
        bureau = district.units[0]
        opened = units.open_units(
            parent_no=scopes.BASE_UNIT,
            schools=[units.NewUnit(name=bureau.name, short_name=bureau.short, kind="bureau")],
        )
    scope = acting.base_job_scope(opened[0])
    with tempfile.TemporaryDirectory() as folder:
        batch = bring(district, Path(folder), scope, out)
    if batch.state != "applied":
        raise RuntimeError(
            f"the demonstration did not apply: {batch.state} {batch.error} {batch.hold_reason}"
        )
    accounts = open_role_accounts(district, acting.base_job_scope(opened[0]), opened[0])
    leave_work(district, out)
    leave_movements(district)
    leave_intake(district, out)
    switch_scenes_on(acting.base_job_scope(opened[0]), out)
    connection.close()
    return accounts


def school_day(today: date) -> date:
    """The day the generator tells its stories on: today, kept inside the years it knows."""
    return min(max(today, date(2024, 9, 2)), date(2035, 6, 1))


def name_demo() -> None:
    """Mark the base as a demonstration: fictional document numbers pass its checks."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("insert into base_state (key, version) values ('demo', 1) on conflict do nothing")


def bring(district: Any, folder: Path, scope: Any, out: Output) -> Any:
    """Write the district as OneRoster 1.2 and walk it in."""
    from jizuo.ground import facts
    from jizuo.hubs.data.actions import walk
    from jizuo.hubs.organisation.demo import oneroster
    from jizuo.hubs.organisation.protocols.oneroster.write import write

    path = folder / f"{district.units[0].name}.zip"
    write(path, oneroster.tables(district), "demo")
    batch_id = walking.land(
        path, importer="oneroster", scope=scope, source="school", is_full=True, options={"open_units": True}
    )
    batch = walking.go_on(batch_id, scope, out, _("检查与预览"))
    from jizuo.ground import acting

    scope = acting.base_job_scope(scope.unit_no)
    if batch.state == "ready":
        with scopes.use(scope):
            walk.apply_batch(batch_id=batch_id)
        batch = walking.go_on(batch_id, scope, out, _("写入"))
    while facts.deliver_due():
        pass
    return batch


def source_ids(district: Any) -> dict[str, str]:
    """Role -> sourcedId of the person who shows it."""
    from jizuo.hubs.organisation.demo.oneroster import ids

    found = {}
    for role, kind in ROLES.items():
        (number, *_rest) = district.cases[f"role:{role}"]
        if kind == "staff":
            found[role] = ids.staff_id(number)
        elif kind == "pupil":
            found[role] = ids.pupil_id(number)
        else:
            found[role] = ids.guardian_id(district, number)
    return found


def open_role_accounts(district: Any, scope: Any, bureau: int) -> list[Shown]:
    """An account with a known password for each role, with every role that its person has; staff get the known
    second factor. A security officer and an operator are accounts of the bureau without a person."""
    from allauth.mfa.models import Authenticator
    from django.db import connection

    from jizuo.hubs.identity.actions import accounts, follow, passwords
    from jizuo.hubs.identity.models import Account
    from jizuo.hubs.organisation.queries.roles import acting_roles

    wanted = source_ids(district)
    shown: list[Shown] = []
    with scopes.use(scope), scopes.open_transaction("demo.accounts"), connection.cursor() as cursor:
        cursor.execute(
            "select source_id, person_id from affiliation where source_id = any(%s)", [list(wanted.values())]
        )
        person_of: dict[str, UUID] = dict(cursor.fetchall())
        people = list({person_of[source] for source in wanted.values()})
        by_unit: dict[int, list[Any]] = {}
        for held in acting_roles(unit_nos=list(scope.units), person_ids=people):
            by_unit.setdefault(held.unit_no, []).append(held)
        for unit_no, roles in by_unit.items():
            newcomers = [follow.newcomer(role) for role in roles]
            accounts.make_accounts(unit_no=unit_no, people=newcomers, with_slips=False)
        follow.follow_affiliations(unit_nos=list(by_unit))
        for role, source in wanted.items():
            account = Account.objects.get(person_id=person_of[source])
            if not account.has_usable_password() or not account.activated_at:
                passwords.store(account, PASSWORD)
                give_factor(Authenticator, account, role)
            shown.append(shown_of(account, role, person_of[source], by_unit, cursor))
        shown += [base_account(Authenticator, role, bureau) for role in ("security_officer", "operator")]
    return shown


def give_factor(authenticators: Any, account: Any, role: str) -> None:
    """The known TOTP for staff; families have none."""
    from allauth.mfa.totp.internal.auth import TOTP

    if (
        role not in scopes.FAMILY_ROLES
        and not authenticators.objects.filter(user_id=account.pk, type="totp").exists()
    ):
        TOTP.activate(account, TOTP_SECRET)


def shown_of(account: Any, role: str, person_id: UUID, by_unit: dict[int, list[Any]], cursor: Any) -> Shown:
    """The line that the command prints for one role."""
    unit_no = next(
        unit
        for unit, roles in by_unit.items()
        if any(r.person_id == person_id and r.role == role for r in roles)
    )
    cursor.execute("select name from unit where unit_no = %s", [unit_no])
    return Shown(
        role, account.display_name, cursor.fetchone()[0], account.login_code, role not in scopes.FAMILY_ROLES
    )


def base_account(authenticators: Any, role: str, bureau: int) -> Shown:
    """An account for a role that no affiliation brings."""
    from jizuo.ground import grants
    from jizuo.ground.grants import BY_HAND, NewGrant
    from jizuo.ground.ids import new_id
    from jizuo.hubs.identity.actions import accounts, passwords
    from jizuo.hubs.identity.models import Account

    names = {"security_officer": "安全管理员", "operator": "系统管理员"}
    (code,) = accounts.free_login_codes(1)
    account = Account.objects.create(id=new_id(), login_code=code, display_name=names[role], password="")
    passwords.store(account, PASSWORD)
    give_factor(authenticators, account, role)
    grants.give(NewGrant(account_id=account.pk, unit_no=bureau, role=role), origin=BY_HAND)
    return Shown(role, names[role], "", code, True)


def leave_work(district: Any, out: Output) -> None:
    """What a clerk finds in the morning: a workbook with faults to mend."""
    from django.db import connection

    from jizuo.ground import acting
    from jizuo.hubs.data import importers
    from jizuo.plain.demo import workbooks

    if "pupils" not in importers.all_importers():
        return
    unit = district.units[district.staff[district.cases["role:clerk"][0]].unit]
    with connection.cursor() as cursor:
        cursor.execute("select unit_no from unit where name = %s", [unit.name])
        (unit_no,) = cursor.fetchone()
    content, _faults = workbooks.messy(district, unit)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "2026秋季学生名册.xlsx"
        path.write_bytes(content)
        scope = acting.base_job_scope(unit_no)
        batch_id = walking.land(
            path, importer="pupils", scope=scope, source="school", is_full=False, options={}
        )
        walking.go_on(batch_id, scope, out, _("放入一份待改的名册"))


def leave_movements(district: Any) -> None:
    """What waits in the school of the clerk: a leave and a change of class for the head, one who comes in on the way
    through the register, a leave agreed for next week. Nobody's class or presence changes with it."""
    from datetime import timedelta

    from jizuo.hubs.organisation import movements as kinds
    from jizuo.hubs.organisation.actions import moving
    from jizuo.hubs.organisation.demo.oneroster import ids

    clerk = desk_of(ids.staff_id(district.cases["role:clerk"][0]), scopes.CLERK)
    head = desk_of(ids.staff_id(district.cases["role:head"][0]), scopes.HEAD)
    if clerk is None or head is None or clerk.unit_no != head.unit_no:
        return
    today = clerk.today
    pupils = movable_pupils(clerk)
    leave = {"kind": kinds.SUSPEND, "until_on": today + timedelta(days=180)}
    with scopes.use(clerk):
        asked = [
            moving.ask_movement(
                kind=kinds.CLASS, effect_on=today, reason="与双胞胎妹妹同班", affiliation_id=pupils[0][0],
                to_class_id=pupils[0][1],
            ),
            moving.ask_movement(effect_on=today, reason="骨折，医生建议休养", affiliation_id=pupils[1][0], **leave),
            moving.ask_movement(
                kind=kinds.TRANSFER_IN, effect_on=today, reason="随父母工作调动", name="江一诺",
                other_text="临州市江北区实验小学",
            ),
            moving.ask_movement(
                effect_on=today + timedelta(days=7), reason="住院手术", affiliation_id=pupils[2][0], **leave
            ),
        ]  # fmt: skip
    with scopes.use(head):
        for movement_id in asked[2:]:
            moving.step_movement(movement_id=movement_id, to=kinds.AGREED)
    with scopes.use(clerk):
        moving.note_papers(movement_id=asked[2], papers=kinds.KINDS[kinds.TRANSFER_IN].papers)
        moving.step_movement(movement_id=asked[2], to=kinds.SENT)


def leave_intake(district: Any, out: Output) -> None:
    """The new pupils of next autumn in the school of the clerk: the list brought in, most of them come in, a proposal of
    classes that waits for the head."""
    from jizuo.hubs.data.actions import walk
    from jizuo.hubs.organisation import class_names
    from jizuo.hubs.organisation.actions import dividing, intake
    from jizuo.hubs.organisation.demo.oneroster import ids
    from jizuo.hubs.organisation.queries import intake as queries
    from jizuo.plain.demo import workbooks

    member = district.staff[district.cases["role:clerk"][0]]
    clerk = desk_of(ids.staff_id(member.id), scopes.CLERK)
    if clerk is None:
        return
    with scopes.use(clerk):
        stages = queries.intake_stages()
    year = class_names.this_year(clerk.today).first + 1
    if "primary" not in stages:
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{year}年录取名单.xlsx"
        path.write_bytes(workbooks.intake(district.units[member.unit], year=year))
        of = {"school_year": year, "stage": "primary"}
        batch_id = walking.land(
            path, importer="intake", scope=clerk, source="school", is_full=False, options=of
        )
        batch = walking.go_on(batch_id, clerk, out, _("放入一份录取名单"))
        if batch.state != "ready":
            raise RuntimeError(f"the list of new pupils did not check: {batch.state} {batch.error}")
        with scopes.use(clerk):
            walk.apply_batch(batch_id=batch_id)
        walking.go_on(batch_id, clerk, out, _("放入一份录取名单"))
    with scopes.use(clerk):
        lines, _count = queries.intake_list(school_year=year, stage="primary", most=1000)
        for at, line in enumerate(sorted(lines, key=lambda line: line.admission_no)):
            if at % 8 != 7:
                intake.report_in(intake_id=line.intake_id)
        dividing.propose_division(school_year=year, stage="primary", classes=2, most=45)


def switch_scenes_on(scope: Any, out: Output) -> None:
    """Every scene that ships, for the bureau and all its schools; their tables are made before the command ends."""
    from jizuo.ground.packs import actions
    from jizuo.project import scenes

    with scopes.use(scope):
        brought, troubles = scenes.bring_shipped()
        for trouble in troubles:
            out.complain(trouble)
        with scenes.building():
            with out.progress(_("启用场景"), len(brought)) as bar:
                for version_id in brought.values():
                    actions.install_scene(version_id=version_id, is_for_below=True)
                    bar.step()
            scenes.wait_for_tables(list(brought.values()), TABLES_SECONDS)


def desk_of(source_id: str, role: str) -> Any:
    """The scope of the demonstration's account in a role; None without one."""
    from django.db import connection

    from jizuo.ground import acting

    with connection.cursor() as cursor:
        cursor.execute("select unit_no from unit order by unit_no")
        units = tuple(unit_no for (unit_no,) in cursor.fetchall())
    with (
        scopes.use(scopes.base_scope(units)),
        scopes.open_transaction("demo.desk"),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "select g.no from acting_grant g join affiliation a on a.person_id = g.person_id and a.unit_no = g.unit_no"
            " where a.source_id = %s and g.role = %s and g.end_on is null order by g.no limit 1",
            [source_id, role],
        )
        row = cursor.fetchone()
    return acting.scope_for_job(row[0]) if row else None


def movable_pupils(scope: Any) -> list[tuple[UUID, UUID]]:
    """Three pupils of a school, each with another class of the same grade."""
    from django.db import connection

    with scopes.use(scope), scopes.open_transaction("demo.pupils"), connection.cursor() as cursor:
        cursor.execute(
            "select a.id, b.id from affiliation a join org o on o.unit_no = a.unit_no and o.id = a.class_id"
            " join lateral (select id from org b where b.unit_no = o.unit_no and b.kind = 'class'"
            " and b.scheme = o.scheme and b.entry_year = o.entry_year and b.id <> o.id and b.closed_on is null"
            " order by class_no limit 1) b on true"
            " where a.unit_no = %s and a.role = 'pupil' and a.end_on is null and a.is_registered and a.is_present"
            " and a.seat_no > 5 order by o.entry_year, o.class_no, a.seat_no limit 3",
            [scope.unit_no],
        )
        return cursor.fetchall()


def say(accounts: list[Shown], out: Output) -> None:
    """The accounts in words."""
    from jizuo.ground.doors import role_title
    from jizuo.hubs.identity.rules import codes

    out.say(
        _("演示账号（密码都是 {password}，动态验证码种子 {secret}）：").format(
            password=PASSWORD, secret=TOTP_SECRET
        )
    )
    for one in accounts:
        out.say(f"  {codes.show(one.login_code):<16} {role_title(one.role)}　{one.name}　{one.unit}")


def export(size: str, folder: Path, out: Output, *, seed: int = SEED) -> dict[str, int]:
    """Write the district as OneRoster 1.2 and one workbook for each school; returns counts. Needs no base."""
    from jizuo.hubs.organisation.demo import oneroster
    from jizuo.hubs.organisation.protocols.oneroster.write import write
    from jizuo.plain.demo import workbooks
    from jizuo.plain.demo.district import make

    district = make(size, seed=seed)
    folder.mkdir(parents=True, exist_ok=True)
    counts = write(folder / "oneroster-1.2.zip", oneroster.tables(district), "demo")
    with out.progress(_("写工作簿"), len(district.schools)) as bar:
        for school in district.schools:
            (folder / f"{school.name}.xlsx").write_bytes(workbooks.pupils(district, school))
            bar.step()
    return counts | {"workbooks": len(district.schools)}
