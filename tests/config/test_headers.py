"""What every answer says to the browser, whatever the page."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from pytest_django import Settings

from config.settings import base

pytestmark = pytest.mark.django_db

PAGES = ["/gesund/", "/impressum/", "/konto/login/", "/gibt-es-nicht/", "/api/", "/api/schema/"]


def policy(value: str) -> dict[str, set[str]]:
    parts = (part.split() for part in value.split(";"))
    return {name: set(sources) for name, *sources in parts}


@pytest.mark.parametrize("page", PAGES)
def test_the_policy_for_contents_lets_nothing_in_from_elsewhere_and_nothing_inline(page):
    given = policy(Client().get(page).headers["Content-Security-Policy"])
    assert given["default-src"] == {"'none'"}
    assert given["frame-ancestors"] == {"'none'"}
    assert given["base-uri"] == {"'none'"}
    assert set().union(*given.values()) == {"'none'", "'self'", "data:"}
    assert given["script-src"] == given["style-src"] == given["connect-src"] == given["form-action"] == {"'self'"}


@pytest.mark.parametrize("page", PAGES)
def test_the_other_headers_of_protection_are_there(page):
    headers = Client().get(page).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


@pytest.mark.parametrize("page", [*PAGES, "/postfach/x/"])
def test_no_page_carries_script_or_style_inside(page):
    text = Client().get(page).content.decode()
    assert "<style" not in text
    assert " style=" not in text
    assert "<script>" not in text


@pytest.mark.parametrize("page", PAGES)
def test_no_cache_on_the_way_keeps_a_page(page):
    headers = Client().get(page).headers
    assert "private" in headers["Cache-Control"]
    assert "Cookie" in headers["Vary"]


@pytest.mark.parametrize("page", ["/", "/personen/", "/profil/", "/chat/", "/gibt-es-nicht/", "/api/v1/people/"])
def test_no_browser_keeps_what_somebody_read_who_was_signed_in(page, pilot, as_person):
    assert "no-store" in as_person(pilot).get(page).headers["Cache-Control"]


@pytest.mark.parametrize("page", ["/gibt-es-nicht/", "/gesund/", "/personen/\0/"])
def test_an_answer_that_refuses_carries_the_same_protection(page, pilot, as_person):
    for answer in (as_person(pilot).delete(page), Client(HTTP_HOST="evil.example").get(page)):
        assert answer.status_code >= 400
        assert policy(answer.headers["Content-Security-Policy"])["default-src"] == {"'none'"}
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "private" in answer.headers["Cache-Control"]


def test_a_fault_of_the_server_carries_the_same_protection(monkeypatch):
    def broken(*_args):
        raise RuntimeError("secret detail of the database")

    monkeypatch.setattr("toolkit.views.pages.legal_text", broken)
    client = Client(raise_request_exception=False)
    answer = client.get("/impressum/")
    assert answer.status_code == 500
    assert b"secret detail" not in answer.content
    assert policy(answer.headers["Content-Security-Policy"])["default-src"] == {"'none'"}
    assert "private" in answer.headers["Cache-Control"]


@pytest.fixture
def _files(settings: Settings) -> None:
    """Files are handed out as by the product; other tests need none."""
    settings.SERVESTATIC_USE_FINDERS = True
    settings.MIDDLEWARE = base.MIDDLEWARE


@pytest.mark.usefixtures("_files")
def test_files_pass_by_the_pages_and_carry_their_own_header():
    answer = Client().get("/static/toolkit/theme.js")
    assert answer.status_code == 200
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.usefixtures("_files")
def test_what_vite_has_hashed_is_kept_for_ever_and_nothing_else(settings):
    built = json.loads((settings.FRONTEND_DIST / "manifest.json").read_text())["main.ts"]["file"]
    assert "immutable" in Client().get(f"/static/{built}").headers["Cache-Control"]
    assert "immutable" not in Client().get("/static/toolkit/theme.js").headers["Cache-Control"]


def test_a_host_that_is_not_ours_gets_nothing():
    assert Client().get("/gesund/", headers={"host": "evil.example"}).status_code == 400


def test_the_language_is_switched_by_a_form_alone():
    client = Client(enforce_csrf_checks=True)
    assert client.post("/sprache/", {"language": "en"}).status_code == 403
    assert Client().post("/sprache/", {"language": "en", "next": "https://evil.example/"}).headers["Location"] == "/"
