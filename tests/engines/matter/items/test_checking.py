"""What is wrong with an item is named with its place and its mend."""

from __future__ import annotations

import pytest

from tests.scenes import given


@pytest.fixture(scope="module", autouse=True)
def plates(base):
    from jizuo.project import rooms

    return rooms.plates()


def problems(path, old, new, scene="certificate"):
    from jizuo.ground.packs import checking

    files = given.files_of(scene)
    assert old in files[path]
    pack, found = checking.check_files(files | {path: files[path].replace(old, new)})
    assert pack is not None
    return [(one.where, one.what, one.fix) for one in found]


def test_the_scene_that_ships_is_well():
    from jizuo.ground.packs import checking

    for scene in ("certificate", "document", "news", "calendar"):
        assert checking.check_files(given.files_of(scene))[1] == []


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("promise_days: 2", "promise_days: 3", "items/certificate.yaml: promise_days"),
        ("promise_days: 2", "promise_days: 9", "items/certificate.yaml: promise_days"),
        ("flow: certificate", "flow: certificat", "items/certificate.yaml: flow"),
        ("known: child", "known: chid", "items/certificate.yaml: materials[0].known"),
        ("field: proof", "field: prof", "items/certificate.yaml: materials[2].field"),
        ("field: proof", "field: purpose", "items/certificate.yaml: materials[2].field"),
        ("code: JY-XX-001", 'code: " "', "items/certificate.yaml: code"),
    ],
)
def test_an_item_that_cannot_be_kept_is_refused(old, new, where):
    assert where in [one[0] for one in problems("items/certificate.yaml", old, new)]


def test_a_near_word_is_offered():
    found = problems("items/certificate.yaml", "known: child", "known: chid")
    assert any("child" in fix for _where, _what, fix in found)


def test_an_item_must_be_rated_and_asked_for_by_somebody():
    assert "flows/certificate.yaml: rate" in [
        one[0] for one in problems("flows/certificate.yaml", "rate: true", "rate: false")
    ]
    found = problems("roles.yaml", "start: [certificate], ", "")
    assert any("没有身份能申请" in what for _where, what, _fix in found)


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("document: official", "document: oficial", "没有这种文书"),
        ("mark: settings.mark", "by: settings.mark", "没有发文字号"),
        ("copy: form.copy_to", "kopy: form.copy_to", "没有这一项"),
        ("text: form.text, mark", "mark", "没有标题或正文"),
    ],
)
def test_a_paper_that_cannot_be_set_is_refused(old, new, word):
    found = problems("flows/outgoing.yaml", old, new, "document")
    assert any(word in what for _where, what, _fix in found)


def test_two_items_of_one_code_are_refused():
    from jizuo.ground.packs import checking

    files = given.files_of("certificate")
    files["items/again.yaml"] = files["items/certificate.yaml"]
    assert any("编码一样" in one.what for one in checking.check_files(files)[1])
