"""The data hub's tables, by what they are about."""

from jizuo.hubs.data.models.claims import Claim, FieldConflict
from jizuo.hubs.data.models.corrections import Correction
from jizuo.hubs.data.models.owning import DataSource, FieldOwner, SettleRule
from jizuo.hubs.data.models.sharing import (
    ElementGrade,
    GradeProposal,
    ShareClock,
    ShareContract,
    ShareRequest,
    ShareType,
    ShareUse,
)
from jizuo.hubs.data.models.walk import Batch, BatchChange, BatchProblem, Mapping

__all__ = [
    "Batch",
    "BatchChange",
    "BatchProblem",
    "Claim",
    "Correction",
    "ElementGrade",
    "FieldConflict",
    "GradeProposal",
    "Mapping",
    "ShareClock",
    "ShareContract",
    "ShareRequest",
    "ShareType",
    "ShareUse",
]
