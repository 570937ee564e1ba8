"""What the providers' servers tell us, as typed events: pure functions.

Pages followed here: 公众号 接收事件推送 and 模板消息 (TEMPLATESENDJOBFINISH), 订阅通知 事件推送, 小程序 订阅消息 事件推送;
企业微信 事件格式 (成员关注及取消关注) and 家校通讯录变更 (92032); 钉钉 通讯录事件.
"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from typing import Any

from jizuo.ground.gateways.crypt import BadSeal
from jizuo.ground.gateways.shapes import Event, Report

WECOM_SCHOOL = "wecom_school"


def parsed(text: str) -> dict[str, Any]:
    """The fields of a message in XML or JSON; an element that is repeated becomes a list. Raises `BadSeal`
    for anything that is not one flat-rooted document, and for XML that declares entities."""
    if text.lstrip()[:1] == "{":
        try:
            told = json.loads(text)
        except ValueError:
            raise BadSeal("no JSON") from None
        return told if isinstance(told, dict) else {}
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise BadSeal("entities")
    try:
        root = ET.fromstring(text)  # noqa: S314 - entities refused above
    except ET.ParseError:
        raise BadSeal("no XML") from None
    return _fields(root)


def _fields(element: ET.Element) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for child in element:
        value: Any = _fields(child) if len(child) else (child.text or "").strip()
        if child.tag in found:
            held = found[child.tag]
            found[child.tag] = [*held, value] if isinstance(held, list) else [held, value]
        else:
            found[child.tag] = value
    return found


def of_wechat(channel: str, told: dict[str, Any]) -> list[Event]:
    """Events of an official account or a mini-programme, by the openid in FromUserName."""
    if told.get("MsgType") != "event":
        return [Event("other")]
    name, at, openid = (
        str(told.get("Event", "")),
        _number(told.get("CreateTime")),
        _text(told, "FromUserName"),
    )
    if name in ("subscribe", "SCAN"):
        # A person who follows already scans again: the code's text is news.
        scene = _text(told, "EventKey").removeprefix("qrscene_")
        return [Event("followed", channel, openid, at, scene)]
    if name == "unsubscribe":
        return [Event("left", channel, openid, at)]
    if name == "TEMPLATESENDJOBFINISH":
        status = _text(told, "Status")
        report = (
            Report("delivered")
            if status == "success"
            else Report("failed", status.removeprefix("failed:").strip())
        )
        return [_reported(channel, openid, at, _text(told, "MsgID"), report)]
    if name == "subscribe_msg_sent_event":
        holder = told.get("SubscribeMsgSentEvent")
        lines = _list((holder if isinstance(holder, dict) else told).get("List"))
        found = [
            _reported(channel, openid, at, _text(line, "MsgID"), _sent(line))
            for line in lines
            if isinstance(line, dict)
        ]
        return found or [Event("other")]
    return [Event("other")]


def _sent(line: dict[str, Any]) -> Report:
    code = _text(line, "ErrorCode")
    return Report("delivered") if code == "0" else Report("failed", code or _text(line, "ErrorStatus"))


def _reported(channel: str, address: str, at: int, provider_id: str, report: Report) -> Event:
    return Event("reported", channel, address, at, provider_id=provider_id, report=report)


def of_wecom(channel: str, told: dict[str, Any]) -> list[Event]:
    """Events of an application: staff who follow or leave, and parents of the school's contacts who do."""
    if told.get("MsgType") != "event":
        return [Event("other")]
    name, at = _text(told, "Event"), _number(told.get("CreateTime"))
    if name in ("subscribe", "unsubscribe"):
        return [
            Event("followed" if name == "subscribe" else "left", channel, _text(told, "FromUserName"), at)
        ]
    change = _text(told, "ChangeType")
    if name == "change_school_contact" and change in ("subscribe", "unsubscribe", "delete_parent"):
        has_come = change == "subscribe"
        return [Event("followed" if has_come else "left", WECOM_SCHOOL, _text(told, "Id"), at)]
    return [Event("other")]


def of_dingtalk(channel: str, told: dict[str, Any]) -> list[Event]:
    """Events of a corporation's contacts: people who came or left. `check_url` is a trial of the address."""
    name = _text(told, "EventType")
    at = _number(told.get("TimeStamp"))
    people = [str(one) for one in _list(told.get("UserId"))]
    if name in ("user_add_org", "user_active_org"):
        return [Event("followed", channel, one, at // 1000) for one in people]
    if name == "user_leave_org":
        return [Event("left", channel, one, at // 1000) for one in people]
    return [Event("other")]


def _number(told: Any) -> int:
    text = str(told or "")
    return int(text) if text.isdecimal() and len(text) <= 15 else 0


def _text(told: dict[str, Any], name: str) -> str:
    value = told.get(name, "")
    return str(value) if isinstance(value, str | int) else ""


def _list(told: Any) -> list[Any]:
    if isinstance(told, dict | str):
        return [told] if told else []
    return list(told) if isinstance(told, Iterable) else []
