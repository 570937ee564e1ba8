"""Mail by one SMTP server, named in ``secrets/mail.json``."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass, field
from email.utils import make_msgid, parseaddr

from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from jizuo.ground import outside
from jizuo.ground.errors import BadInput
from jizuo.ground.gateways.shapes import SendResult


@dataclass(frozen=True, slots=True)
class MailServer:
    """security: tls | starttls | none. sender: the From address, `名称 <a@b>` or bare."""

    host: str
    sender: str
    port: int = 465
    security: str = "tls"
    username: str = ""
    password: str = field(default="", repr=False)
    timeout_seconds: float = 10

    def send(self, to: str, subject: str, text: str) -> SendResult:
        """Hand over one plain-text mail. Never raises for what the server or the line does: refused when the
        server said no or was never reached, unknown when the line broke after the text had gone."""
        backend = EmailBackend(
            host=self.host,
            port=self.port,
            username=self.username or None,
            password=self.password or None,
            use_tls=self.security == "starttls",
            use_ssl=self.security == "tls",
            timeout=self.timeout_seconds,
        )
        try:
            backend.open()
        except smtplib.SMTPResponseException as fault:
            return SendResult("refused", code=str(fault.smtp_code))
        except (OSError, smtplib.SMTPException):
            return SendResult("refused", code="unreachable")
        message_id = make_msgid(domain=parseaddr(self.sender)[1].rpartition("@")[2] or None)
        message = EmailMessage(
            " ".join(subject.split()), text, self.sender, [to], connection=backend,
            headers={"Message-ID": message_id},
        )  # fmt: skip
        try:
            message.send()
        except smtplib.SMTPRecipientsRefused as fault:
            return SendResult("refused", code=str(next(iter(fault.recipients.values()), (0,))[0]))
        except smtplib.SMTPResponseException as fault:
            return SendResult("refused", code=str(fault.smtp_code))
        except (OSError, smtplib.SMTPException) as fault:
            return SendResult("unknown", code=type(fault).__name__)
        finally:
            _close(backend)
        return SendResult("accepted", message_id, "250")


def _close(backend: EmailBackend) -> None:
    """Hang up. The outcome stands by then: a server that is already gone changes nothing."""
    backend.fail_silently = True
    backend.close()


def configured() -> MailServer | None:
    """This installation's mail server, or None. Raises `BadSetting` in Chinese."""
    told = outside.read("mail", needs=("host", "sender"))
    if told is None:
        return None
    if unknown := set(told) - set(MailServer.__dataclass_fields__):
        raise outside.BadSetting(f"mail.json 里有不认识的项：{'、'.join(sorted(unknown))}。")
    if told.get("security", "tls") not in ("tls", "starttls", "none"):
        raise outside.BadSetting("mail.json 的 security 应是 tls、starttls 或 none。")
    return MailServer(**told)


def normal_address(text: str) -> str:
    """The bare address with its domain in lower case. Raises `BadInput`."""
    text = text.strip()
    bare = parseaddr(text)[1] if text.isprintable() else ""
    try:
        validate_email(bare)
    except ValidationError:
        raise BadInput(_("电子邮箱不对"), fix=_("请检查有没有多余的字符")) from None
    local, _at, domain = bare.rpartition("@")
    return f"{local}@{domain.lower()}"


def masked_address(address: str) -> str:
    """l***@example.com for luo@example.com."""
    local, _at, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain}"
