"""The examples of a pack played without a base: which steps a matter takes and how it ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jizuo.ground.packs.parts import Pack
from jizuo.ground.packs.shapes import Deed, Example


@dataclass(slots=True)
class Played:
    """One example. lines: what happened, in words; wrong: where it came out otherwise than expected."""

    title: str
    lines: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def play(pack: Pack, example: Example) -> Played:
    """Play an example over the declarations alone: forms work out their fields, flows their steps and decisions. People,
    rows, numbers and messages are tried on a base (`install`)."""
    from jizuo.engines.matter import rules

    found = Played(example.title)
    verbs: dict[str, dict[str, list[str]]] = {}
    mended = {deed.resubmit for deed in example.play if deed.resubmit}
    for deed in example.play:
        if deed.take and deed.on and not deed.refused and not (deed.take == "return" and deed.on in mended):
            verbs.setdefault(deed.on, {}).setdefault(deed.step, []).append(deed.take)
    today = example.today
    for deed in example.play:
        today = deed.day or today
        if not deed.start:
            continue
        flow = _flow_of(pack, deed.start)
        if flow is None or deed.refused:
            found.lines.append(f"{deed.called or deed.start}  ✗ {deed.refused}".rstrip())
            continue
        told = answers(pack, deed, today, _settings(pack, example))
        asked = verbs.get(deed.called, {})
        by_step = {step: given[-1] for step, given in asked.items() if step}
        in_line = list(asked.get("", []))
        for step in flow.steps:
            if not step.auto and step.key not in by_step and rules.is_due(step, told) and in_line:
                by_step[step.key] = in_line.pop(0)
        lines = rules.simulate(flow, told, by_step, lambda step, known: _decided(pack, step.by, known))
        for line in lines:
            found.lines.append(
                f"{deed.called or deed.start}  {line.title or line.key or '—'}  {line.deed}  {'、'.join(line.who)}".rstrip()
            )
        expected = example.expect.state.get(deed.called, "")
        if expected in ("done", "refused") and lines[-1].deed != expected:
            found.wrong.append(f"{deed.called}: {lines[-1].deed}, {expected}")
    return found


def _flow_of(pack: Pack, form: str) -> Any:
    asked = pack.part("forms").get(form)
    flows: Mapping[str, Any] = pack.part("flows")
    if asked is not None and asked.flow:
        return flows.get(asked.flow)
    return next((flow for flow in flows.values() if flow.form == form), None)


def _settings(pack: Pack, example: Example) -> dict[str, Any]:
    return {key: one.value for key, one in pack.head.settings.items()} | dict(example.settings)


def answers(pack: Pack, deed: Deed, today: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """What expressions of the flow read once the form of a deed has worked its fields out."""
    from jizuo.engines.matter.forms import asked, computing

    form = pack.part("forms").get(deed.start)
    around = {"steps": {}, "subject": {"name": "", "class_id": None}, "applicant": deed.as_, "settings": settings,
              "today": today}  # fmt: skip
    values = dict(deed.with_)
    if form is not None:
        pages = asked.asked_of(form, asked.elements_of(pack, form))
        values, _shown = computing.settled(pages, values, around, {})
    role = deed.as_.partition(".")[0]
    return {**around, "applicant": {"role": role, "person_id": None}, "form": values}


def _decided(pack: Pack, table: str, known: Mapping[str, Any]) -> dict[str, Any]:
    from jizuo.engines.matter import deciding

    told = pack.part("decisions").get(table)
    return deciding.decided(told, known) if told is not None else {}
