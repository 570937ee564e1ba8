"""The web process with three addresses of a developer who forgot everything: for the isolation tests only.

``/t/count`` counts batches outside any door, ``/t/slow`` streams such a count after the door has closed,
``/t/mutate`` turns the scope's setting into a session's (the mutant of RLS-5), ``/t/pool`` says how many
connections the process holds.
"""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path

import jizuo.project.wsgi
from jizuo.ground import scope as scopes
from jizuo.project import urls

application = jizuo.project.wsgi.application
KEPT = scopes.SET_SCOPE


def counted() -> str:
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(array_agg(distinct unit_no)::text, '{}') from batch")
        return str(cursor.fetchone()[0])


def count(request: HttpRequest) -> HttpResponse:
    return HttpResponse(counted())


def slow(request: HttpRequest, grant_no: int) -> StreamingHttpResponse:
    from jizuo.hubs.data.models import Batch

    def body():
        try:
            yield str(Batch.objects.count())
        except scopes.NoScope:
            yield "NoScope "
        yield counted()

    with scopes.open_transaction("test.slow"):
        response = StreamingHttpResponse(body())
        response["X-Inside"] = counted()
    return response


def mutate(request: HttpRequest) -> HttpResponse:
    is_on = request.GET["on"] == "1"
    scopes.SET_SCOPE = KEPT.replace("true", "false") if is_on else KEPT
    if not is_on:
        connection.close_pool()
    return HttpResponse(scopes.SET_SCOPE)


def pool(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(connection.pool.max_size))


urls.urlpatterns += [
    path("t/count", count),
    path("t/mutate", mutate),
    path("t/pool", pool),
    path("as/<int:grant_no>/t/slow", slow),
]
