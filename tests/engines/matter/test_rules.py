"""What follows what: steps left out, answers of several, ways back, endless and unreachable flows, simulation."""

from __future__ import annotations

import msgspec
import pytest

from jizuo.engines.matter import rules
from jizuo.engines.matter.rules import Move
from jizuo.engines.matter.shapes import Flow, Step


def flow(*steps, **more):
    told = {"title": "流程", "form": "f", "steps": [{"title": one["key"], **one} for one in steps], **more}
    return msgspec.convert(told, Flow)


def step(**more):
    return msgspec.convert({"key": "a", "title": "甲", "who": ["head"], **more}, Step)


@pytest.mark.parametrize(
    ("passes", "verbs", "kind"),
    [
        ("any", ["approve", ""], "go"), ("any", ["", ""], "stay"), ("any", ["refuse", ""], "refused"),
        ("all", ["approve", ""], "stay"), ("all", ["approve", "approve"], "go"), ("all", ["refuse", ""], "refused"),
        ("half", ["approve", "", ""], "stay"), ("half", ["approve", "approve", ""], "go"),
        ("half", ["refuse", "", ""], "stay"), ("half", ["refuse", "refuse", ""], "refused"),
        ("half", ["approve", "refuse"], "refused"), ("all", ["return", ""], "back"), ("half", ["approve", "return", ""], "back"),
    ],
)  # fmt: skip
def test_what_several_answers_come_to(passes, verbs, kind):
    assert rules.after(step(passes=passes), verbs).kind == kind


@pytest.mark.parametrize(
    ("added", "kind"), [([""], "stay"), (["approve"], "go"), (["refuse"], "refused"), (["return"], "back")]
)
def test_an_added_signer_must_agree_too(added, kind):
    assert rules.after(step(), ["approve"], added).kind == kind


def test_next_leads_elsewhere():
    one = step(next={"approve": "end", "refuse": "b"})
    assert rules.after(one, ["approve"]) == Move("end")
    assert rules.after(one, ["refuse"]) == Move("go", "b")


def test_the_walk_leaves_out_what_is_not_due_and_runs_autos_in_a_row():
    told = {"form": {"days": 5}, "steps": {}, "subject": {}, "applicant": {}, "settings": {}, "today": ""}
    made = flow(
        {"key": "x", "who": ["head"], "when": "form.days > 10"}, {"key": "d", "auto": "decide", "by": "t"},
        {"key": "t", "auto": "tell"}, {"key": "y", "who": ["head"], "when": "form.none > 1"}, {"key": "z", "who": ["clerk"]},
    )  # fmt: skip
    ran, skipped = [], []
    landing = rules.walk(
        made, 0, told, lambda one: not ran.append(one.key), lambda one: skipped.append(one.key)
    )
    assert landing.step.key == "z" and ran == ["d", "t"] and skipped == ["x", "y"]
    assert rules.walk(made, 5, told, lambda _one: True, lambda _one: None) == rules.Landing(None, rules.DONE)


def test_an_end_has_its_state_and_an_auto_may_jump():
    told = {"form": {}, "steps": {}}
    made = flow(
        {"key": "t", "auto": "tell", "next": {"done": "e"}}, {"key": "x", "who": ["head"]},
        {"key": "e", "auto": "end", "state": "refused"},
    )  # fmt: skip
    assert rules.first(made, told) == rules.Landing(None, "refused")


def test_a_flow_that_never_ends_is_found(base):
    back = flow({"key": "a", "who": ["head"]}, {"key": "b", "who": ["head"], "next": {"refuse": "a"}})
    assert "走不完" in rules.endless(back)[0].what and rules.endless(back)[0].where == "steps[1].next.refuse"
    itself = flow({"key": "a", "who": ["head"], "next": {"approve": "a"}})
    assert rules.endless(itself)
    lonely = flow({"key": "a", "auto": "wait"})
    assert "发起" in rules.endless(lonely)[0].what
    assert rules.endless(flow({"key": "a", "who": ["head"], "next": {"approve": "nowhere"}}))[0].fix
    good = flow(
        {"key": "a", "who": ["head"], "next": {"refuse": "back", "approve": "b"}},
        {"key": "b", "who": ["head"]},
    )
    assert rules.endless(good) == [] and rules.unreachable(good) == []


def test_a_step_that_nobody_comes_to_is_found(base):
    made = flow(
        {"key": "a", "who": ["head"], "next": {"approve": "c"}}, {"key": "b", "who": ["head"]}, {"key": "c", "who": ["head"]},
    )  # fmt: skip
    assert [one.where for one in rules.unreachable(made)] == ["steps[1]"]
    ended = flow({"key": "e", "auto": "end"}, {"key": "b", "who": ["head"]})
    assert [one.where for one in rules.unreachable(ended)] == ["steps[1]"]


def test_a_simulation_says_each_step():
    made = flow(
        {"key": "a", "who": ["head"]}, {"key": "d", "auto": "decide", "by": "t"},
        {"key": "b", "who": ["clerk"], "when": 'steps.d.who == "clerk"'}, {"key": "w", "auto": "write"},
    )  # fmt: skip
    lines = rules.simulate(made, {"form": {}}, decide=lambda _step, _told: {"who": "clerk"})
    assert [(one.key, one.deed) for one in lines] == [
        ("a", "approve"), ("d", "decide"), ("b", "approve"), ("w", "write"), ("", "done"),
    ]  # fmt: skip
    assert rules.simulate(made, {"form": {}}, {"a": "refuse"})[-1].deed == rules.REFUSED
    assert rules.simulate(made, {"form": {}}, {"a": "return"})[-1].deed == rules.WAITING


@pytest.mark.parametrize(
    ("verbs", "step_key"),
    [
        ([("start", "", True), ("approve", "a", True)], "a"), ([("approve", "a", True), ("tell", "t", False)], "a"),
        ([("approve", "a", True), ("write", "w", False)], ""), ([("approve", "a", True), ("approve", "b", False)], ""),
        ([("start", "", True)], ""), ([("approve", "a", True), ("press", "", False)], "a"),
    ],
)  # fmt: skip
def test_what_may_be_taken_back(verbs, step_key):
    assert rules.may_take_back(verbs) == step_key


@pytest.mark.parametrize(
    ("until", "state", "untouched", "may"),
    [("always", "open", False, True), ("untouched", "open", False, False), ("untouched", "open", True, True),
     ("never", "open", True, False), ("always", "done", True, False)],
)  # fmt: skip
def test_how_long_one_may_withdraw(until, state, untouched, may):
    assert rules.may_withdraw(flow({"key": "a"}, withdraw=until), state, untouched) is may


@pytest.mark.parametrize(
    ("until", "today", "may", "may_manager"),
    [
        ("form.last", "2026-09-20", True, True), ("form.last", "2026-09-21", False, True),
        ("form.none", "2026-09-21", True, True), ("form.word", "2026-09-21", True, True), ("", "2026-09-21", True, True),
        ("form.row.close_on", "2026-09-21", False, True), ("form.row.gone", "2026-09-21", True, True),
    ],
)  # fmt: skip
def test_until_when_an_applicant_takes_back_what_was_written(until, today, may, may_manager):
    undo = {"steps": [{"key": "u", "auto": "write"}], "until": until}
    made = flow({"key": "a"}, undo=undo)
    form = {"last": "2026-09-20", "none": None, "word": "秋天", "row": {"close_on": "2026-09-20"}}
    told = {"form": form, "steps": {}, "subject": {}, "applicant": {}, "settings": {}, "today": today}
    assert rules.may_undo(made, rules.DONE, told) is may
    assert rules.may_undo(made, rules.DONE, told, is_manager=True) is may_manager
    assert not rules.may_undo(made, rules.REFUSED, told, is_manager=True)
    assert rules.undo_until(flow({"key": "a"}), told) is None
