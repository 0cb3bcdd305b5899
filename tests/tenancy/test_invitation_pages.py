"""Inviting and accepting as one does it in a browser, and signing in."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from tenancy.models import Invitation, Membership, Network, Person
from tests.factories.tenancy import InvitationFactory, MunicipalityFactory, OfficeFactory

pytestmark = pytest.mark.django_db

PASSWORD = "ein langer Satz als Passwort"
PAGE = "/netzwerke/konstanz/einladungen/"


def mails() -> list[dict[str, str]]:
    """The mails that wait to be sent, oldest first."""
    jobs = ProcrastinateJob.objects.filter(task_name="toolkit.send_mail").order_by("id")
    return [job.args for job in jobs]


def link_shown(page: str) -> str:
    """The path of the link that a page shows for copying."""
    shown = re.search(r"<code[^>]*>([^<]+)</code>", page)
    assert shown
    return link_in(shown[1])


def link_in(body: str) -> str:
    """The path of the only invitation link of a mail."""
    (path,) = re.findall(r"https?://[^/]+(/einladung/\S+)", body)
    return path


def invite(client: Client, email: str = "neu@konstanz.example", **more: str) -> str:
    """Invite by mail and return the path in the mail."""
    data = {"what": "mail", "mail-email": email, "mail-role": "pilot", "mail-office": ""} | more
    assert client.post(PAGE, data).status_code == 302
    assert mails()[-1]["to"] == email
    return link_in(mails()[-1]["body"])


def test_somebody_is_invited_by_mail_makes_a_login_and_is_in(coordinator, konstanz, as_person):
    office = OfficeFactory(network=konstanz, name="Kämmerei")
    path = invite(as_person(coordinator), **{"mail-office": str(office.pk), "mail-given_name": "Nina"})
    client = Client()
    page = client.get(path)
    text = page.content.decode()
    assert all(word in text for word in (konstanz.name, coordinator.name, "Kämmerei", "neu@konstanz.example"))
    assert (page["Referrer-Policy"], page["Cache-Control"]) == ("same-origin", "no-store")
    answer = client.post(path, {"given_name": "Nina", "family_name": "Neumuster", "password": PASSWORD})
    assert answer["Location"] == "/netzwerke/konstanz/"
    assert client.get("/profil/").status_code == 200
    assert Client().get(path).status_code == 410


@pytest.mark.parametrize("password", ["zu kurz", "1q2w3e4r5t6y", "neu@konstanz.example"])
def test_a_poor_password_is_refused_and_the_name_is_kept(password, coordinator, konstanz, as_person):
    path = invite(as_person(coordinator))
    answer = Client().post(path, {"given_name": "Nina", "family_name": "Neumuster", "password": password})
    assert answer.status_code == 422
    assert "password" in answer.context["form"].errors
    assert "Neumuster" in answer.content.decode()
    assert not Person.objects.filter(email="neu@konstanz.example").exists()


def test_an_invited_person_with_a_login_signs_in_and_accepts(coordinator, konstanz, outsider, as_person):
    path = invite(as_person(coordinator), email=outsider.email)
    page = Client().get(path).content.decode()
    assert "schon ein Konto" in page
    assert 'type="password"' not in page
    assert as_person(outsider).post(path)["Location"] == "/netzwerke/konstanz/"
    assert Membership.objects.filter(person=outsider, network=konstanz).exists()


def test_somebody_else_who_is_signed_in_cannot_take_an_invitation(coordinator, konstanz, outsider, as_person):
    path = invite(as_person(coordinator))
    assert as_person(outsider).post(path).status_code == 409
    assert not Membership.objects.filter(person=outsider, network=konstanz).exists()


def test_a_link_is_shown_once_and_asks_for_an_address_first(coordinator, konstanz, as_person):
    client = as_person(coordinator)
    answer = client.post(
        PAGE, {"what": "link", "link-role": "pilot", "link-office": "", "link-uses": "2", "link-days": "7"}
    )
    assert answer.status_code == 302
    page = client.get(PAGE).content.decode()
    path = link_shown(page)
    assert path not in client.get(PAGE).content.decode()

    visitor = Client()
    assert 'name="password"' not in visitor.get(path).content.decode()
    assert visitor.post(path, {"email": "keine"}).status_code == 422
    sent = visitor.post(path, {"email": "Neu@konstanz.example"})
    assert "neu@konstanz.example" in sent.content.decode().lower()
    own = link_in(mails()[-1]["body"])
    assert own != path
    assert visitor.post(own, {"given_name": "N", "family_name": "N", "password": PASSWORD}).status_code == 302
    assert EmailAddress.objects.get(email="neu@konstanz.example").verified


def test_a_link_does_not_tell_who_has_a_login(coordinator, konstanz, outsider, as_person):
    client = as_person(coordinator)
    client.post(PAGE, {"what": "link", "link-role": "pilot", "link-uses": "2", "link-days": "7"})
    path = link_shown(client.get(PAGE).content.decode())
    answers = []
    for email in (outsider.email, "niemand@nirgends.example"):
        text = Client().post(path, {"email": email}).content.decode()
        answers.append(re.sub(r'csrf\w+" value="[^"]+"', "", text.replace(email, "ADRESSE")))
    assert answers[0] == answers[1]


def test_a_pasted_list_is_taken_line_by_line(coordinator, konstanz, pilot, as_person):
    OfficeFactory(network=konstanz, name="Kämmerei")
    MunicipalityFactory(ags=konstanz.municipality_id)
    konstanz.municipality.mail_domains = ["konstanz.example"]
    konstanz.municipality.save()
    rows = [
        "eins@konstanz.example;Eins;Muster;Kämmerei;Lotsin",
        "zwei@anderswo.example",
        "keine Adresse",
        "eins@konstanz.example",
        pilot.email,
        "drei@konstanz.example;;;Mondamt",
        "vier@konstanz.example;;;;Kapitän",
        "Fünf Muster <fuenf@konstanz.example>",
    ]
    data = {"what": "many", "many-text": "\n".join(rows), "many-role": "pilot", "many-office": ""}
    answer = as_person(coordinator).post(PAGE, data)
    report = {line.number: (line.taken, line.error, line.notes) for line in answer.context["report"]}
    assert [number for number, (taken, _e, _n) in report.items() if taken] == [1, 2, 8]
    assert len(report) == len(rows)
    assert "Maildomäne" in report[2][2][0]
    said = [report[number][1] for number in (3, 4, 5, 6, 7)]
    for words, error in zip(("keine E-Mail-Adresse", "Zeile 1", "schon im", "Mondamt", "Kapitän"), said, strict=True):
        assert words in error
    assert {mail["to"] for mail in mails()} == {
        "eins@konstanz.example",
        "zwei@anderswo.example",
        "fuenf@konstanz.example",
    }
    fuenf = Invitation.objects.get(email="fuenf@konstanz.example")
    assert (fuenf.given_name, fuenf.family_name) == ("Fünf", "Muster")


def test_an_empty_list_is_told(coordinator, konstanz, as_person):
    answer = as_person(coordinator).post(PAGE, {"what": "many", "many-text": "", "many-role": "pilot"})
    assert answer.status_code == 422


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_of_invitations_costs_the_same_for_any_number(
    rows, coordinator, konstanz, as_person, django_assert_max_num_queries
):
    for number in range(rows):
        InvitationFactory(network=konstanz, email=f"p{number}@konstanz.example", invited_by=coordinator)
    client = as_person(coordinator)
    client.get(PAGE)
    with django_assert_max_num_queries(10):
        client.get(PAGE)


def test_a_new_coordinator_of_an_unpublished_network_is_led_into_the_first_hour(coordinator, konstanz, as_person):
    network = Network.objects.get(pk=konstanz.pk)
    network.published_at = None
    network.save()
    path = invite(as_person(coordinator), **{"mail-role": "coordinator"})
    answer = Client().post(path, {"given_name": "Nina", "family_name": "Neumuster", "password": PASSWORD})
    assert answer["Location"] == "/netzwerke/konstanz/einrichten/"


# --- signing in -------------------------------------------------------------------------------------------------


@pytest.fixture
def nina(coordinator, konstanz, as_person) -> Person:
    """Somebody who came by invitation and has a password."""
    path = invite(as_person(coordinator))
    Client().post(path, {"given_name": "Nina", "family_name": "Neumuster", "password": PASSWORD})
    return Person.objects.get(email="neu@konstanz.example")


def test_one_signs_in_with_address_and_password_however_the_address_is_spelled(nina):
    client = Client()
    assert client.post("/konto/login/", {"login": "NEU@Konstanz.example", "password": PASSWORD}).status_code == 302
    assert client.get("/profil/").status_code == 200


def test_somebody_suspended_cannot_sign_in(nina):
    Person.objects.filter(pk=nina.pk).update(is_active=False)
    client = Client()
    client.post("/konto/login/", {"login": nina.email, "password": PASSWORD})
    assert client.get("/profil/").status_code == 302


def test_unknown_people_and_wrong_passwords_get_the_same_answer(nina):
    answers = []
    for login in (nina.email, "niemand@nirgends.example"):
        answer = Client().post("/konto/login/", {"login": login, "password": "falsch falsch falsch"})
        text = re.sub(r'csrf\w+" value="[^"]+"', "", answer.content.decode().replace(login, "ADRESSE"))
        answers.append((answer.status_code, text))
    assert answers[0] == answers[1]


def test_a_forgotten_password_is_set_anew_by_mail_and_tells_nobody_who_is_known(nina):
    answers = []
    for email in (nina.email, "niemand@nirgends.example"):
        answer = Client().post("/konto/password/reset/", {"email": email})
        answers.append((answer.status_code, answer["Location"]))
    assert answers[0] == answers[1]
    known, unknown = mails()[-2:]
    assert (known["to"], unknown["to"]) == (nina.email, "niemand@nirgends.example")
    assert "kein Konto" in unknown["body"]
    link = re.search(r"https?://[^/]+(/konto/password/reset/key/\S+)", known["body"])
    assert link
    path = link[1]
    client = Client()
    form = client.get(path, follow=True)
    new = "ein ganz neuer langer Satz"
    assert client.post(form.request["PATH_INFO"], {"password1": new, "password2": new}).status_code == 302
    nina.refresh_from_db()
    assert nina.check_password(new)


def test_nobody_signs_up_alone(db):
    answer = Client().post(
        "/konto/signup/", {"email": "x@konstanz.example", "password1": PASSWORD, "password2": PASSWORD}
    )
    assert answer.status_code in (200, 403)
    assert not Person.objects.filter(email="x@konstanz.example").exists()
