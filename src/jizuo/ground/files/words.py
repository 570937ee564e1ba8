"""Why a file was not taken, in the words of the person who sent it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from jizuo.ground.errors import BadInput, Problem
from jizuo.plain.sniff import KINDS, MB, TYPES, Refused


def bad_file(refused: Refused, *, name: str, kind: str) -> BadInput:
    """The error for a refused file: where is its name, with what and how to fix."""
    what, fix = _reason(refused, kind)
    return BadInput(what, fix=fix, problems=[Problem(name, what, fix)])


def _reason(refused: Refused, kind: str) -> tuple[str, str]:
    allowed = "、".join(sorted({e for type_ in KINDS[kind].types for e in TYPES[type_][1]}))
    told = {"allowed": allowed, "ending": refused.ending, "most": refused.most // MB, "type": refused.type}
    reasons = {
        "empty": (_("文件是空的"), _("请检查文件后重新选择")),
        "too_big": (_("文件超过 %(most)d MB"), _("请拆成几个文件，或压缩图片后再传")),
        "locked": (_("文件有打开密码"), _("请去掉密码，另存后再传")),
        "damaged": (_("文件不完整或已损坏"), _("请用原来的软件打开确认，另存一份再传")),
        "active": (_("图形里含有脚本或外部引用"), _("请导出为 PNG 后再传")),
        "unknown": (_("认不出文件的类型"), _("可以上传：%(allowed)s")),
        "program": (_("这是一个程序，不是文档"), _("可以上传：%(allowed)s")),
        "page": (_("内容是网页，不是“.%(ending)s”文件"), _("请用 Excel 或 WPS 打开，另存为 .xlsx 后再传")),
        "macros": (_("文件里含有宏"), _("请另存为不含宏的格式（如 .xlsx、.docx）")),
        "wrong_type": (_("这里不能上传这种文件"), _("可以上传：%(allowed)s")),
        "mismatch": (_("文件内容与扩展名“.%(ending)s”不符"), _("请改正扩展名，或用原来的软件另存后再传")),
    }
    what, fix = reasons[refused.code]
    return what % told, fix % told
