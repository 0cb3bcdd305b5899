"""Decisions: yes, or no and why."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory

from toolkit.access import ALLOW, Conflict, Decision, Denied, deny, require
from toolkit.views.errors import permission_denied


def test_a_decision_is_true_when_it_allows():
    assert ALLOW
    assert not deny("Nein, weil.")
    assert Decision(allowed=True) == ALLOW


def test_requiring_what_is_allowed_does_nothing():
    require(ALLOW)


def test_requiring_what_is_denied_carries_the_reason():
    with pytest.raises(Denied, match="Nur die Koordination") as caught:
        require(deny("Nur die Koordination."))
    assert caught.value.decision == deny("Nur die Koordination.")
    assert isinstance(caught.value, PermissionDenied)


def test_a_decision_cannot_be_changed():
    with pytest.raises(AttributeError):
        ALLOW.allowed = False  # type: ignore[misc]  # that is the point


def test_a_conflict_names_its_field():
    assert (str(Conflict("Schon vergeben.", field="name")), Conflict("x").field) == ("Schon vergeben.", "")


@pytest.mark.django_db
def test_the_reason_is_what_the_person_reads(client, pilot, as_person):
    request = RequestFactory().get("/")
    request.user = pilot
    answer = permission_denied(request, Denied(deny("Das darf nur die <Koordination>.")))
    assert answer.status_code == 403
    assert "Das darf nur die &lt;Koordination&gt;." in answer.content.decode()
