from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from jizuo.ground.process import Trouble
from jizuo.project import tls


def pair(folder, name="base.example", days=30, form=serialization.PrivateFormat.PKCS8):
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    cert = (
        x509.CertificateBuilder()
        .subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=60)).not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    folder.mkdir(exist_ok=True)
    (folder / "cert.pem").write_bytes(cert.public_bytes(serialization.Encoding.PEM))
    plain = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(plain)
    return folder / "cert.pem", folder / "key.pem"


@pytest.mark.parametrize("days", [30, 3, -2])
def test_days_left(tmp_path, days):
    found = tls.read(*pair(tmp_path, days=days))
    assert found.names == ("base.example",)
    assert found.days_left() in (days - 1, days)


def test_a_key_of_another_certificate_is_refused(tmp_path):
    cert, _ = pair(tmp_path / "a")
    _, key = pair(tmp_path / "b")
    with pytest.raises(Trouble, match="不是证书"):
        tls.read(cert, key)


def test_an_older_key_form_is_converted(tmp_path):
    _, old = pair(tmp_path / "a", form=serialization.PrivateFormat.TraditionalOpenSSL)
    made = tls.usable_key(old, tmp_path)
    assert made != old
    assert b"BEGIN PRIVATE KEY" in made.read_bytes()
    assert made.stat().st_mode & 0o777 == 0o600
    _, new = pair(tmp_path / "b")
    assert tls.usable_key(new, tmp_path) == new


@pytest.mark.parametrize("content", [None, b"nonsense"])
def test_what_is_no_key_is_said(tmp_path, content):
    path = tmp_path / "key.pem"
    if content:
        path.write_bytes(content)
    with pytest.raises(Trouble, match="读不"):
        tls.usable_key(path, tmp_path)
