"""A gate keeper's phone through a morning: let in, synced, cut from the network, and back."""

from __future__ import annotations

import base64
import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import segno

from tests.browser import CHROMIUM
from tests.hubs.identity import scanning
from tests.hubs.identity.scanning import CodeSchool, shown_code
from tests.journeys.conftest import DESK, PATIENCE_MS, PHONE, fits, picture
from tests.live import session_of

MOST_MS = 5
STORE = """const open = () => new Promise((yes) => {
  const asked = indexedDB.open('jizuo-scanner')
  asked.onsuccess = () => yes(asked.result)
})
const read = (base, name, call, ...told) => new Promise((yes) => {
  const asked = base.transaction(name).objectStore(name)[call](...told)
  asked.onsuccess = () => yes(asked.result)
})
const base = await open()
"""
#: Everything the page keeps in its stores, as text, sealed bytes too.
KEPT = f"""async () => {{ {STORE}
  const spelt = (_, one) => one instanceof Uint8Array ? new TextDecoder().decode(one) : one
  const told = [...await read(base, 'kept', 'getAll'), ...await read(base, 'queue', 'getAll')]
  return told.map((one) => JSON.stringify(one, spelt)).join()
}}"""
KEY_SPOKEN = f"""async () => {{ {STORE}
  const list = await read(base, 'kept', 'get', 'list')
  try {{ await crypto.subtle.exportKey('raw', list.key); return true }} catch {{ return false }}
}}"""
LARGE = """() => {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = 1600
  const pen = canvas.getContext('2d')
  for (let i = 0; i < 4000; i++) {
    pen.fillStyle = `hsl(${i * 37 % 360} 70% 60%)`
    pen.fillRect(i * 53 % 1600, i * 91 % 1600, 60, 60)
  }
  return canvas.toDataURL('image/jpeg', 0.95).split(',')[1]
}"""


@pytest.fixture
def school(base: Any, live: Any) -> CodeSchool:
    made = scanning.make(base)
    made.do("issue", 0, 1, 2)
    return made


def let_in(page: Any, live: Any, school: CodeSchool, name: str = "东门") -> None:
    """Pair the page with a new place, by the picture's address, and wait for its first list."""
    code = school.pairing_code(school.place(name))
    page.goto(f"{live.url}/scanner/#{code}")
    page.get_by_role("button", name="登记", exact=True).click()
    page.locator("#age[data-state=held]").wait_for()
    page.evaluate("navigator.serviceWorker.ready")


def scan(page: Any, code: str) -> str:
    """Type a code as a handheld scanner does; what it came to."""
    page.evaluate("document.getElementById('result').dataset.result = ''")
    page.fill("#typed [name=code]", code)
    page.keyboard.press("Enter")
    page.locator("#result:not([data-result=''])").wait_for()
    return str(page.locator("#result").get_attribute("data-result"))


def changed(code: str, place: int) -> str:
    return code[:place] + ("A" if code[place] != "A" else "B") + code[place + 1 :]


def test_a_morning_without_a_network(live: Any, school: CodeSchool, page_at: Any) -> None:
    page = page_at(PHONE)
    context = page.context
    good, lost = school.card_code(0), school.card_code(1)
    twin = scanning.make(school.base, classes=1)
    twin.do("issue", 0)
    foreign = twin.card_code(0)
    school.do("reissue", 1)
    let_in(page, live, school)
    assert "#" not in page.url, "the pairing code does not stay in the address"
    assert fits(page)

    context.set_offline(True)
    page.reload()
    page.locator("#age[data-state=held]").wait_for()
    assert "没有网络" in page.locator("#network").inner_text()
    assert "名单上 3 人" in page.locator("#age").inner_text()

    assert scan(page, good) == "passed"
    assert page.locator("#verdict").inner_text() == "可以通过"
    assert page.locator("#name").inner_text() and page.locator("#class").inner_text()
    assert page.locator("#no-photo").is_visible()
    picture(page, "scanner-pass")
    assert scan(page, lost) == "revoked"
    assert page.locator("#verdict").inner_text() == "不能通过" and fits(page)
    picture(page, "scanner-refuse")
    assert scan(page, changed(good, 60)) == "broken"
    assert scan(page, changed(good, 25)) == "broken"
    assert scan(page, foreign) == "unknown"
    assert scan(page, "https://example.org/") == "unknown"
    assert scan(page, shown_code(school.pupil().get("student-code"))) == "offline"
    assert page.locator("#queue").get_attribute("data-count") == "2"
    assert school.scans() == []

    times = []
    for place in (2, 0, 2, 0, 2, 0):
        assert scan(page, school.card_code(place)) == "passed"
        times.append(float(page.locator("#result").get_attribute("data-ms")))
    assert sorted(times)[len(times) // 2] <= MOST_MS, times

    context.set_offline(False)
    page.locator("#queue[data-count='0']").wait_for()
    kept = school.scans()
    assert [one[:2] for one in kept[:2]] == [
        (school.pupil_id(0), "passed"),
        (school.pupil_id(1), "revoked"),
    ]
    assert len(kept) == 8
    page.reload()
    page.locator("#queue[data-count='0']").wait_for()
    assert len(school.scans()) == 8, "what was sent is not sent again"
    code = shown_code(school.pupil().get("student-code"))
    assert scan(page, code) == "passed"
    assert scan(page, shown_code(school.pupil().get("student-code"))) == "passed"


def test_the_list_lies_sealed_and_goes_with_its_time(live: Any, school: CodeSchool, page_at: Any) -> None:
    page = page_at(PHONE)
    let_in(page, live, school)
    name = next(iter(school.scanner(school.place("西门")).list()["cards"].values()))[0]
    good = school.card_code(0)
    assert scan(page, good) == "passed"
    page.locator("#queue[data-count='0']").wait_for()
    assert '"stamp"' in page.evaluate(KEPT) and name not in page.evaluate(KEPT)
    assert page.evaluate(KEY_SPOKEN) is False

    page.clock.install()
    page.context.set_offline(True)
    page.clock.fast_forward("23:00:00")
    assert scan(page, school.card_code(2)) == "passed"
    page.clock.fast_forward("02:00:00")
    assert scan(page, good) == "list_over"
    assert '"stamp"' not in page.evaluate(KEPT), "the list and its key are gone"
    assert "已过期" in page.locator("#age").inner_text()
    picture(page, "scanner-over")
    page.reload()
    page.locator("#age[data-state=over]").wait_for()
    assert scan(page, good) == "list_over"


def test_a_clock_set_back_does_not_make_a_list_young(live: Any, school: CodeSchool, page_at: Any) -> None:
    page = page_at(PHONE)
    let_in(page, live, school)
    good = school.card_code(0)
    page.clock.install()
    page.context.set_offline(True)
    page.clock.fast_forward("20:00:00")
    assert scan(page, good) == "passed"
    page.evaluate("Date.now = ((real) => () => real() - 10 * 3600 * 1000)(Date.now)")
    assert scan(page, school.card_code(2)) == "clock"


def test_a_scanner_that_was_put_out_forgets_all(live: Any, school: CodeSchool, page_at: Any) -> None:
    page = page_at(PHONE)
    let_in(page, live, school, "南门")
    with scanning.looking(school.base) as owner:
        ((device_id,),) = owner.execute(
            "select id from scanner_device where unit_no = %s and token_hash is not null", [school.unit_no]
        ).fetchall()
    school.clerk.post("scan-places/do", {"end": device_id})
    page.get_by_role("button", name="同步", exact=True).click()
    page.get_by_text("这台设备已被注销").wait_for()
    assert page.evaluate(KEPT) == ""
    page.fill("#pair [name=code]", "AAAA-AAAA-AA")
    page.get_by_role("button", name="登记", exact=True).click()
    page.get_by_text("登记码不对").wait_for()


def test_a_phone_shows_a_new_code_by_itself(live: Any, school: CodeSchool, page_at: Any) -> None:
    pupil, page = school.pupil(), page_at(PHONE)
    page.context.add_cookies(
        [{"name": "jizuo_session", "value": session_of(school.base, pupil.account), "url": live.url}]
    )
    page.goto(f"{live.url}{pupil.at}student-code")
    first = page.locator(".code-qr").get_attribute("data-code")
    assert fits(page)
    picture(page, "student-code")
    page.locator(f".code-qr:not([data-code='{first}'])").wait_for()
    scanner = school.scanner(school.place("北门"))
    assert scanner.check(str(first))["result"] == "unknown"
    assert scanner.check(str(page.locator(".code-qr").get_attribute("data-code")))["result"] == "passed"
    page.goto(f"{live.url}{pupil.at}student-code/scans")
    assert "北门" in page.locator("#content").inner_text() and fits(page)
    picture(page, "student-scans")


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_the_desk_fits_and_a_large_photo_is_made_small(
    live: Any, school: CodeSchool, page_at: Any, width: int
) -> None:
    page = page_at(width)
    session = session_of(school.base, school.clerk.account)
    page.context.add_cookies([{"name": "jizuo_session", "value": session, "url": live.url}])
    page.goto(f"{live.url}{school.clerk.at}student-cards")
    large = page.evaluate(LARGE)
    content = base64.b64decode(large)
    assert len(content) > 100_000
    page.locator("[name=photo]").first.set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": content}
    )
    page.get_by_text("照片已放好").wait_for()
    assert fits(page)
    picture(page, f"student-cards-{width}")
    told = school.scanner(school.place("大门")).list()["cards"].values()
    (photo,) = [one for _name, _class, one in told if one]
    assert len(base64.b64decode(photo)) < 32 * 1024
    page.goto(f"{live.url}{school.clerk.at}scan-places")
    assert fits(page)
    picture(page, f"scan-places-{width}")
    page.get_by_role("button", name="登记设备").first.click()
    page.locator(".screen-code").wait_for()
    assert fits(page)
    picture(page, f"scan-pairing-{width}")
    page.goto(f"{live.url}{school.clerk.at}scan-places")
    page.locator(".scan-place a").first.click()
    page.get_by_text("今天到了", exact=True).wait_for()
    assert fits(page)
    picture(page, f"scan-present-{width}")


def film(code: str, path: Path) -> None:
    """One second of a card before a camera: 640 x 480, YUV 4:2:0."""
    rows = [
        bytes(row) for row in segno.make(code, error="m", mode="alphanumeric").matrix_iter(scale=7, border=4)
    ]
    width, height = 640, 480
    side, top = (width - len(rows[0])) // 2, (height - len(rows)) // 2
    light = b"\xeb" * width
    luma = light * top
    for row in rows:
        line = b"\xeb" * side + bytes(0x10 if dark else 0xEB for dark in row)
        luma += line + b"\xeb" * (width - len(line))
    luma += light * (height - top - len(rows))
    frame = b"FRAME\n" + luma + b"\x80" * (width * height // 2)
    path.write_bytes(f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\n".encode() + frame * 10)


@pytest.fixture
def camera(tmp_path: Path) -> Iterator[Callable[[str, Any], Any]]:
    """`camera(code, browser)`: a page of another browser whose camera sees the card with this code."""
    with contextlib.ExitStack() as stack:

        def make(code: str, browser: Any) -> Any:
            film(code, tmp_path / "card.y4m")
            filmed = browser.browser_type.launch(
                executable_path=str(CHROMIUM),
                args=[
                    "--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
                    f"--use-file-for-fake-video-capture={tmp_path / 'card.y4m'}",
                ],
                env=dict(os.environ),
            )  # fmt: skip
            stack.enter_context(contextlib.closing(filmed))
            context = filmed.new_context(locale="zh-CN", viewport={"width": PHONE, "height": 844})
            context.set_default_timeout(PATIENCE_MS)
            return context.new_page()

        yield make


def test_the_camera_reads_a_card_without_a_network(
    live: Any, school: CodeSchool, browser: Any, camera: Any
) -> None:
    page = camera(school.card_code(0), browser)
    let_in(page, live, school)
    page.context.set_offline(True)
    page.get_by_role("button", name="打开摄像头").click()
    page.locator("#result[data-result=passed]").wait_for()
    assert page.locator("#name").inner_text()
