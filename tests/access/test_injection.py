"""Whatever stands in a text of ours, a page shows it as text, a table as a cell, a calendar as one line."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from django.apps import apps
from django.core.cache import cache as shared_cache
from django.db import connection, models
from django.db.models.functions import Cast, Concat
from django.test import Client
from icalendar import Calendar

from exchange.models import Workshop
from tests.access.canaries import build
from tests.access.crawl import paths
from tests.access.test_every_address import cast
from toolkit.mail import send_mail

if TYPE_CHECKING:
    from tenancy.models import Person

__all__ = ["cast"]

OURS = ("tenancy", "exchange", "chat", "moderation", "notices")
#: Short enough for every column of more than 40 characters, and alive in a tag, an attribute and a script.
LIVE = "\"'></script><img src=x onerror=a()>{{7*7}}"
#: Names that code asks for, and what a link is made of: not a text that somebody writes.
NOT_TEXT = {
    *("kind", "slug", "email", "reporter_email", "token_hash", "verb", "subject", "url", "online_url", "direct_key"),
    *("password", "language", "code", "ags", "key", "setup_step", "state_code", "sort_key", "search_key", "hashtag"),
    *("role", "subject_kind", "contact_email", "subject_id"),
}


def poison_all_texts(live: str) -> int:
    """Put ``live`` into every text of every row, past all forms; gives how many columns that were."""
    touched = 0
    for model in (model for app in OURS for model in apps.get_app_config(app).get_models()):
        for field in model._meta.concrete_fields:
            plain = isinstance(field, models.CharField | models.TextField) and not field.choices and not field.unique
            if not plain or field.name in NOT_TEXT or (field.max_length or 999) < len(live) + 10:
                continue
            if model.__name__ in ("Municipality", "State", "District", "AuditEntry"):
                continue
            # Each row its own, for names that are there once.
            text = Concat(models.Value(live), Cast("pk", models.CharField()), output_field=models.CharField())
            touched += bool(model._default_manager.update(**{field.name: text}))
    return touched


@pytest.fixture
def hostile(cast: SimpleNamespace) -> SimpleNamespace:
    shared_cache.clear()
    birds = build(cast)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert poison_all_texts(LIVE) > 40
    return SimpleNamespace(paths=list(dict.fromkeys(entry.rpartition(" ")[2] for entry in paths(birds))), cast=cast)


@pytest.mark.parametrize("who", ["pilot", "coordinator", "moderator"])
def test_no_page_takes_a_text_for_markup(who: str, hostile: SimpleNamespace, as_person: Callable[[Person], Client]):
    client = as_person(getattr(hostile.cast, who))
    alive, shown = [], 0
    for path in hostile.paths:
        response = client.get(path)
        text = b"" if response.streaming else response.content
        if "html" in response.headers.get("Content-Type", ""):
            shown += b"onerror=a()&gt;" in text
            if b"<img src=x" in text or b"'></script><img" in text or b'""\'>' in text:
                alive.append(path)
        elif b"onerror" in text and response.headers.get("X-Content-Type-Options") != "nosniff":
            alive.append(path)
    assert alive == []
    assert shown > 5  # the texts were on the pages


@pytest.mark.parametrize("formula", ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "\t=1", " =1+1"])
def test_no_cell_of_the_list_for_the_door_is_a_formula(
    formula: str, cast: SimpleNamespace, as_person: Callable[[Person], Client]
):
    build(cast)
    apps.get_model("exchange", "PlaceNeed")._default_manager.update(text=formula)
    type(cast.pilot).objects.update(given_name=formula)
    workshop = Workshop.objects.get(title__contains="xqworkshoptitlexq")
    text = (
        as_person(cast.coordinator).get(f"/veranstaltungen/{workshop.pk}/teilnehmende.csv").content.decode("utf-8-sig")
    )
    cells = [cell for row in csv.reader(io.StringIO(text), delimiter=";") for cell in row]
    assert len(cells) > 6
    assert [cell for cell in cells if cell.lstrip()[:1] in ("=", "+", "-", "@") or cell[:1] in ("\t", "\r")] == []


def test_no_text_adds_a_line_to_a_calendar(cast: SimpleNamespace, as_person: Callable[[Person], Client]):
    build(cast)
    evil = "Ein Tag\r\nATTACH:https://anderswo.example/\nBEGIN:VALARM"
    Workshop.objects.update(title=evil, summary=evil, description=evil, place=evil)
    workshop = Workshop.objects.get(state="open", rung="all")
    answer = as_person(cast.pilot).get(f"/veranstaltungen/{workshop.pk}/kalender.ics")
    lines = answer.content.decode().split("\r\n")
    assert not [line for line in lines if line.startswith(("ATTACH", "BEGIN:VALARM"))]
    event = Calendar.from_ical(answer.content).walk("VEVENT")[0]
    assert "ATTACH" in str(event["SUMMARY"])


def test_no_name_adds_a_header_to_a_mail(cast: SimpleNamespace):
    evil = "Mara\r\nBcc: alle@anderswo.example"
    network = SimpleNamespace(name=evil, municipality=SimpleNamespace(name=evil))
    invitation = SimpleNamespace(given_name=evil, family_name=evil, email="neu@konstanz.example")
    context = {
        "network": network,
        "invitation": invitation,
        "inviter": None,
        "role": evil,
        "url": "x",
        "site_name": "x",
    }
    send_mail(["neu@konstanz.example"], "tenancy/mail/invitation", context)
    with connection.cursor() as cursor:
        cursor.execute("SELECT args->>'subject' FROM procrastinate_jobs ORDER BY id DESC LIMIT 1")
        (subject,) = cursor.fetchone()
    assert "\n" not in subject
    assert "\r" not in subject
