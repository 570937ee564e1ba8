"""Signatures of packs: Ed25519 over the digest of the files. A pack that ships with the base needs none."""

from __future__ import annotations

import json
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground.errors import Problem
from jizuo.ground.packs.files import SIGNATURE, digest_of


def sign(files: Mapping[str, str], signer: str, private: Ed25519PrivateKey) -> str:
    """The signature of a pack as text, to lie in the zip. signer: the name under which the key is known."""
    digest = digest_of(files)
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
    signature = private.sign(bytes.fromhex(digest)).hex()
    return json.dumps({"digest": digest, "signer": signer, "public_key": public, "signature": signature})


def problems_of(files: Mapping[str, str], signature: str) -> tuple[str, list[Problem]]:
    """(signer, why the signature does not count): '' and a problem for none at all, a broken one, an unknown key. Reads
    the keys that the base trusts."""
    if not signature:
        return "", [
            Problem(SIGNATURE, _("没有签名"), _("请发布的单位签名，或由本单位审核后作为自己的场景发布"))
        ]
    try:
        told = json.loads(signature)
        name, key = str(told["signer"]), str(told["public_key"])
        digest = digest_of(files)
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(
            bytes.fromhex(told["signature"]), bytes.fromhex(digest)
        )
        is_same = told["digest"] == digest
    except (ValueError, KeyError, TypeError, InvalidSignature):
        is_same = False
    if not is_same:
        return "", [Problem(SIGNATURE, _("签名和内容对不上"), _("包在签名后被改过；请重新下载"))]
    with connection.cursor() as cursor:
        cursor.execute(
            "select 1 from scene_signer where name = %s and public_key = %s and is_trusted", [name, key]
        )
        if cursor.fetchone() is None:
            return "", [
                Problem(
                    SIGNATURE,
                    _("不认识签名的人：%(name)s") % {"name": name[:80]},
                    _("请管理员核对后登记其公钥"),
                )
            ]
    return name, []
