"""Changes of a pupil's class or roll standing: kinds, states, who moves them, papers; no database, no clock.

The register alone changes 学籍. A movement prepares: the school decides, sends it to the register, writes down the
register's number, and it closes by that number or at the next import of the register. Papers and clocks are data and
to be checked against the city's rules.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

from jizuo.ground import scope as scopes
from jizuo.plain.school_year import Stage

DRAFT, AGREED, SENT, REGISTERED = "draft", "agreed", "sent", "registered"
CLOSED, REFUSED, WITHDRAWN = "closed", "refused", "withdrawn"
OPEN = frozenset({DRAFT, AGREED, SENT, REGISTERED})
ENDED = frozenset({CLOSED, REFUSED, WITHDRAWN})
STATE_TITLES: Mapping[str, Any] = {
    DRAFT: gettext_lazy("待校长决定"),
    AGREED: gettext_lazy("学校已同意"),
    SENT: gettext_lazy("已报学籍系统"),
    REGISTERED: gettext_lazy("学籍系统已办"),
    CLOSED: gettext_lazy("已办结"),
    REFUSED: gettext_lazy("没有同意"),
    WITHDRAWN: gettext_lazy("已撤回"),
}

_OFFICE = frozenset({scopes.CLERK, scopes.HEAD})
_DECIDES = frozenset({scopes.HEAD})
_ASKS = _OFFICE | {scopes.HOMEROOM_TEACHER}

#: By nobody: it closes when the register's import says so, or when it takes effect.
_ITSELF: frozenset[str] = frozenset()

#: state -> state it may go to -> who may do that. Of what ends in the register.
BY_REGISTER: Mapping[str, Mapping[str, frozenset[str]]] = {
    DRAFT: {AGREED: _DECIDES, REFUSED: _DECIDES, WITHDRAWN: _ASKS},
    AGREED: {SENT: _OFFICE, WITHDRAWN: _OFFICE, CLOSED: _ITSELF},
    SENT: {REGISTERED: _OFFICE, REFUSED: _OFFICE, WITHDRAWN: _OFFICE, CLOSED: _ITSELF},
    REGISTERED: {CLOSED: _OFFICE},
}
#: Of what the school settles by itself: a class, a loan.
BY_SCHOOL: Mapping[str, Mapping[str, frozenset[str]]] = {
    DRAFT: {AGREED: _DECIDES, REFUSED: _DECIDES, WITHDRAWN: _ASKS},
    AGREED: {CLOSED: _ITSELF, WITHDRAWN: _OFFICE},
}

COMPULSORY = frozenset({Stage.PRIMARY.value, Stage.JUNIOR.value})
UPPER = frozenset({Stage.SENIOR.value, Stage.VOCATIONAL.value})
SCHOOLING = COMPULSORY | UPPER
ALL_STAGES = frozenset(stage.value for stage in Stage)

#: What a movement does at the school on its day. out: not present any more; back: present again; move: another
#: class; nothing.
OUT, BACK, MOVE, NOTHING = "out", "back", "move", "nothing"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of movement. code: code table ``change_type``; stages: where it may be asked for; does: see above;
    ends: the affiliation ends when it closes; needs: fields that must be said (class, until, other); papers: keys of
    `PAPERS` that must be there before it is sent; has_register: ends in the register."""

    key: str
    title: Any
    code: str
    does: str
    stages: frozenset[str] = SCHOOLING
    ends: bool = False
    needs: frozenset[str] = frozenset()
    papers: tuple[str, ...] = ()
    has_register: bool = True

    @property
    def states(self) -> Mapping[str, Mapping[str, frozenset[str]]]:
        """Its state table."""
        return BY_REGISTER if self.has_register else BY_SCHOOL


PAPERS: Mapping[str, Any] = {
    "asked": gettext_lazy("监护人书面申请"),
    "household": gettext_lazy("户口簿（核对后退还）"),
    "medical": gettext_lazy("二级以上医院证明"),
    "fit": gettext_lazy("可以复学的医院证明"),
    "contact": gettext_lazy("转学联系表（两校盖章）"),
    "marks": gettext_lazy("学业证明材料"),
    "meeting": gettext_lazy("学校会议记录"),
    "residence": gettext_lazy("居住或随迁证明"),
    "decision": gettext_lazy("处分决定书与送达回执"),
    "death": gettext_lazy("死亡证明"),
}

CLASS, SUSPEND, RESUME, SKIP, REPEAT = "class", "suspend", "resume", "skip", "repeat"
TRANSFER_IN, TRANSFER_OUT, LEND, BORROW = "transfer_in", "transfer_out", "lend", "borrow"
QUIT, EXPEL, DEATH = "quit", "expel", "death"

KINDS: Mapping[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind(CLASS, gettext_lazy("调班"), "32", MOVE, ALL_STAGES, needs=frozenset({"class"}), has_register=False),
        Kind(SUSPEND, gettext_lazy("休学"), "23", OUT, needs=frozenset({"until"}), papers=("asked", "medical")),
        Kind(RESUME, gettext_lazy("复学"), "12", BACK, papers=("asked", "fit")),
        Kind(SKIP, gettext_lazy("跳级"), "34", MOVE, needs=frozenset({"class"}), papers=("asked", "marks", "meeting")),
        Kind(REPEAT, gettext_lazy("留级"), "33", MOVE, needs=frozenset({"class"}), papers=("asked", "meeting")),
        Kind(TRANSFER_IN, gettext_lazy("转入"), "13", NOTHING, ALL_STAGES, needs=frozenset({"other"}),
             papers=("asked", "household", "contact")),
        Kind(TRANSFER_OUT, gettext_lazy("转出"), "27", OUT, ALL_STAGES, ends=True, needs=frozenset({"other"}),
             papers=("asked", "contact")),
        Kind(LEND, gettext_lazy("借出"), "30", OUT, SCHOOLING, needs=frozenset({"other"}), has_register=False),
        Kind(BORROW, gettext_lazy("借读"), "14", NOTHING, SCHOOLING, needs=frozenset({"other"}), has_register=False),
        Kind(QUIT, gettext_lazy("退学"), "24", OUT, UPPER | {Stage.KINDERGARTEN.value}, ends=True, papers=("asked",)),
        Kind(EXPEL, gettext_lazy("开除"), "25", OUT, UPPER, ends=True, papers=("decision", "meeting")),
        Kind(DEATH, gettext_lazy("死亡"), "26", OUT, ALL_STAGES, ends=True, papers=("death",)),
    )
}  # fmt: skip
#: Asked for a pupil who does not stand in the list yet.
COMING = frozenset({TRANSFER_IN, BORROW})
#: What a homeroom teacher may ask for.
OF_HOMEROOM = frozenset({CLASS})
#: Working days that the two schools and the two authorities each have (to check).
CLOCK_DAYS = 10


def may_ask(role: str, kind: str) -> bool:
    """True when the acting role may ask for this kind."""
    return role in _OFFICE or (role == scopes.HOMEROOM_TEACHER and kind in OF_HOMEROOM)


def offered(stage: str, role: str = scopes.CLERK) -> list[Kind]:
    """Kinds that may be asked for in a stage by a role. Compulsory schooling has no 退学 and no 开除. A stage that is
    not known offers what compulsory schooling does: nothing that puts a child out."""
    known = stage if stage in ALL_STAGES else Stage.PRIMARY.value
    return [kind for kind in KINDS.values() if known in kind.stages and may_ask(role, kind.key)]


def may_move(kind: str, state: str, to: str, role: str) -> bool:
    """True when `role` may bring a movement of this kind from `state` to `to`."""
    return role in KINDS[kind].states.get(state, {}).get(to, frozenset())


def steps(kind: str, state: str, role: str) -> list[str]:
    """The states that `role` may bring it to, in order of the table."""
    return [to for to, who in KINDS[kind].states.get(state, {}).items() if role in who]


def missing_papers(kind: str, there: Collection[str]) -> list[str]:
    """Keys of the papers that are still wanted before it is sent."""
    return [key for key in KINDS[kind].papers if key not in there]


def road(kind: str) -> list[str]:
    """The states of the straight road, for a page."""
    return [DRAFT, AGREED, SENT, REGISTERED, CLOSED] if KINDS[kind].has_register else [DRAFT, AGREED, CLOSED]


@dataclass(frozen=True, slots=True)
class Standing:
    """What the register's import left of a pupil. entry_year: by the register; class_entry_year: of the class the
    movement names."""

    is_open: bool
    is_registered: bool
    status: str
    entry_year: int | None = None
    class_entry_year: int | None = None


#: kind -> codes of ``student_status`` by which the register says that it is done.
SAYS_DONE: Mapping[str, frozenset[str]] = {
    SUSPEND: frozenset({"02"}),
    RESUME: frozenset({"01", "05"}),
    TRANSFER_OUT: frozenset({"10"}),
    QUIT: frozenset({"03"}),
    EXPEL: frozenset({"14"}),
    DEATH: frozenset({"11"}),
}


def is_done_in_register(kind: str, now: Standing) -> bool:
    """True when what the register says now is what the movement asked for."""
    if not KINDS[kind].has_register:
        return False
    if kind == TRANSFER_IN:
        return now.is_open and now.is_registered
    if KINDS[kind].ends:
        return not now.is_open or not now.is_registered or now.status in SAYS_DONE[kind]
    if kind in (SKIP, REPEAT):
        return now.entry_year is not None and now.entry_year == now.class_entry_year
    return now.status in SAYS_DONE[kind]
