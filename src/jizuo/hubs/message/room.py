"""The message hub's plate."""

from __future__ import annotations

from django.urls import path

from jizuo.ground import facts
from jizuo.ground import jobs as ground_jobs
from jizuo.ground.pages import screens, shell
from jizuo.hubs.message import jobs, waiting
from jizuo.hubs.message.actions import (
    addresses,
    answers,
    corrections,
    deliver,
    notices,
    settings,
    spread,
)
from jizuo.hubs.message.pages import PAGES, family, my_ways, paper
from jizuo.hubs.message.pages import screen as screen_pages
from jizuo.hubs.message.queries import addresses as address_queries
from jizuo.hubs.message.queries import inbox
from jizuo.hubs.message.queries import notices as notice_queries
from jizuo.hubs.message.queries import screen as screen_queries
from jizuo.hubs.message.queries import settings as setting_queries
from jizuo.hubs.organisation import todos

DOORS = (
    addresses,
    answers,
    deliver,
    notices,
    settings,
    spread,
    inbox,
    notice_queries,
    screen_queries,
    setting_queries,
    address_queries,
    jobs,
)

shell.offer(PAGES)
screens.offer(screen_pages.SCREENS)
acting_urlpatterns = shell.routes(PAGES)
urlpatterns = [
    path("n/<uuid:notice_id>/", family.forwarded, name="forwarded-notice"),
    path("r/<int:unit_no>/<str:code>/", paper.scanned, name="scanned-slip"),
    path("ways/back/<slug:channel>/", my_ways.back, name="way-back"),
    *screens.routes(screen_pages.SCREENS),
]
todos.offer("message.waiting", waiting.told)
ground_jobs.register(notices.JOB, notices.send_chunks, queue="bulk")
facts.on("MessageTold", "message.spread", spread.on_told)
facts.on("GuardianConfirmed", "message.late", notices.on_ties_changed)
facts.on("DatasetRefreshed", "message.late", notices.on_ties_changed)
facts.on("CorrectionMoved", "message.correction", corrections.on_moved)
facts.on("CorrectionDue", "message.correction_due", corrections.on_due)
facts.on("CorrectionRaised", "message.correction_raised", corrections.on_due)
facts.on("SendReported", "message.reported", deliver.on_reported)
facts.on("ChannelFollowed", "message.addresses", addresses.on_followed)
facts.on("ChannelLeft", "message.addresses", addresses.on_left)
