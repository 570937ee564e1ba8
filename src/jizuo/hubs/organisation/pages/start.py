"""The one start address of every acting role."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext_lazy

from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.pages.shell import Page
from jizuo.hubs.organisation.pages import district, family, homeroom

STARTS = {
    scopes.PUPIL: family.start,
    scopes.GUARDIAN: family.start,
    scopes.HOMEROOM_TEACHER: homeroom.start,
    scopes.TEACHER: homeroom.teacher,
    scopes.CLERK: homeroom.clerk,
}


def start(request: ActingRequest) -> HttpResponse:
    """The start of the acting role; a district's and a head's is the numbers."""
    return STARTS.get(scopes.current().role, district.start)(request)


PAGES = [Page("", start, gettext_lazy("今日"), scopes.ROLES, icon="今", order=0, name="start")]
