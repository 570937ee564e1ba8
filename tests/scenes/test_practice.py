"""What no scene does (school-practice 6), over every scene that ships: marked fields reach no group, families see their own."""

from __future__ import annotations

import pytest

from jizuo.project.scenes import shipped
from tests.scenes import given

#: Kinds of fields by which nobody is compared.
NEVER_DIVIDED = {"score", "rank", "remark"}


@pytest.fixture(scope="module", autouse=True)
def plates(base):
    from jizuo.project import rooms

    return rooms.plates()


@pytest.fixture(params=shipped())
def pack(request):
    from jizuo.ground.packs import reading

    return reading.read(given.files_of(request.param)).pack


def marked(pack):
    """dataset -> its marked elements with their kind."""
    from jizuo.hubs.data.parts import marked_of

    return {name: marked_of(standard) for name, standard in pack.part("standards").items()}


def marked_answers(pack, form):
    """Fields of a form that are marked: over an element, or by their own words and grade."""
    from jizuo.engines.matter.forms import asked
    from jizuo.ground.packs import forbidden

    shape = pack.part("forms")[form]
    elements = asked.elements_of(pack, shape)
    found = set()
    for page in asked.asked_of(shape, elements):
        for one in page.fields:
            if forbidden.marked(one.key, (one.word,), one.grade):
                found.add(one.key)
    return found | set(marked(pack).get(shape.over, {}))


def read_by(text):
    """Fields of the form that an expression reads."""
    from jizuo.engines.matter.rules import NAMES
    from jizuo.plain import expression

    names = expression.compile(text, NAMES).names if text else frozenset()
    assert "form" not in names, "a whole form in one text"
    return {name.removeprefix("form.") for name in names if name.startswith("form.")}


def test_no_message_carries_a_marked_field(pack):
    """A message is the title of its matter and words that stand in the flow."""
    for name, flow in pack.part("flows").items():
        told = read_by(flow.about) & marked_answers(pack, flow.form)
        assert not told, f"flows/{name}: {told}"
        for step in flow.steps:
            assert "form." not in step.words and "{" not in step.words, f"flows/{name}: {step.key}"
    for name, alert in pack.part("alerts").items():
        for words in (alert.words, *(one.words for one in alert.then)):
            assert "{" not in words and "row." not in words, f"alerts/{name}"


def test_no_screen_board_or_public_page_shows_a_marked_field(pack):
    for name, page in pack.part("pages").items():
        for block in page.blocks:
            if page.place not in ("screen", "public") and block.kind != "board":
                continue
            fields = marked(pack).get(block.data, {})
            shown = set(block.columns) or set(fields if block.data else ())
            tested = {one.column for one in block.where} | {block.order, block.lane, block.day}
            assert not (shown | tested) & set(fields), f"pages/{name}: {block.kind}"
            for key in filter(None, (block.number, *block.numbers)):
                number = pack.part("indicators")[key]
                used = {number.column, *(one.column for one in (*number.where, *number.part))}
                assert page.place not in ("screen", "public") or not used & set(marked(pack)[number.of]), (
                    f"pages/{name}: {key}"
                )


def test_a_family_reads_its_own_only(pack):
    from jizuo.ground import scope as scopes

    for role in scopes.FAMILY_ROLES:
        use = pack.roles.roles.get(role)
        for rights in (use.read, use.write) if use else ():
            for dataset, how in rights.items():
                standard = pack.part("standards")[dataset]
                assert how in ("self", "child", "mine") or not standard.subject, f"{role} {dataset} {how}"
                # What a family may read of everybody says nothing of anybody.
                if how in ("class", "unit"):
                    assert not marked(pack)[dataset], f"{role} {dataset}"
                    assert not [one.key for one in standard.body.elements if one.type == "person"]


def test_nobody_is_ranked_by_score(pack):
    for name, number in pack.part("indicators").items():
        kinds = {
            marked(pack)[number.of].get(one, "") for one in (number.column, *(w.column for w in number.part))
        }
        assert not (kinds & NEVER_DIVIDED and number.by), f"indicators/{name}"
    for name, page in pack.part("pages").items():
        for block in page.blocks:
            assert marked(pack).get(block.data, {}).get(block.order) not in NEVER_DIVIDED, f"pages/{name}"


def test_what_is_opened_beyond_a_duty_is_opened_to_few(pack):
    """A marked field is opened to the class's own teacher, to a post, or to the family; never to a whole office."""
    for role, use in pack.roles.roles.items():
        for dataset, keys in use.open.items():
            strange = {
                key
                for key in keys
                if marked(pack)[dataset].get(key) in ("health", "aid", "punishment", "score")
            }
            reach = use.read.get(dataset, "unit")
            assert not strange or reach != "unit", f"{role} {dataset} {strange}"


def test_what_a_scene_asks_of_doors_is_little(pack):
    from jizuo.ground import doors

    assert all(doors.all_doors()[name].for_scenes for name in pack.roles.doors)
    assert len(pack.roles.doors) <= 2
