"""Two addresses for whoever keeps the base running: alive, and ready to serve (BAK-6)."""

from __future__ import annotations

import shutil

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jizuo.ground import bootstrap

LEAST_FREE_SHARE_PCT = 10


@require_safe
@never_cache
def livez(request: HttpRequest) -> HttpResponse:
    """200 while the process answers; touches nothing."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers and the disk has room, else 503 naming what is wrong. Says no more than that:
    it stands before the sign-in."""
    faults = []
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except DatabaseError:
        faults.append("database")
    disk = shutil.disk_usage(bootstrap.data_folder())
    if disk.free * 100 < disk.total * LEAST_FREE_SHARE_PCT:
        faults.append("disk")
    return JsonResponse({"ok": not faults, "faults": faults}, status=503 if faults else 200)
