"""The data hub's tables, by what they are about."""

from jizuo.hubs.data.models.catalogue import DataAsset, DatasetCount, GlossaryTerm
from jizuo.hubs.data.models.claims import Claim, ConflictTally, FieldConflict
from jizuo.hubs.data.models.collecting import CollectRun, CollectTrouble, Connector, Quarantined
from jizuo.hubs.data.models.corrections import Correction, CorrectionAsker, CorrectionClock
from jizuo.hubs.data.models.matching import MatchRun
from jizuo.hubs.data.models.owning import DataSource, FieldOwner, SettleRule
from jizuo.hubs.data.models.quality import (
    QualityCount,
    QualityFailure,
    QualityMark,
    QualityRule,
    QualityScore,
    QualitySwitch,
)
from jizuo.hubs.data.models.sharing import (
    ElementGrade,
    GradeProposal,
    ShareClock,
    ShareContract,
    ShareRequest,
    ShareType,
    ShareUse,
)
from jizuo.hubs.data.models.standards import CodeEdition, LocalCode, StandardVersion, TrialRow
from jizuo.hubs.data.models.walk import Batch, BatchChange, BatchProblem, Mapping

__all__ = [
    "Batch",
    "BatchChange",
    "BatchProblem",
    "Claim",
    "CodeEdition",
    "CollectRun",
    "CollectTrouble",
    "ConflictTally",
    "Connector",
    "Correction",
    "CorrectionAsker",
    "CorrectionClock",
    "DataAsset",
    "DataSource",
    "DatasetCount",
    "ElementGrade",
    "FieldConflict",
    "FieldOwner",
    "GlossaryTerm",
    "GradeProposal",
    "LocalCode",
    "Mapping",
    "MatchRun",
    "QualityCount",
    "QualityFailure",
    "QualityMark",
    "QualityRule",
    "QualityScore",
    "QualitySwitch",
    "Quarantined",
    "SettleRule",
    "ShareClock",
    "ShareContract",
    "ShareRequest",
    "ShareType",
    "ShareUse",
    "StandardVersion",
    "TrialRow",
]
