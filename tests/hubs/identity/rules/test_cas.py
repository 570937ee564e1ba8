from __future__ import annotations

import pytest

from jizuo.hubs.identity.rules import cas

FOLDER = "https://h.example/app/*"


@pytest.mark.parametrize(
    ("service", "is_in"),
    [
        ("https://h.example/app/", True), ("https://h.example/app/x", True), ("https://h.example/app/x/y?z=/../", True),
        ("https://h.example/app", False), ("https://h.example/apple", False), ("http://h.example/app/x", False),
        ("https://h.example:8443/app/x", False), ("https://h.example.evil.cn/app/x", False),
        ("https://u@h.example/app/x", False), ("https://u:p@h.example/app/x", False),
        ("https://evil.cn/https://h.example/app/x", False), ("https://h.example/app/../x", False),
        ("https://h.example/app/%2e%2e/x", False), ("https://h.example/app/%252e%252e/x", False),
        ("https://h.example/app/..;a/x", False), ("https://h.example/app/..%2fx", False), ("https://h.example/app/%5c..", False),
        ("https://h.example/app\\..\\x", False), ("https://h.example/app//x", False), ("https://h.example/app/x#y", False),
        ("https://h.example/app/ x", False), ("https://h.example/app/x\n", False), ("HTTPS://h.example/app/x", False),
        ("https://h.example%2f@evil.cn/app/x", False), ("//h.example/app/x", False), ("javascript:alert(1)", False),
        ("https://h.example/app/" + "x" * 500, False), ("https://h.example/app/" + "x/" * 30, False), ("", False),
    ],
)  # fmt: skip
def test_a_folder_lets_in_what_is_below_it_and_nothing_else(service, is_in):
    assert (FOLDER in cas.entries_of(service)) == is_in


def test_the_narrowest_entry_comes_first_and_the_root_last():
    assert cas.entries_of("https://h/a/b?c=1") == [
        "https://h/a/b?c=1", "https://h/a/*", "https://h/*",
    ]  # fmt: skip
    assert cas.entries_of("http://[::1]:8080/") == ["http://[::1]:8080/", "http://[::1]:8080/*"]
    assert cas.entries_of("https://h/a/*") == ["https://h/a/*", "https://h/*"], (
        "as a service it is below its folder"
    )


@pytest.mark.parametrize(
    ("entry", "is_good"),
    [
        (FOLDER, True), ("https://h.example/*", True), ("https://h.example/a?b=c", True), ("http://10.1.2.3:8080/a", True),
        ("https://*.example/*", False), ("https://h.example*", False), ("https://h.example/a*", False),
        ("https://h.example/*/b", False), ("https://h.example/a?b=/*", False), ("https://h.example/../*", False),
        ("app.example:/cas", False), ("https://u@h.example/*", False), ("*", False), ("", False), ("/*", False),
    ],
)  # fmt: skip
def test_what_may_be_registered(entry, is_good):
    assert cas.is_entry(entry) == is_good
