"""What a clerk does with the faults of a list: chooses, leaves out, and is told what cannot be."""

from __future__ import annotations

from tests.hubs.data.test_pages import HEAD, desk, fault_form, page, send

__all__ = ["desk"]


def test_a_chosen_class_is_remembered(desk):
    rows = [HEAD, ["周子墨", "一年级33班", "", "2019-05-30"], ["周子砚", "一年级33班", "", "2019-05-30"]]
    walked = send(desk, rows)
    walked.run()
    told = fault_form(desk, walked)
    told["choice"][0] = "一（2）班"
    desk.client.post(f"{desk.at}/{walked.batch_id}/mend", told)
    assert walked.run().state == "ready"
    again = send(desk, [HEAD, ["周子琪", "一年级33班", "", "2019-05-30"]])
    assert again.run().state == "ready"


def test_a_class_that_is_not_offered_is_refused(desk):
    walked = send(desk, [HEAD, ["周子墨", "一年级33班", "", "2019-05-30"]])
    walked.run()
    told = fault_form(desk, walked)
    told["choice"][0] = "九（9）班"
    answer = desk.client.post(f"{desk.at}/{walked.batch_id}/mend", told)
    assert answer.status_code == 422 and "选的不在列表里" in answer.content.decode()


def test_a_row_can_be_left_out(desk):
    walked = send(
        desk, [HEAD, ["张若曦", "一（1）班", "", "2020-13-02"], ["周子墨", "一（1）班", "", "2019-05-30"]]
    )
    walked.run()
    told = fault_form(desk, walked) | {"drop": "0"}
    desk.client.post(f"{desk.at}/{walked.batch_id}/mend", told)
    assert walked.run().state == "ready"
    assert "张若曦" not in page(desk, walked, "?show=new")


def test_a_form_with_holes_and_an_unknown_step_are_refused(desk):
    walked = send(desk, [HEAD, ["周子墨", "一年级33班", "", "2019-05-30"]])
    walked.run()
    told = fault_form(desk, walked) | {"choice": []}
    assert desk.client.post(f"{desk.at}/{walked.batch_id}/mend", told).status_code == 422
    assert desk.client.post(f"{desk.at}/{walked.batch_id}/do/nothing").status_code == 404
