import pytest

from jizuo.plain import drawing

SVG = '<svg xmlns="http://www.w3.org/2000/svg">INNER</svg>'


@pytest.mark.parametrize(
    ("inner", "fault"),
    [
        ("<path d='M0 0'/>", ""),
        ("<use href='#a'/>", ""),
        ("<style>.a{fill:url(#b)}</style>", ""),
        ("<image href='data:image/png;base64,AA'/>", ""),
        ("<script>alert(1)</script>", "active"),
        ("<SCRIPT/>", "active"),
        ("<x:script xmlns:x='http://www.w3.org/2000/svg'/>", "active"),
        ("<path onclick='x()'/>", "active"),
        ("<a xlink:href='java\tscript:x' xmlns:xlink='http://www.w3.org/1999/xlink'/>", "active"),
        ("<image href='http://example.com/a.png'/>", "active"),
        ("<image href='data:image/svg+xml;base64,AA'/>", "active"),
        ("<style>@import 'x';</style>", "active"),
        ("<rect style='fill:url(http://example.com)'/>", "active"),
        ("<foreignObject/>", "active"),
        ("<animate attributeName='href' to='javascript:x'/>", "active"),
        ("<path>", "damaged"),
    ],
)
def test_drawings_must_be_still(inner, fault):
    assert drawing.fault(SVG.replace("INNER", inner).encode()) == fault


def test_a_drawing_with_entities_is_active():
    bomb = '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><svg>&b;</svg>'
    assert drawing.fault(bomb.encode()) == "active"
