from __future__ import annotations

import io
import json

from jizuo.project.output import Output


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_words_or_json_but_never_both():
    for as_json in (False, True):
        out = io.StringIO()
        voice = Output(as_json, out=out, err=io.StringIO())
        voice.say("好")
        voice.result(count=3, name="甲")
        if as_json:
            assert json.loads(out.getvalue()) == {"count": 3, "name": "甲"}
        else:
            assert out.getvalue() == "好\n"


def test_a_bar_shows_share_and_count():
    err = Terminal()
    with Output(err=err).progress("备份", 4) as bar:
        bar.step()
        assert "25% 1/4" in bar.line()
        bar.to(4)
    assert "100% 4/4" in err.getvalue()


def test_an_unknown_total_shows_the_count():
    with Output(err=Terminal()).progress("读取") as bar:
        bar.to(17)
        assert bar.line().startswith("读取 17 ")


def test_nothing_is_drawn_into_a_pipe_or_beside_json():
    for voice in (Output(err=io.StringIO()), Output(True, out=io.StringIO(), err=Terminal())):
        with voice.progress("备份", 2) as bar:
            bar.to(2)
        assert voice._err.getvalue() == ""
