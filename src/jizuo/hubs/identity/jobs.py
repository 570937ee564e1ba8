"""What the worker does for the identity hub: send codes, forget what is over."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from jizuo.ground import acting
from jizuo.ground import scope as scopes
from jizuo.ground.gateways import send

SEND, FORGET, CLOSE = "identity.send_code", "identity.forget", "identity.close_over"
TELL_END = "identity.tell_end"


def defer_sending(code_id: UUID) -> None:
    """Queue the sending of a code in the open transaction. The code's own row says whether there is anything to
    send, so known and unknown targets leave the same job."""
    from procrastinate.contrib.django import app

    app.configure_task(SEND, queue="facts", allow_unknown=False).defer(code_id=str(code_id))


def send_code(code_id: str) -> str:
    """Send one code, at most once; returns what the gateway said, or ``nothing``."""
    from jizuo.hubs.identity.actions import codes

    with scopes.use(scopes.base_scope()):
        with scopes.open_transaction(SEND):
            told = codes.to_send(UUID(code_id))
        if told is None:
            return "nothing"
        if told.kind == codes.PHONE:
            result = send.sms(
                unit_no=scopes.BASE_UNIT,
                phone=told.target,
                template="login_code",
                params={"code": told.code},
                key=code_id,
            )
        else:
            result = send.mail(
                unit_no=scopes.BASE_UNIT,
                to=told.target,
                subject=_("基座验证码 %(code)s") % {"code": told.code},
                text=_("您的验证码是 %(code)s，30 分钟内有效。不是您本人要的，请不必理会，也不要告诉别人。")
                % {"code": told.code},
                template="login_code",
                key=code_id,
            )
    return result.state


def forget(timestamp: int) -> None:
    """Once a night: close sessions past their limits, drop old codes, tokens, tallies, events and unanswered bindings, and
    make the signing keys that are due."""
    from jizuo.hubs.identity.actions import (
        app_messages,
        app_sign_ons,
        asks,
        bindings,
        codes,
        device_codes,
        devices,
        events,
        outside,
        passkeys,
        screens,
        sessions,
        sign_on_tickets,
        signing_keys,
        tallies,
        tokens,
    )
    from jizuo.hubs.identity.entry import now

    with scopes.use(scopes.base_scope()), scopes.open_transaction(FORGET):
        sessions.forget_old()
        codes.forget_old()
        screens.forget_old(now())
        tallies.forget_old(now())
        bindings.expire_old()
        devices.forget_old()
        events.forget_old(now())
        passkeys.forget_old()
        tokens.forget_old()
        sign_on_tickets.forget_old()
        device_codes.forget_old()
        app_messages.forget_old()
        app_sign_ons.forget_old()
        app_sign_ons.take_up()
        signing_keys.turn()
        outside.forget_old()
        asks.forget_old()
    forget_scans()


def close_over(timestamp: int) -> int:
    """Every ten minutes: close sessions past their limits; returns how many."""
    from jizuo.hubs.identity.actions import sessions

    with scopes.use(scopes.base_scope()), scopes.open_transaction(CLOSE):
        return sessions.close_over()


def forget_scans() -> int:
    """Forget the scans of every school past their days, and what else of student codes is over; returns how many scans
    went."""
    from jizuo.hubs.identity.actions.student_codes import devices, moving, scans
    from jizuo.hubs.identity.entry import now

    with scopes.use(acting.base_job_scope(scopes.BASE_UNIT)), scopes.open_transaction(FORGET):
        moving.forget_old(now())
        devices.forget_old(now())
        return scans.forget_old(now())


def tell_end(sign_on_id: str) -> str:
    """Tell one application that a sign-on has ended; returns what became of it."""
    from jizuo.hubs.identity.actions import app_sign_ons

    return app_sign_ons.tell(UUID(sign_on_id))


def register() -> None:
    """Register the tasks with the queue; called once Django is ready."""
    from procrastinate.contrib.django import app

    app.task(name=SEND, queue="facts", pass_context=False)(send_code)
    app.task(name=TELL_END, queue="facts", pass_context=False)(tell_end)
    # Whoever closed the browser of a shared machine does not come back to be told: the applications are, within minutes.
    app.periodic(cron="*/10 * * * *")(
        app.task(name=CLOSE, queue="facts", queueing_lock=CLOSE, pass_context=False)(close_over)
    )
    # The timetable is kept in UTC: a night in China.
    app.periodic(cron="41 19 * * *")(
        app.task(name=FORGET, queue="facts", queueing_lock=FORGET, pass_context=False)(forget)
    )
