"""Partner networks: asked by one, accepted by the other, ended by either."""

from __future__ import annotations

import pytest
from django.test import Client

from tenancy.models import Network, Partnership
from tenancy.services.partnerships import accept_partnership, ask_partnership, end_partnership
from tenancy.viewer import viewer_for
from toolkit.access import Conflict, Denied

pytestmark = pytest.mark.django_db


def asked(coordinator, konstanz, heilbronn) -> Partnership:
    return ask_partnership(viewer_for(coordinator), konstanz.pk, heilbronn.pk)


@pytest.mark.parametrize("who", ["pilot", "neighbour_coordinator", "moderator"])
def test_only_the_own_coordination_asks(who, request, konstanz, heilbronn):
    with pytest.raises(Denied):
        asked(request.getfixturevalue(who), konstanz, heilbronn)


@pytest.mark.parametrize("who", ["coordinator", "neighbour", "outsider"])
def test_only_the_asked_coordination_accepts(who, request, coordinator, konstanz, heilbronn):
    row = asked(coordinator, konstanz, heilbronn)
    with pytest.raises(Denied):
        accept_partnership(viewer_for(request.getfixturevalue(who)), row.pk)


@pytest.mark.parametrize("who", ["pilot", "outsider"])
def test_only_the_coordination_of_either_ends(who, request, coordinator, konstanz, heilbronn):
    row = asked(coordinator, konstanz, heilbronn)
    with pytest.raises(Denied):
        end_partnership(viewer_for(request.getfixturevalue(who)), row.pk)


def test_nobody_becomes_their_own_partner_or_asks_before_being_published(coordinator, konstanz, heilbronn):
    with pytest.raises(Denied):
        asked(coordinator, konstanz, konstanz)
    Network.objects.filter(pk=konstanz.pk).update(published_at=None)
    with pytest.raises(Denied):
        asked(coordinator, konstanz, heilbronn)


def test_one_question_is_enough_from_either_side(coordinator, neighbour_coordinator, konstanz, heilbronn):
    asked(coordinator, konstanz, heilbronn)
    with pytest.raises(Conflict):
        asked(coordinator, konstanz, heilbronn)
    with pytest.raises(Conflict):
        ask_partnership(viewer_for(neighbour_coordinator), heilbronn.pk, konstanz.pk)


def test_a_partnership_is_asked_accepted_shown_and_ended(
    coordinator, neighbour_coordinator, konstanz, heilbronn, as_person
):
    mine, theirs = as_person(coordinator), as_person(neighbour_coordinator)
    assert "Partnerschaft anfragen" in mine.get("/netzwerke/heilbronn/").content.decode()
    assert mine.post("/netzwerke/konstanz/partner/heilbronn/fragen/").status_code == 302
    row = Partnership.objects.get()
    assert "Anfragen an Sie" in theirs.get("/netzwerke/heilbronn/partner/").content.decode()
    assert theirs.post(f"/partnerschaften/{row.pk}/annehmen/").status_code == 302
    page = Client().get("/netzwerke/konstanz/").content.decode()
    assert 'href="/netzwerke/heilbronn/"' in page
    assert mine.post(f"/partnerschaften/{row.pk}/beenden/").status_code == 302
    assert 'href="/netzwerke/heilbronn/"' not in Client().get("/netzwerke/konstanz/").content.decode()
    asked(coordinator, konstanz, heilbronn)


def test_a_partnership_is_a_secret_of_nobody_but_an_unpublished_partner_is(coordinator, konstanz, heilbronn):
    row = asked(coordinator, konstanz, heilbronn)
    Partnership.objects.filter(pk=row.pk).update(accepted_at=row.asked_at)
    heilbronn.published_at = None
    heilbronn.save()
    assert "heilbronn" not in Client().get("/netzwerke/konstanz/").content.decode()
