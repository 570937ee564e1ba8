from jizuo.hubs.organisation.notices import notices_pdf


def test_notices_come_four_a_page():
    def pages(count):
        children = [(f"林{at}", f"ABCD{at:04}") for at in range(count)]
        body = notices_pdf(
            children,
            school="启明小学",
            year="2026学年",
            text="请来报到。",
            unit_no=7,
            base_address="https://base.example",
        )
        assert body.startswith(b"%PDF")
        return body.count(b"/Type /Page\n") + body.count(b"/Type /Page ") or body.count(b"/MediaBox")

    assert pages(1) == 1 and pages(4) == 1 and pages(5) == 2
