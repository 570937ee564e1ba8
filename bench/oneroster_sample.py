"""A synthetic OneRoster 1.2 zip of any size, and what checking it costs.

    python bench/oneroster_sample.py make FILE.zip --scale 1 [--guardians]
    python bench/oneroster_sample.py measure [--scales 0.125 0.25 0.5 1]

Scale 1 is a full district: 105 schools, 57,171 pupils, 7,435 staff and about 300,000 enrolments. All persons
are invented. The same scale and seed give the same bytes. The zip is written here with the standard library
and not with the product's writer, so that a shared mistake of reader and writer cannot hide.
"""

import argparse
import csv
import io
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰梅建国志文博雨欣怡然子轩浩宇梓涵一诺"
COURSES = ("班集体", "语文", "数学", "英语", "体育")
FILES = (
    "academicSessions",
    "categories",
    "classes",
    "classResources",
    "courses",
    "courseResources",
    "demographics",
    "enrollments",
    "lineItemLearningObjectiveIds",
    "lineItems",
    "lineItemScoreScales",
    "orgs",
    "resources",
    "resultLearningObjectiveIds",
    "results",
    "resultScoreScales",
    "roles",
    "scoreScales",
    "userProfiles",
    "userResources",
    "users",
)
FIRST = ["sourcedId", "status", "dateLastModified"]
COLUMNS = {
    "orgs": "name type identifier parentSourcedId",
    "academicSessions": "title type startDate endDate parentSourcedId schoolYear",
    "courses": "schoolYearSourcedId title courseCode grades orgSourcedId subjects subjectCodes",
    "classes": "title grades courseSourcedId classCode classType location schoolSourcedId termSourcedIds "
    "subjects subjectCodes periods",
    "users": "enabledUser username userIds givenName familyName middleName identifier email sms phone "
    "agentSourcedIds grades password userMasterIdentifier preferredGivenName preferredMiddleName "
    "preferredFamilyName primaryOrgSourcedId pronouns",
    "roles": "userSourcedId roleType role beginDate endDate orgSourcedId userProfileSourcedId",
    "demographics": "birthDate sex americanIndianOrAlaskaNative asian blackOrAfricanAmerican "
    "nativeHawaiianOrOtherPacificIslander white demographicRaceTwoOrMoreRaces hispanicOrLatinoEthnicity "
    "countryOfBirthCode stateOfBirthAbbreviation cityOfBirth publicSchoolResidenceStatus",
    "enrollments": "classSourcedId schoolSourcedId userSourcedId role primary beginDate endDate",
}


def rows(scale: float, seed: int, guardians: bool) -> Iterator[tuple[str, list[str]]]:
    """Rows as (file name without .csv, values after the first three columns, sourcedId first)."""
    rnd = random.Random(seed)

    def key() -> str:
        h = f"{rnd.getrandbits(128):032x}"
        return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"

    def name() -> tuple[str, str]:
        return rnd.choice(SURNAMES), "".join(rnd.choices(GIVEN, k=rnd.choice((1, 2, 2))))

    pupils, staff, schools = round(57_171 * scale), round(7_435 * scale), max(1, round(105 * scale))
    bureau, year, term = key(), key(), key()
    yield "orgs", [bureau, "东江区教育局", "district", "", ""]
    school_ids = [key() for _ in range(schools)]
    for n, school in enumerate(school_ids, 1):
        yield "orgs", [school, f"第{n}学校", "school", f"{n:06d}", bureau]
    yield (
        "academicSessions",
        [year, "2026学年", "schoolYear", "2026-09-01", "2027-07-01", "", "2027"],
    )
    yield (
        "academicSessions",
        [term, "2026学年第一学期", "semester", "2026-09-01", "2027-02-01", year, "2027"],
    )
    courses = [key() for _ in COURSES]
    for course, title in zip(courses, COURSES, strict=True):
        yield "courses", [course, year, title, "", "", bureau, title, ""]
    number = 0

    def person(role: str, org: str, grade: str, agents: str) -> tuple[str, list[tuple[str, list[str]]]]:
        nonlocal number
        number += 1
        user, (family, given) = key(), name()
        values = [
            user,
            "true",
            f"jz{number:08d}",
            "",
            given,
            family,
            "",
            f"{10_000_000 + number}",
            "",
            "",
            "",
        ]
        values += [agents, grade, "", "", "", "", "", org, ""]
        role_row = [key(), user, "primary", role, "2026-09-01", "", org, ""]
        return user, [("users", values), ("roles", role_row)]

    teachers = []
    for n in range(staff):
        user, both = person("teacher", school_ids[n % schools], "", "")
        teachers.append(user)
        yield from both
    enrolled = 0
    for n in range(pupils):
        school = school_ids[n % schools]
        grade = f"{1 + (n // schools // 40) % 9:02d}"
        if n // schools % 40 == 0 or n < schools:
            if n % schools == 0:
                now: dict[str, list[str]] = {}
            now[school] = [key() for _ in COURSES]
            for class_id, course, title in zip(now[school], courses, COURSES, strict=True):
                kind = "homeroom" if title == COURSES[0] else "scheduled"
                yield (
                    "classes",
                    [class_id, f"{title}{n}", grade, course, "", kind, "", school, term, title, "", ""],
                )
                enrolled += 1
                teacher = teachers[enrolled % len(teachers)]
                yield (
                    "enrollments",
                    [key(), class_id, school, teacher, "teacher", "true", "2026-09-01", "2027-02-01"],
                )
        agents = []
        for _ in range(2 if guardians else 0):
            adult, both = person("guardian", school, "", "")
            agents.append(adult)
            yield from both
        user, both = person("student", school, grade, ",".join(agents))
        yield from both
        born = f"{2021 - int(grade)}-{rnd.randint(1, 12):02d}-{rnd.randint(1, 28):02d}"
        yield "demographics", [user, born, rnd.choice(("male", "female")), *[""] * 7, "CN", *[""] * 3]
        for class_id in now[school]:
            yield "enrollments", [key(), class_id, school, user, "student", "", "2026-09-01", "2027-02-01"]


def make(target: Path, scale: float = 1.0, seed: int = 2026, guardians: bool = False) -> dict[str, int]:
    """Write the zip; returns rows per file."""
    texts = {name: io.StringIO() for name in COLUMNS}
    writers = {name: csv.writer(text) for name, text in texts.items()}
    counts = dict.fromkeys(COLUMNS, 0)
    for name, writer in writers.items():
        writer.writerow(FIRST + COLUMNS[name].split())
    for name, values in rows(scale, seed, guardians):
        writers[name].writerow([values[0], "", "", *values[1:]])
        counts[name] += 1
    manifest = [("propertyName", "value"), ("manifest.version", "1.0"), ("oneroster.version", "1.2")]
    manifest += [(f"file.{name}", "bulk" if name in COLUMNS else "absent") for name in FILES]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as zf:
        zf.writestr(
            zipfile.ZipInfo("manifest.csv"),
            "".join(f"{k},{v}\r\n" for k, v in manifest),
            zipfile.ZIP_DEFLATED,
        )
        for name, text in texts.items():
            zf.writestr(zipfile.ZipInfo(f"{name}.csv"), text.getvalue(), zipfile.ZIP_DEFLATED)
    return counts


def one_check(path: str) -> None:
    """Check in this process; prints seconds, CPU seconds of the whole process, peak memory in 10^6 bytes."""
    from jizuo.hubs.organisation.protocols.oneroster.check import check

    begun = time.perf_counter()
    report = check(path)
    seconds = time.perf_counter() - begun
    found = {
        "rows": sum(t.height for t in report.tables.values()),
        "problems": sum(p.count for p in report.problems),
    }
    _say(seconds, found)


def one_write(path: str) -> None:
    """Read the zip, then write its tables back; the memory is that of both."""
    from jizuo.hubs.organisation.protocols.oneroster.check import check
    from jizuo.hubs.organisation.protocols.oneroster.write import write

    report = check(path)
    begun = time.perf_counter()
    counts = write(Path(path).with_suffix(".out.zip"), report.tables, "bench")
    _say(time.perf_counter() - begun, {"rows": sum(counts.values())})


def _say(seconds: float, found: dict[str, int]) -> None:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    cpu = usage.ru_utime + usage.ru_stime
    peak = usage.ru_maxrss * 1024 / 1e6
    print(json.dumps({"seconds": round(seconds, 2), "cpu_s": round(cpu, 2), "peak_mb": round(peak), **found}))


def measure(scales: Iterable[float], guardians: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for scale in scales:
            path = Path(folder) / f"{scale}.zip"
            make(path, scale, guardians=guardians)
            for what in ("check", "write"):
                done = subprocess.run(
                    [sys.executable, __file__, what, str(path)], check=True, capture_output=True, text=True
                )
                print(f"{scale:g}x {what:5} {done.stdout.strip()}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("make")
    one.add_argument("target", type=Path)
    one.add_argument("--scale", type=float, default=1.0)
    one.add_argument("--seed", type=int, default=2026)
    one.add_argument("--guardians", action="store_true", help="two guardians per pupil")
    many = commands.add_parser("measure")
    many.add_argument("--scales", type=float, nargs="+", default=[0.125, 0.25, 0.5, 1.0])
    many.add_argument("--guardians", action="store_true")
    for name in ("check", "write"):
        commands.add_parser(name).add_argument("path")
    given = parser.parse_args()
    if given.command == "make":
        print(json.dumps(make(given.target, given.scale, given.seed, given.guardians)))
    elif given.command == "measure":
        measure(given.scales, given.guardians)
    else:
        {"check": one_check, "write": one_write}[given.command](given.path)


if __name__ == "__main__":
    main()
