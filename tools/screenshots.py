"""The pictures of the README and the guides: ``python tools/screenshots.py [--only NAME]``.

Starts a demonstration base of its own in a temporary folder, signs in as the people who would see each page,
and writes ``docs/pictures/*.png``. Needs Chromium (``JIZUO_CHROMIUM``, default ``/usr/bin/chromium``).
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import hashlib
import hmac
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import fonts_conf

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "pictures"
CHROMIUM = os.environ.get("JIZUO_CHROMIUM", "/usr/bin/chromium")
SCHOOL = "启明小学"
READING = "https://reading.example.cn/sign-in"
#: What a picture leaves for a later one.
left: dict[str, str] = {}
#: A README is read over slow lines too.
MOST_BYTES = 300_000
DESK, PHONE = (1366, 768), (390, 844)


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: who looks, on what screen, and how to get there from the start page of that role."""

    name: str
    role: str
    screen: tuple[int, int]
    go: Callable[[Any], None]
    #: The picture that must be taken before, as it leaves what this one shows.
    after: str = ""


def stay(_page: Any) -> None:
    """The start page itself."""


def open_waiting_import(page: Any) -> None:
    """The batch that the demonstration leaves for the clerk to mend."""
    page.goto(page.url.rstrip("/") + "/imports")
    page.locator("main a[href*='/imports/']", has_text="2026秋季学生名册").first.click()


def open_pupils(page: Any) -> None:
    """The list of the school's pupils."""
    page.goto(page.url.rstrip("/") + "/people/pupils")


def open_turn(page: Any) -> None:
    """What the next turn would do in the school."""
    page.goto(page.url.rstrip("/") + "/turning")
    page.get_by_role("navigation").get_by_role("link", name="升入").last.click()


def open_movement(page: Any) -> None:
    """The leave that waits for the head."""
    page.goto(page.url.rstrip("/") + "/moving")
    page.locator("main tbody a", has_text="休学").or_(
        page.locator("main tbody tr", has_text="休学").locator("a")
    ).first.click()


def write_notice(page: Any) -> None:
    """A notice to every family, as its writer sees it before it goes out."""
    page.goto(page.url.rstrip("/") + "/notices/new")
    page.fill("#title", "秋季社会实践告家长书")
    page.fill("#text", "{孩子}所在的{班级}周五去植物园，早上八点校门口集合。请告诉我们孩子是否参加。")
    page.fill("#options", "参加\n不参加")
    page.check("[name=needs][value=choice]")
    page.check("[name=all]")
    page.locator("form .btn-main").last.click()
    page.wait_for_url(re.compile(r"/notices/[0-9a-f-]{36}$"))


def send_notice(page: Any) -> None:
    """The same notice, sent."""
    page.goto(page.url.rstrip("/") + "/notices")
    page.locator("main a", has_text="秋季社会实践告家长书").first.click()
    page.locator("[data-opens=send]").click()
    page.locator("dialog .btn-main").click()
    page.get_by_text("已发送").first.wait_for(timeout=60_000)
    page.reload()


def open_notice(page: Any) -> None:
    """The notice on a family's phone."""
    page.goto(page.url.rstrip("/") + "/messages")
    page.locator("main a", has_text="秋季社会实践告家长书").first.click()


def open_conflicts(page: Any) -> None:
    """Where the register and a school say different things, the first group open."""
    page.goto(page.url.rstrip("/") + "/owners/conflicts")
    page.locator("main details summary").first.click()


def open_scene(path: str) -> Callable[[Any], None]:
    """A page of a scene."""
    return lambda page: page.goto(f"{page.url.rstrip('/')}/s/{path}")


def open_item(path: str) -> Callable[[Any], None]:
    """The guide of an item."""
    return lambda page: page.goto(f"{page.url.rstrip('/')}/items/{path}")


def connect_app(page: Any) -> None:
    """An application that the clerk has just registered, with its consent left to each person."""
    page.goto(page.url.rstrip("/") + "/apps/new")
    page.fill("[name=name]", "阅读乐园")
    page.fill("[name=home_address]", "https://reading.example.cn/")
    page.fill("[name=cas_services]", READING)
    for scope, why in (("profile", "在借阅页上称呼读者"), ("org", "分开各校的书架")):
        page.check(f"[name=scope][value={scope}]")
        page.fill(f"[name=why-{scope}]", why)
    page.get_by_role("button", name="保存").click()
    page.wait_for_url(re.compile(r"/apps/[^/]+$"))
    page.reload()


def ask_consent(page: Any) -> None:
    """What a person is asked before the application learns anything."""
    page.goto(f"{origin(page)}/cas/login?{urlencode({'service': READING})}")


def pair_scanner(page: Any) -> None:
    """A gate that awaits its scanner; the code for it is left to the picture of the scanner."""
    start = page.url.rstrip("/")
    page.goto(f"{start}/student-cards")
    page.get_by_role("button", name="人制卡").click()
    page.get_by_text("已制卡").wait_for()
    page.goto(f"{start}/scan-places")
    page.fill("#name", "东门")
    page.locator("form:has(#name) .btn-main").click()
    page.get_by_role("button", name="登记设备").click()
    page.locator(".screen-code").wait_for()
    left["pairing"] = page.locator(".screen-code").inner_text()


def scan_code(page: Any) -> None:
    """The gate's phone after the code of a pupil's phone."""
    start = page.url.rstrip("/")
    page.goto(f"{origin(page)}/scanner/#{left['pairing']}")
    page.get_by_role("button", name="登记", exact=True).click()
    page.locator("#age[data-state=held]").wait_for()
    # The code lives for half a minute: shown last, beside.
    pupil = page.context.new_page()
    pupil.goto(f"{start}/student-code")
    page.fill("#typed [name=code]", pupil.locator(".code-qr").get_attribute("data-code"))
    page.keyboard.press("Enter")
    page.locator("#result[data-result=passed]").wait_for()
    pupil.close()


def open_code(page: Any) -> None:
    """The student code on a family's phone."""
    page.goto(page.url.rstrip("/") + "/student-code")


def origin(page: Any) -> str:
    """The address of the base without a path."""
    parts = urlsplit(page.url)
    return f"{parts.scheme}://{parts.netloc}"


PICTURES = (
    Picture("district", "district_steward", DESK, stay),
    Picture("conflicts", "district_steward", DESK, open_conflicts),
    Picture("import", "clerk", DESK, open_waiting_import),
    Picture("pupils", "clerk", DESK, open_pupils),
    Picture("turn", "clerk", DESK, open_turn),
    Picture("movement", "head", DESK, open_movement),
    Picture("notice-draft", "clerk", DESK, write_notice),
    Picture("notice-sent", "clerk", DESK, send_notice, after="notice-draft"),
    Picture("family", "guardian", PHONE, stay),
    Picture("notice-family", "guardian", PHONE, open_notice, after="notice-sent"),
    Picture("scene-leave", "guardian", PHONE, open_scene("leave/new/leave")),
    Picture("scene-roll", "homeroom_teacher", PHONE, open_scene("roll/roll")),
    Picture("scene-repair", "homeroom_teacher", PHONE, open_scene("repair/new/repair")),
    Picture("scene-booking", "clerk", DESK, open_scene("booking/places")),
    Picture("scene-afterclass", "guardian", PHONE, open_scene("afterclass/new/join")),
    Picture("scene-club", "guardian", PHONE, open_scene("club/mine")),
    Picture("scene-certificate", "guardian", PHONE, open_item("certificate/certificate")),
    Picture("scene-document", "clerk", DESK, open_scene("document/new/outgoing")),
    Picture("scene-news", "clerk", DESK, open_scene("news/new/news")),
    Picture("app", "clerk", DESK, connect_app),
    Picture("scan-pairing", "clerk", DESK, pair_scanner),
    Picture("consent", "teacher", PHONE, ask_consent, after="app"),
    Picture("student-code", "guardian", PHONE, open_code),
    Picture("scanner", "pupil", PHONE, scan_code, after="scan-pairing"),
)


def with_needed(only: str | None) -> list[Picture]:
    """The pictures to take for one of them, or all, in their order."""
    by_name = {picture.name: picture for picture in PICTURES}
    wanted, name = set(), only or ""
    while name:
        wanted.add(name)
        name = by_name[name].after
    return [picture for picture in PICTURES if only is None or picture.name in wanted]


def totp(secret: str, at: float) -> str:
    """The six digits of RFC 6238 (SHA-1, 30 s) for a base32 secret at an instant in seconds."""
    counter = int(at // 30).to_bytes(8, "big")
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"


def jizuo(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "jizuo.project.cli", *arguments]


def contradict(folder: Path, env: dict[str, str]) -> None:
    """Bring the pupil register's export of one school, which knows some of its pupils otherwise than the school does."""
    from datetime import date, timedelta

    from jizuo.plain.demo.district import make
    from jizuo.plain.demo.workbooks import pupil_register
    from jizuo.project.demonstration import SEED, school_day

    district = make("small", seed=SEED, today=school_day(date.today()))
    unit = next(one for one in district.units if one.name == SCHOOL)
    for place, number in enumerate(unit.pupils):
        pupil = district.pupils[number]
        later = timedelta(days=10 if place % 9 == 2 else 0)
        moved = f"{pupil.address}（原址）" if place % 7 == 1 else pupil.address
        district.pupils[number] = replace(pupil, address=moved, entry_on=pupil.entry_on + later)
    path = folder / "学籍系统导出.xlsx"
    path.write_bytes(pupil_register(district, unit))
    told = ("--unit", SCHOOL, "--kind", "pupil_register", "--source", "register", str(path))
    subprocess.run(jizuo("roster", "import", *told), env=env, check=True, stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def demonstration() -> Iterator[tuple[str, dict[str, str]]]:
    """A running base with the demonstration district: its address, and role -> login code."""
    with tempfile.TemporaryDirectory(prefix="jizuo-pictures-") as folder:
        # Readable for the account that the embedded database runs under when this one is root.
        Path(folder).chmod(0o755)
        env = {key: value for key, value in os.environ.items() if key not in ("JIZUO_DB", "JIZUO_LOGIN")}
        env |= {"JIZUO_DATA": str(Path(folder) / "data"), "JIZUO_LANG": "zh"}
        subprocess.run(jizuo("migrate", "--yes"), env=env, check=True, stdout=subprocess.DEVNULL)
        made = subprocess.run(jizuo("demo", "--json"), env=env, check=True, stdout=subprocess.PIPE)
        accounts = {one["role"]: one["login_code"] for one in json.loads(made.stdout)["accounts"]}
        contradict(Path(folder), env)
        running = subprocess.Popen(jizuo("run", "--json", "--no-migrate"), env=env, stdout=subprocess.PIPE)
        try:
            assert running.stdout is not None
            yield json.loads(running.stdout.readline())["url"].rstrip("/"), accounts
        finally:
            running.terminate()
            running.wait(30)


def sign_in(page: Any, address: str, login_code: str, role: str) -> None:
    """Sign in as a person of the demonstration and stand on the start page of `role`."""
    from jizuo.ground.doors import ROLE_TITLES
    from jizuo.project.demonstration import PASSWORD, TOTP_SECRET

    page.goto(f"{address}/sign-in/")
    page.fill("input[name=name]", login_code)
    page.fill("input[name=password]", PASSWORD)
    page.click("button.btn-main")
    if "/second/" in page.url:
        page.fill("input[name=code]", totp(TOTP_SECRET, time.time()))
        page.click("button.btn-main")
    if not urlsplit(page.url).path.startswith("/as/"):
        page.locator("main a", has_text=str(ROLE_TITLES[role])).first.click()
    page.wait_for_url("**/as/*/")


def start_page(browser: Any, role: str, address: str, accounts: dict[str, str]) -> Any:
    """A page of a browser of its own on the start page of `role`. One for each role: a dynamic code counts once."""
    page = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai").new_page()
    sign_in(page, address, accounts[role], role)
    return page


def take(page: Any, start: str, picture: Picture, folder: Path) -> Path:
    """Take one picture. Raises RuntimeError for a page that is not well or a file too large."""
    width, height = picture.screen
    page.set_viewport_size({"width": width, "height": height})
    answer = page.goto(start)
    with page.expect_event("load") if picture.go is not stay else contextlib.nullcontext():
        picture.go(page)
    page.wait_for_load_state("networkidle")
    if not answer.ok or page.locator("main").count() != 1:
        raise RuntimeError(f"{picture.name}: {urlsplit(page.url).path} is not well")
    path = folder / f"{picture.name}.png"
    page.screenshot(path=str(path), animations="disabled")
    if path.stat().st_size > MOST_BYTES:
        raise RuntimeError(f"{path.name}: {path.stat().st_size} bytes, at most {MOST_BYTES}")
    return path


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--only",
        choices=[picture.name for picture in PICTURES],
        help="one picture, and those before it that it needs",
    )
    only = parser.parse_args().only
    from django.conf import settings
    from playwright.sync_api import sync_playwright

    settings.configure(USE_I18N=False)  # titles of roles as they are written: in Chinese
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, demonstration() as (address, accounts):
        env = {**os.environ, "FONTCONFIG_FILE": str(fonts_conf.write(Path(scratch)))}
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"], env=env)
            wanted = with_needed(only)
            for role in dict.fromkeys(picture.role for picture in wanted):
                page = start_page(browser, role, address, accounts)
                start = page.url
                for picture in wanted:
                    if picture.role == role:
                        path = take(page, start, picture, FOLDER)
                        print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1000} kB")
            browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
