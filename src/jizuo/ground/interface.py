"""The generated interface: every `api` door at one address, described by OpenAPI 3.1 from its signature.

``POST /as/<grant>/api/do/<room>.<action>`` takes a JSON object, ``GET /as/<grant>/api/read/<room>.<source>``
takes query parameters. Errors are problem details (RFC 9457). Writes take an ``Idempotency-Key``: the same
key with the same body gets the first answer again, with another body 422.
"""

from __future__ import annotations

import inspect
from typing import Any

import msgspec
from django.core.exceptions import RequestDataTooBig
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from jizuo import __version__
from jizuo.ground import audit, doors
from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import BadInput, DoorError, NotAllowed, NotFound, Problem
from jizuo.ground.shapes import JobRef
from jizuo.plain import typed

PROBLEM = "application/problem+json"


def find(name: str, kind: str) -> doors.Door:
    """The `api` door of that name and kind; a door of lesser reach does not exist here."""
    door = doors.all_doors().get(name)
    if door is None or door.kind != kind or door.reach != doors.API:
        raise NotFound(_("没有名为 %(name)s 的接口") % {"name": name}, fix=_("接口清单见 api/ 页"))
    return door


def allowed(door: doors.Door) -> None:
    """Raise NotAllowed, leaving its audit entry, before a word of the input is read."""
    if not doors.is_granted(door, scopes.current()):
        door.call()


def parameters(door: doors.Door) -> type[msgspec.Struct]:
    """The door's parameters as a struct: required ones first, unknown names refused."""
    fields: list[Any] = []
    for name, parameter in door.signature.parameters.items():
        hint = door.hints[name]
        fields.append(
            (name, hint) if parameter.default is inspect.Parameter.empty else (name, hint, parameter.default)
        )
    title = "".join(part.capitalize() for part in door.name.replace(".", "_").split("_"))
    return msgspec.defstruct(f"{title}Input", fields, kw_only=True, forbid_unknown_fields=True)


def read_input(door: doors.Door, raw: Any, *, strict: bool) -> dict[str, Any]:
    """Typed arguments from decoded JSON or a query; raises BadInput naming the field."""
    refuse_unkeepable(raw)
    try:
        given = typed.convert(raw, parameters(door), strict=strict)
    except msgspec.ValidationError as error:
        text, _sep, where = str(error).partition(" - at `$")
        raise BadInput(
            _("参数不对：%(text)s") % {"text": text}, problems=[Problem(where.strip("`.") or "body", text)]
        ) from None
    found = {name: getattr(given, name) for name in door.signature.parameters}
    if not strict:  # a number in a query is text until now
        refuse_unkeepable(found)
    return found


def refuse_unkeepable(value: Any, where: str = "") -> None:
    """Raise BadInput for what no column can keep: NUL, halves of letters, integers past 64 bits."""
    if isinstance(value, dict):
        for key, item in value.items():
            refuse_unkeepable(key, where)
            refuse_unkeepable(item, f"{where}.{key}".strip("."))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            refuse_unkeepable(item, f"{where}[{place}]")
    elif isinstance(value, str) and (
        "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value)
    ):
        raise BadInput(
            _("含有不能保存的字符"), problems=[Problem(where or "body", _("含有不能保存的字符"), _("去掉它"))]
        )
    elif isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise BadInput(_("数字太大"), problems=[Problem(where or "body", _("数字太大"))])


def answer_of(value: Any) -> HttpResponse:
    """One fixed shape: 204 for nothing, 202 for a job, JSON otherwise."""
    if value is None:
        return HttpResponse(status=204)
    status = 202 if isinstance(value, JobRef) else 200
    return HttpResponse(
        msgspec.json.encode(value, enc_hook=str), status=status, content_type="application/json"
    )


def problem(error: DoorError, request: HttpRequest) -> HttpResponse:
    """Problem details in the reader's language with the fix and every named place."""
    body: dict[str, Any] = {
        "type": f"/problems/{error.slug}",
        "title": str(error.title),
        "status": error.status,
        "detail": str(error.detail),
        "fix": str(error.fix),
        "instance": request.path,
    }
    if error.problems:
        body["problems"] = [{"where": p.where, "what": p.what, "fix": p.fix} for p in error.problems]
    if isinstance(error, NotAllowed) and error.step_up:
        body["step_up"] = True
    response = HttpResponse(msgspec.json.encode(body), status=error.status, content_type=PROBLEM)
    response["Content-Language"] = get_language() or "zh-hans"
    return response


@require_POST
def do(request: HttpRequest, grant_no: int, name: str) -> HttpResponse:
    """Run an action."""
    try:
        door = find(name, doors.ACTION)
        allowed(door)
        try:
            raw = msgspec.json.decode(request.body or b"{}")
        except RequestDataTooBig:
            raise BadInput(_("请求体太大"), fix=_("文件请先上传，再在请求里写它的编号")) from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise BadInput(_("请求体不是 JSON：%(error)s") % {"error": error}) from None
        kwargs = read_input(door, raw, strict=True)
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return answer_of(door.call(**kwargs))
        return once(door, kwargs, key, grant_no)
    except DoorError as error:
        return problem(error, request)


def once(door: doors.Door, kwargs: dict[str, Any], key: str, grant_no: int) -> HttpResponse:
    """Run the action behind its key. The receipt is written in the action's own transaction, so a kill in
    between leaves neither; an equal request that comes meanwhile waits for the first and gets its answer."""
    if not 1 <= len(key) <= 80 or not key.isprintable():
        raise BadInput(_("Idempotency-Key 最长 80 个字符"), fix=_("换一个新的键"))
    answers: list[HttpResponse] = []

    def body(**given: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, %s))", [key, grant_no])
        held = held_answer(door, given, key, grant_no)
        if held is None:
            held = answer_of(door.call(**given))
            with connection.cursor() as cursor:
                cursor.execute(
                    "insert into idempotency (grant_no, key, door, params_hash, status, answer)"
                    " values (%s, %s, %s, %s, %s, %s)",
                    [grant_no, key, door.name, audit.hash_params(given), held.status_code,
                     held.content.decode() or None],
                )  # fmt: skip
        answers.append(held)

    doors.run_outermost(door, body, kwargs)
    return answers[-1]


def held_answer(door: doors.Door, kwargs: dict[str, Any], key: str, grant_no: int) -> HttpResponse | None:
    """The first answer to this key, or None; raises BadInput when the key came with other parameters."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select door, params_hash, status, answer::text from idempotency where grant_no = %s and key = %s",
            [grant_no, key],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    if row[0] != door.name or bytes(row[1]) != audit.hash_params(kwargs):
        raise BadInput(_("同一个 Idempotency-Key 已用于另一个请求"), fix=_("换一个新的键"))
    audit.note("replayed")
    response = HttpResponse(row[3] or "", status=row[2], content_type="application/json")
    response["Idempotent-Replayed"] = "true"
    return response


@require_GET
def read(request: HttpRequest, grant_no: int, name: str) -> HttpResponse:
    """Run a source."""
    try:
        door = find(name, doors.SOURCE)
        allowed(door)
        raw: dict[str, Any] = {}
        for field in request.GET:
            values = request.GET.getlist(field)
            is_list = "list[" in str(door.hints.get(field, "")) or "tuple[" in str(door.hints.get(field, ""))
            raw[field] = values if is_list else values[-1]
        return answer_of(door.call(**read_input(door, raw, strict=False)))
    except DoorError as error:
        return problem(error, request)


def open_doors(scope: scopes.Scope | None) -> list[doors.Door]:
    """The `api` doors the acting role may use, by name."""
    found = [door for door in doors.all_doors().values() if door.reach == doors.API]
    if scope is not None:
        found = [door for door in found if doors.is_granted(door, scope)]
    return sorted(found, key=lambda door: door.name)


def openapi_document(scope: scopes.Scope | None, server: str = "") -> dict[str, Any]:
    """OpenAPI 3.1 of the doors a role may use (all when `scope` is None)."""
    found = open_doors(scope)
    inputs = [parameters(door) for door in found]
    outputs = [door.hints.get("return", type(None)) for door in found]
    schemas, components = msgspec.json.schema_components(
        [*inputs, *outputs], ref_template="#/components/schemas/{name}"
    )
    paths: dict[str, Any] = {}
    for door, taken, given in zip(found, schemas[: len(found)], schemas[len(found) :], strict=True):
        is_job = door.hints.get("return") is JobRef
        answers: dict[str, Any] = {
            "4XX": {
                "description": "Problem details",
                "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}},
            },
        }
        if door.hints.get("return") in (None, type(None)):
            answers["204"] = {"description": "Done"}
        else:
            answers["202" if is_job else "200"] = {
                "description": "Accepted" if is_job else "OK",
                "content": {"application/json": {"schema": given}},
            }
        operation: dict[str, Any] = {
            "operationId": door.name,
            "summary": str(door.title),
            "description": inspect.getdoc(door.call) or "",
            "tags": [door.name.split(".")[0]],
            "responses": answers,
        }
        if door.kind == doors.ACTION:
            operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": taken}}}
            operation["parameters"] = [
                {"name": "Idempotency-Key", "in": "header", "required": False,
                 "schema": {"type": "string", "maxLength": 80}}
            ]  # fmt: skip
            paths[f"/do/{door.name}"] = {"post": operation}
        else:
            shape = components[taken["$ref"].rsplit("/", 1)[1]]
            operation["parameters"] = [
                {"name": name, "in": "query", "required": name in shape.get("required", []), "schema": schema}
                for name, schema in shape["properties"].items()
            ]
            paths[f"/read/{door.name}"] = {"get": operation}
    components["ProblemDetails"] = {
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "fix": {"type": "string"},
            "instance": {"type": "string"},
            "problems": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {key: {"type": "string"} for key in ("where", "what", "fix")},
                },
            },
        },
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "jizuo", "version": __version__},
        "servers": [{"url": server or "/as/{grant}/api"}],
        "paths": paths,
        "components": {"schemas": components},
    }


@require_GET
def openapi(request: ActingRequest, grant_no: int) -> HttpResponse:
    """The document for the acting role."""
    document = openapi_document(request.scope, f"/as/{grant_no}/api")
    return HttpResponse(msgspec.json.encode(document), content_type="application/json")


@require_GET
def index(request: ActingRequest, grant_no: int) -> HttpResponse:
    """The readable page of the interface: each door with its parameters and who may."""
    rooms: dict[str, list[dict[str, Any]]] = {}
    for door in open_doors(request.scope):
        rooms.setdefault(door.name.split(".")[0], []).append(
            {
                "name": door.name,
                "title": door.title,
                "doc": inspect.getdoc(door.call),
                "method": "POST" if door.kind == doors.ACTION else "GET",
                "path": f"/as/{grant_no}/api/{'do' if door.kind == doors.ACTION else 'read'}/{door.name}",
                "parameters": [
                    {"name": name, "type": hint_text(door.hints[name]),
                     "is_required": p.default is inspect.Parameter.empty}
                    for name, p in door.signature.parameters.items()
                ],
            }
        )  # fmt: skip
    return render(request, "ground/interface.html", {"rooms": rooms})


def hint_text(hint: Any) -> str:
    """A type as a reader writes it."""
    return hint.__name__ if isinstance(hint, type) else str(hint).replace("typing.", "")
