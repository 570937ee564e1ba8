"""What the files of a pack say that this room reads: forms, flows, items."""

from __future__ import annotations

from typing import Literal

import msgspec

from jizuo.ground.packs.shapes import Said

#: Kinds of form fields. A field over an element of the standard has the kind of the element's type unless it says another.
KINDS = (
    "text", "long_text", "number", "money", "date", "period", "time", "moment", "code", "choice", "choices", "yes_no",
    "person", "people", "org", "orgs", "unit", "units", "row", "file", "photo", "signature", "place", "table", "computed",
    "note", "columns", "sheet",
)  # fmt: skip
#: What a person can do at a step.
DEEDS = ("approve", "sign", "handle", "fill", "read")
#: Verbs by deed, the main one first; every deed also knows `return` (补正) where the flow lets it.
VERBS = {
    "approve": ("approve", "refuse", "return"), "sign": ("sign", "refuse", "return"), "handle": ("done", "refuse", "return"),
    "fill": ("done", "return"), "read": ("done",),
}  # fmt: skip


class Field(Said, frozen=True):
    """One field of a form. In a file a bare word stands for ``{key: word}``: the element of the standard as it is.

    title, english, required, length, code: over the element's own. of: for a person ``pupil | staff | child``, for an
    org ``class | own_class``, for units ``school``, for a row a dataset of the pack whose key is one text: that text
    is the answer, out of the rows of the unit that the role may read, and ``form.<key>_row`` reads the row's fields; for a
    photo ``web``: of a kind that every browser shows, as pictures for everybody must be.
    prefill: a known word (`forms.known`); locked: what is known is not asked again. when: shown (and kept) only if
    true; compute: worked out, never typed; check: must be true, else `say`. most, least: of a number its bounds, of a
    list how many. fields: columns of a table. fresh: asked anew each time, never taken over from an earlier
    answer. grade: of a field that is no element (1-5).
    """

    key: str
    kind: str = ""
    title: str = ""
    english: str = ""
    hint: str = ""
    required: bool | None = None
    length: int | None = None
    code: str = ""
    options: tuple[str, ...] = ()
    of: str = ""
    prefill: str = ""
    default: str | int | float | bool | None = None
    locked: bool = False
    when: str = ""
    compute: str = ""
    check: str = ""
    say: str = ""
    least: int | float | None = None
    most: int | float | None = None
    scale: int = 0
    unit: str = ""
    fields: tuple[Field, ...] = ()
    fresh: bool = False
    grade: int = 2


class FormPage(Said, frozen=True):
    """One page of a form. when: the page is left out if false."""

    fields: tuple[Field, ...]
    title: str = ""
    english: str = ""
    about: str = ""
    when: str = ""


class Form(Said, frozen=True):
    """forms/*.yaml. over: the standard whose elements it asks for, '' for none. flow: what its submission starts; the flow
    that names the form without it. print: how it is set on paper. done: said to the applicant at the end. again: whose
    earlier answers may be taken over with one press: one's own about the same subject, the unit's, or nobody's."""

    title: str
    pages: tuple[FormPage, ...]
    english: str = ""
    over: str = ""
    flow: str = ""
    about: str = ""
    print: Literal["official", "slip", "none"] = "official"
    done: str = ""
    done_english: str = ""
    again: Literal["never", "own", "unit"] = "never"


class Late(Said, frozen=True):
    """What becomes of a task past its day: who is told, and to whom it is handed; before: so many days ahead its holder is
    reminded."""

    tell: tuple[str, ...] = ()
    hand_to: tuple[str, ...] = ()
    after: int = 0
    before: tuple[int, ...] = ()


class Start(Said, frozen=True):
    """A sub-flow. flow: of this pack; each: a field of the form with units, people or orgs: one matter for each; '' one;
    with_: answers of its form -> expression."""

    flow: str
    each: str = ""
    with_: dict[str, str] = msgspec.field(default_factory=dict, name="with")


class Step(Said, frozen=True):
    """One step. Human: who and do; automatic: auto.

    who: words (`who`); passes: whether all, any or more than half of several must agree; form: filled at this step; within:
    working days, until: expression of the day by which it is due instead; when: left out if false; next: verb -> key of a
    step | ``end`` | ``refused`` | ``back`` (to the applicant), for what is not the next one in line.
    auto: write (into a dataset, `set` field -> expression, `as_` new | change | end), tell (`to`, `words`), decide (table
    `by`; answers stand in ``steps.<key>``), call (`door`, with `set`), start (sub-flows), wait (until every child has
    ended), document (ITEMS), publish (a public entry), end (`state`).
    places: of a write: how many matters (expression) may pass under one `place_of` (expression); the others wait in line and
    move up when one of those is refused, withdrawn or ended. free_by: of a write: refused when another row of `into` has
    the same values in these fields.
    """

    key: str
    title: str = ""
    english: str = ""
    who: tuple[str, ...] = ()
    do: Literal["approve", "sign", "handle", "fill", "read"] = "approve"
    passes: Literal["all", "any", "half"] = "any"
    form: str = ""
    within: int = 0
    until: str = ""
    late: Late | None = None
    when: str = ""
    next: dict[str, str] = {}
    auto: Literal["", "write", "tell", "decide", "call", "start", "wait", "document", "publish", "end"] = ""
    into: str = ""
    change: bool = False
    set: dict[str, str] = {}
    to: tuple[str, ...] = ()
    words: str = ""
    words_english: str = ""
    by: str = ""
    door: str = ""
    start: Start | None = None
    document: str = ""
    valid_days: int = 0
    publish: Literal["", "news", "event", "notice"] = ""
    days: int = 0
    state: Literal["", "done", "refused", "ended"] = ""
    places: str = ""
    place_of: str = ""
    free_by: tuple[str, ...] = ()


class Undo(Said, frozen=True):
    """How a matter that has left its mark is taken back by its applicant, or by who runs the scene: title of the button; when:
    only while it is true; until: expression of the last day on which the applicant may, who runs the scene later too; say:
    what is told instead of the button; steps: automatic ones (a change of what it wrote, a message). The matter is withdrawn
    and its place free."""

    steps: tuple[Step, ...]
    title: str = ""
    english: str = ""
    when: str = ""
    until: str = ""
    say: str = ""


class Flow(Said, frozen=True):
    """flows/*.yaml. form: the one that begins it; subject: its field that names the person or org it is about, '' for the
    applicant; about: expression of the words behind the subject's name; number: ``QJ{year}{n:05}``; limit: working days in
    all; withdraw: until when the applicant may take it back: ``always | untouched | never``; undo: what taking it back does
    once it has written; once: fields of the form: refused while another with the same answers runs or stands."""

    title: str
    form: str
    steps: tuple[Step, ...]
    english: str = ""
    subject: str = ""
    about: str = ""
    number: str = ""
    limit: int = 0
    withdraw: Literal["always", "untouched", "never"] = "always"
    undo: Undo | None = None
    once: tuple[str, ...] = ()
    rate: bool = False


class Material(Said, frozen=True):
    """What an item asks for. known: a word of `forms.known` or dataset.field that the base holds: then it is not asked."""

    title: str
    english: str = ""
    known: str = ""
    field: str = ""
    required: bool = True
    note: str = ""


class Item(Said, frozen=True):
    """items/*.yaml: one service of the catalogue. code: of the authority; subject: for whom; basis: legal text; limit_days:
    by law, promise_days: as promised, both working days; where, hours, phone: the desk; result: what one gets."""

    title: str
    code: str
    flow: str
    basis: str
    limit_days: int
    promise_days: int
    english: str = ""
    subject: Literal["pupil", "family", "staff", "citizen", "school"] = "family"
    materials: tuple[Material, ...] = ()
    where: str = ""
    hours: str = ""
    phone: str = ""
    channels: tuple[Literal["phone", "desk", "paper"], ...] = ("phone", "desk")
    fee: str = "免费"
    result: str = ""
    about: str = ""
    keywords: tuple[str, ...] = ()
