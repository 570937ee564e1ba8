"""Packs brought and installed on PostgreSQL: tables built, units below, upgrades, switching off, posts."""

from __future__ import annotations

from uuid import UUID

import pytest

from jizuo.ground.errors import BadInput, Conflict, NotAllowed, NotFound
from tests.scenes import given
from tests.scenes.given import minimal, within


@pytest.fixture(scope="module")
def plates(base):
    from jizuo.project import rooms

    return rooms.plates()


def test_a_pack_is_installed_with_its_table(base, plates):
    from jizuo.ground.packs import versions
    from jizuo.hubs.data import datasets

    unit = base.unit()
    given.installed(base, unit, minimal("visita"))
    found = within(base, unit, lambda: versions.in_use("visita", unit))
    assert found.pack.head.title == "来访" and found.unit_no == unit
    assert within(base, unit, lambda: "visita" in datasets.all_datasets())
    with pytest.raises(NotFound):
        within(base, base.unit(), lambda: versions.in_use("visita", base.unit()))


def test_a_bureau_installs_for_the_schools_below_and_a_school_switches_off(base, plates):
    from jizuo.ground import scope as scopes
    from jizuo.ground.packs import actions, queries, versions

    bureau = base.unit("教育局", kind="bureau")
    school = base.unit(parent=bureau)
    other = base.unit(parent=bureau)
    given.installed(base, bureau, minimal("visitb"), is_for_below=True)
    assert within(base, school, lambda: versions.in_use("visitb", school)).unit_no == bureau
    with scopes.use(base.scope(school, "head")):
        line = next(one for one in queries.scene_list() if one.scene == "visitb")
        assert line.used == "1.0" and line.above
        actions.remove_scene(scene="visitb")
    with pytest.raises(NotFound):
        within(base, school, lambda: versions.in_use("visitb", school))
    assert within(base, other, lambda: versions.in_use("visitb", other))


def test_an_upgrade_adds_and_never_drops(base, plates):
    from jizuo.ground.packs import versions

    unit = base.unit()
    given.installed(base, unit, minimal("visitc"))
    more = minimal("visitc", "1.1", who="{title: 来访人, english: Who, type: text, length: 40, grade: 3}")
    second = given.installed(base, unit, more)
    assert within(base, unit, lambda: versions.in_use("visitc", unit)).version_id == second
    with pytest.raises(BadInput) as caught:
        given.installed(
            base, unit, minimal("visitc", "1.2", note="{title: 内容, english: Note, type: integer, grade: 2}")
        )
    assert "不能" in str(caught.value.problems)


def test_other_content_under_a_number_that_is_taken_is_refused(base, plates):
    unit = base.unit()
    first = given.installed(base, unit, minimal("visitd"))
    assert given.installed(base, unit, minimal("visitd")) == first
    with pytest.raises(Conflict):
        given.installed(
            base,
            unit,
            minimal("visitd", who="{title: 来访人, english: Who, type: text, length: 9, grade: 3}"),
        )


def test_who_may(base, plates):
    from jizuo.ground import scope as scopes
    from jizuo.ground.packs import actions

    unit = base.unit()
    version_id = given.installed(base, unit, minimal("visite"))
    with scopes.use(base.scope(unit, "clerk")), pytest.raises(NotAllowed):
        actions.install_scene(version_id=version_id, is_for_below=True)
    with scopes.use(base.scope(unit, "teacher")), pytest.raises(NotAllowed):
        actions.install_scene(version_id=version_id)
    with scopes.use(base.scope(unit, "clerk")), pytest.raises(NotFound):
        actions.install_scene(version_id=UUID(int=7))
    # A person must bring a signed pack; the machine itself need not.
    bureau = base.unit("教育局", kind="bureau")
    account = base.account()
    with scopes.use(base.scope(bureau, "district_admin", account_id=account.pk)), pytest.raises(BadInput):
        actions.bring_pack(files=minimal("visitf"))


def test_a_signed_pack_of_a_trusted_signer_comes_in(base, plates):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    from jizuo.ground import scope as scopes
    from jizuo.ground.packs import actions, signing

    key = Ed25519PrivateKey.generate()
    files = minimal("visitg")
    signature = signing.sign(files, "澜江区教育局", key)
    bureau = base.unit("教育局", kind="bureau")
    scope = base.scope(bureau, "district_admin", account_id=base.account().pk)
    with scopes.use(scope), pytest.raises(BadInput) as caught:
        actions.bring_pack(files=files, signature=signature)
    assert "不认识" in caught.value.problems[0].what
    with base.owner() as owner:
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
        owner.execute(
            "insert into scene_signer (name, public_key, is_trusted) values ('澜江区教育局', %s, true)",
            [public],
        )
    with scopes.use(scope):
        assert actions.bring_pack(files=files, signature=signature)
        with pytest.raises(BadInput) as caught:
            actions.bring_pack(files=files | {"README.md": "# 改过\n"}, signature=signature)
    assert "对不上" in caught.value.problems[0].what


def test_posts_are_given_by_those_who_may(base, plates):
    from jizuo.ground import scope as scopes
    from jizuo.ground.packs import actions, queries, reach, versions
    from tests.hubs.organisation.given import fill

    unit = base.unit()
    school = fill(base, unit, classes=1, pupils=2, staff=2)
    person = school.staff[1][0]
    files = minimal("visith")
    files["roles.yaml"] = (
        "roles:\n  clerk: {read: {visith: unit}}\nposts:\n  porter: {title: 门卫, given_by: [clerk],"
        " use: {read: {visith: unit}, write: {visith: unit}}}\n"
    )
    given.installed(base, unit, files)
    with scopes.use(base.scope(unit, "head")), pytest.raises(NotFound):
        actions.give_post(scene="visith", post="porter", person_id=person)
    with scopes.use(base.scope(unit, "clerk")):
        actions.give_post(scene="visith", post="porter", person_id=person)
        assert queries.post_holders(scene="visith", post="porter") == [person]
        with pytest.raises(NotFound):
            actions.give_post(scene="visith", post="porter", person_id=UUID(int=9))

    def use_of(who):
        return within(
            base, unit, lambda: reach.uses_of(versions.in_use("visith", unit)), role="teacher", person_id=who
        )

    assert use_of(person).write == {"visith": "unit"}
    assert use_of(school.staff[0][0]).read == {}


def test_a_school_sets_for_itself_and_follows_the_bureaus_version(base, plates):
    from jizuo.ground import scope as scopes
    from jizuo.ground.packs import actions, versions

    bureau = base.unit("教育局", kind="bureau")
    school, other = base.unit(parent=bureau), base.unit(parent=bureau)
    files = minimal("visiti")
    files["scene.yaml"] += (
        "settings: {most: {title: 最多, kind: number, value: 3}, how: {title: 方式, kind: choice, value: a,"
        " options: [a, b]}}\n"
    )
    given.installed(base, bureau, files, is_for_below=True, most=5)
    with scopes.use(base.scope(school, "clerk")):
        actions.set_scene(scene="visiti", settings={"how": "b"})
        for wrong in ({"many": 1}, {"most": "x"}, {"most": True}, {"how": "c"}):
            with pytest.raises(BadInput):
                actions.set_scene(scene="visiti", settings=wrong)

    def held(unit):
        return within(base, unit, lambda: versions.in_use("visiti", unit))

    assert dict(held(school).settings) == {"most": 5, "how": "b"}
    assert dict(held(other).settings) == {"most": 5, "how": "a"}
    more = files | {"README.md": "# 新\n", "scene.yaml": files["scene.yaml"].replace('"1.0"', '"1.1"')}
    second = given.installed(base, bureau, more, is_for_below=True, most=6)
    assert held(school).version_id == second and dict(held(school).settings) == {"most": 6, "how": "b"}
    with scopes.use(base.scope(school, "clerk")):
        actions.set_scene(scene="visiti", settings={"most": 1})
        actions.remove_scene(scene="visiti")
    with pytest.raises(NotFound):
        held(school)


def test_signers_are_told_by_the_operator_with_a_second_factor(base, plates):
    from jizuo.ground import scope as scopes
    from jizuo.ground.packs import actions, queries

    unit = base.unit()
    key = "0a" * 32
    with scopes.use(base.scope(unit, "operator")), pytest.raises(NotAllowed) as caught:
        actions.add_signer(name="某区", public_key=key)
    assert caught.value.step_up
    with scopes.use(base.scope(unit, "district_admin", stepped_up=True)), pytest.raises(NotAllowed):
        actions.add_signer(name="某区", public_key=key)
    with scopes.use(base.scope(unit, "operator", stepped_up=True)):
        actions.add_signer(name="某区", public_key=key.upper())
        actions.add_signer(name="某区", public_key=key, is_trusted=False)
        (line,) = [one for one in queries.signer_list() if one.name == "某区"]
        assert line.public_key == key and not line.is_trusted
        with pytest.raises(Conflict):
            actions.add_signer(name="某区", public_key="0b" * 32)
        for name, wrong in (("某区", "0a"), ("某区", "zz" * 32), ("", key)):
            with pytest.raises(BadInput):
                actions.add_signer(name=name, public_key=wrong)
