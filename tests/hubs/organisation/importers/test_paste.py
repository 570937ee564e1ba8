"""Pasted text walks the road of files."""

from __future__ import annotations

import pytest

from tests.hubs.organisation.importers.given import rows_of, school
from tests.hubs.organisation.walking import Walked, clerk, load_plates


def test_a_pasted_grid_goes_in(base):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.organisation.importers.paste import land_pasted

    load_plates()
    unit_no = school(base)
    scope = clerk(base, unit_no)
    text = '姓名\t班级\t现住址\n王一\t三（1）班\t"北街1号\n2室"\n王二\t三（1）班\t同上\n'
    with scopes.use(scope):
        walked = Walked(base, scope, land_pasted(text=text, importer="pupils"))
    assert walked.run().state == "ready", walked.problems()
    walked.apply()
    assert rows_of(base, unit_no, "select distinct address from pupil") == [("北街1号 2室",)]


def test_text_that_is_no_table_is_refused(base):
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import BadInput
    from jizuo.hubs.organisation.importers.paste import land_pasted

    load_plates()
    with scopes.use(clerk(base, school(base))), pytest.raises(BadInput):
        land_pasted(text="   \n", importer="pupils")
