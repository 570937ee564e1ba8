"""Every page, dataset and form of every scene that ships x every role and post x own and foreign unit."""

from __future__ import annotations

import pytest

from jizuo.ground.errors import BadInput, DoorError, NotAllowed, NotFound
from jizuo.project.scenes import shipped
from tests.scenes import given, play, world


@pytest.fixture(scope="module")
def district(base):
    """A world with every scene in use."""
    from jizuo.project import rooms

    rooms.plates()
    made = world.make(base)
    for scene in shipped():
        given.installed(base, made.bureau.unit_no, given.files_of(scene), is_for_below=True)
    return made


@pytest.fixture(params=shipped())
def found(request, district):
    """One scene in that world, its posts given."""
    from jizuo.ground.packs import reading
    from jizuo.ground.packs.shapes import Example, Expected

    pack = reading.read(given.files_of(request.param)).pack
    made = play.Play(district, pack, Example("", "2026-09-16", (), Expected()))
    play.give_posts(made)
    return made


def everybody(found, at):
    """(word, actor, what the pack gives it), of a school with the bureau's roles, or of the other school."""
    from jizuo.ground.packs import reach
    from jizuo.ground.packs.shapes import Use

    place = found.world.place(at)
    roles = found.pack.roles
    held = {place.posts[n].grant_no: key for n, key in enumerate(sorted(roles.posts))}
    for actor in (
        *place.actors.values(),
        *(place.posts[: len(roles.posts)] if at == "first" else ()),
        *(found.world.bureau.actors.values() if at == "first" else ()),
    ):
        rights = [roles.roles[actor.role]] if actor.role in roles.roles else []
        post = held.get(actor.grant_no)
        if post and any(role in place.actors for role in roles.posts[post].given_by):
            rights.append(roles.posts[post].use)
        yield f"{actor.role}:{post or ''}", actor, reach.merged(rights) if rights else Use()


@pytest.mark.parametrize("at", ["first", "second"])
def test_each_page_opens_for_whom_the_pack_says(found, at):
    odd = []
    for word, actor, use in everybody(found, at):
        client = found.world.base.client(actor.account, raise_request_exception=False)
        for page, told in found.pack.part("pages").items():
            answer = client.get(f"/as/{actor.grant_no}/s/{found.scene}/{page}")
            is_open = page in use.pages and told.place not in ("screen", "public")
            if (answer.status_code == 200) != is_open or answer.status_code >= 500:
                odd.append((word, page, answer.status_code, is_open))
    assert odd == []


def test_a_foreign_number_does_not_exist(found):
    mine = found.world.first.actors["clerk"]
    other = found.world.second.actors["clerk"]
    client = found.world.base.client(mine.account, raise_request_exception=False)
    pages = [f"/as/{other.grant_no}/s/{found.scene}/{page}" for page in found.pack.part("pages")]
    pages += [f"/as/{other.grant_no}/s/{found.scene}/new/{form}" for form in found.pack.part("forms")]
    assert [
        (page, client.get(page).status_code) for page in pages if client.get(page).status_code != 404
    ] == []


@pytest.mark.parametrize("at", ["first", "second"])
def test_each_dataset_opens_for_whom_the_pack_says(found, at):
    from jizuo.ground import scope as scopes

    odd = []
    for word, actor, use in everybody(found, at):
        for dataset in found.pack.part("standards"):
            with scopes.use(found.world.scope(actor)):
                for name, rights, more in (
                    ("data.scene_rows", use.read, {}), ("data.put_scene_rows", use.write, {"rows": []}),
                ):  # fmt: skip
                    try:
                        play.door(name)(scene=found.scene, dataset=dataset, **more)
                        is_open = True
                    except (NotFound, NotAllowed):
                        is_open = False
                    has_reach = rights.get(dataset) != "class" or bool(actor.org_ids)
                    wanted = dataset in rights and (has_reach or name == "data.scene_rows")
                    if is_open != wanted:
                        odd.append((word, dataset, name, is_open))
    assert odd == []


def test_rows_of_another_unit_are_never_there(found):
    """Each school writes a row as the machine; no role of the other one sees it, nor does the twin role at the bureau
    beyond what the pack gives it."""
    from jizuo.ground import scope as scopes

    for dataset, standard in found.pack.part("standards").items():
        for actor in (*found.world.second.actors.values(), *found.world.second.posts):
            with scopes.use(found.world.scope(actor)):
                try:
                    rows = play.door("data.scene_rows")(scene=found.scene, dataset=dataset).rows
                except DoorError:
                    continue
            assert {row["unit_no"] for row in rows} <= {found.world.second.unit_no}, standard.body.name


@pytest.mark.parametrize("at", ["first", "second"])
def test_each_form_begins_for_whom_the_pack_says(found, at):
    from jizuo.ground import scope as scopes

    odd = []
    for word, actor, use in everybody(found, at):
        for form in found.pack.part("forms"):
            with scopes.use(found.world.scope(actor)):
                try:
                    play.door("matter.start_matter")(
                        scene=found.scene,
                        form=form,
                        data={"nothing": 1},
                        submit_key=f"{actor.grant_no}-{form}-once",
                    )
                    is_open = True
                except BadInput:
                    is_open = True
                except (NotFound, NotAllowed):
                    is_open = False
            if is_open != (form in use.start):
                odd.append((word, form, is_open))
    assert odd == []


def test_twin_without_the_packs_word_a_page_opens(found, monkeypatch):
    """What the matrix would see if rights were not asked."""
    from jizuo.ground.packs import reach

    pages = [
        name for name, told in found.pack.part("pages").items() if told.place not in ("screen", "public")
    ]
    shut = [name for name in pages if name not in found.pack.roles.roles.get("pupil", reach.merged([])).pages]
    if not shut:
        pytest.skip("a pupil may see every page")
    everything = next(use for use in found.pack.roles.roles.values() if use.pages)
    every = reach.merged(
        [everything, *found.pack.roles.roles.values(), *(one.use for one in found.pack.roles.posts.values())]
    )
    monkeypatch.setattr(reach, "uses_of", lambda *_one, **_more: every)
    pupil = found.world.first.actors["pupil"]
    client = found.world.base.client(pupil.account, raise_request_exception=False)
    assert client.get(f"/as/{pupil.grant_no}/s/{found.scene}/{shut[0]}").status_code == 200
