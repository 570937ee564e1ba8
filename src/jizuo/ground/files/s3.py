"""The store on any S3-compatible server."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

from jizuo.ground.files.sealed import Stored, seal
from jizuo.ground.files.store import ADDRESS, Kept, Missing, SealedStore
from jizuo.ground.keys import KeyRing


class S3Store(SealedStore):
    """Objects ``<prefix><sha256>`` in a bucket of any S3-compatible server, by path-style addresses.

    The content is sealed into a local spool first, since its address is known only at its end; the server
    never sees a plain byte. `spool` is the folder for that (default: the system's).
    """

    def __init__(
        self,
        endpoint: str,
        bucket: str,
        access_key: str,
        secret_key: str,
        ring: KeyRing,
        *,
        prefix: str = "",
        region: str = "us-east-1",
        spool: Path | str | None = None,
    ) -> None:
        super().__init__(ring)
        self.bucket, self.prefix, self._spool = bucket, prefix, spool
        self._client: Any = boto3.client(
            "s3",
            endpoint_url=endpoint,
            aws_access_key_id=access_key,
            aws_secret_access_key=secret_key,
            region_name=region,
            config=Config(
                signature_version="s3v4",
                s3={"addressing_style": "path"},
                # Servers other than Amazon's refuse the trailing checksums newer clients send unasked.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                retries={"mode": "standard", "max_attempts": 4},
                connect_timeout=5,
                read_timeout=60,
            ),
        )
        self._transfer = TransferConfig(max_concurrency=2)

    def put(self, source: BinaryIO, *, most: int | None = None) -> Stored:
        with tempfile.TemporaryFile(dir=self._spool) as spool:
            stored = seal(source, spool, self._ring, most=most)
            if not self._holds(stored):
                spool.seek(0)
                self._client.upload_fileobj(
                    spool, self.bucket, self.prefix + stored.sha256, Config=self._transfer
                )
        return stored

    def _sealed(self, sha256: str, begin: int, end: int) -> BinaryIO:
        with self._missing(sha256):
            answer = self._client.get_object(
                Bucket=self.bucket, Key=self.prefix + sha256, Range=f"bytes={begin}-{end - 1}"
            )
        return answer["Body"]

    @contextmanager
    def _missing(self, sha256: str) -> Iterator[None]:
        try:
            yield
        except ClientError as fault:
            if fault.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 404:
                raise Missing(sha256) from None
            raise

    def exists(self, sha256: str) -> bool:
        if not ADDRESS.fullmatch(sha256):
            return False
        try:
            with self._missing(sha256):
                self._client.head_object(Bucket=self.bucket, Key=self.prefix + sha256)
        except Missing:
            return False
        return True

    def delete(self, sha256: str) -> None:
        if ADDRESS.fullmatch(sha256):
            self._client.delete_object(Bucket=self.bucket, Key=self.prefix + sha256)

    def iter_all(self) -> Iterator[Kept]:
        pages = self._client.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self.bucket, Prefix=self.prefix):
            for one in page.get("Contents", ()):
                name = one["Key"].removeprefix(self.prefix)
                if ADDRESS.fullmatch(name):
                    yield Kept(name, one["LastModified"])

    def sweep_parts(self, before: datetime) -> int:
        removed = 0
        pages = self._client.get_paginator("list_multipart_uploads")
        for page in pages.paginate(Bucket=self.bucket, Prefix=self.prefix):
            for one in page.get("Uploads", ()):
                if one["Initiated"] < before:
                    self._client.abort_multipart_upload(
                        Bucket=self.bucket, Key=one["Key"], UploadId=one["UploadId"]
                    )
                    removed += 1
        return removed
