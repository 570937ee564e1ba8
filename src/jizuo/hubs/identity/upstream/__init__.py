"""Clients of those who sign people in for us: WeChat, WeCom, DingTalk, OpenID Connect and CAS."""
