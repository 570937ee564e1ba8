"""OneRoster 1.1 tables in the shape of 1.2: users lose `orgSourcedIds` and `role`, which become rows of
roles.
"""

import polars as pl

from .tables import layout

_FIRST = ["sourcedId", "status", "dateLastModified"]
_BY_ORG = {"district": "districtAdministrator", "school": "siteAdministrator"}
ROW = "row"


def to_12(users: pl.DataFrame, orgs: pl.DataFrame | None) -> tuple[pl.DataFrame, pl.DataFrame, pl.Series]:
    """(users, roles, row of the user behind each role). Row order of users is kept, roles follow it.

    One role per user and org, each `primary`, because 1.2 wants one primary role per org. Its sourcedId is
    made from user, role and org, so that the next file of 1.1 meets the same rows. `primaryOrgSourcedId` is
    filled only for a user of one org: 1.1 does not say which of several is first. The 1.1 role
    `administrator` has no twin: it becomes districtAdministrator or siteAdministrator by the type of a known
    org, else ext:administrator.
    """
    orgs_of = pl.col("orgSourcedIds").str.split(",").list.eval(pl.element().str.strip_chars())
    orgs_of = orgs_of.list.eval(pl.element().filter(pl.element() != "")).list.unique(maintain_order=True)
    single = pl.when(orgs_of.list.len() == 1).then(orgs_of.list.first()).otherwise(pl.lit(""))
    owned = [n for n in users.columns if n.startswith("metadata.")]
    wanted = [column.name for column in layout("1.2")["users"].columns]
    shaped = users.with_columns(single.alias("primaryOrgSourcedId")).with_columns(
        pl.lit("").alias(n) for n in wanted if n not in users.columns and n != "primaryOrgSourcedId"
    )
    types = (
        orgs.select(pl.col("sourcedId").alias("orgSourcedId"), "type").unique("orgSourcedId")
        if orgs is not None
        else pl.DataFrame(schema={"orgSourcedId": pl.String, "type": pl.String})
    )
    by_org = pl.col("type").replace_strict(_BY_ORG, default="ext:administrator", return_dtype=pl.String)
    roles = (
        users.with_row_index(ROW)
        .select(ROW, *_FIRST, "role", orgs_of.alias("orgSourcedId"))
        .explode("orgSourcedId", empty_as_null=False)
        .join(types, on="orgSourcedId", how="left", maintain_order="left")
        .with_columns(
            pl.when(pl.col("role") == "administrator").then(by_org).otherwise(pl.col("role")).alias("role"),
            pl.col("sourcedId").alias("userSourcedId"),
            pl.lit("primary").alias("roleType"),
            *(pl.lit("").alias(n) for n in ("beginDate", "endDate", "userProfileSourcedId")),
        )
        .with_columns(
            pl.concat_str("userSourcedId", "role", "orgSourcedId", separator=":").alias("sourcedId")
        )
    )
    names = [column.name for column in layout("1.2")["roles"].columns]
    return shaped.select([*wanted, *owned]), roles.select(names), roles[ROW]
