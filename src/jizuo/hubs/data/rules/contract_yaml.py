"""A sharing contract as an Open Data Contract Standard document (ODCS v3 shape; held against the standard's schema only
in part: to check). Pure."""

from __future__ import annotations

import yaml

from jizuo.hubs.data.sharing_shapes import ContractView

STATUS = {"live": "active", "coming": "draft", "over": "retired", "ended": "retired"}
UNITS = {"day": "d", "week": "w", "month": "m"}
MASKS = {"phone": "partial", "year": "year-only", "name": "surname-only", "tail": "last-four", "stars": "redacted",
         "nothing": "withheld"}  # fmt: skip
CLASSES = {1: "public", 2: "internal", 3: "personal", 4: "sensitive", 5: "important"}


def document(contract: ContractView) -> str:
    """The contract's terms as YAML: who, which fields and how they are masked, purpose, term, frequency, quality."""
    terms = contract.terms
    told = {
        "apiVersion": "v3.0.2",
        "kind": "DataContract",
        "id": str(contract.contract_id),
        "name": terms.title,
        "version": "1.0.0",
        "status": STATUS[contract.state],
        "domain": "education",
        "dataProduct": terms.dataset,
        "description": {"purpose": terms.purpose, "usage": terms.legal_basis, "limitations": "；".join(terms.filters)},
        "schema": [
            {
                "name": terms.dataset,
                "businessName": terms.title,
                "logicalType": "object",
                "properties": [_property(*column) for column in terms.columns],
            }
        ],
        "slaProperties": [
            {"property": "frequency", "value": terms.most_pulls, "unit": UNITS[terms.period]},
            {"property": "generalAvailability", "value": terms.begin_on.isoformat()},
            {"property": "endOfLife", "value": terms.end_on.isoformat()},
        ],
        "roles": [{"role": terms.reader_role or "office", "access": "read", "description": terms.reader_name}],
        "team": [{"name": terms.owner_name, "role": "owner"}],
        "customProperties": [
            {"property": "number", "value": contract.number},
            {"property": "ownerUnit", "value": terms.owner_no},
            {"property": "readerUnit", "value": terms.reader_no},
            {"property": "units", "value": terms.unit_nos},
            {"property": "purposes", "value": terms.purposes},
        ],
    }  # fmt: skip
    if terms.quality_floor:
        told["schema"][0]["quality"] = [  # type: ignore[index]
            {
                "type": "custom",
                "engine": "jizuo",
                "metric": "score",
                "mustBeGreaterOrEqualTo": terms.quality_floor,
            }
        ]
    return yaml.safe_dump(told, allow_unicode=True, sort_keys=False)


def _property(key: str, title: str, grade: int, how: str) -> dict[str, object]:
    found: dict[str, object] = {
        "name": key,
        "businessName": title,
        "logicalType": "string",
        "classification": CLASSES.get(grade, "unknown"),
    }
    if how in MASKS:
        found["customProperties"] = [{"property": "masking", "value": MASKS[how]}]
    return found
