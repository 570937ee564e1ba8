"""The plate of the workbook importers."""

from __future__ import annotations


def test_every_importer_is_known_to_the_walk_and_says_what_it_takes(base):
    from jizuo.hubs.data import importers
    from jizuo.hubs.organisation.importers import workbooks

    workbooks.register()
    for name in ("pupils", "staff", "teaching", "pupil_register", "staff_register"):
        importer = importers.get(name)
        assert importer.name == name
        assert str(importer.title)
        assert importer.file_kind == "roster"
