"""The first files of a scene, from three answers: what it is called, who fills it in, who approves."""

from __future__ import annotations

from typing import Any

from jizuo.ground.packs import reading
from jizuo.ground.packs.parts import HEAD, README, ROLES

#: Who begins a matter; '' starts with an empty scene.
FILLERS = ("guardian", "homeroom_teacher", "teacher", "clerk", "")
#: Who approves it; '' nobody.
APPROVERS = ("", "homeroom_teacher", "clerk", "head")


def files_of(
    scene: str, title: str, *, owner: str, filled_by: str = "", approved_by: str = ""
) -> dict[str, str]:
    """path -> text of a new scene. With `filled_by` it works at once: a table, its form, a flow, two pages, one number and
    the rights; the fields come later."""
    head = {
        "id": scene, "title": title, "english": scene.replace("_", " "), "owner": owner, "grade": "draft",
        "version": "1.0", "icon": title[:1], "about": title,
    }  # fmt: skip
    found = {
        HEAD: reading.to_yaml(head),
        README: f"# {title}\n\n谁用：\n\n怎么办：\n\n变了什么：\n",
        ROLES: reading.to_yaml({"roles": {}}),
    }
    if not filled_by:
        return found
    is_about_pupil = filled_by in ("guardian", "homeroom_teacher")
    subject = "pupil_id" if is_about_pupil else "staff_id"
    fields: dict[str, Any] = {
        subject: {
            "title": "学生" if is_about_pupil else "教职工", "english": "Pupil" if is_about_pupil else "Staff",
            "type": "person", "required": True, "grade": 3,
        }
    }  # fmt: skip
    standard: dict[str, Any] = {
        "dataset": scene, "title": title, "english": head["english"], "version": "1.0", "subject": subject,
    }  # fmt: skip
    kept = {subject: f"form.{subject}"}
    if is_about_pupil:
        fields["class_id"] = {"title": "班级", "english": "Class", "type": "org", "grade": 2}
        standard["class"] = "class_id"
        kept["class_id"] = "subject.class_id"
    elif filled_by == "teacher":
        standard["mine"] = subject
    asked: dict[str, Any] = {"key": subject, "of": "pupil" if is_about_pupil else "staff"}
    if filled_by == "guardian":
        asked["prefill"] = "child"
    elif filled_by == "teacher":
        asked |= {"prefill": "me", "locked": True}
    steps: list[dict[str, Any]] = []
    if approved_by:
        who = "homeroom_teacher_of_subject" if approved_by == "homeroom_teacher" else approved_by
        words = {"homeroom_teacher": "班主任", "clerk": "教务员", "head": "校长"}[approved_by]
        steps.append({"key": "approve", "title": f"{words}审批", "who": [who], "do": "approve", "within": 2})
    steps.append({"key": "keep", "title": f"记入{title}", "auto": "write", "into": scene, "set": kept})
    steps.append(
        {"key": "say", "title": "告诉申请人", "auto": "tell", "to": ["applicant"], "words": f"{title}已办好"}
    )
    columns = [subject, *(["class_id"] if is_about_pupil else [])]
    table = {"kind": "table", "data": scene, "columns": columns, "empty": "还没有记录"}
    found |= {
        f"standards/{scene}.yaml": reading.to_yaml(standard | {"fields": fields}),
        f"forms/{scene}.yaml": reading.to_yaml(
            {
                "title": title, "over": scene, "pages": [{"title": title, "fields": [asked]}], "print": "official",
                "done": "已提交，办好会告诉您。",
            }
        ),
        f"flows/{scene}.yaml": reading.to_yaml(
            {"title": title, "form": scene, "subject": subject, "about": f'"{title}"', "steps": steps}
        ),
        "indicators/count.yaml": reading.to_yaml(
            {
                "title": f"{title}数", "of": scene, "measure": "count", "by": ["unit", *columns[1:]], "unit": "条",
                "definition": f"已办好的{title}有几条", "missing": "没有记录即为零", "zero": True,
            }
        ),
        "pages/mine.yaml": reading.to_yaml(
            {
                "title": f"我的{title}",
                "blocks": [{"kind": "form", "form": scene}, {"kind": "steps", "flow": scene}, table],
            }
        ),
        "pages/all.yaml": reading.to_yaml(
            {
                "title": f"全部{title}",
                "blocks": [
                    {"kind": "number", "number": "count"}, {"kind": "todo", "flow": scene}, table,
                ],
            }
        ),
        ROLES: reading.to_yaml({"roles": roles_of(scene, filled_by)}),
    }  # fmt: skip
    return found


def roles_of(scene: str, filled_by: str) -> dict[str, Any]:
    """Who may do what at the beginning: the filler sees the own, the school office everything."""
    found: dict[str, Any] = {
        "clerk": {"read": {scene: "unit"}, "write": {scene: "unit"}, "pages": ["all"], "manage": True},
        "head": {"read": {scene: "unit"}, "pages": ["all"]},
    }
    if filled_by in ("guardian", "homeroom_teacher"):
        found["homeroom_teacher"] = {"read": {scene: "class"}, "pages": ["all"]}
    if filled_by == "guardian":
        found["guardian"] = {"start": [scene], "read": {scene: "child"}, "pages": ["mine"]}
    elif filled_by == "homeroom_teacher":
        found["homeroom_teacher"] |= {"start": [scene], "pages": ["mine", "all"]}
    elif filled_by == "teacher":
        for role in ("teacher", "homeroom_teacher"):
            found[role] = {"start": [scene], "read": {scene: "self"}, "pages": ["mine"]}
    elif filled_by == "clerk":
        found["clerk"] |= {"start": [scene], "pages": ["mine", "all"]}
    return found
