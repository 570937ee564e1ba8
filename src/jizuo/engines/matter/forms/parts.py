"""The forms of a pack as a part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jizuo.engines.matter.forms.preview import form_html
from jizuo.engines.matter.forms.problems import check_forms
from jizuo.engines.matter.shapes import Form
from jizuo.ground.packs import parts
from jizuo.ground.packs.parts import Part


def prepared(told: Any) -> Any:
    """What was read, with ``{key: word}`` for each field that is a bare word."""
    if isinstance(told, Mapping) and isinstance(told.get("pages"), list):
        return {**told, "pages": [_page(page) for page in told["pages"]]}
    return told


def _page(page: Any) -> Any:
    if isinstance(page, Mapping) and isinstance(page.get("fields"), list):
        return {**page, "fields": [_field(one) for one in page["fields"]]}
    return page


def _field(one: Any) -> Any:
    if isinstance(one, str):
        return {"key": one}
    if isinstance(one, Mapping) and isinstance(one.get("fields"), list):
        return {**one, "fields": [_field(inner) for inner in one["fields"]]}
    return one


def offer() -> None:
    """Offer the part; called on the plate."""
    parts.offer(Part("forms", "表单", Form, check=check_forms, preview=form_html, prepare=prepared, order=30))
