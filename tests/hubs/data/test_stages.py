from __future__ import annotations

from uuid import uuid4

import polars as pl
import pytest

from tests.hubs.organisation.importers.given import rows_of


def test_a_stage_comes_back_as_it_was_and_is_sealed_on_disk(base, monkeypatch):
    from jizuo.ground import scope as scopes
    from jizuo.ground.files import queries as files
    from jizuo.hubs.data import stages

    unit_no = base.unit()
    told = {
        "users": pl.DataFrame({"name": ["林晚晴·阿依努尔", "𠮷", ""], "seat": [1, None, 3]}),
        "roles": pl.DataFrame({"role": []}, schema={"role": pl.String}),
    }
    batch_id = uuid4()
    with scopes.use(base.scope(unit_no, "clerk")):
        file_id = stages.keep(dict(told), batch_id, unit_no)
        file = files.get_checked_file(file_id=file_id)
    back = stages.load(file.sha256)
    assert back.keys() == told.keys()
    for name, frame in told.items():
        assert back[name].equals(frame)
    owner = rows_of(
        base, unit_no, "select owner_dataset, owner_id, grade from stored_file where id = %s", file_id
    )
    assert owner == [("batch", batch_id, 4)]


def test_an_opened_content_is_gone_after_the_block(base):
    import io

    from jizuo.ground.files import store
    from jizuo.hubs.data import stages

    kept = store.current().put(io.BytesIO(b"name,place\n"))
    with stages.opened(kept.sha256, ".csv") as path:
        assert path.read_bytes() == b"name,place\n" and path.suffix == ".csv"
    assert not path.exists()
    with pytest.raises(store.Missing), stages.opened("0" * 64):
        pass
