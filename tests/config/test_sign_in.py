"""Guessing passwords gets slow, for the one who guesses and for nobody else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from config.sign_in import name_for_the_lock
from tests.factories.tenancy import PersonFactory

PASSWORD = "eine-lange-passphrase"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def guarded(settings) -> Iterator[None]:
    settings.AXES_ENABLED = True
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def person():
    from allauth.account.models import EmailAddress

    person = PersonFactory(email="mara@konstanz.example")
    person.set_password(PASSWORD)
    person.save()
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def sign_in(email: str, password: str, address: str = "192.0.2.7") -> int:
    return Client(REMOTE_ADDR=address).post("/konto/login/", {"login": email, "password": password}).status_code


def test_the_right_password_opens(person):
    assert sign_in(person.email, PASSWORD) == 302


def test_after_ten_wrong_guesses_the_right_one_does_not_open_either(person):
    answers = [sign_in(person.email, f"falsch-{number}-falsch") for number in range(10)]
    assert 302 not in answers
    assert sign_in(person.email, PASSWORD) == 429


def test_the_spelling_of_the_address_is_no_way_around(person):
    for number in range(10):
        sign_in(person.email.upper() if number % 2 else person.email, "falsch-falsch-falsch")
    assert sign_in(person.email, PASSWORD) == 429


def test_others_are_not_locked_out_with_the_guesser(person):
    """Neither the person from elsewhere, nor another person from the same address (one town hall, one address)."""
    for _ in range(11):
        sign_in(person.email, "falsch-falsch-falsch")
    assert sign_in(person.email, PASSWORD, address="192.0.2.8") == 302
    assert sign_in("jemand@konstanz.example", "falsch-falsch-falsch") != 429


def test_nobody_learns_whether_an_address_has_a_login(person):
    wrong = Client().post("/konto/login/", {"login": person.email, "password": "falsch-falsch-falsch"})
    unknown = Client().post("/konto/login/", {"login": "niemand@konstanz.example", "password": "falsch-falsch-falsch"})
    assert wrong.status_code == unknown.status_code
    assert wrong.context["form"].errors == unknown.context["form"].errors


@pytest.mark.parametrize("credentials", [{"email": " Mara@Konstanz.example"}, {"username": "mara@konstanz.EXAMPLE"}])
def test_one_address_is_one_name_for_the_lock(credentials):
    assert name_for_the_lock(None, credentials) == "mara@konstanz.example"
