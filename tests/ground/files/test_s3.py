"""What only a bucket does; what every store does is in test_store."""

from __future__ import annotations

import hashlib
import io
import time
from datetime import UTC, datetime, timedelta

import pytest

from jizuo.ground.files.s3 import S3Store
from jizuo.ground.files.store import Missing
from tests.ground.files.test_store import ABSENT


def test_an_unfinished_s3_upload_is_swept(bucket, s3):
    s3.client.create_multipart_upload(Bucket=s3.bucket, Key=bucket.prefix + ABSENT)
    assert bucket.sweep_parts(datetime.now(UTC) - timedelta(hours=1)) == 0
    assert bucket.sweep_parts(datetime.now(UTC) + timedelta(hours=1)) == 1
    assert bucket.sweep_parts(datetime.now(UTC) + timedelta(hours=1)) == 0


def test_a_large_s3_content_goes_in_parts(bucket):
    plain = hashlib.shake_128(b"large").digest(20 * 1024 * 1024)
    began = time.monotonic()
    stored = bucket.put(io.BytesIO(plain))
    assert b"".join(bucket.open(stored.sha256, 9_000_000, 9_000_100)) == plain[9_000_000:9_000_100]
    assert bucket.verify(stored.sha256) == stored
    assert time.monotonic() - began < 60


def test_a_wrong_s3_key_is_an_error_and_not_a_missing_file(s3, ring):
    wrong = S3Store(s3.endpoint, s3.bucket, s3.access_key, "wrong", ring)
    with pytest.raises(Exception) as caught:
        wrong.open(ABSENT)
    assert not isinstance(caught.value, Missing)
