"""The importers of school workbooks, named on the room's plate."""

from __future__ import annotations

from jizuo.hubs.data import importers
from jizuo.hubs.organisation.importers import queue
from jizuo.hubs.organisation.importers.intake import Intakes
from jizuo.hubs.organisation.importers.pupils import Pupils
from jizuo.hubs.organisation.importers.registers import PupilRegister, StaffRegister
from jizuo.hubs.organisation.importers.staff import Staff
from jizuo.hubs.organisation.importers.teaching import Teaching


def register() -> None:
    """Register every kind of workbook with the walk, and the queue's handlers with the facts."""
    for importer in (Pupils(), Staff(), Teaching(), PupilRegister(), StaffRegister(), Intakes()):
        importers.register(importer)
    queue.register()
