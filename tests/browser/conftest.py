"""One server for all stories and one Chromium for each file; a fresh window, and a fresh database, for each story."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import Browser, sync_playwright

from config import frontend
from config.children import Children
from tests.browser.harness.server import Server, running_server
from tests.browser.harness.stage import Stage, chromium, launch

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a browser."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The Chromium of this machine; it goes before the next file, because Playwright's event loop fills this thread."""
    program = chromium()
    if program is None:
        pytest.skip(
            "NO CHROMIUM ON THIS MACHINE: no story was told. Install it (apt install chromium) or set CHROMIUM."
        )
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    # The stories are plain synchronous code; Django only sees Playwright's loop and would refuse the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with sync_playwright() as playwright:
            started = launch(playwright, program)
            yield started
            started.close()
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def built_front_end(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The front end as it is in the sources now."""
    if not frontend.is_fresh():
        folder = tmp_path_factory.mktemp("front-end")
        frontend.build(Children(folder / "children.json"), folder / "build.log")


@pytest.fixture(scope="session")
def server(built_front_end: None, django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Daphne on the test database."""
    with running_server(str(connection.settings_dict["NAME"]), tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture
def stage(browser: Browser, server: Server, transactional_db: None) -> Iterator[Stage]:
    """Opens windows. The database is committed, because the server reads it, and emptied afterwards."""
    made = Stage(browser, server)
    yield made
    made.close()
