"""What a delta says of people without bringing their role; the whole zips are walked in test_oneroster.py."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

from jizuo.hubs.organisation.importers import delta

BEGIN = date(2024, 9, 1)
#: (unit, role, outside key) -> (affiliation, person, begin, class, seat)
HELD = SimpleNamespace(
    affiliations={
        (7, "pupil", "p1"): ("a1", "x1", BEGIN, "c1", 3),
        (7, "pupil", "p2"): ("a2", "x2", BEGIN, "c1", 4),
        (7, "staff", "s1"): ("a3", "x3", BEGIN, None, None),
        (7, "pupil", "gone"): ("a4", "x4", BEGIN, "c1", None),
    },
    open_ids={"a1", "a2", "a3"},
)


class File:
    """A delta's own words, as the loader has read them."""

    given = SimpleNamespace(today=date(2026, 9, 16))

    def __init__(self, written=(), own=None, left=(), users=None, statuses=()):
        self.written, self.users = set(written), users or {}
        self._own, self._left, self._statuses = own or {}, left, statuses
        self.left: list[tuple[int, str]] = []

    def own_classes(self):
        return self._own

    def left_classes(self):
        return self._left

    def columns(self, _table, *_names):
        return self._statuses

    def leaves(self, unit_no, role):
        self.left.append((unit_no, role))


def test_only_open_affiliations_count():
    assert delta.affiliations_of(HELD) == {
        "p1": [(7, "pupil", "a1")],
        "p2": [(7, "pupil", "a2")],
        "s1": [(7, "staff", "a3")],
    }


def test_an_enrolment_alone_moves_and_a_left_class_is_left_empty():
    file = File(own={(7, "p1"): ("c2", 9)}, left=[(7, "p2", "c1"), (7, "p1", "c1"), (7, "p2", "c9")])
    assert delta.moves(file, HELD).rows == [("a1", 7, "c2", 9), ("a2", 7, None, None)]


def test_whose_role_the_file_brings_is_not_moved_twice():
    file = File(written=[(7, "pupil", "p1")], own={(7, "p1"): ("c2", 9)})
    assert delta.moves(file, HELD).rows == []


def test_a_name_alone_reaches_every_affiliation():
    file = File(users={"p1": ("单思齐", "1", "2"), "s1": ("", "2", "1")})
    ((affiliation_id, unit_no, name, key),) = delta.renamed(file, delta.affiliations_of(HELD)).rows
    assert (affiliation_id, unit_no, name) == ("a1", 7, "单思齐")
    assert key.startswith("shan")


def test_a_deleted_user_leaves_and_counts_for_the_guard():
    file = File(statuses=[("p1", "tobedeleted"), ("s1", "active"), ("nobody", "tobedeleted")])
    step = delta.ended(file, delta.affiliations_of(HELD))
    assert (step.rows, step.verdict) == ([("a1", 7, "2026-09-16")], "gone")
    assert file.left == [(7, "pupil")]
