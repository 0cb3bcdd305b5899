"""Fixtures for all tests. The engines below them are started by config.settings.test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test import Client
from django.utils import translation

from tests.database.base import begin_arranging
from tests.factories.tenancy import (
    MembershipFactory,
    ModeratorFactory,
    MunicipalityFactory,
    NetworkFactory,
    OfficeFactory,
    PersonFactory,
    StateFactory,
)
from tests.faults.options import pytest_addoption, pytest_terminal_summary
from tests.no_skips import pytest_sessionfinish

__all__ = ["pytest_addoption", "pytest_sessionfinish", "pytest_terminal_summary"]

if TYPE_CHECKING:
    from pytest_django import DjangoDbBlocker

    from tenancy.models import Network, Person


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """The database of the run is made and migrated by the owner of its tables."""
    begin_arranging()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The database of the run, dropped at its end though a thread that outlives its test still holds a connection.

    ``sync_to_async`` has one thread for the whole process, and nobody tells it that the last test is over.
    """
    yield
    with django_db_blocker.unblock():
        begin_arranging()
        with connection.cursor() as cursor:
            # As who signed in, since nobody else may end what they began.
            cursor.execute(
                "RESET ROLE; SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename = current_user"
            )
        connection.close()


@pytest.fixture(autouse=True)
def arranged() -> None:
    """What a test itself writes and reads goes past the wall; whatever the product does for somebody does not."""
    begin_arranging()


@pytest.fixture(autouse=True)
def no_job_left(request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Where a test commits, its tables are emptied, but not those of the jobs: to Django they are another's."""
    yield
    marker = request.node.get_closest_marker("django_db")
    if (marker and marker.kwargs.get("transaction")) or "transactional_db" in request.fixturenames:
        with django_db_blocker.unblock():
            begin_arranging()
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM procrastinate_jobs")
            connection.close()


@pytest.fixture(autouse=True)
def german() -> None:
    """Each test begins in German, whatever language the one before has left in this thread."""
    translation.activate("de")


# --- the cast: one city at the centre, one next door, one in another Land -----------------------------------------


@pytest.fixture
def konstanz(db: None) -> Network:
    """The city at the centre of most tests, in Baden-Württemberg."""
    return NetworkFactory(municipality=MunicipalityFactory(ags="08335043", name="Konstanz"), slug="konstanz")


@pytest.fixture
def heilbronn(db: None) -> Network:
    """Another city of the same Land."""
    return NetworkFactory(municipality=MunicipalityFactory(ags="08121000", name="Heilbronn"), slug="heilbronn")


@pytest.fixture
def giessen(db: None) -> Network:
    """A city of another Land."""
    hesse = StateFactory(code="06", name="Hessen", abbreviation="HE")
    town = MunicipalityFactory(ags="06531005", name="Gießen", state=hesse)
    return NetworkFactory(municipality=town, slug="giessen")


@pytest.fixture
def pilot(konstanz: Network) -> Person:
    """A pilot of Konstanz, in an office."""
    return MembershipFactory(
        network=konstanz,
        office=OfficeFactory(network=konstanz, name="Bürgeramt"),
        person__email="pilot@konstanz.example",
        person__given_name="Mara",
        person__family_name="Musterlotsin",
    ).person


@pytest.fixture
def coordinator(konstanz: Network) -> Person:
    """The coordinator of Konstanz."""
    return MembershipFactory(network=konstanz, role="coordinator", person__email="koordination@konstanz.example").person


@pytest.fixture
def office_head(konstanz: Network) -> Person:
    """The head of an office in Konstanz."""
    return MembershipFactory(network=konstanz, role="office_head", person__email="leitung@konstanz.example").person


@pytest.fixture
def outsider(giessen: Network) -> Person:
    """A pilot of another city in another Land."""
    return MembershipFactory(network=giessen, person__email="pilot@giessen.example").person


@pytest.fixture
def neighbour(heilbronn: Network) -> Person:
    """A pilot of another city in the same Land."""
    return MembershipFactory(network=heilbronn, person__email="pilot@heilbronn.example").person


@pytest.fixture
def neighbour_coordinator(heilbronn: Network) -> Person:
    """The coordinator of Heilbronn."""
    return MembershipFactory(
        network=heilbronn, role="coordinator", person__email="koordination@heilbronn.example"
    ).person


@pytest.fixture
def moderator(db: None) -> Person:
    """Moderates for an association of Baden-Württemberg."""
    return ModeratorFactory(person__email="moderation@verband-bw.example").person


@pytest.fixture
def other_moderator(db: None) -> Person:
    """Moderates for an association of Hessen."""
    hesse = StateFactory(code="06", name="Hessen", abbreviation="HE")
    return ModeratorFactory(association__state=hesse, person__email="moderation@verband-he.example").person


@pytest.fixture
def operator(db: None) -> Person:
    """Runs the installation; belongs to no city."""
    return PersonFactory(is_operator=True, email="betrieb@lotsennetz.example")


@pytest.fixture
def as_person() -> Callable[[Person], Client]:
    """A browser without JavaScript, signed in as the given person."""

    def sign_in(person: Person) -> Client:
        client = Client()
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in
