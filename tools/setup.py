"""Make a checkout ready: ``python3 tools/setup.py run | test | outside``; ``lock`` renews the locks.
Standard library only; quick when all is there.

Makes ``.venv`` with the locked packages, the project itself, the pages' styles and scripts and the English words;
for ``test`` also the development set and, as root on a Debian-like system, chromium and postgresql-15. ``outside``
comes after ``test`` and brings the programs of others that tests/outside signs in with: Python ones in an environment
of their own, ``.venv-outside``, Node ones in tests/outside/node_modules, the rest from the system.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OUTSIDE = ROOT / ".venv-outside"
LOCKS = {"run": "requirements.txt", "test": "requirements-dev.txt"}
#: What pip is told in its settings -> how uv wants to hear it, so that a mirror set up for pip also serves uv.
UV_WORDS = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
}
PROGRAMS = {
    "chromium": "chromium",
    "postgresql-15": "/usr/lib/postgresql/15/bin/postgres",
    "mariadb-server": "/usr/sbin/mariadbd",
}
#: apache2-bin is the program without Debian's service and its configuration: nothing starts, nothing stays.
OUTSIDE_LOCK = "requirements-outside.txt"
OUTSIDE_PROGRAMS = {
    "apache2-bin": "/usr/sbin/apache2",
    "libapache2-mod-auth-openidc": "/usr/lib/apache2/modules/mod_auth_openidc.so",
    "libapache2-mod-auth-cas": "/usr/lib/apache2/modules/mod_auth_cas.so",
    "starman": "/usr/bin/starman",
    "libio-string-perl": "/usr/share/perl5/IO/String.pm",
    "libstring-random-perl": "/usr/share/perl5/String/Random.pm",
    "libxml-simple-perl": "/usr/share/perl5/XML/Simple.pm",
    "liblemonldap-ng-portal-perl": "/usr/share/perl5/Lemonldap/NG/Portal/Main.pm",
    "php-cli": "/usr/bin/php",
    "php-curl": "/var/lib/dpkg/info/php-curl.list",
    "php-xml": "/var/lib/dpkg/info/php-xml.list",
    "php-phpseclib3": "/usr/share/php/phpseclib3/autoload.php",
    "php-cgi": "/usr/bin/php-cgi",
    "php-cas": "/usr/share/php/CAS.php",
    "default-jdk-headless": "/usr/bin/javac",
    "libgoogle-gson-java": "/usr/share/java/gson.jar",
}


def main(mode: str) -> int:
    if sys.version_info < (3, 11):  # noqa: UP036  this file is what an older Python meets first
        print(f"需要 Python 3.11 或更新，现在是 {sys.version.split()[0]} / Python 3.11 or later is needed")
        return 3
    if mode == "lock":
        return renew_locks()
    if mode not in (*LOCKS, "outside"):
        print(__doc__)
        return 2
    with open(ROOT / ".setup.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            if mode == "outside":
                outside()
                return 0
            make_venv(VENV)
            install(mode)
            words()
            pages()
            if mode == "test":
                programs(PROGRAMS)
        except subprocess.CalledProcessError as error:
            print(f"这一步失败了 / this step failed: {' '.join(map(str, error.cmd))}", file=sys.stderr)
            return 3
    return 0


def say(text: str) -> None:
    print("· " + text, file=sys.stderr, flush=True)


def run(*command: object, in_folder: Path = ROOT, **more: object) -> None:
    subprocess.run([str(part) for part in command], check=True, cwd=in_folder, **more)  # type: ignore[call-overload]


def content_of(*paths: Path) -> str:
    """One hash of the names and bytes of files; folders are walked."""
    running = hashlib.sha256()
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                running.update(file.relative_to(ROOT).as_posix().encode() + b"\0" + file.read_bytes())
    return running.hexdigest()


@contextlib.contextmanager
def once(name: str, content: str, *, is_lost: bool = False):
    """Yields whether the step is due: its result `is_lost`, or its inputs are not those it last ended well with."""
    stamp = VENV / f".jizuo-{name}"
    due = is_lost or not stamp.exists() or stamp.read_text() != content
    begun = time.monotonic()
    yield due
    if due:
        stamp.write_text(content)
        say(f"{name}: {time.monotonic() - begun:.1f} s")


def make_venv(place: Path) -> None:
    python = place / "bin" / "python"
    if python.exists() and subprocess.run([python, "-c", ""], capture_output=True).returncode == 0:
        return
    say(f"建立 {place.name} / making {place.name}")
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", place], capture_output=True, text=True)
    if made.returncode != 0 and os.geteuid() == 0 and shutil.which("apt-get"):
        apt("python3-venv")
        made = subprocess.run(
            [sys.executable, "-m", "venv", "--clear", place], capture_output=True, text=True
        )
    if made.returncode != 0:
        say("不能建立虚拟环境，请安装 python3-venv / cannot make a virtual environment: install python3-venv")
        print(made.stdout, made.stderr, file=sys.stderr)
        raise subprocess.CalledProcessError(made.returncode, made.args)


def uv() -> Path:
    """uv stands beside the environment, not in it: syncing to the lock would remove it from there."""
    place = VENV / "tools" / "bin" / "uv"
    if not place.exists():
        run(
            PYTHON,
            "-m",
            "pip",
            "install",
            "-q",
            "--disable-pip-version-check",
            "--target",
            VENV / "tools",
            "uv",
        )
    return place


def uv_environment() -> dict:
    env = dict(os.environ, UV_PYTHON_DOWNLOADS="never", VIRTUAL_ENV=str(VENV))
    # As pip does: any index may serve a package. The locks' hashes say which bytes are right.
    env.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    told = subprocess.run([PYTHON, "-m", "pip", "config", "list"], capture_output=True, text=True).stdout
    for line in told.splitlines():
        key, _, value = line.partition("=")
        word = UV_WORDS.get(key.rpartition(".")[2])
        if word and word not in env:
            env[word] = value.strip("'\"").replace("\\n", " ").strip()
    return env


def install(mode: str) -> None:
    everything = ROOT / LOCKS["test"]
    lock = ROOT / LOCKS[mode]
    python = content_of(ROOT / "pyproject.toml") + sys.version.split()[0]
    if mode == "run" and (VENV / ".jizuo-test").exists():
        # The development set contains the other one; do not take it away from a developer.
        mode, lock = "test", everything
    with once(mode, content_of(lock) + python) as due:
        if due:
            say("安装依赖 / installing packages")
            env = uv_environment()
            # Compiled once here: a process that may not write beside the packages would compile 1,200 files each start.
            sync(PYTHON, lock, env)
            run(uv(), "pip", "install", "-q", "--python", PYTHON, "--no-deps", "-e", ".", env=env)


def sync(python: Path, lock: Path, env: dict) -> None:
    run(
        uv(),
        "pip",
        "sync",
        "-q",
        "--compile-bytecode",
        "--python",
        python,
        "--require-hashes",
        lock,
        env=env,
    )


def renew_locks() -> int:
    """Resolve pyproject.toml anew into its locks: hashes, and no registry's address."""
    base = [uv(), "pip", "compile", "pyproject.toml", "-q", "--universal", "--generate-hashes", "--no-header"]
    env = uv_environment()
    run(*base, "--python-version", "3.11", "--extra", "front", "-o", LOCKS["run"], env=env)
    run(*base, "--python-version", "3.11", "--extra", "front", "--extra", "dev", "-o", LOCKS["test"], env=env)
    apart = [word for word in base if word != "pyproject.toml"]
    run(*apart, "--python-version", "3.11", "--group", "pyproject.toml:outside", "-o", OUTSIDE_LOCK, env=env)
    return 0


def words() -> None:
    catalogue = ROOT / "src" / "jizuo" / "locale"
    sources = sorted(catalogue.rglob("*.po"))
    if sources and (ROOT / "tools" / "i18n.py").exists():
        missing = any(not source.with_suffix(".mo").exists() for source in sources)
        with once("words", content_of(*sources), is_lost=missing) as due:
            if due:
                run(PYTHON, "tools/i18n.py", "compile", stdout=subprocess.DEVNULL)


def npm() -> tuple[str, dict]:
    """npm of the environment or the system, and the environment variables it runs with."""
    env = dict(os.environ, PATH=f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}")
    found = shutil.which("npm", path=env["PATH"])
    if found is None:
        say("没有 npm，Node 的包不能安装 / no npm: the packages for Node cannot be installed")
        raise subprocess.CalledProcessError(127, ["npm"])
    return found, env


def pages() -> None:
    package, lock = ROOT / "package.json", ROOT / "package-lock.json"
    if not package.exists():
        return
    program, env = npm()
    with once("npm", content_of(package, lock), is_lost=not (ROOT / "node_modules").is_dir()) as due:
        if due:
            say("安装前端依赖 / installing the pages' packages")
            run(program, "ci", "--no-audit", "--no-fund", "--loglevel=error", env=env)
    front, built = ROOT / "src/jizuo/ground/front", ROOT / "src/jizuo/ground/static/dist"
    sources = content_of(package, lock, *ROOT.glob("vite.config.*"), front)
    with once("pages", sources, is_lost=not built.is_dir()) as due:
        if due:
            say("生成页面的样式和脚本 / building styles and scripts")
            run(program, "run", "--silent", "build", env=env, stdout=subprocess.DEVNULL)


def outside() -> None:
    """What tests/outside signs in with. Its packages stay apart: they are other people's choices of versions."""
    make_venv(OUTSIDE)
    lock, stamp = ROOT / OUTSIDE_LOCK, OUTSIDE / "ready"
    with once("outside", content_of(lock) + sys.version.split()[0], is_lost=not stamp.exists()) as due:
        if due:
            say("安装外部程序 / installing programs of others")
            sync(OUTSIDE / "bin" / "python", lock, uv_environment())
            stamp.touch()
    program, env = npm()
    folder = ROOT / "tests" / "outside"
    sources = content_of(folder / "package.json", folder / "package-lock.json")
    with once("outside-npm", sources, is_lost=not (folder / "node_modules").is_dir()) as due:
        if due:
            # Installed scripts of packages have no business here: all of them are plain JavaScript.
            run(
                program, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error",
                env=env, in_folder=folder,
            )  # fmt: skip
    programs(OUTSIDE_PROGRAMS)


def programs(wanted: dict[str, str]) -> None:
    """System packages by the file that each brings: a program by name, or a path."""
    missing = [name for name, file in wanted.items() if not is_there(file)]
    if not missing:
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        for name in missing:
            apt(name)
        missing = [name for name in missing if not is_there(wanted[name])]
    if missing:
        say(
            "测试还需要这些系统软件，没有它们相应的测试会跳过 / tests that need these are skipped: "
            + " ".join(missing)
        )


def is_there(file: str) -> bool:
    return Path(file).exists() if file.startswith("/") else shutil.which(file) is not None


_updated = False


def apt(package: str) -> None:
    """Install one system package as root; what cannot be had is named by the caller."""
    global _updated
    env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    quiet = {"env": env, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    if not _updated:
        subprocess.run(["apt-get", "update", "-q"], check=False, **quiet)  # type: ignore[call-overload]
        _updated = True
    say("apt-get install " + package)
    subprocess.run(
        ["apt-get", "install", "-y", "-q", "--no-install-recommends", package], check=False, **quiet
    )  # type: ignore[call-overload]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
