"""任课表: classes down the side, subjects across the top, teachers in the cells (or turned by 90 degrees)."""

from __future__ import annotations

import re
from typing import NamedTuple

from jizuo.plain.workbook import words
from jizuo.plain.workbook.cells import EMPTY, Cell, column_letter
from jizuo.plain.workbook.read import Sheet

_STRONG = re.compile(r"[、/／\\，,；;|&＆+\n\r\t]+|(?<=[\u4e00-\u9fff])和(?=[\u4e00-\u9fff]{2})")
_REMARK = re.compile(r"[（(【\[][^（()）【】\[\]]*[)）】\]]")
_NOBODY = frozenset(("", "无", "待定", "暂缺", "空", "-", "—", "——", "×", "x", "X", "待聘", "未定", "0"))
_POSTS = ("班主任", "正班主任", "副班主任", "年级组长")
_SEARCH_ROWS = 12


class CrossCell(NamedTuple):
    """One filled cell. `row_number` from 1 and `column` letters as on the screen; `class_text` and
    `subject_text` as written (with the grade before a bare class number); 班主任 comes as a subject."""

    row_number: int
    column: str
    class_text: str
    subject_text: str
    names: list[str]


def find_cross_table(sheet: Sheet) -> list[CrossCell]:
    """The assignments of a 任课表; [] when the sheet is no such table.

    A sheet counts as one when a row holds two or more subjects and the cells of one column below it are
    classes (or the other way round). Merged cells count for every row and column they cover.
    """
    view = _View(sheet)
    for at in range(min(len(sheet.rows), _SEARCH_ROWS)):
        texts = [words.clean(view.cell(at, column).text) for column in range(view.width)]
        subjects = [column for column, text in enumerate(texts) if text and words.is_subject(text)]
        if len(subjects) >= 2 and len({texts[column] for column in subjects}) >= 2:
            found = _classes_down(view, at, texts)
            if found:
                return found
        classes = [column for column, text in enumerate(texts) if words.is_class_cell(text)]
        if len(classes) >= 2:
            found = _subjects_down(view, at, texts, classes)
            if found:
                return found
    return []


class _View:
    """The sheet with merged cells repeated over their whole region."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.width = min(max((len(row) for row in sheet.rows), default=0), 255)
        self.height = len(sheet.rows)
        self.over: dict[tuple[int, int], tuple[int, int]] = {}
        for top, left, bottom, right in sheet.merges:
            for row in range(top, min(bottom, self.height - 1) + 1):
                for column in range(left, min(right, left + 255) + 1):
                    self.over[row, column] = (top, left)
            self.width = max(self.width, min(right + 1, 255))

    def cell(self, row: int, column: int) -> Cell:
        return self.sheet.cell(*self.over.get((row, column), (row, column)))


def _classes_down(view: _View, at: int, texts: list[str]) -> list[CrossCell]:
    grade_column = next((column for column, text in enumerate(texts) if words.normal(text) == "年级"), None)
    body = range(at + 1, view.height)
    class_column, best = None, 0
    for column in range(view.width):
        if column == grade_column or words.is_subject(texts[column]):
            continue
        score = 0
        for row in body:
            text = view.cell(row, column).text
            has_grade = grade_column is not None and column > grade_column and "班" in texts[column]
            score += bool(text) and words.is_class_cell(text, has_grade=has_grade)
        if score > best:
            class_column, best = column, score
    if class_column is None:
        return []
    filled = sum(view.cell(row, class_column) is not EMPTY for row in body)
    if best * 5 < filled * 3:
        return []
    wanted = [
        column
        for column, text in enumerate(texts)
        if column not in (class_column, grade_column) and (words.is_subject(text) or _is_post(text))
    ]
    found = []
    for row in body:
        class_text = words.clean(view.cell(row, class_column).text)
        grade = words.clean(view.cell(row, grade_column).text) if grade_column is not None else ""
        if not class_text or not words.is_class_cell(class_text, has_grade=bool(grade)):
            continue
        if grade and words.class_in(class_text, whole=True) is None:
            class_text = grade + class_text + ("" if class_text.endswith("班") else "班")
        for column in wanted:
            found += _cell(view, row, column, class_text, texts[column])
    return found


def _subjects_down(view: _View, at: int, texts: list[str], classes: list[int]) -> list[CrossCell]:
    body = range(at + 1, view.height)
    for column in range(classes[0]):
        subjects = [
            row
            for row in body
            if words.is_subject(view.cell(row, column).text) or _is_post(view.cell(row, column).text)
        ]
        if sum(words.is_subject(view.cell(row, column).text) for row in subjects) >= 2:
            return [
                assignment
                for row in subjects
                for place in classes
                for assignment in _cell(
                    view, row, place, texts[place], words.clean(view.cell(row, column).text)
                )
            ]
    return []


def _is_post(text: str) -> bool:
    return words.normal(text) in _POSTS


def _cell(view: _View, row: int, column: int, class_text: str, subject: str) -> list[CrossCell]:
    cell = view.cell(row, column)
    if cell.kind != "text":
        return []
    names = split_names(cell.text)
    return [CrossCell(row + 1, column_letter(column), class_text, subject, names)] if names else []


def split_names(text: str) -> list[str]:
    """The people in one cell, in order, each once: 张三、李四（兼） -> [张三, 李四]; 张 三 is one person."""
    found: list[str] = []
    for part in _STRONG.split(_REMARK.sub("", text)):
        pieces = part.split()
        together = "".join(pieces)
        if len(pieces) > 1 and (all(len(piece) == 1 for piece in pieces) or together.isascii()):
            pieces = [" ".join(pieces) if together.isascii() else together]
        for name in pieces:
            name = name.removesuffix("老师") if len(name) > 3 else name
            if name not in _NOBODY and name not in found:
                found.append(name)
    return found
