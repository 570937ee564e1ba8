import email
import email.policy
import json
import socket
import threading

import pytest

from jizuo.ground.gateways.mail import MailServer, masked_address


class Smtp:
    """A small SMTP receiver (RFC 5321) on a free port. `replies` overrides the answer to a verb; None hangs up."""

    def __init__(self):
        self.received, self.replies, self.logins = [], {}, []
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                line, _ = self._door.accept()
            except OSError:
                return
            with line:
                self._talk(line)

    def _talk(self, line):
        stream = line.makefile("rwb")

        def say(text):
            stream.write(text.encode() + b"\r\n")
            stream.flush()

        say("220 test")
        sender, to = "", []
        while command := stream.readline().decode().rstrip("\r\n"):
            verb = command.split(" ")[0].upper()
            if verb in self.replies and verb != "DATA":
                if self.replies[verb] is None:
                    return
                say(self.replies[verb])
                continue
            if verb == "EHLO":
                say("250-test")
                say("250 AUTH PLAIN")
            elif verb == "AUTH":
                self.logins.append(command)
                say("235 ok")
            elif verb == "MAIL":
                sender = command[10:].split(">")[0].lstrip("<")
                say("250 ok")
            elif verb == "RCPT":
                to.append(command[8:].split(">")[0].lstrip("<"))
                say("250 ok")
            elif verb == "DATA":
                say("354 go on")
                content = b""
                while (row := stream.readline()) != b".\r\n":
                    content += row[1:] if row.startswith(b"..") else row
                self.received.append((sender, to, content))
                if "DATA" in self.replies:
                    if self.replies["DATA"] is None:
                        return
                    say(self.replies["DATA"])
                else:
                    say("250 kept")
            elif verb == "QUIT":
                say("221 bye")
                return
            else:
                say("250 ok")

    def close(self):
        self._door.close()


@pytest.fixture
def smtp(base):
    made = Smtp()
    yield made
    made.close()


def _server(smtp, **more):
    given = {"host": "127.0.0.1", "port": smtp.port, "security": "none", "sender": "基座 <base@example.edu>"}
    return MailServer(**{**given, **more})


def test_a_mail_arrives_whole(smtp):
    result = _server(smtp, username="u", password="p").send(
        "luo@example.com", "登录码\r\nBcc: x@y.z", "您的登录码\n.\n482913\n"
    )
    assert (result.state, result.code) == ("accepted", "250")
    ((sender, to, content),) = smtp.received
    assert (sender, to) == ("base@example.edu", ["luo@example.com"])
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert message["Subject"] == "登录码 Bcc: x@y.z"
    assert message["Bcc"] is None
    assert message["From"] == "基座 <base@example.edu>"
    assert message["Message-ID"] == result.provider_id
    assert message.get_content().replace("\r\n", "\n") == "您的登录码\n.\n482913\n"
    assert len(smtp.logins) == 1


@pytest.mark.parametrize(
    ("verb", "reply", "state", "code"),
    [
        ("EHLO", "421 busy", "refused", "421"),
        ("AUTH", "535 wrong", "refused", "535"),
        ("MAIL", "550 sender", "refused", "550"),
        ("RCPT", "550 nobody", "refused", "550"),
        ("RCPT", "450 later", "refused", "450"),
        ("DATA", "554 spam", "refused", "554"),
        ("DATA", None, "unknown", "SMTPServerDisconnected"),
        ("QUIT", None, "accepted", "250"),
    ],
)
def test_what_an_answer_means(smtp, verb, reply, state, code):
    smtp.replies = {verb: reply, **({"HELO": reply} if verb == "EHLO" else {})}
    result = _server(smtp, username="u", password="p").send("luo@example.com", "s", "t")
    assert (result.state, result.code) == (state, code)


def test_nobody_there_is_refused(smtp):
    # Bound and not listening: nobody answers there, and nobody else can take the place meanwhile.
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        result = _server(smtp, port=nobody.getsockname()[1]).send("luo@example.com", "s", "t")
    assert (result.state, result.code) == ("refused", "unreachable")


def test_the_address_book(base):
    from jizuo.ground.errors import BadInput
    from jizuo.ground.gateways.mail import normal_address

    assert normal_address(" Luo <Luo.Wei@Example.COM> ") == "Luo.Wei@example.com"
    for wrong in ("", "luo", "luo@", "a@b@c", "luo@example.com\r\nBcc: x@y.z"):
        with pytest.raises(BadInput, match="邮箱不对"):
            normal_address(wrong)
    assert masked_address("luo@example.com") == "l***@example.com"


def test_a_mail_is_recorded_and_sent_once(smtp, tmp_path, monkeypatch, base):
    from jizuo.ground.gateways import mail, send

    unit_no = base.unit()
    monkeypatch.setattr(mail, "configured", lambda: _server(smtp))
    given = {"unit_no": unit_no, "to": "luo@example.com", "subject": "s", "text": "t", "template": "reset"}
    first = send.mail(**given, key="k")
    assert send.mail(**given, key="k") == first
    assert len(smtp.received) == 1
    with base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{unit_no}}}"])
        found = owner.execute("select channel, state, masked, gateway from send_attempt").fetchall()
    assert found == [("mail", "accepted", "l***@example.com", "127.0.0.1")]


@pytest.mark.parametrize(
    ("told", "word"),
    [
        ({"host": "h"}, "缺少 sender"),
        ({"host": "h", "sender": "a@b.c", "security": "ssl3"}, "tls、starttls"),
        ({"host": "h", "sender": "a@b.c", "pasword": "x"}, "不认识的项"),
    ],
)
def test_a_wrong_file_is_said_in_words(tmp_path, monkeypatch, told, word):
    from jizuo.ground.gateways.mail import configured
    from jizuo.ground.outside import BadSetting

    monkeypatch.setenv("JIZUO_DATA", str(tmp_path))
    assert configured() is None
    (tmp_path / "secrets").mkdir()
    path = tmp_path / "secrets" / "mail.json"
    path.write_text(json.dumps(told))
    path.chmod(0o600)
    with pytest.raises(BadSetting, match=word):
        configured()
