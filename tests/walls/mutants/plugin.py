"""Lets pytest make mutants instead of running each test once. Loaded before Django is, so it imports nothing of it."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--families", default="policy,definer,sight,door", help="which mutants to make")
    parser.addoption("--only", default="", help="only mutants with this in their name")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """The experiment instead of the tests."""
    if session.testsfailed or session.config.option.collectonly:
        return None
    from tests.walls.mutants.laboratory import experiment

    experiment(session)
    return True
