"""The data hub: merging, standards, quality, the catalogue and matching, each measured in a base of its own."""

from __future__ import annotations

from bench import data_catalogue, data_claims, data_matching, data_quality, data_standards

PARTS = {
    "standards": data_standards,
    "merge": data_claims,
    "catalogue": data_catalogue,
    "quality": data_quality,
    "matching": data_matching,
}
