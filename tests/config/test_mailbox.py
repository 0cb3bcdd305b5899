"""Without a mail server, mails are files, and the page with them is for whoever runs the installation."""

from __future__ import annotations

import email
import email.policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.core.mail import EmailMessage, send_mail
from django.test import Client

from tests.config.running import free_port, manage

TOKEN = "token-of-this-test"
LINK = "http://127.0.0.1:8000/konto/bestaetigen/abc/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def mails(settings, tmp_path) -> Path:
    settings.EMAIL_BACKEND = "toolkit.mailbox.MailboxBackend"
    settings.MAILBOX_DIR = tmp_path / "mails"
    settings.MAILBOX_TOKEN = TOKEN
    return tmp_path / "mails"


def open_mailbox(token: str = TOKEN, **environ: Any) -> tuple[int, str]:
    response = Client(**environ).get(f"/postfach/{token}/")
    return response.status_code, response.content.decode()


def test_a_mail_is_kept_as_a_file_that_mail_programs_read(mails):
    send_mail("Grüße aus Gießen", "Zeile eins\nZeile zwei", "netz@lotsennetz.example", ["mara@konstanz.example"])
    (file,) = mails.iterdir()
    kept = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert (kept["subject"], kept["to"]) == ("Grüße aus Gießen", "mara@konstanz.example")
    assert file.suffix == ".eml"


def test_the_page_lists_the_newest_first_with_links_to_follow(mails):
    send_mail("Die erste", "ohne Verweis", None, ["a@konstanz.example"])
    send_mail("Die zweite", f"Bitte bestätigen: {LINK}.", None, ["b@konstanz.example"])
    status, page = open_mailbox()
    assert status == 200
    assert page.index("Die zweite") < page.index("Die erste")
    assert f'href="{LINK}"' in page


def test_what_a_mail_says_cannot_become_markup(mails):
    send_mail("<script>alert(1)</script>", "<b>fett</b>", None, ["a@konstanz.example"])
    _status, page = open_mailbox()
    assert "<script>alert" not in page
    assert "<b>fett" not in page


def test_an_empty_mailbox_says_what_to_do(mails):
    status, page = open_mailbox()
    assert status == 200
    assert "Noch keine Mail" in page


def test_fifty_mails_make_one_page(mails):
    for number in range(51):
        EmailMessage(f"Nummer {number}", "Text", to=["a@konstanz.example"]).send()
    assert "Nummer 0<" not in open_mailbox()[1]
    assert "Nummer 0<" in Client().get(f"/postfach/{TOKEN}/?seite=2").content.decode()
    assert Client().get(f"/postfach/{TOKEN}/?seite=quatsch").status_code == 200


@pytest.mark.parametrize(
    ("token", "environ"),
    [
        ("wrong", {}),
        ("töken", {}),
        (TOKEN, {"REMOTE_ADDR": "192.0.2.7"}),
        (TOKEN, {"REMOTE_ADDR": ""}),
        (TOKEN, {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}),
        (TOKEN, {"HTTP_FORWARDED": "for=127.0.0.1"}),
    ],
)
def test_the_page_does_not_exist_for_anybody_else(mails, token, environ):
    assert open_mailbox(token, **environ)[0] == 404


def test_without_a_token_in_the_settings_no_token_opens(mails, settings):
    settings.MAILBOX_TOKEN = ""
    assert open_mailbox("x")[0] == 404


class Kept:
    """What a mail server got."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 -- its name
        self.envelopes.append(envelope)
        return "250 OK"


def test_with_an_address_mails_go_by_smtp_and_none_is_kept(tmp_path):
    kept = Kept()
    server = Controller(kept, hostname="127.0.0.1", port=free_port())
    server.start()
    try:
        sent = manage(
            "sendtestemail",
            "mara@konstanz.example",
            EMAIL_URL=f"smtp://127.0.0.1:{server.port}",
            DEFAULT_FROM_EMAIL="Lotsennetz <netz@lotsennetz.example>",
            DATA_DIR=str(tmp_path),
        )
    finally:
        server.stop()
    assert sent.returncode == 0, sent.stderr
    (envelope,) = kept.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == ("netz@lotsennetz.example", ["mara@konstanz.example"])
    assert not (tmp_path / "mails").exists()
