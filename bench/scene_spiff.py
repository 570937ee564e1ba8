"""SpiffWorkflow beside us: the same four steps, its own serializer, each step kept in the same PostgreSQL server.

What it keeps is one row an instance, and at its end the row of the list. It is not asked who may act, tells nobody, keeps no
timeline and no audit.
"""

from __future__ import annotations

import json
import time
from itertools import pairwise

import psycopg

from bench import base
from bench.base import answer

STEPS = ("homeroom", "clerk", "head", "bureau")
DUE = '<conditionExpression xsi:type="tFormalExpression">days &gt;= 0</conditionExpression>'
KEEP = "row = {'pupil': pupil, 'from_on': from_on, 'to_on': to_on, 'days': days, 'reason': reason}"
TABLES = """
select pg_advisory_xact_lock(hashtext('spiff'));
create table if not exists spiff_instance (id bigserial primary key, state text, is_done boolean);
create table if not exists spiff_row (id bigserial primary key, pupil int, from_on date, to_on date, days numeric, reason text)
"""
ROW = (
    "insert into spiff_row (pupil, from_on, to_on, days, reason)"
    " values (%(pupil)s, %(from_on)s, %(to_on)s, %(days)s, %(reason)s)"
)


def bpmn() -> bytes:
    """The flow as BPMN 2.0: start, two manual steps, a third one where it is due, a fourth, two automatic steps, end."""
    names = ["start", "homeroom", "clerk", "is_due", "head", "bureau", "keep", "say", "end"]
    tasks = "".join(f'<userTask id="{one}" name="{one}"/>' for one in STEPS)
    tasks += '<exclusiveGateway id="is_due" default="is_due_bureau"/>'
    tasks += "".join(
        f'<scriptTask id="{key}" scriptFormat="python"><script>{script}</script></scriptTask>'
        for key, script in (("keep", KEEP), ("say", "told = 'applicant'"))
    )
    lines = "".join(
        f'<sequenceFlow id="{a}_{b}" sourceRef="{a}" targetRef="{b}">{DUE if a == "is_due" else ""}</sequenceFlow>'
        for a, b in pairwise(names)
    )
    lines += '<sequenceFlow id="is_due_bureau" sourceRef="is_due" targetRef="bureau"/>'
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="bench" id="defs"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f'<process id="leave" isExecutable="true"><startEvent id="start"/>{tasks}<endEvent id="end"/>{lines}</process>'
        "</definitions>"
    ).encode()


def run(address: str, count: str, way: str) -> None:
    """Take so many instances through their steps. way: ``read`` - each step reads the instance back, as a request that
    comes hours later must; ``held`` - instances stay in memory and are only written."""
    from SpiffWorkflow.bpmn import BpmnWorkflow
    from SpiffWorkflow.bpmn.parser import BpmnParser
    from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
    from SpiffWorkflow.util.task import TaskState

    parser = BpmnParser()
    parser.add_bpmn_str(bpmn())
    spec = parser.get_spec("leave")
    serializer = BpmnWorkflowSerializer()
    told = {"kind": "sick", "from_on": "2026-09-16", "to_on": "2026-09-17", "days": 2, "reason": "发热"}
    with psycopg.connect(address) as line:
        line.execute(TABLES)
        line.commit()
        ids, held = [], {}
        begun = time.perf_counter()
        for number in range(int(count)):
            workflow = BpmnWorkflow(spec)
            workflow.do_engine_steps()
            # The answers of the form are the data of its first task, and of those after it.
            (first,) = workflow.get_tasks(state=TaskState.READY, manual=True)
            first.set_data(**told, pupil=number)
            row = line.execute(
                "insert into spiff_instance (state, is_done) values (%s, false) returning id",
                [serializer.serialize_json(workflow)],
            ).fetchone()
            line.commit()
            assert row is not None
            ids.append(row[0])
            if way == "held":
                held[row[0]] = workflow
        started = time.perf_counter()
        for step in STEPS:
            for instance in ids:
                if way == "held":
                    workflow = held[instance]
                else:
                    row = line.execute(
                        "select state from spiff_instance where id = %s for update", [instance]
                    ).fetchone()
                    assert row is not None
                    workflow = serializer.deserialize_json(row[0])
                (task,) = workflow.get_tasks(state=TaskState.READY, manual=True)
                if task.task_spec.name != step:
                    raise RuntimeError(f"{instance} stands at {task.task_spec.name}, not at {step}")
                task.run()
                workflow.do_engine_steps()
                line.execute(
                    "update spiff_instance set state = %s, is_done = %s where id = %s",
                    [serializer.serialize_json(workflow), workflow.is_completed(), instance],
                )
                if workflow.is_completed():
                    line.execute(ROW, workflow.data["row"])
                line.commit()
        ended = time.perf_counter()
        (row,) = line.execute(
            "select count(*), max(length(state)) from spiff_instance where is_done and id = any(%s)", [ids]
        ).fetchall()
    if row[0] != len(ids):
        raise RuntimeError(f"{row[0]} of {len(ids)} are done")
    answer(start=started - begun, steps=ended - started, bytes=row[1], size=len(json.dumps(told)))


if __name__ == "__main__":
    base.steps({"run": run})
