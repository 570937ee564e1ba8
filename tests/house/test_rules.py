"""RLS-1 to RLS-22 of the security page: the tests that prove each, by name."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
SOURCES = TESTS.parent / "src" / "jizuo"
WALLS, HTTP, CENSUS = "ground/test_walls.py", "ground/test_isolation.py", "ground/test_census.py"
DOORS, MADE = "ground/test_doors.py", "ground/test_made.py"
NAMED = f"{CENSUS}::test_a_planted_hole_is_named"

PROOFS = {
    1: [
        f"{WALLS}::test_rls_1_app_owns_nothing_and_bypasses_nothing",
        f"{WALLS}::test_rls_1_a_backfill_touches_every_unit_or_fails",
        NAMED,
    ],
    2: [
        f"{WALLS}::test_rls_2_forced_on_the_owner_too",
        f"{WALLS}::test_rls_2_without_a_scope_nothing_is_there",
        f"{HTTP}::test_twin_row_security_off_leaks",
        NAMED,
    ],
    3: [
        f"{WALLS}::test_rls_3_an_empty_setting_is_no_scope",
        f"{HTTP}::test_twin_without_nullif_fails_on_second_use",
    ],
    4: [f"{WALLS}::test_rls_4_a_bare_path_test_shows_everything_and_the_census_refuses_it"],
    5: [
        f"{WALLS}::test_rls_5_the_setting_ends_with_its_transaction",
        f"{HTTP}::test_twin_session_setting_leaks",
        f"{DOORS}::test_the_scope_never_changes_midway",
    ],
    6: [f"{DOORS}::test_without_a_scope_there_is_no_door_and_no_row"],
    7: [f"{HTTP}::test_every_database_alias_is_scoped"],
    8: [f"{HTTP}::test_a_streamed_body_is_outside_the_door"],
    9: [
        f"{WALLS}::test_rls_9_a_unit_meets_only_its_own_rows",
        f"{WALLS}::test_rls_9_each_command_is_kept_by_its_own_policy",
        f"{HTTP}::test_two_schools_take_turns_on_one_connection",
        f"{HTTP}::test_twin_second_policy_leaks",
        NAMED,
    ],
    10: [f"{WALLS}::test_rls_10_for_all_widens_reading", f"{HTTP}::test_twin_for_all_leaks", NAMED],
    11: [f"{WALLS}::test_rls_11_views_ask_as_their_caller", NAMED],
    12: [f"{WALLS}::test_rls_12_materialised_views_stand_outside_the_wall", NAMED],
    13: [f"{WALLS}::test_rls_13_truncate_is_never_granted", NAMED],
    14: [
        f"{WALLS}::test_rls_14_a_person_is_seen_behind_an_affiliation",
        f"{WALLS}::test_rls_14_a_new_person_comes_without_returning",
        NAMED,
    ],
    15: [
        f"{WALLS}::test_rls_15_a_key_cannot_point_into_another_unit",
        f"{WALLS}::test_rls_15_every_declared_key_stands",
        f"{MADE}::test_a_row_cannot_point_into_another_unit",
    ],
    16: [f"{WALLS}::test_rls_16_definers_belong_to_a_narrow_role", NAMED],
    17: [
        f"{WALLS}::test_rls_17_indexes_of_a_units_table_lead_with_it",
        f"{WALLS}::test_rls_17_no_function_is_leakproof",
        NAMED,
    ],
    18: ["house/test_rules.py::test_rls_18_no_row_is_cached_across_schools"],
    19: [f"{WALLS}::test_rls_19_keys_leave_room_for_sharding"],
    20: [f"{WALLS}::test_rls_20_partitions_are_shut_to_app", NAMED],
    21: [f"{WALLS}::test_rls_21_bulk_rows_come_by_a_temporary_table"],
    22: [
        NAMED,
        f"{CENSUS}::test_migrate_mends_what_it_names",
        f"{CENSUS}::test_the_worker_refuses_to_start",
        f"{HTTP}::test_the_web_refuses_to_boot_on_a_breach",
    ],
}


def test_every_rule_has_a_proof():
    assert list(PROOFS) == list(range(1, 23))
    assert all(PROOFS.values())


@pytest.mark.parametrize("rule", PROOFS)
def test_the_proofs_of_a_rule_stand(rule):
    for proof in PROOFS[rule]:
        path, name = proof.split("::")
        tree = ast.parse((TESTS / path).read_text(encoding="utf-8"))
        assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}, proof


#: Who may name a cache: the settings, which give Django one of each process's own. A room that wants to use it
#: keys by units, role and policy version and stands here with its reason.
MAY_CACHE = {"project/settings.py"}
CACHES = re.compile(r"django\.core\.cache|cache_page|cached_session|@cache_control|cache\.get_or_set")


def test_rls_18_no_row_is_cached_across_schools():
    """Nothing reaches for a cache that two schools share; what a process remembers is keyed by a version counter."""
    using = {
        path.relative_to(SOURCES).as_posix()
        for path in SOURCES.rglob("*.py")
        if CACHES.search(path.read_text(encoding="utf-8"))
    }
    assert using - MAY_CACHE == set()
    assert CACHES.search("from django.core.cache import cache"), "the search itself finds one"
