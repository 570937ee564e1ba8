"""What an import leaves to be looked at: the marked copy, the file as it came; a receipt only after the apply."""

from __future__ import annotations

import io

from tests.hubs.data.test_pages import HEAD, desk, send

__all__ = ["desk"]


def test_the_marked_copy_names_the_fault_beside_the_row(desk):
    from jizuo.plain.workbook import read

    walked = send(desk, [HEAD, ["张若曦", "一（1）班", "", "2020-13-02"]])
    walked.run()
    answer = desk.client.get(f"{desk.at}/{walked.batch_id}/marked.xlsx")
    assert answer.status_code == 200 and "no-store" in answer["Cache-Control"]
    cells = [
        cell.text
        for row in read.read(io.BytesIO(answer.content).getvalue(), "a.xlsx").sheets[0].rows
        for cell in row
    ]
    assert "怎么改" in cells and any(walked.problems("error")[0].reason in cell for cell in cells)


def test_there_is_no_receipt_before_the_apply_and_the_file_is_kept_as_it_came(desk):
    walked = send(desk, [HEAD, ["张若曦", "一（1）班", "", "2020-01-02"]])
    walked.run()
    assert desk.client.get(f"{desk.at}/{walked.batch_id}/receipt").status_code == 404
    raw = desk.client.get(f"{desk.at}/{walked.batch_id}/raw")
    assert raw.status_code == 200 and b"".join(raw)[:2] == b"PK"
