"""What the worker does for the gateways: send trials, ask for the reports that a provider gives only when asked."""

from __future__ import annotations

import logging
from uuid import UUID

import procrastinate
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import outside
from jizuo.ground import scope as scopes
from jizuo.ground.errors import DoorError
from jizuo.ground.files.jobs import whole_base
from jizuo.ground.gateways import actions, channels, queries, samples, send
from jizuo.ground.gateways.dingtalk import DingTalk
from jizuo.ground.ids import new_id
from jizuo.ground.keys import Purpose, ring

log = logging.getLogger(__name__)
TRY, ASK = "ground.try_channel", "ground.ask_reports"
TRIAL = "trial"


def trial_key(trial_id: UUID) -> str:
    """The key of a trial's attempt."""
    return f"{TRIAL}-{trial_id}"


def defer_trial(channel: str, unit_no: int, address: str, template: str) -> UUID:
    """Queue a trial in the open transaction; returns its id. The address travels sealed: a job's arguments
    are read by whoever looks after the queue."""
    from procrastinate.contrib.django import app

    trial_id = new_id()
    sealed = ring().seal(Purpose.IDENTIFIERS, address.encode(), bound_to=trial_id.bytes)
    app.configure_task(TRY, queue="people", allow_unknown=False).defer(
        trial_id=str(trial_id), channel=channel, unit_no=unit_no, sealed=sealed.hex(), template=template
    )
    return trial_id


def run_trial(*, trial_id: str, channel: str, unit_no: int, sealed: str, template: str) -> str:
    """Send one trial; returns the state, or ``nothing`` when it was not even tried (and the log says why)."""
    named = UUID(trial_id)
    address = ring().unseal(Purpose.IDENTIFIERS, bytes.fromhex(sealed), bound_to=named.bytes).decode()
    values = {
        send.TITLE: _("试发"),
        send.TEXT: _("这是管理员试发的一条消息，收到说明渠道通了，不必回复。"),
        **samples.of(channel, unit_no, template),
    }
    try:
        result = send.message(
            unit_no=unit_no, channel=channel, address=address, template=template or TRIAL, values=values,
            key=trial_key(named),
        )  # fmt: skip
    except DoorError as fault:
        log.warning("trial %s of %s: %s", trial_id, channel, fault)
        return "nothing"
    finally:
        connection.close()
    return result.state


def ask_reports(*, most: int = 200) -> int:
    """Ask DingTalk what became of the notices of the last day that have no report yet, oldest first; returns
    how many got one. Runs in a scope over every unit."""
    noted = 0
    for waiting in queries.unreported(channel=channels.DINGTALK, most=most):
        try:
            account = channels.account(channels.DINGTALK, waiting.unit_no)
        except outside.BadSetting as fault:
            log.warning("dingtalk of unit %s: %s", waiting.unit_no, fault)
            continue
        if account is None or account.name != waiting.account or not isinstance(account.push, DingTalk):
            continue
        report = account.push.report(waiting.provider_id)
        if report is not None and actions.note_report(attempt_id=waiting.attempt_id, report=report):
            noted += 1
    return noted


def ask_now(timestamp: int) -> int:
    """The worker's round of `ask_reports`."""
    try:
        with scopes.use(whole_base()):
            return ask_reports()
    finally:
        connection.close()


def schedule(app: procrastinate.App) -> None:
    """Register the trial, and the round every ten minutes."""
    app.task(name=TRY, queue="people", pass_context=False)(run_trial)
    task = app.task(name=ASK, queue="bulk", queueing_lock=ASK, lock=ASK, pass_context=False)(ask_now)
    app.periodic(cron="*/10 * * * *")(task)
