"""Bad files by page, and files that come at once: said in a clerk's words, nothing half written, nothing doubled."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from jizuo.ground import scope as scopes
from tests.hubs.organisation.importers.given import rows_of, school, sheet
from tests.hubs.organisation.importers.rosters import roster, zipped
from tests.hubs.organisation.importers.test_pupils import HEADINGS, number, open_pupils, pupil
from tests.hubs.organisation.protocols.oneroster.roster import files as roster_files
from tests.hubs.organisation.protocols.oneroster.roster import pack
from tests.hubs.organisation.walking import Walked, clerk, deliver_facts, walk

LIST = [["姓名", "班级"], ["张若曦", "一（1）班"]]


@pytest.fixture(scope="module", autouse=True)
def plates(base: Any) -> None:
    from jizuo.project import rooms

    rooms.plates()


def with_member(name: str, content: bytes) -> bytes:
    """A sound zip with one more member."""
    kept = io.BytesIO(zipped(roster(schools=1)))
    with zipfile.ZipFile(kept, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return kept.getvalue()


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def bomb() -> bytes:
    rows = {name: table for name, table in roster(schools=1).items() if table}
    content = roster_files(rows)
    content["users.csv"] += b"," * 60_000_000
    return bytes(pack(content).getvalue())


def to_the_last_row() -> bytes:
    """A list and 1,048,574 styled, empty rows below it."""
    source = zipfile.ZipFile(io.BytesIO(sheet(LIST)))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in source.namelist():
            part = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                empty = b"".join(
                    b'<row r="%d"><c r="A%d" s="1"/></row>' % (n, n) for n in range(3, 1_048_577)
                )
                part = part.replace(b"</sheetData>", empty + b"</sheetData>")
            archive.writestr(name, part)
    return out.getvalue()


@pytest.mark.parametrize(
    ("importer", "name", "make", "words"),
    [
        ("oneroster", "半个.zip", lambda: cut(zipped(roster(schools=1))), "压缩包"),
        ("oneroster", "炸弹.zip", bomb, "users.csv"),
        ("oneroster", "路径.zip", lambda: with_member("../../etc/passwd", b"x"), "passwd"),
        ("oneroster", "不是.zip", lambda: sheet(LIST), "压缩包"),
        ("pupils", "半个.xlsx", lambda: cut(sheet([*LIST, *LIST[1:] * 500])), "半个.xlsx"),
        ("pupils", "混编码.csv", lambda: "姓名,班级\n张若曦,".encode() + "一（1）班\n".encode("gbk"), "编码"),
        ("pupils", "太宽.xlsx", lambda: sheet([[*LIST[0], *(f"列{n}" for n in range(300))]]), "太宽.xlsx"),
        ("pupils", "空.xlsx", lambda: sheet([[]]), "空.xlsx"),
    ],
)
def test_what_cannot_be_read_is_told_and_writes_nothing(
    base: Any, importer: str, name: str, make: Callable[[], bytes], words: str
) -> None:
    unit_no = school(base)
    account = base.account()
    grant_no = base.grant(account, unit_no, "clerk")
    client = base.client(account)
    at = f"/as/{grant_no}/imports"
    answer = client.post(
        f"{at}/new", {"importer": importer, "file": SimpleUploadedFile(name, make())}, follow=False
    )
    assert answer.status_code in (302, 422), answer.content.decode()[:2000]
    page = answer.content.decode()
    if answer.status_code == 302:
        scope = base.scope(unit_no, "clerk", grant_no=grant_no, account_id=account.pk)
        walked = Walked(base, scope, answer["Location"].rsplit("/", 1)[1])
        walked.run()
        assert walked.state in ("faulty", "failed"), walked.batch
        page = client.get(f"{at}/{walked.batch_id}").content.decode()
        assert client.post(f"{at}/{walked.batch_id}/do/apply").status_code == 409
    assert words in page, page[:4000]
    assert rows_of(base, unit_no, "select 1 from affiliation") == []


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("到底.xlsx", to_the_last_row),
        (
            "255列.xlsx",
            lambda: sheet([[*LIST[0], *(f"列{n}" for n in range(253))], [*LIST[1], *["x"] * 253]]),
        ),
        ("国标.csv", lambda: "姓名,班级\n张若曦,一（1）班\n".encode("gb18030")),
        ("宽字.csv", lambda: "姓名\t班级\n张若曦\t一（1）班\n".encode("utf-16")),
    ],
)
def test_what_is_odd_and_can_be_read_goes_in(base: Any, name: str, make: Callable[[], bytes]) -> None:
    unit_no = school(base)
    walked = walk(base, clerk(base, unit_no), make(), name, "pupils")
    assert walked.state == "ready", walked.problems("error")
    walked.apply()
    assert [row[0] for row in open_pupils(base, unit_no)] == ["张若曦"]


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """What each gives, or the fault it ends with, all begun together with a connection of its own."""
    from django.db import connection

    connection.close()
    begin = threading.Barrier(len(works))
    told: list[Any] = [None] * len(works)

    def one(place: int) -> None:
        try:
            begin.wait(30)
            told[place] = works[place]()
        except Exception as fault:
            told[place] = fault
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return told


def district(base: Any) -> tuple[int, Any]:
    """A bureau and its steward's scope."""
    bureau = base.unit("东江区教育局", kind="bureau")
    return bureau, clerk(base, bureau, "district_steward")


def renewed(base: Any, scope: Any) -> Any:
    """The scope as the next request has it: schools were opened meanwhile."""
    return base.scope(scope.unit_no, scope.role, grant_no=scope.grant_no, account_id=scope.account_id)


def people(base: Any, scope: Any) -> list[tuple[Any, ...]]:
    with base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [scopes.units_text(scope.units)])
        return owner.execute(
            "select count(*), count(distinct person_id), count(distinct unit_no) from affiliation"
        ).fetchall()


def test_one_zip_at_two_bureaus_at_once(base: Any) -> None:
    places = [district(base), district(base)]
    content = zipped(roster(pupils=20))

    def bring(scope: Any) -> str:
        walked = walk(base, scope, content, "名册.zip", "oneroster", options={"open_units": True})
        walked.scope = renewed(base, scope)
        walked.apply()
        return str(walked.state)

    assert at_once(*(lambda scope=scope: bring(scope) for _bureau, scope in places)) == ["applied", "applied"]
    one, other = (people(base, renewed(base, scope)) for _bureau, scope in places)
    assert one == other and one[0][0] > 80
    with base.owner() as owner:
        owner.execute("select set_config('app.units', (select array_agg(unit_no)::text from unit), false)")
        parents = [bureau for bureau, _scope in places]
        shared = owner.execute(
            "select a.person_id from affiliation a join unit u using (unit_no) where u.parent_no = any(%s)"
            " group by 1 having count(distinct u.parent_no) > 1",
            [parents],
        ).fetchall()
    assert shared == [], "nothing but a document number makes two schools' people one"


def test_one_file_applied_twice_at_once_is_applied_once(base: Any) -> None:
    """Landed twice one after the other, both previewed, both told to apply in the same moment."""
    _bureau, scope = district(base)
    content = zipped(roster(pupils=20))
    both = [walk(base, scope, content, "名册.zip", "oneroster", options={"open_units": True})]
    scope = renewed(base, scope)
    both.append(walk(base, scope, content, "名册.zip", "oneroster", options={"open_units": True}))
    for walked in both:
        walked.scope = scope
        assert walked.state == "ready"
    told = at_once(*(walked.apply for walked in both))
    assert not [one for one in told if isinstance(one, Exception)], told
    # What came second was previewed against an empty base: it is shown again, and then there is nothing to do.
    states = sorted(walked.state for walked in both)
    assert states[0] == "applied" and states[1] in ("applied", "checking"), states
    for walked in both:
        walked.run()
        assert walked.state == "applied", walked.batch
    deliver_facts()
    ((rows, persons, _units),) = people(base, renewed(base, scope))
    ((expected,),) = [(len(roster(pupils=20)["users"]),)]
    assert persons == expected and rows == expected + 1, "the teacher of two schools stands in both"


def test_two_schools_apply_one_number_in_the_same_moment(base: Any) -> None:
    bureau = base.unit("教育局", kind="bureau")
    units = school(base, parent=bureau), school(base, "汀兰小学", parent=bureau)
    content = sheet([HEADINGS, pupil("李可岚", "三（1）班", "1", number("2018-08-09", 2))])
    both = [walk(base, clerk(base, unit_no), content, "名单.xlsx", "pupils") for unit_no in units]
    told = at_once(*(walked.apply for walked in both))
    assert not [one for one in told if isinstance(one, Exception)], told
    for walked in both:
        if walked.state == "ready":
            walked.apply()
        assert walked.state == "applied", walked.batch
    one, other = (open_pupils(base, unit_no) for unit_no in units)
    assert len(one) == len(other) == 1 and one[0][2] == other[0][2]
