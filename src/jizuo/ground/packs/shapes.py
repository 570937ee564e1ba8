"""What the files of a pack say that belong to no engine: head, roles, pages of blocks, examples."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Reach = Literal["self", "child", "class", "mine", "unit"]
#: Words that stand for a value of the moment in a `Where`; see `packs.moments`.
MOMENTS = (
    "$today", "$yesterday", "$week_begin", "$month_begin", "$term_begin", "$year_begin", "$now", "$me", "$my_children",
    "$my_class", "$unit", "$matter",
)  # fmt: skip


class Said(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The base of every shape of a pack: an unknown key is an error, what is as usual is not written."""


class Where(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """One test on a column: ``[from_on, le, $today]``. op: as of `ground.made.Filter`."""

    column: str
    op: Literal["eq", "ne", "lt", "le", "gt", "ge", "in", "prefix", "empty"]
    value: str | int | float | bool | list[str | int | float]


class Setting(Said, frozen=True):
    """What a unit may set for itself. value: as it is without a word of the unit."""

    title: str
    kind: Literal["number", "text", "time", "yes_no", "choice"]
    value: bool | int | float | str
    english: str = ""
    hint: str = ""
    options: tuple[str, ...] = ()


class SceneHead(Said, frozen=True):
    """scene.yaml. id: name of the folder; version: ``1.2``; needs: rooms it cannot do without; icon: one character."""

    id: str
    title: str
    english: str
    owner: str
    version: str
    grade: Literal["draft", "trial", "proven"] = "draft"
    needs: tuple[str, ...] = ()
    category: str = ""
    icon: str = ""
    about: str = ""
    about_english: str = ""
    settings: dict[str, Setting] = {}


class Use(Said, frozen=True):
    """What a role or post may do. start: forms it may begin; read, write: dataset -> how far; open: dataset -> fields it
    sees in clear beyond its duty; pages: pages of blocks; manage: every matter of the unit, hand over, end, settings."""

    start: tuple[str, ...] = ()
    read: dict[str, Reach] = {}
    write: dict[str, Reach] = {}
    open: dict[str, tuple[str, ...]] = {}
    pages: tuple[str, ...] = ()
    manage: bool = False


class Post(Said, frozen=True):
    """A duty that a unit gives to people. given_by: roles that may give it."""

    title: str
    english: str = ""
    given_by: tuple[str, ...] = ("clerk", "head")
    use: Use = Use()


class Roles(Said, frozen=True):
    """roles.yaml. doors: doors of rooms that are marked `for_scenes`, for automatic steps."""

    roles: dict[str, Use] = {}
    posts: dict[str, Post] = {}
    doors: tuple[str, ...] = ()


class Block(Said, frozen=True):
    """One block of a page. kind: a key of `packs.blocks`; the other words are each kind's own, which checks them.

    data: dataset; columns: its fields; where: filters; order: a field, newest first with `newest`; number, numbers:
    indicators; by, period: how a chart divides; day, end: fields of a calendar; lane: the code field of a board; form,
    flow: of this pack; to: a page that rows lead to; text: Markdown; sheet: dataset of the sheets of a roll; known: dataset
    of approved leave with the fields of its first and last day, of any scene in use.
    """

    kind: str
    title: str = ""
    english: str = ""
    data: str = ""
    columns: tuple[str, ...] = ()
    where: tuple[Where, ...] = ()
    order: str = ""
    newest: bool = False
    limit: int = 50
    number: str = ""
    numbers: tuple[str, ...] = ()
    chart: Literal["bar", "line", "pie"] = "bar"
    by: str = ""
    period: str = ""
    day: str = ""
    end: str = ""
    lane: str = ""
    form: str = ""
    flow: str = ""
    to: str = ""
    sheet: str = ""
    known: tuple[str, ...] = ()
    text: str = ""
    text_english: str = ""
    empty: str = ""
    slow: bool = False


class BlockPage(Said, frozen=True):
    """pages/*.yaml. place: menu (of the scene) | home (also on the start) | screen (of a classroom) | public | none."""

    title: str
    blocks: tuple[Block, ...]
    english: str = ""
    about: str = ""
    place: Literal["menu", "home", "screen", "public", "none"] = "menu"


class Deed(Said, frozen=True):
    """One line of an example. as_: a role, or ``post.<key>``, at the first school (`at` second: at the other one; bureau).

    start: a form, with `data`, `called` for later lines; take: a verb on the matter `on`; resubmit, withdraw, undo: a matter;
    put: rows by dataset; day: today from here on; run: ``tick`` (clocks) or ``alerts``; refused: words of the refusal.
    """

    as_: str = msgspec.field(default="", name="as")
    at: str = ""
    start: str = ""
    with_: dict[str, Any] = msgspec.field(default_factory=dict, name="with")
    called: str = ""
    take: str = ""
    step: str = ""
    on: str = ""
    note: str = ""
    resubmit: str = ""
    withdraw: str = ""
    undo: str = ""
    put: dict[str, list[dict[str, Any]]] = {}
    day: str = ""
    time: str = ""
    run: str = ""
    refused: str = ""


class Expected(Said, frozen=True):
    """What an example ends with. state: matter -> state; rows: dataset -> rows (each as a subset of one that is there);
    no_rows: datasets that are empty; numbers: indicator -> value; todo: role -> how many tasks; told: roles that got a
    message; cases: alert -> how many open cases; pages: page -> role -> texts on it; hidden: page -> role -> texts not on
    it (role out of the page: ``[]``)."""

    state: dict[str, str] = {}
    rows: dict[str, list[dict[str, Any]]] = {}
    no_rows: tuple[str, ...] = ()
    numbers: dict[str, int | float | str | None] = {}
    todo: dict[str, int] = {}
    told: tuple[str, ...] = ()
    cases: dict[str, int] = {}
    pages: dict[str, dict[str, list[str]]] = {}
    hidden: dict[str, dict[str, list[str]]] = {}


class Example(Said, frozen=True):
    """examples/*.yaml: what is done in a small district, and what comes out."""

    title: str
    today: str
    play: tuple[Deed, ...]
    expect: Expected
    settings: dict[str, bool | int | float | str] = {}
