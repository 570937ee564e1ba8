"""The people of a OneRoster zip as puts: persons, their affiliations, what a school knows of them, their guardians, and
who is no longer there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection

from jizuo.ground.ids import new_id
from jizuo.hubs.data.importers import NewLabel, Step
from jizuo.hubs.organisation import people
from jizuo.hubs.organisation.importers.roster import DELETED, MOST_LABELS, Held, Roster, words
from jizuo.hubs.organisation.importers.values import PLACE_FIGURES
from jizuo.hubs.organisation.protocols.oneroster.profile import KINDS, ROLES, read_guardians
from jizuo.hubs.organisation.rules import derived_id
from jizuo.plain import pinyin
from jizuo.plain.text import bare_number

SEX = {"male": "1", "female": "2", "unspecified": "9", "other": "9", "": ""}
#: OneRoster role -> the acting role a staff member gets from it; teachers of classes come from enrolments.
POSTS = {
    word: role for role, word in ROLES.items() if role not in ("pupil", "guardian", "homeroom_teacher")
} | {
    "siteAdministrator": "clerk",
    "administrator": "clerk",
}


def read_held(roster: Roster) -> Held:
    """Affiliations of the file's units: by outside key, and who is there now."""
    held = Held()
    with connection.cursor() as cursor:
        cursor.execute(
            "select unit_no, role, source_id, id::text, person_id::text, end_on is null, begin_on, class_id::text, seat_no,"
            " name, base_no, sex from affiliation where unit_no = any(%s)",
            [sorted(set(roster.unit_of.values()))],
        )
        for (
            unit_no, role, source_id, affiliation_id, person_id, is_open, begin, class_id, seat, name, number, sex,
        ) in cursor.fetchall():  # fmt: skip
            # By the outside key, and by our own: an export of this base may come home.
            for key in dict.fromkeys((source_id or person_id, person_id)):
                if is_open or (unit_no, role, key) not in held.affiliations:
                    held.affiliations[unit_no, role, key] = (
                        affiliation_id,
                        person_id,
                        begin,
                        class_id,
                        seat,
                    )
                    if role != "guardian" or (unit_no, key) not in roster.affiliation_of:
                        roster.affiliation_of[unit_no, key] = affiliation_id
                held.persons[key] = roster.person_of[key] = person_id
                held.told[key] = (name, number, sex)
            if is_open:
                held.open_ids.add(affiliation_id)
                if role in ("pupil", "staff"):
                    roster.there[unit_no] = roster.there.get(unit_no, 0) + 1
                    if source_id:
                        held.open_now[affiliation_id] = (unit_no, role)
    return held


def persons(roster: Roster, held: Held) -> tuple[Step, Step, Step, Step]:
    """Persons, their affiliations, and what a school knows of pupils and staff."""
    demographics = {
        row[0]: row[1:]
        for row in roster.columns(
            "demographics", "sourcedId", "birthDate", "sex", ".sexCode", ".ethnicGroup", ".nationality",
            ".overseas", ".political",
        )
    }  # fmt: skip
    nothing = ("",) * 7
    users = roster.users
    persons: list[tuple[Any, ...]] = []
    user_rows = list(
        roster.columns(
            "users", "sourcedId", "status", "familyName", "givenName", ".name", ".nameReading", ".formerName",
            ".latinName", "email", "sms", "phone",
        )
    )  # fmt: skip
    numbers = people.new_base_numbers(sum(row[0] not in held.persons for row in user_rows))
    known_numbers = numbers_of(roster, set(held.persons.values()))
    for source_id, _status, family, given, full, reading, former, latin, email, sms, phone in user_rows:
        birth, sex, sex_code, ethnic, nationality, overseas, political = demographics.get(source_id, nothing)
        name = (full or joined(family, given))[:50]
        person_id = held.persons.get(source_id)
        if person_id is None:
            person_id, number = str(new_id()), next(numbers)
        else:
            number = known_numbers[person_id]
        roster.person_of[source_id] = person_id
        code = sex_code or SEX.get(sex, "")
        users[source_id] = (name, number, code)
        persons.append(
            (person_id, number, name, reading, former, latin, code, birth or None, ethnic, nationality, overseas,
             political, (sms or phone)[:30], email[:120])
        )  # fmt: skip
    for source_id, (birth, sex, sex_code, *codes) in demographics.items():
        if source_id not in users and source_id in held.persons:
            person_id = held.persons[source_id]
            code = sex_code or SEX.get(sex, "")
            persons.append(
                (person_id, known_numbers[person_id], "", "", "", "", code, birth or None, *codes, "", "")
            )
    affiliations, pupils, staff, labels = affiliation_rows(roster, held, {**held.told, **users})
    return (
        Step(
            "person",
            ("id", "base_no", "name", "name_reading", "former_name", "latin_name", "sex", "birth_on", "ethnic",
             "nationality", "overseas", "political", "phone", "email"),
            persons, is_shown=True, new_labels=labels,
        ),
        Step(
            "affiliation",
            ("id", "unit_no", "person_id", "role", "is_primary", "is_registered", "is_present", "begin_on", "end_on",
             "end_reason", "name", "sort_key", "base_no", "sex", "local_no", "posts", "class_id", "seat_no",
             "source_id"),
            affiliations, is_shown=False,
        ),
        Step(
            "pupil",
            ("id", "unit_no", "person_id", "status", "entry_year", "entered_on", "entry_way", "attendance",
             "class_roll_no", "household_place", "household_kind", "address"),
            pupils, is_shown=False,
        ),
        Step(
            "staff",
            ("id", "unit_no", "person_id", "establishment", "post_kind", "post_grade", "duty", "title", "title_on",
             "education", "degree", "work_since", "here_since", "is_full_time_teacher", "subject_code",
             "weekly_lessons", "homeroom_years", "honours", "leave", "shared_kind", "home_unit_no"),
            staff, is_shown=False,
        ),
    )  # fmt: skip


def numbers_of(roster: Roster, person_ids: set[str]) -> dict[str, str]:
    """基座号 of people in reach."""
    if not person_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct person_id::text, base_no from affiliation where unit_no = any(%s)",
            [sorted(set(roster.unit_of.values()))],
        )
        return dict(cursor.fetchall())


def affiliation_rows(
    roster: Roster, held: Held, users: Mapping[str, tuple[str, str, str]]
) -> tuple[list[tuple], list[tuple], list[tuple], list[NewLabel]]:
    """One affiliation for each person, unit and kind; several OneRoster roles at one unit are one."""
    own_class = roster.own_classes()
    sort_keys: dict[str, str] = {}
    merged: dict[tuple[int, str, str], list[Any]] = {}
    today = roster.given.today.isoformat()
    deleted = {user for user, status in roster.columns("users", "sourcedId", "status") if status == DELETED}
    left = {(unit_no, user): class_id for unit_no, user, class_id in roster.left_classes()}
    for row in roster.columns(
        "roles", "userSourcedId", "roleType", "role", "beginDate", "endDate", "orgSourcedId", "status",
        ".kind", ".isPrimary", ".isRegistered", ".isPresent", ".endReason", ".localNo", ".status", ".entryYear",
        ".enteredOn", ".entryWay", ".attendance", ".classRollNo", ".householdPlace", ".householdKind", ".address",
        ".establishment", ".postKind", ".postGrade", ".duty", ".title", ".titleOn", ".education", ".degree",
        ".workSince", ".hereSince", ".isFullTimeTeacher", ".subject", ".weeklyLessons", ".homeroomYears", ".honours",
        ".leave", ".sharedKind", ".homeOrgSourcedId",
    ):  # fmt: skip
        user, role_type, role, begin, end, org, status, kind = row[:8]
        kind = kind or KINDS.get(role, "staff")
        unit_no = roster.place(roster.unit_of, org, "roles", "orgSourcedId")
        is_ended = status == DELETED or user in deleted
        post = POSTS.get(role) if kind == "staff" else None
        key = (unit_no, kind, user)
        found = merged.get(key)
        if found is None:
            merged[key] = [row, begin, today if is_ended and not end else end, {post} if post else set()]
        else:
            if role_type == "primary":
                found[0] = row
            found[1] = min(filter(None, (found[1], begin)), default="")
            found[2] = "" if not end or not found[2] else max(found[2], end)
            if post:
                found[3].add(post)
    affiliations: list[tuple] = []
    pupils: list[tuple] = []
    staff: list[tuple] = []
    labels: list[NewLabel] = []
    for (unit_no, kind, user), (row, begin, end, posts) in merged.items():
        name, number, sex = roster.place(users, user, "roles", "userSourcedId")
        person_id = roster.person_of[user]
        roster.written.add((unit_no, kind, user))
        known = held.affiliations.get((unit_no, kind, user)) or held.affiliations.get(
            (unit_no, kind, person_id)
        )
        affiliation_id = known[0] if known else str(new_id())
        roster.affiliation_of[unit_no, user] = affiliation_id
        if kind == "guardian":
            roster.affiliation_of.setdefault((unit_no, user), affiliation_id)
        held.open_now.pop(affiliation_id, None)
        sort_key = sort_keys.get(name)
        if sort_key is None:
            sort_key = sort_keys[name] = pinyin.sort_key(name)[:160]
        class_id, seat = own_class.get((unit_no, user), (None, None)) if kind == "pupil" else (None, None)
        if known and class_id is None and not roster.given.is_full and left.get((unit_no, user)) != known[3]:
            class_id, seat = known[3], known[4]
        if known and end and end <= today and affiliation_id in held.open_ids:
            roster.leaves(unit_no, kind)
        affiliations.append(
            (affiliation_id, unit_no, person_id, kind, row[8] != "false", row[9] != "false", row[10] != "false",
             begin or (known[2] if known else today), end or None, row[11], name, sort_key, number, sex, row[12][:40],
             words(",".join(sorted(posts))), class_id, seat or None, user)
        )  # fmt: skip
        if known is None and len(labels) < MOST_LABELS and kind != "guardian":
            labels.append(NewLabel(name, f"users.csv {user}"))
        if kind == "pupil":
            pupils.append(
                (
                    affiliation_id,
                    unit_no,
                    person_id,
                    row[13],
                    row[14] or None,
                    row[15] or None,
                    *row[16:18],
                    bare_number(row[18], PLACE_FIGURES),
                    *row[19:22],
                )
            )
        elif kind == "staff":
            home = row[39]
            staff.append(
                (affiliation_id, unit_no, person_id, *row[22:27], row[27] or None, row[28], row[29], row[30] or None,
                 row[31] or None, row[32] == "true", row[33], row[34] or None, row[35] or None, row[36], row[37],
                 row[38], roster.unit_of.get(home) if home else None)
            )  # fmt: skip
    return affiliations, pupils, staff, labels


def guardians(roster: Roster) -> Step:
    """Guardians with relation and rights where the file carries our column; plain agents otherwise."""
    rows = []
    guardian_roles = {
        user
        for user, role in roster.columns("roles", "userSourcedId", "role")
        if KINDS.get(role) == "guardian"
    }
    for child, agents, told in roster.columns("users", "sourcedId", "agentSourcedIds", ".guardians"):
        if told:
            for one in read_guardians(told):
                if one.id in roster.person_of:
                    told_of = (one.relation, set(one.rights), one.order, one.begin, one.end)
                    rows.append(guardian_row(roster, child, one.id, *told_of))
        elif agents:
            for order, agent in enumerate(agents.split(","), 1):
                agent = agent.strip()
                if agent in guardian_roles:
                    rows.append(guardian_row(roster, child, agent, "", {"view", "notify"}, order, "", ""))
    roster.has_ties = bool(rows)
    return Step(
        "guardian_of",
        ("id", "child_id", "guardian_id", "relation", "is_legal", "lives_with", "may_pick_up", "may_view", "may_sign",
         "gets_notice", "is_entrusted", "is_no_contact", "emergency_order", "begin_on", "end_on"),
        rows, is_shown=False,
    )  # fmt: skip


def guardian_row(
    roster: Roster, child: str, adult: str, relation: str, rights: set[str], order: int, begin: str, end: str
) -> tuple[Any, ...]:
    """One row of guardian_of; its id derives from the two people."""
    child_id = roster.place(roster.person_of, child, "users", "sourcedId")
    adult_id = roster.place(roster.person_of, adult, "users", "agentSourcedIds")
    return (
        derived_id(0, "guardian_of", f"{child_id}/{adult_id}"), child_id, adult_id, relation, "legal" in rights,
        "lives" in rights, "pickup" in rights, "view" in rights, "sign" in rights, "notify" in rights,
        "entrusted" in rights, "barred" in rights, order or None, begin or None, end or None,
    )  # fmt: skip


def leavers(roster: Roster, held: Held) -> Step:
    """Who is there now and not in the full file: the affiliation ends, the person stays."""
    today = roster.given.today.isoformat()
    covered = {roster.unit_of[org] for (org,) in roster.columns("orgs", "sourcedId")}
    rows = []
    for affiliation_id, (unit_no, role) in held.open_now.items():
        if unit_no in covered:
            rows.append((affiliation_id, unit_no, today))
            roster.leaves(unit_no, role)
    return Step("affiliation", ("id", "unit_no", "end_on"), rows, verdict="gone")


def joined(family: str, given: str) -> str:
    """A full name from its two halves: together when Chinese, with a blank otherwise."""
    return (
        f"{family}{given}" if family[:1] >= "\u2e80" or given[:1] >= "\u2e80" else f"{given} {family}".strip()
    )
