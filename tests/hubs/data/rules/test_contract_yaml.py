"""The document of a contract."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import msgspec
import yaml

from jizuo.hubs.data.rules import contract_yaml
from jizuo.hubs.data.sharing_shapes import ContractView, Terms

TERMS = Terms(
    dataset="pupil_list", title="学生名册", owner_no=3, owner_name="启明小学", reader_no=4, reader_name="北寨小学",
    reader_role="", columns=[("name", "姓名", 3, "clear"), ("birth_on", "出生日期", 4, "year")], unit_nos=[3],
    filters=["性别 等于 2"], purpose="衔接", legal_basis="办法", purposes=["roster"], begin_on=date(2026, 9, 1),
    end_on=date(2027, 9, 1), period="week", most_pulls=2, quality_floor=90, grade=4,
)  # fmt: skip
VIEW = ContractView(
    contract_id=UUID(int=7), number="GX2026-00001", terms=TERMS, state="live", days_left=200,
    made_at=datetime(2026, 9, 1, tzinfo=UTC), ended_at=None, end_reason="", uses=0, rows=0, last_at=None, may_read=True,
    may_end=True,
)  # fmt: skip


def test_the_document_says_what_was_agreed():
    told = yaml.safe_load(contract_yaml.document(VIEW))
    assert (
        told["kind"] == "DataContract" and told["apiVersion"].startswith("v3.") and told["status"] == "active"
    )
    name, birth = told["schema"][0]["properties"]
    assert name["classification"] == "personal" and "customProperties" not in name
    assert birth["classification"] == "sensitive"
    assert birth["customProperties"] == [{"property": "masking", "value": "year-only"}]
    assert {one["property"]: one["value"] for one in told["slaProperties"]} == {
        "frequency": 2, "generalAvailability": "2026-09-01", "endOfLife": "2027-09-01",
    }  # fmt: skip
    assert told["schema"][0]["quality"][0]["mustBeGreaterOrEqualTo"] == 90
    assert told["description"]["limitations"] == "性别 等于 2"


def test_an_ended_contract_is_retired_and_no_floor_is_no_rule():
    plain = msgspec.structs.replace(
        VIEW, state="ended", terms=msgspec.structs.replace(TERMS, quality_floor=0)
    )
    told = yaml.safe_load(contract_yaml.document(plain))
    assert told["status"] == "retired" and "quality" not in told["schema"][0]
