import polars as pl

from jizuo.hubs.organisation.demo.oneroster.ids import org_id
from jizuo.plain.demo.shapes import District


def test_units_hang_under_the_bureau(district: District, made: dict[str, pl.DataFrame]) -> None:
    orgs = made["orgs"]
    (bureau,) = orgs.filter(pl.col("type") == "district")["sourcedId"]
    assert bureau == org_id(0)
    schools = orgs.filter(pl.col("type") == "school")
    assert schools.height == len(district.schools)
    assert set(schools["parentSourcedId"]) == {bureau}
    assert set(orgs["type"]) == {"district", "local", "school", "ext:campus", "ext:grouping"}


def test_terms_lie_in_the_school_year(made: dict[str, pl.DataFrame]) -> None:
    year, first, second = made["academicSessions"].sort("type", "sourcedId").iter_rows(named=True)
    assert year["startDate"] <= first["startDate"] < first["endDate"] <= second["startDate"]
    assert second["endDate"] <= year["endDate"]
    assert {first["parentSourcedId"], second["parentSourcedId"]} == {year["sourcedId"]}
