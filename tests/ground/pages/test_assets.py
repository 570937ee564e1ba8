from __future__ import annotations

import re

import pytest
from django.core.exceptions import ImproperlyConfigured

from jizuo.ground.pages import assets


def test_tags_name_hashed_files_that_exist():
    html = assets.tags()
    names = re.findall(r'/static/dist/(assets/main-[\w-]{8}\.(?:css|js))"', html)
    assert len(names) == 2
    assert all((assets.DIST / name).is_file() for name in names)
    assert '<script type="module"' in html
    assert "style=" not in html


def test_unbuilt_says_what_to_run(tmp_path):
    with pytest.raises(ImproperlyConfigured, match="make setup"):
        assets.manifest(tmp_path / "manifest.json")
