from __future__ import annotations

from tests.hubs.organisation.actions.test_merging import run
from tests.hubs.organisation.test_alike import place as place
from tests.hubs.organisation.test_alike import same_child, search


def test_no_value_of_anybody_is_kept_with_a_search(place):
    search(place)
    (name,) = run(place.steward, "select name from person where id = %s", same_child(place)[0])[0]
    told = run(
        place.steward,
        "select (select string_agg(args::text || coalesce(result::text, ''), '') from job where kind = 'data.match')"
        " || (select string_agg(evidence::text, '') from same_person)"
        " || (select string_agg(to_jsonb(m)::text, '') from match_run m)",
    )[0][0]
    assert name not in told and "澜江路" not in told and "2019-05-04" not in told
    # The twin: what is asked for the name where it stands finds it.
    assert run(place.steward, "select count(*) from person where name = %s", name)[0][0] >= 2
