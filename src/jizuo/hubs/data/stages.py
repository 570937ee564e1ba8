"""A checked file's tables between check and apply: one sealed file of Parquet parts in the store."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import polars as pl

from jizuo.ground.files import actions as file_actions
from jizuo.ground.files import store
from jizuo.hubs.data.datasets import SENSITIVE

TYPE = "application/zip"
#: Rows that are packed at once.
ROWS_IN_GROUP = 1 << 16


def keep(stage: dict[str, pl.DataFrame], batch_id: UUID, unit_no: int) -> UUID:
    """Put the tables of a stage into the store and empty `stage`; returns the file's id. Opens its own door."""
    with tempfile.TemporaryFile() as spool:
        with zipfile.ZipFile(spool, "w", zipfile.ZIP_STORED) as parts:
            # The small ones go first and are let go, so that the largest is not written while all are held.
            for name in sorted(stage, key=lambda name: stage[name].estimated_size()):
                frame = stage.pop(name)
                with parts.open(f"{name}.parquet", "w", force_zip64=True) as part:
                    body = io.BytesIO()
                    frame.write_parquet(
                        body, compression="zstd", compression_level=1, row_group_size=ROWS_IN_GROUP
                    )
                    part.write(body.getbuffer())
        spool.seek(0)
        stored = store.current().put(spool)
    received = file_actions.Received(stored.sha256, stored.size, TYPE, "stage.zip", "stage")
    return file_actions.record_file(
        received=received, grade=SENSITIVE, owner_dataset="batch", owner_id=batch_id, unit_no=unit_no
    ).file_id


def load(sha256: str) -> dict[str, pl.DataFrame]:
    """The tables of a stage by name."""
    with opened(sha256) as path, zipfile.ZipFile(path) as parts:
        return {name.removesuffix(".parquet"): _frame(parts, name) for name in parts.namelist()}


def table(sha256: str, name: str) -> pl.DataFrame:
    """One table of a stage. Raises KeyError where the stage has none of this name."""
    with opened(sha256) as path, zipfile.ZipFile(path) as parts:
        return _frame(parts, f"{name}.parquet")


def _frame(parts: zipfile.ZipFile, name: str) -> pl.DataFrame:
    return pl.read_parquet(io.BytesIO(parts.read(name)))


@contextmanager
def opened(sha256: str, suffix: str = "") -> Iterator[Path]:
    """A stored content as a plain file for the length of the block."""
    with tempfile.NamedTemporaryFile(suffix=suffix) as plain:
        for chunk in store.current().open(sha256):
            plain.write(chunk)
        plain.flush()
        yield Path(plain.name)
