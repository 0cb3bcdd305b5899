"""Approving and declining: who may, what happens once, and what the others learn."""

from __future__ import annotations

import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from tenancy.models import Application, Invitation, Membership, Network
from tenancy.policies.applications import may_decide_application, visible_applications
from tenancy.queries.applications import application_page, open_count
from tenancy.services.applications import Decided, approve, decline
from tenancy.services.invitations import accept_as_newcomer
from tenancy.viewer import ANONYMOUS, Viewer, viewer_for
from tests.factories.tenancy import (
    ApplicationFactory,
    AssociationFactory,
    ModeratorFactory,
    MunicipalityFactory,
    NetworkFactory,
    PersonFactory,
    StateFactory,
)
from toolkit.access import Conflict, Denied
from toolkit.models import AuditEntry

pytestmark = pytest.mark.django_db

AT = datetime.datetime(2026, 3, 1, 9, tzinfo=datetime.UTC)
OTHERS = ["pilot", "coordinator", "office_head", "outsider", "neighbour", "operator"]


@pytest.fixture(autouse=True)
def mails(monkeypatch) -> list[dict[str, str]]:
    """What is mailed, as it is enqueued."""
    sent: list[dict[str, str]] = []
    monkeypatch.setattr("toolkit.mail.send_mail_job.defer", lambda **mail: sent.append(mail))
    return sent


def waiting(name: str = "Radolfzell am Bodensee", ags: str = "08335063", **more) -> Application:
    fields = {"state": "open", "confirmed_at": AT, "domain_fits": True, "email": "ronja@radolfzell.example"} | more
    return ApplicationFactory(
        municipality=MunicipalityFactory(ags=ags, name=name), network_name="Lotsen vom See", **fields
    )


@pytest.fixture
def application(db) -> Application:
    return waiting()


# --- who ---------------------------------------------------------------------------------------------------------


def test_a_moderator_sees_the_confirmed_ones_of_the_own_land_only(moderator, other_moderator, application):
    ApplicationFactory(municipality=MunicipalityFactory(ags="08335001"))
    hesse = StateFactory(code="06", name="Hessen", abbreviation="HE")
    theirs = ApplicationFactory(municipality=MunicipalityFactory(ags="06000001", state=hesse), state="open")
    assert list(visible_applications(viewer_for(moderator))) == [application]
    assert list(visible_applications(viewer_for(other_moderator))) == [theirs]


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_sees_any_or_decides(who, request, application):
    viewer = viewer_for(request.getfixturevalue(who))
    assert not visible_applications(viewer).exists()
    assert not may_decide_application(viewer, "08")
    for act in (lambda: approve(viewer, application.pk), lambda: decline(viewer, application.pk, reason="Nein.")):
        with pytest.raises(Denied):
            act()
    assert Application.objects.get().state == "open"


def test_visitors_and_moderators_of_another_land_or_of_earlier_do_not_decide(other_moderator, application):
    former = ModeratorFactory(ended_on=datetime.date(2024, 1, 1)).person
    for viewer in (ANONYMOUS, viewer_for(other_moderator), viewer_for(former)):
        assert not visible_applications(viewer).exists()
        with pytest.raises(Denied):
            approve(viewer, application.pk)
        with pytest.raises(Denied):
            decline(viewer, application.pk, reason="Nein.")


def test_an_association_of_all_germany_moderates_in_no_land(application):
    person = ModeratorFactory(association=AssociationFactory(state=None)).person
    with pytest.raises(Denied):
        approve(viewer_for(person), application.pk)


def test_an_unconfirmed_application_cannot_be_decided(moderator):
    application = waiting(state="unconfirmed", confirmed_at=None)
    with pytest.raises(Denied):
        approve(viewer_for(moderator), application.pk)
    with pytest.raises(Denied):
        decline(viewer_for(moderator), application.pk, reason="Nein.")


# --- letting in --------------------------------------------------------------------------------------------------


def test_approving_makes_the_network_and_mails_a_way_in(moderator, application, mails):
    network = approve(viewer_for(moderator), application.pk)
    assert (network.name, network.slug, network.published_at) == ("Lotsen vom See", "radolfzell-am-bodensee", None)
    invitation = Invitation.objects.get()
    assert (invitation.network_id, invitation.role, invitation.email) == (
        network.pk,
        "coordinator",
        "ronja@radolfzell.example",
    )
    assert [mail["to"] for mail in mails] == ["ronja@radolfzell.example"]
    assert "/einladung/" in mails[0]["body"]
    application.refresh_from_db()
    assert (application.state, application.decided_by_id) == ("approved", moderator.pk)
    assert application.association_id == moderator.moderations.get().association_id
    entry = AuditEntry.objects.get(verb="application.approved")
    assert (entry.person_id, entry.state_code, entry.network_id) == (moderator.pk, "08", network.pk)


def test_the_applicant_becomes_the_coordination_by_the_link_of_the_mail(moderator, application, mails):
    network = approve(viewer_for(moderator), application.pk)
    token = mails[0]["body"].split("/einladung/")[1].split("/")[0]
    said = {"given_name": "Ronja", "family_name": "Rathaus", "password": "ein langer Satz als Passwort"}
    membership = accept_as_newcomer(token, at=timezone.now(), **said)
    assert (membership.network_id, membership.role) == (network.pk, Membership.Role.COORDINATOR)
    assert network.pk in viewer_for(membership.person).coordinates


def test_a_person_who_has_a_login_is_invited_with_it(moderator, application, mails):
    PersonFactory(email="ronja@radolfzell.example")
    approve(viewer_for(moderator), application.pk)
    assert len(mails) == 1


def test_the_mail_domain_is_remembered_once(moderator, application):
    approve(viewer_for(moderator), application.pk)
    application.municipality.refresh_from_db()
    assert application.municipality.mail_domains == ["radolfzell.example"]


def test_towns_of_one_name_get_addresses_of_their_own(moderator):
    for n in range(4):
        approve(viewer_for(moderator), waiting("Neustadt", f"0800000{n}").pk)
    slugs = list(Network.objects.order_by("municipality_id").values_list("slug", flat=True))
    assert slugs == ["neustadt", "neustadt-bw", "neustadt-08000002", "neustadt-08000003"]


def test_a_foreign_mail_domain_needs_a_reason_which_is_on_the_record_and_not_in_the_mail(moderator, mails):
    application = waiting(domain_fits=False, email="ronja@it-verbund.example")
    viewer = viewer_for(moderator)
    with pytest.raises(Conflict) as conflict:
        approve(viewer, application.pk)
    assert conflict.value.field == "override_reason"
    assert not Network.objects.exists()
    approve(viewer, application.pk, override_reason="Im Rathaus angerufen.")
    assert AuditEntry.objects.get(verb="application.approved").reason == "Im Rathaus angerufen."
    assert "angerufen" not in mails[0]["body"]
    application.municipality.refresh_from_db()
    assert application.municipality.mail_domains == ["it-verbund.example"]


def test_the_database_itself_refuses_a_foreign_domain_without_a_reason(db):
    with pytest.raises(IntegrityError), transaction.atomic():
        waiting(state="approved", domain_fits=False)


def test_a_municipality_that_got_a_network_elsewhere_is_not_let_in_twice(moderator, application):
    NetworkFactory(municipality=application.municipality, slug="anders")
    with pytest.raises(Conflict):
        approve(viewer_for(moderator), application.pk)
    assert Application.objects.get().state == "open"
    assert Network.objects.count() == 1


# --- declining ---------------------------------------------------------------------------------------------------


def test_declining_mails_the_reason_and_the_municipality_may_ask_again(moderator, application, mails):
    decline(viewer_for(moderator), application.pk, reason="Bitte mit Beschluss des Rates.")
    assert "Bitte mit Beschluss des Rates." in mails[0]["body"]
    assert AuditEntry.objects.get(verb="application.declined").reason == "Bitte mit Beschluss des Rates."
    assert not Network.objects.exists()
    assert not Invitation.objects.exists()
    assert waiting().state == "open"


def test_declining_without_a_reason_is_refused(moderator, application, mails):
    with pytest.raises(Conflict) as conflict:
        decline(viewer_for(moderator), application.pk, reason="")
    assert conflict.value.field == "reason"
    assert not mails


# --- at the same moment ------------------------------------------------------------------------------------------


def test_the_second_to_decide_reads_who_was_first_and_when(moderator, application, mails):
    approve(viewer_for(moderator), application.pk)
    second = ModeratorFactory(association=moderator.moderations.get().association).person
    with pytest.raises(Decided) as decided:
        decline(viewer_for(second), application.pk, reason="Nein.")
    assert moderator.name in str(decided.value)
    assert f"{timezone.localdate():%d.%m.%Y}" in str(decided.value)
    assert len(mails) == 1


@pytest.mark.django_db(transaction=True)
def test_of_moderators_who_decide_at_the_same_moment_exactly_one_wins(mails):
    application = waiting()
    moderators = [viewer_for(ModeratorFactory().person) for _ in range(6)]

    def go(viewer: Viewer) -> str:
        try:
            if viewer.someone % 2:
                approve(viewer, application.pk)
            else:
                decline(viewer, application.pk, reason="Nein.")
        except Decided:
            return "late"
        finally:
            connection.close()
        return "first"

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(go, moderators))
    assert sorted(answers) == ["first", *["late"] * 5]
    assert len(mails) == 1
    application.refresh_from_db()
    assert Network.objects.count() == (application.state == "approved")


# --- the pages ---------------------------------------------------------------------------------------------------


def test_the_queue_shows_the_oldest_first_and_what_was_decided_apart(moderator, as_person):
    waiting("Ulm", "08421000", confirmed_at=AT)
    waiting("Aalen", "08136088", confirmed_at=AT - datetime.timedelta(days=3))
    waiting("Calw", "08235085", state="declined", reason="Nein.", decided_at=AT)
    client = as_person(moderator)
    page = client.get(reverse("tenancy:application-list"))
    assert [one.municipality.name for one in page.context["page"].items] == ["Aalen", "Ulm"]
    page = client.get(reverse("tenancy:application-list"), {"stand": "entschieden"})
    assert [one.municipality.name for one in page.context["page"].items] == ["Calw"]


def test_the_queue_is_paged_by_key(moderator):
    for n in range(23):
        waiting(f"Ort {n}", f"080000{n:02d}", confirmed_at=AT + datetime.timedelta(hours=n))
    viewer = viewer_for(moderator)
    first = application_page(viewer, decided=False)
    second = application_page(viewer, decided=False, mark=first.next)
    assert [len(first.items), len(second.items)] == [20, 3]
    assert len({one.pk for one in [*first.items, *second.items]}) == 23
    assert open_count(viewer) == 23


def test_empty_queues_say_what_will_be_here(moderator, as_person):
    client = as_person(moderator)
    assert "Kein Antrag wartet" in client.get(reverse("tenancy:application-list")).content.decode()
    decided = client.get(reverse("tenancy:application-list"), {"stand": "entschieden"}).content.decode()
    assert "Noch nichts entschieden" in decided


def test_the_page_shows_what_one_needs_to_judge(moderator, as_person, application):
    ApplicationFactory(
        municipality=application.municipality, state="declined", reason="Beschluss fehlt.", decided_at=AT
    )
    text = as_person(moderator).get(reverse("tenancy:application-detail", args=[application.pk])).content.decode()
    for word in ("ronja@radolfzell.example", "passt zur Kommune", "08335063", "50.000", "Beschluss fehlt."):
        assert word in text


def test_deciding_on_the_page(moderator, as_person, application):
    client = as_person(moderator)
    url = reverse("tenancy:application-decide", args=[application.pk])
    page = client.post(url, {"what": "decline", "reason": " "})
    assert page.status_code == 422
    assert list(page.context["decline"].errors) == ["reason"]
    assert client.post(url, {"what": "approve"}, follow=True).status_code == 200
    assert Network.objects.count() == 1
    late = client.post(url, {"what": "decline", "reason": "Nein."}, follow=True)
    assert "entschieden" in late.content.decode()
    assert Application.objects.get().state == "approved"


def test_the_page_asks_for_a_reason_where_the_mail_domain_does_not_fit(moderator, as_person):
    application = waiting(domain_fits=False, email="ronja@it-verbund.example")
    client = as_person(moderator)
    url = reverse("tenancy:application-decide", args=[application.pk])
    page = client.post(url, {"what": "approve", "override_reason": ""})
    assert page.status_code == 422
    assert list(page.context["approve"].errors) == ["override_reason"]
    assert client.post(url, {"what": "approve", "override_reason": "Angerufen."}).status_code == 302


@pytest.mark.parametrize("what", [{}, {"what": "delete"}])
def test_an_unknown_decision_changes_nothing(moderator, as_person, application, what):
    client = as_person(moderator)
    assert client.post(reverse("tenancy:application-decide", args=[application.pk]), what).status_code == 302
    assert Application.objects.get().state == "open"


@pytest.mark.parametrize("who", [*OTHERS, "other_moderator"])
def test_for_everybody_else_the_application_is_not_there(who, request, as_person, application):
    client = as_person(request.getfixturevalue(who))
    assert client.get(reverse("tenancy:application-detail", args=[application.pk])).status_code == 404
    answer = client.post(reverse("tenancy:application-decide", args=[application.pk]), {"what": "approve"})
    assert answer.status_code == 404
    assert "Radolfzell" not in client.get(reverse("tenancy:application-list")).content.decode()


@pytest.mark.parametrize(("query", "count"), [("", 8), ("?stand=entschieden", 8)])
def test_the_lists_ask_a_fixed_number_of_questions(moderator, as_person, django_assert_num_queries, query, count):
    client = as_person(moderator)
    url = reverse("tenancy:application-list") + query
    client.get(url)
    for n in (0, 1, 2):
        waiting(f"Offen {n}", f"0810000{n}")
        waiting(f"Fertig {n}", f"0820000{n}", state="declined", reason="Nein.", decided_at=AT, decided_by=moderator)
        if n != 1:
            with django_assert_num_queries(count):
                client.get(url)


def test_the_detail_page_asks_a_fixed_number_of_questions(moderator, as_person, application, django_assert_num_queries):
    client = as_person(moderator)
    url = reverse("tenancy:application-detail", args=[application.pk])
    client.get(url)
    for n in (0, 1, 2):
        ApplicationFactory(municipality=application.municipality, state="declined", reason=f"Nein {n}.", decided_at=AT)
        if n != 1:
            with django_assert_num_queries(10):
                client.get(url)
