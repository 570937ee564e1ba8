from __future__ import annotations

from jizuo.project.exits import Exit
from tests.hubs.organisation.actions.test_merging import run as ask
from tests.project.commands.finding import jizuo as jizuo
from tests.project.commands.finding import place as place


def test_a_search_by_command_ends_in_the_queue(place, jizuo):
    code, told = jizuo("match", "run", "--kind", "pupil")
    assert code == Exit.OK and told["records"] == 6 and told["fresh"] >= 3
    assert (
        ask(place.district.scope(), "select count(*) from same_person where reason = 'compared'")[0][0] >= 3
    )
    code, told = jizuo("match", "list")
    assert code == Exit.OK and told["runs"][0]["kind"] == "pupil"
