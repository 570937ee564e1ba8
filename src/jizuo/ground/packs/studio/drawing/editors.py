"""Every editor by the folder whose files it draws; ``roles`` and ``head`` for the two files beside them."""

from __future__ import annotations

from collections.abc import Mapping

from jizuo.ground.packs.studio.drawing import alert, data, flow, head, number, page, roles
from jizuo.ground.packs.studio.drawing.sheets import Editor

EDITORS: Mapping[str, Editor] = {
    one.folder: one
    for one in (
        data.EDITOR,
        flow.EDITOR,
        page.EDITOR,
        number.EDITOR,
        alert.EDITOR,
        roles.EDITOR,
        head.EDITOR,
    )
}
