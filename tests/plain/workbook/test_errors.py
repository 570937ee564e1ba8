from jizuo.plain.workbook.errors import WorkbookError


def test_a_refusal_carries_code_sentence_and_remedy():
    refusal = WorkbookError("damaged", "文件已损坏。", "请重新上传。")
    assert (refusal.code, refusal.message_zh, refusal.fix_zh) == ("damaged", "文件已损坏。", "请重新上传。")
    assert str(refusal) == "文件已损坏。 请重新上传。"
