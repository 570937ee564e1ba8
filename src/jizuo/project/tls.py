"""Certificates the operator gives us: a key in the form the web server reads, and until when they hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from jizuo.ground.disk import write_secret
from jizuo.ground.process import Trouble


@dataclass(frozen=True)
class Certificate:
    """What matters of a certificate: its names and its last moment (UTC)."""

    names: tuple[str, ...]
    ends_at: datetime

    def days_left(self, now: datetime | None = None) -> int:
        """Whole days until it ends, negative when it has."""
        return (self.ends_at - (now or datetime.now(UTC))).days


def usable_key(path: Path, data_folder: Path) -> Path:
    """The key in PKCS#8, which is all the web server reads: itself, or a converted copy (0600) in the secrets."""
    text = _read(path)
    if b"-----BEGIN PRIVATE KEY-----" in text:
        return path
    try:
        key = serialization.load_pem_private_key(text, password=None)
    except (ValueError, TypeError) as error:
        raise Trouble(
            f"读不懂私钥 {path}：{error}",
            "请提供没有口令的 PEM 私钥。",
            f"Cannot read the key {path} ({error}): give a PEM key without a password.",
        ) from error
    plain = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    copy = data_folder / "secrets" / "tls-key.pem"
    write_secret(copy, plain.decode("ascii"))
    return copy


def read(cert: Path, key: Path) -> Certificate:
    """The certificate of `cert`; Trouble when it cannot be read or `key` is not its key."""
    try:
        found = x509.load_pem_x509_certificate(_read(cert))
        own = serialization.load_pem_private_key(_read(key), password=None)
    except (ValueError, TypeError) as error:
        raise Trouble(
            f"读不懂证书 {cert} 或私钥 {key}：{error}",
            "请提供 PEM 格式的证书和没有口令的私钥。",
            f"Cannot read {cert} or {key} ({error}): give PEM files, the key without a password.",
        ) from error
    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    if found.public_key().public_bytes(*form) != own.public_key().public_bytes(*form):
        raise Trouble(
            f"私钥 {key} 不是证书 {cert} 的。",
            "请检查两个文件是否成对。",
            f"{key} is not the key of {cert}.",
        )
    try:
        alternative = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = tuple(str(name) for name in alternative.get_values_for_type(x509.DNSName))
    except x509.ExtensionNotFound:
        names = ()
    return Certificate(names, found.not_valid_after_utc)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Trouble(
            f"读不到 {path}：{error.strerror}。",
            "请检查路径和权限。",
            f"Cannot read {path}: {error.strerror}.",
        ) from error
