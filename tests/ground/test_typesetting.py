from __future__ import annotations

from jizuo.ground import typesetting
from tests.hubs.identity.test_slips import text_of

SOURCE = '#let told = json(bytes(sys.inputs.data))\n#set text(font: "Noto Sans SC")\n#told.text'


def test_a_value_is_set_as_plain_text():
    told = '#read("/etc/passwd") $x$ *粗* 阿卜杜拉·买买提'
    pdf = typesetting.set_pdf(SOURCE, {"text": told})
    assert pdf.startswith(b"%PDF")
    assert text_of(pdf).replace(" ", "") == told.replace(" ", "")


def test_a_qr_code_is_a_picture():
    assert typesetting.qr_svg("https://jizuo.example/check/AB/").startswith("<svg")


def test_a_template_is_read_from_its_package():
    frame = typesetting.template("jizuo.hubs.organisation", "templates/organisation/print/frame.typ")
    assert "seal-space" in frame
