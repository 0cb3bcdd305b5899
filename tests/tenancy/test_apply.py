"""Applying: finding the municipality without a script, the address that has to be proved, and once per municipality."""

from __future__ import annotations

import datetime
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core import signing
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from notices.models import Notice
from tenancy.models import Application
from tenancy.services import applications as verbs
from tenancy.services.applications import Asked
from tenancy.services.invitations import hash_of
from tests.factories.tenancy import ApplicationFactory, ModeratorFactory, MunicipalityFactory, NetworkFactory
from toolkit.access import Conflict

pytestmark = pytest.mark.django_db

FILLED = {
    "town": "Radolfzell am Bodensee",
    "given_name": "Ronja",
    "family_name": "Rathaus",
    "office_name": "Hauptamt",
    "email": "ronja.rathaus@radolfzell.example",
    "network_name": "Lotsen Radolfzell",
    "note": "",
}
URL = "/mitmachen/"


@pytest.fixture(autouse=True)
def mails(monkeypatch) -> list[dict[str, str]]:
    """What is mailed, as it is enqueued."""
    sent: list[dict[str, str]] = []
    monkeypatch.setattr("toolkit.mail.send_mail_job.defer", lambda **mail: sent.append(mail))
    monkeypatch.setattr("tenancy.views.apply.within_limit", lambda *args, **kwargs: True)
    return sent


@pytest.fixture
def radolfzell(db):
    return MunicipalityFactory(ags="08335063", name="Radolfzell am Bodensee")


def asked(town, **more) -> Asked:
    said = {key: value for key, value in FILLED.items() if key != "town"} | {"ags": town.pk} | more
    return Asked(**said)


def token_of(mail) -> str:
    found = re.search(r"/mitmachen/bestaetigen/(\S+)/", mail["body"])
    assert found
    return found[1]


# --- the form ----------------------------------------------------------------------------------------------------


def test_anybody_may_apply_and_gets_a_mail_with_a_link(client, radolfzell, mails):
    response = client.post(URL, FILLED)
    assert response.status_code == 302
    application = Application.objects.get()
    assert (application.state, application.domain_fits) == ("unconfirmed", True)
    assert [mail["to"] for mail in mails] == ["ronja.rathaus@radolfzell.example"]
    page = client.get(response["Location"])
    assert "ronja.rathaus@radolfzell.example" in page.content.decode()
    assert "nicht nach der Verwaltung" not in page.content.decode()


def test_the_page_that_says_thanks_shows_nothing_to_others(client):
    response = client.get(reverse("tenancy:apply-sent"))
    assert (response.status_code, response["Location"]) == (302, URL)


def test_an_address_of_somewhere_else_is_taken_and_the_applicant_told(client, radolfzell, mails):
    response = client.post(URL, FILLED | {"email": "ronja@it-verbund.example"}, follow=True)
    assert not Application.objects.get().domain_fits
    assert "nicht nach der Verwaltung" in response.content.decode()
    assert "nicht nach der Verwaltung" in mails[0]["body"]


def test_a_private_address_is_refused_at_its_field_and_nothing_typed_is_lost(client, radolfzell, mails):
    response = client.post(URL, FILLED | {"email": "ronja@gmx.de", "note": "seit 2021"})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["email"]
    text = response.content.decode()
    assert all(value in text for value in ("Ronja", "ronja@gmx.de", "seit 2021", "Radolfzell am Bodensee"))
    assert not mails


def test_without_a_script_a_misspelt_name_offers_a_choice_and_the_choice_is_taken(client, radolfzell):
    typed = FILLED | {"town": "Radolfzel"}
    response = client.post(URL, typed)
    assert response.status_code == 422
    assert [one.ags for one in response.context["form"].offered] == ["08335063"]
    response = client.post(URL, typed | {"listed_for": "Radolfzel", "chosen": "08335063"})
    assert response.status_code == 302
    assert Application.objects.get().municipality_id == "08335063"


def test_a_choice_for_an_older_text_says_nothing_about_a_new_one(client, radolfzell):
    MunicipalityFactory(ags="08335043", name="Konstanz")
    client.post(URL, FILLED | {"town": "Konstanz", "listed_for": "Radolfzel", "chosen": "08335063"})
    client.post(URL, FILLED | {"town": "Konstanz", "municipality": "08335063", "email": "a@konstanz.example"})
    assert set(Application.objects.values_list("municipality_id", flat=True)) == {"08335043"}


def test_of_several_with_one_name_the_page_asks_which(client):
    for ags in ("08000001", "08000002"):
        MunicipalityFactory(ags=ags, name="Neustadt")
    response = client.post(URL, FILLED | {"town": "Neustadt"})
    assert response.status_code == 422
    assert len(response.context["form"].offered) == 2
    response = client.post(URL, FILLED | {"town": "Neustadt", "municipality": "08000002"})
    assert Application.objects.get().municipality_id == "08000002"


@pytest.mark.parametrize("typed", ["Atlantis", "\u202e", "' OR 1=1", "x" * 130, "\ud800", ""])
def test_a_name_that_is_not_in_the_register_is_refused_at_its_field(client, radolfzell, typed):
    response = client.post(URL, FILLED | {"town": typed.encode("utf-8", "surrogatepass")})
    assert response.status_code == 422
    assert "town" in response.context["form"].errors


@pytest.mark.parametrize("field", ["given_name", "family_name", "office_name", "email", "network_name"])
def test_every_field_but_the_note_is_asked_for(client, radolfzell, field):
    response = client.post(URL, FILLED | {field: " "})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]


def test_a_flood_of_applications_is_stopped(client, radolfzell, mails, monkeypatch):
    from toolkit.limits import within_limit

    monkeypatch.setattr("tenancy.views.apply.within_limit", within_limit)
    filled = FILLED | {"email": "flut@radolfzell.example"}
    statuses = [client.post(URL, filled, REMOTE_ADDR="192.0.2.99").status_code for _ in range(5)]
    assert statuses == [302, 302, 302, 429, 429]
    assert len(mails) == 3


# --- once per municipality ---------------------------------------------------------------------------------------


def test_a_city_that_is_in_cannot_apply_and_the_page_leads_to_its_network(client, konstanz, mails):
    response = client.post(URL, FILLED | {"town": "Konstanz"})
    assert response.status_code == 422
    text = response.content.decode()
    assert "ist schon dabei" in text
    assert 'href="/netzwerke/konstanz/"' in text
    assert not mails


@pytest.fixture(params=["setting up", "waiting", "free"])
def state_of_radolfzell(request, radolfzell) -> str:
    """A municipality in one of the states of which nobody reads anything."""
    if request.param == "setting up":
        NetworkFactory(municipality=radolfzell, slug="geheim", published_at=None, name="Geheimnetz")
    elif request.param == "waiting":
        words = {"given_name": "Olga", "family_name": "Offenberg", "network_name": "Geheimnetz"}
        ApplicationFactory(municipality=radolfzell, state="open", **words)
    return str(request.param)


SECRETS = ("Olga", "Offenberg", "geheim", "Geheimnetz", "antrag0")


def test_the_form_answers_alike_whether_a_city_waits_sets_up_or_never_asked(client, state_of_radolfzell, mails):
    response = client.post(URL, FILLED)
    assert (response.status_code, response["Location"]) == (302, reverse("tenancy:apply-sent"))
    assert not any(word in client.get(response["Location"]).content.decode() for word in SECRETS)
    assert [mail["to"] for mail in mails] == [FILLED["email"]]


def test_who_proves_an_address_of_the_administration_learns_that_it_is_in_or_waits(client, state_of_radolfzell, mails):
    client.post(URL, FILLED)
    response = client.post(reverse("tenancy:apply-confirm", args=[token_of(mails[-1])]))
    text = response.content.decode()
    said = {"setting up": "ist schon dabei", "waiting": "wartet schon ein Antrag", "free": ""}[state_of_radolfzell]
    assert response.status_code == (422 if said else 302)
    assert said in text
    assert not any(word in text for word in SECRETS)


def test_who_proves_a_foreign_address_is_not_told_which_of_both(client, state_of_radolfzell, mails):
    client.post(URL, FILLED | {"email": "ronja@it-verbund.example"})
    response = client.post(reverse("tenancy:apply-confirm", args=[token_of(mails[-1])]))
    if state_of_radolfzell == "free":
        assert response.status_code == 302
        return
    text = response.content.decode()
    assert response.status_code == 422
    assert "fragen Sie bei Ihrem Landesverband nach" in text
    assert not any(words in text for words in ("schon dabei", "wartet schon", *SECRETS))


def test_an_unconfirmed_application_blocks_nobody(client, radolfzell):
    ApplicationFactory(municipality=radolfzell)
    assert client.post(URL, FILLED).status_code == 302


def test_who_never_confirmed_is_forgotten_after_a_week_and_others_stay(radolfzell):
    long_ago = timezone.now() - datetime.timedelta(days=7)
    forgotten, recent, waiting = (ApplicationFactory(), ApplicationFactory(), ApplicationFactory(state="open"))
    Application.objects.filter(pk__in=[forgotten.pk, waiting.pk]).update(created_at=long_ago)
    new = verbs.apply(asked(radolfzell))
    assert set(Application.objects.values_list("pk", flat=True)) == {recent.pk, waiting.pk, new.pk}


def test_a_dissolved_municipality_cannot_apply(radolfzell):
    radolfzell.dissolved_on = datetime.date(2024, 1, 1)
    radolfzell.save()
    with pytest.raises(Conflict) as conflict:
        verbs.apply(asked(radolfzell))
    assert conflict.value.field == "town"


# --- the confirmation --------------------------------------------------------------------------------------------


@pytest.fixture
def token(radolfzell, mails) -> str:
    verbs.apply(asked(radolfzell))
    return token_of(mails[-1])


def test_looking_at_the_link_confirms_nothing_and_the_button_does(client, token):
    url = reverse("tenancy:apply-confirm", args=[token])
    page = client.get(url)
    assert page.status_code == 200
    assert (page["Cache-Control"], page["Referrer-Policy"]) == ("no-store", "same-origin")
    client.head(url)
    assert Application.objects.get().state == "unconfirmed"
    assert client.post(url).status_code == 302
    application = Application.objects.get()
    assert application.state == "open"
    assert application.confirmed_at is not None
    assert "Ihr Antrag ist da" in client.get(url).content.decode()


def test_confirming_twice_is_confirming_once(client, token):
    url = reverse("tenancy:apply-confirm", args=[token])
    client.post(url)
    confirmed = Application.objects.get().confirmed_at
    assert client.post(url).status_code == 302
    assert Application.objects.get().confirmed_at == confirmed


@pytest.mark.parametrize("bad", ["geraten", "a:b:c", "x" * 300, "MQ:1abc:abc"])
def test_a_guessed_link_confirms_nothing(client, token, bad):
    url = reverse("tenancy:apply-confirm", args=[bad])
    assert client.get(url).status_code == 410
    assert client.post(url).status_code == 410
    assert Application.objects.get().state == "unconfirmed"


def test_a_token_for_something_else_confirms_nothing(client, token):
    foreign = signing.dumps(Application.objects.get().pk, salt="another purpose")
    assert client.post(reverse("tenancy:apply-confirm", args=[foreign])).status_code == 410


def test_the_link_ends_after_three_days(client, token, monkeypatch):
    monkeypatch.setattr("django.core.signing.time.time", lambda: 4e9)
    page = client.get(reverse("tenancy:apply-confirm", args=[token]))
    assert page.status_code == 410
    assert "abgelaufen" in page.content.decode()


def test_moderators_of_the_land_are_told_and_nobody_else(token, moderator, other_moderator, monkeypatch):
    told = []
    monkeypatch.setattr(verbs, "tell", lambda people, **more: told.append((list(people), str(more["text"]))))
    gone = ModeratorFactory(association=moderator.moderations.get().association, ended_on=datetime.date(2021, 1, 1))
    verbs.confirm(token)
    assert [people for people, _text in told] == [[moderator.pk]]
    assert gone.person_id not in told[0][0]
    assert "Radolfzell am Bodensee" in told[0][1]


def test_nobody_is_told_before_the_address_is_proved(radolfzell, moderator, monkeypatch):
    monkeypatch.setattr(verbs, "tell", lambda *args, **more: pytest.fail("told too early"))
    verbs.apply(asked(radolfzell))


def test_who_confirms_second_is_told_that_another_was_first(client, radolfzell, mails):
    verbs.apply(asked(radolfzell))
    verbs.apply(asked(radolfzell, email="zweite@radolfzell.example"))
    first, second = (reverse("tenancy:apply-confirm", args=[token_of(mail)]) for mail in mails)
    assert client.post(first).status_code == 302
    page = client.post(second)
    assert page.status_code == 422
    assert "wartet schon ein Antrag" in page.content.decode()
    assert Application.objects.filter(state="open").count() == 1


def test_the_database_itself_refuses_a_second_open_application(radolfzell):
    ApplicationFactory(municipality=radolfzell, state="open")
    with pytest.raises(IntegrityError), transaction.atomic():
        ApplicationFactory(municipality=radolfzell, state="open")


@pytest.mark.django_db(transaction=True)
def test_of_six_people_who_confirm_at_the_same_moment_exactly_one_registers_the_municipality(radolfzell, mails):
    for n in range(6):
        verbs.apply(asked(radolfzell, email=f"person{n}@radolfzell.example"))

    def go(token: str) -> str:
        try:
            return verbs.confirm(token).state
        except Conflict as conflict:
            return str(conflict)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = sorted(pool.map(go, [token_of(mail) for mail in mails]))
    assert answers.count("open") == 1
    assert sum("wartet schon ein Antrag" in answer for answer in answers) == 5
    assert Application.objects.filter(state="open").count() == 1


def test_the_page_asks_a_fixed_number_of_questions(client, django_assert_num_queries, radolfzell):
    client = Client()
    with django_assert_num_queries(2):
        client.get(URL)
    for _ in range(3):
        NetworkFactory()
    with django_assert_num_queries(2):
        client.get(URL)


@pytest.mark.django_db
def test_a_moderator_reads_of_an_application_in_the_own_language(moderator):
    ApplicationFactory(municipality=MunicipalityFactory(name="Musterstadt"), token_hash=hash_of("geheim"))
    token = signing.dumps("geheim", salt=verbs._SALT)
    with translation.override("en"):
        verbs.confirm(token)
    assert (
        Notice.objects.get(person=moderator).text
        == "Musterstadt möchte mitmachen. Der Antrag wartet auf Ihre Entscheidung."
    )
