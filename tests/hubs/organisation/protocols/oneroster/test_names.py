import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizuo.hubs.organisation.protocols.oneroster.names import full_name, split_name

SPLITS = [
    ("王芳", "王", "芳"),
    ("王小芳", "王", "小芳"),
    ("欧阳锋", "欧阳", "锋"),
    ("欧阳", "欧", "阳"),
    ("司马相如", "司马", "相如"),
    ("单于", "单", "于"),
    ("阿卜杜拉·买买提", "买买提", "阿卜杜拉"),
    ("约翰·菲茨杰拉德·肯尼迪", "肯尼迪", "约翰·菲茨杰拉德"),
    ("John Smith", "Smith", "John"),
    ("Mary Jane Watson", "Watson", "Mary Jane"),
    ("䶮", "䶮", "䶮"),
    ("Madonna", "Madonna", "Madonna"),
]


@pytest.mark.parametrize(("name", "family", "given_name"), SPLITS)
def test_split_and_back(name: str, family: str, given_name: str) -> None:
    assert split_name(name) == (family, given_name)
    assert full_name(family, given_name) == name


@pytest.mark.parametrize(
    ("name", "expected"),
    [("张 三", ("张", "三")), ("买买提•阿里", ("阿里", "买买提")), ("", ("", "")), ("  ", ("", ""))],
)
def test_typed_forms(name: str, expected: tuple[str, str]) -> None:
    assert split_name(name) == expected


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("Inkwell", "Dahlia", ""), "Dahlia Inkwell"),
        (("Inkwell", "Dahlia", "M."), "Dahlia M. Inkwell"),
        (("李", "强", "小"), "李小强"),
        (("李", "强", "", "李强（大）"), "李强（大）"),
    ],
)
def test_names_from_parts(parts: tuple[str, ...], expected: str) -> None:
    assert full_name(*parts) == expected


@given(st.text(min_size=1).filter(lambda t: t.strip()))
def test_both_parts_are_filled_whenever_anything_is_left(name: str) -> None:
    family, given_name = split_name(name)
    assert bool(family) == bool(given_name)
    assert full_name(family, given_name, written=name) == name
