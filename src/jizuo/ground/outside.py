"""Addresses and keys of outside services: one JSON file each in the secrets folder, readable by us only.

``secrets/files.json`` (S3), ``sms.json``, ``mail.json``, ``scan.json``, and the push channels' ``wechat.json``,
``wechat_mini.json``, ``wecom.json``, ``wecom_school.json``, ``dingtalk.json``. A service without its file is
off. Never the database, never the environment: neither a dump nor a process list tells.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from typing import Any

from jizuo.ground import bootstrap


class BadSetting(RuntimeError):
    """A service's file is open to others, is no JSON object, or lacks a name; says which and the mend."""


def read(service: str, *, needs: Iterable[str] = ()) -> dict[str, Any] | None:
    """The settings of `service`, or None when it is off. Raises `BadSetting`; its words are Chinese."""
    path = bootstrap.secrets_folder() / f"{service}.json"
    try:
        handle = path.open("rb")
    except FileNotFoundError:
        return None
    with handle:
        mode = os.fstat(handle.fileno()).st_mode & 0o777
        if mode & 0o077:
            raise BadSetting(f"{path} 的权限是 {mode:o}，别的账号能读到密钥。请执行 chmod 600。")
        try:
            told = json.load(handle)
        except ValueError as fault:
            raise BadSetting(f"{path} 不是 JSON：{fault}") from None
    if not isinstance(told, dict):
        raise BadSetting(f"{path} 应当是一个 JSON 对象。")
    if missing := [name for name in needs if not told.get(name)]:
        raise BadSetting(f"{path} 缺少 {'、'.join(missing)}。")
    return told
