from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import RequestFactory, override_settings
from django.urls import include, path, resolve
from django.utils import translation

from jizuo.ground import scope as scopes
from jizuo.ground.errors import NotAllowed
from jizuo.ground.pages import shell
from jizuo.ground.pages.shell import Acting, Page
from jizuo.ground.scope import CLERK, GUARDIAN, HEAD, Scope


def view(request, **rest):
    return HttpResponse(str(rest))


def page(at: str, **more) -> Page:
    return Page(**{"path": at, "view": view, "title": at or "今日", "roles": frozenset({CLERK}), **more})


@pytest.fixture(autouse=True)
def _own_pages(monkeypatch):
    """Each test offers its own pages; what rooms offered stands aside."""
    monkeypatch.setattr(shell, "_pages", {})
    monkeypatch.setattr(shell, "_switcher", [])


def scope(role: str = CLERK) -> Scope:
    return Scope(role, 1, (1,), grant_no=12)


def titles(role: str = CLERK, address: str = "") -> list[tuple[str, list[str]]]:
    with translation.override("zh-hans"):
        return [
            (group.title, [link.title for link in group.links])
            for group in shell.navigation(scope(role), address)
        ]


def test_menu_holds_what_the_role_may_see_in_order():
    shell.offer(
        [
            page("imports", group="data"),
            page("people/pupils", group="people", order=20),
            page("people/schools", group="people", order=10),
            page("head", roles=frozenset({HEAD})),
            page("people/<int:no>", group="people", in_menu=False),
            page(""),
        ]
    )
    assert titles() == [
        ("", ["今日"]),
        ("人与校", ["people/schools", "people/pupils"]),
        ("数据", ["imports"]),
    ]
    assert titles(HEAD) == [("", ["head"])]
    assert titles(GUARDIAN) == []


@pytest.mark.parametrize(
    ("address", "current"),
    [
        ("/as/12/", ""),
        ("/as/12/people", "people"),
        ("/as/12/people/7", "people"),
        ("/as/12/people/imports/3", "people/imports"),
        ("/as/12/peoples", None),
        ("/as/12/classes/3", "people"),
        ("/as/12/classes/new", "classes/new"),
    ],
)
def test_where_one_stands_is_the_longest_path(address, current):
    shell.offer([page(""), page("people", holds=("classes",)), page("people/imports"), page("classes/new")])
    found = shell.current_page(scope(), address)
    assert (found.path if found else None) == current


def test_badge_is_asked_with_the_scope_and_none_is_silent():
    shell.offer([page("a", badge=lambda asked: asked.unit_no * 3), page("b", badge=lambda _asked: 0)])
    counts = [link.count for group in shell.navigation(scope()) for link in group.links]
    assert counts == [3, None]


def test_entries_past_twelve_are_folded_into_a_last_group():
    asked = []
    shell.offer(
        [
            page(f"p{number}", order=number, group="data", badge=lambda one, no=number: asked.append(no))
            for number in range(20)
        ]
    )
    data, more = shell.navigation(scope())
    assert [len(data.links), len(more.links)] == [shell.MOST_IN_MENU, 20 - shell.MOST_IN_MENU]
    assert [data.is_folded, more.is_folded, more.is_open] == [False, True, False]
    assert asked == list(range(shell.MOST_IN_MENU)), "what is folded asks for no badge"
    assert shell.navigation(scope(), "/as/12/p15/3")[-1].is_open
    shut, opened = draw(CLERK, "/as/12/p3"), draw(CLERK, "/as/12/p15")
    assert '<details class="nav-more">' in shut and '<details class="nav-more" open>' in opened
    assert all(f'class="tile" href="/as/12/p{number}"' in shut for number in range(shell.ON_PHONE, 20))


def test_a_menu_of_twelve_folds_nothing():
    shell.offer([page(f"p{number}") for number in range(shell.MOST_IN_MENU)])
    assert [group.is_folded for group in shell.navigation(scope())] == [False]
    assert "nav-more" not in draw(CLERK)


def test_a_page_beside_another_is_reached_from_its_head_by_the_roles_named():
    both = frozenset({CLERK, HEAD})
    shell.offer(
        [
            page("imports", roles=both),
            page("jobs", roles=both, beside="imports", beside_for=frozenset({CLERK})),
        ]
    )
    assert [titles(CLERK), titles(HEAD)] == [[("", ["imports"])], [("", ["imports", "jobs"])]]
    with scopes.use(scope(CLERK)):
        assert [(one.label, one.href) for one in shell.guest_actions("imports")] == [("jobs", "/as/12/jobs")]
    with scopes.use(scope(HEAD)):
        assert shell.guest_actions("imports") == []
    found = shell.current_page(scope(CLERK), "/as/12/jobs/3")
    assert found is not None and found.path == "imports"


@pytest.mark.parametrize(
    "wrong",
    [{"path": "/a"}, {"group": "nowhere"}, {"roles": frozenset({"emperor"})}, {"path": "a/<int:no>"}],
)
def test_a_page_that_cannot_stand_is_refused(wrong):
    with pytest.raises(ValueError, match="page"):
        page("a", **wrong)


def test_two_pages_at_one_path_are_refused():
    shell.offer([page("a")])
    shell.offer([page("a")])
    with pytest.raises(ValueError, match="two pages"):
        shell.offer([page("a", order=1)])


def test_routes_guard_by_role_and_hand_on_the_rest():
    pattern = path("as/<int:grant_no>/", include(shell.routes([page("people/<int:no>", in_menu=False)])))
    match = pattern.resolve("as/12/people/7")
    request = RequestFactory().get("/as/12/people/7")
    with scopes.use(scope()):
        assert match.func(request, **match.kwargs).content == b"{'no': 7}"
    for other in (scope(GUARDIAN), None, Scope(CLERK, 1, (1,), grant_no=13)):
        with scopes.use(other), pytest.raises(NotAllowed):
            match.func(request, **match.kwargs)


def draw(role: str | None, address: str = "/as/12/", cookie: str = "") -> str:
    request = RequestFactory().get(address)
    request.COOKIES[shell.THEME_COOKIE] = cookie
    request.scope = scope(role) if role else None
    with translation.override("zh-hans"), override_settings(ROOT_URLCONF="tests.ground.pages.addresses"):
        return render_to_string("base.html", shell.context(request), request=None)


def test_base_marks_the_place_and_leaves_out_what_is_not_there():
    shell.offer([page("", icon="今"), page("people", title="学生")])
    html = draw(CLERK, "/as/12/people/3")
    assert '<a class="nav-link" href="/as/12/people" aria-current="page">' in html
    assert 'class="skip"' in html
    assert "data-search" not in html
    shell.offer([page("search", in_menu=False)])
    assert 'action="/as/12/search"' in draw(CLERK)


def test_signed_out_base_has_no_menu():
    html = draw(None, "/")
    assert "nav-link" not in html
    assert "tabbar" not in html


@pytest.mark.parametrize(("cookie", "attribute"), [("dark", 'data-theme="dark"'), ("<b>", ""), ("", "")])
def test_theme_comes_with_the_page(cookie, attribute):
    root = draw(CLERK, cookie=cookie).split("\n")[1]
    assert ("data-theme" in root) is bool(attribute)
    assert attribute in root


def test_no_inline_code_or_style_in_the_shell():
    shell.offer([page("")])
    html = draw(CLERK)
    assert " style=" not in html
    assert "<style" not in html
    assert " onclick=" not in html
    scripts = [part.split(">")[0] for part in html.split("<script")[1:]]
    assert all("src=" in script or "application/json" in script for script in scripts)


def test_switcher_names_every_role_once_more_than_one():
    shell.offer([page("")])
    roles = [Acting(12, "陆晓岚", "启明小学", CLERK), Acting(31, "陆晓岚", "松原中学", GUARDIAN)]
    shell.switch_by(lambda _request: roles)
    html = draw(CLERK)
    assert 'href="/as/31/"' in html
    assert "陆晓岚" in html
    shell.switch_by(lambda _request: roles[:1])
    assert "换一个身份" not in draw(CLERK)


def test_language_switch_is_mounted():
    assert resolve("/language/", urlconf="tests.ground.pages.addresses").url_name == "language"


@pytest.mark.parametrize("name", ["400.html", "403.html", "404.html", "500.html", "503.html"])
def test_error_pages_draw_without_any_context(name):
    with translation.override("zh-hans"), override_settings(ROOT_URLCONF="tests.ground.pages.addresses"):
        html = render_to_string(name)
    assert name[:3] in html
    assert "系统异常" not in html
    assert "<h1>" in html
