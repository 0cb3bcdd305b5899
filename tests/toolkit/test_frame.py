"""The frame around every page, also around the page for what failed early."""

from __future__ import annotations

from django.test import RequestFactory

from tenancy.viewer import ANONYMOUS
from toolkit import context


def test_a_value_is_asked_for_once_and_only_when_it_is_shown(monkeypatch):
    asked = []

    def count(request):
        asked.append(request)
        return 3

    monkeypatch.setattr(context, "_providers", {"count": count})
    request = RequestFactory().get("/")
    request.viewer = ANONYMOUS  # type: ignore[attr-defined]  # as ViewerMiddleware does
    frame = context.frame(request)["frame"]
    assert asked == []
    assert frame["count"] == 3
    assert frame["count"] + 1 == 4
    assert len(asked) == 1


def test_a_request_that_failed_before_anybody_knew_who_looks_has_an_empty_frame():
    assert context.frame(RequestFactory().get("/")) == {"viewer": None, "frame": {}}


def test_a_foreign_host_gets_a_page_and_no_fault(client):
    answer = client.get("/impressum/", headers={"host": "evil.example"})
    assert answer.status_code == 400
