"""The message hub's plate."""

from __future__ import annotations

from jizuo.ground import facts
from jizuo.ground import jobs as ground_jobs
from jizuo.hubs.message import jobs
from jizuo.hubs.message.actions import answers, deliver, notices, settings, spread
from jizuo.hubs.message.queries import inbox
from jizuo.hubs.message.queries import notices as notice_queries
from jizuo.hubs.message.queries import settings as setting_queries

DOORS = (answers, deliver, notices, settings, spread, inbox, notice_queries, setting_queries, jobs)

ground_jobs.register(notices.JOB, notices.send_chunks, queue="bulk")
facts.on("MessageTold", "message.spread", spread.on_told)
facts.on("GuardianConfirmed", "message.late", notices.on_ties_changed)
facts.on("DatasetRefreshed", "message.late", notices.on_ties_changed)
facts.on("SendReported", "message.reported", deliver.on_reported)
