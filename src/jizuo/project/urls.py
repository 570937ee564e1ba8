"""Every address of the base. Pages of a role stand under ``/as/<grant>/``; rooms name theirs in `rooms`."""

from __future__ import annotations

from jizuo.project import rooms

urlpatterns = rooms.urlpatterns()
handler400 = "jizuo.project.errors.bad_request"
handler403 = "jizuo.project.errors.forbidden"
handler404 = "jizuo.project.errors.not_found"
handler500 = "jizuo.project.errors.server_error"
