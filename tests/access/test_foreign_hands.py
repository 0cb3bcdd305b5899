"""Numbers, names and roles of others in what somebody sends; old sessions; used tokens; who is known here."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.core.cache import cache as shared_cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from exchange.models import Experience
from tenancy.models import Invitation, Membership, Network
from tenancy.services.invitations import hash_of, invite_by_link, invite_by_mail
from tenancy.services.memberships import end_membership
from tenancy.viewer import viewer_for
from tests.access.table import Row
from tests.access.test_every_address import cast, rows, status_for
from tests.factories.exchange import DraftFactory, ExperienceFactory
from tests.factories.tenancy import MembershipFactory, OfficeFactory, PersonFactory

if TYPE_CHECKING:
    from tenancy.models import Person

__all__ = ["cast"]

SignIn = Callable[["Person"], Client]
PASSWORD = "ein ganzer Satz als Passwort"


_TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value=")[^"]+')


def plain(answer: Any, email: str) -> str:
    """A page without what is new in each answer: the token of the form, and the address that was typed."""
    return _TOKEN.sub(r"\1…", answer.content.decode()).replace(email, "…")


def _path(key: str, row: Row, world: Any) -> str:
    path = reverse(key.partition("#")[0], kwargs=row.kwargs(world) if row.kwargs else None)
    return f"{path}?{row.query}" if row.query else path


# --- the same table, asked by people whom it does not name ----------------------------------------------------------


def of_the_coordination() -> list[str]:
    """What the coordination of Konstanz may send, and no pilot of it."""
    return sorted(
        key
        for key, (_module, row) in rows().items()
        if row.method == "post" and row.coordinator < 400 and row.pilot in (403, 404) and row.outsider in (403, 404)
    )


#: Heilbronn owns these together with Konstanz, or coordinates a network of its own.
HEILBRONN_TOO = (
    "exchange:format-",
    "exchange:edition-",
    "exchange:workshop-",
    "exchange:host-",
    "exchange:poll-new",
    "chat:topic-new",
)


@pytest.mark.parametrize("key", [key for key in of_the_coordination() if not key.startswith(HEILBRONN_TOO)])
def test_the_coordination_of_another_city_gets_no_further_than_a_stranger(
    key: str, cast: SimpleNamespace, as_person: SignIn
):
    module, row = rows()[key]
    shared_cache.clear()
    world = module.build(cast)
    # What was asked of Heilbronn, or by it, is its own to end.
    own = {"tenancy:partnership-end"}
    if key in own:
        return
    answer = status_for(as_person(cast.neighbour_coordinator), row, _path(key, row, world), world)
    assert answer.status_code in (403, 404)


def signed_in_only() -> list[str]:
    return sorted(
        key for key, (_module, row) in rows().items() if row.anonymous in (302, 403) and not row.visitors
        and row.pilot < 400 and not key.startswith("account_")
    )  # fmt: skip


@pytest.mark.parametrize("key", signed_in_only())
def test_an_old_session_of_a_suspended_person_opens_nothing(key: str, cast: SimpleNamespace, as_person: SignIn):
    module, row = rows()[key]
    shared_cache.clear()
    world = module.build(cast)
    client = as_person(cast.pilot)
    type(cast.pilot).objects.filter(pk=cast.pilot.pk).update(is_active=False)
    answer = status_for(client, row, _path(key, row, world), world)
    assert answer.status_code == row.anonymous
    if row.anonymous == 302:
        assert answer.headers["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("key", of_the_coordination())
def test_a_coordinator_who_was_removed_steers_nothing_more(key: str, cast: SimpleNamespace, as_person: SignIn):
    module, row = rows()[key]
    shared_cache.clear()
    world = module.build(cast)
    client = as_person(cast.coordinator)
    MembershipFactory(network=cast.konstanz, role="coordinator")
    end_membership(viewer_for(cast.coordinator), cast.coordinator.memberships.get().pk)
    answer = status_for(client, row, _path(key, row, world), world)
    assert answer.status_code in (403, 404)


# --- what is sent along without being asked for ---------------------------------------------------------------------


def test_the_editor_takes_words_and_nothing_else(cast: SimpleNamespace, as_person: SignIn):
    draft = DraftFactory(network=cast.konstanz, author=cast.pilot)
    smuggled = {
        "network": cast.heilbronn.pk, "network_id": cast.heilbronn.pk, "author": cast.outsider.pk,
        "author_id": cast.outsider.pk, "office": 1, "office_id": 1, "state": "published", "hidden_at": "",
        "published_at": "2026-01-01T00:00", "helpful_count": 900, "id": 1, "pk": 1, "audience": "200001",
    }  # fmt: skip
    words = {"title": "Neu", "summary": "Kurz.", "what_we_did": "Dies.", "rung": "network", "version": draft.version}
    answer = as_person(cast.pilot).post(f"/erfahrungen/{draft.pk}/bearbeiten/", {**smuggled, **words})
    assert answer.status_code == 302
    stored = Experience.objects.get()
    assert (stored.pk, stored.network_id, stored.author_id, stored.office_id) == (
        draft.pk, cast.konstanz.pk, cast.pilot.pk, None,
    )  # fmt: skip
    assert (stored.state, stored.published_at, stored.helpful_count) == ("draft", None, 0)
    assert set(stored.audience).isdisjoint({200_000, 200_001})


def test_nobody_begins_an_experience_for_another_city(cast: SimpleNamespace, as_person: SignIn):
    answer = as_person(cast.pilot).post("/erfahrungen/neu/", {"title": "Neu", "network": cast.heilbronn.pk})
    assert not Experience.objects.filter(network=cast.heilbronn).exists()
    assert answer.status_code in (302, 422)


def test_the_rung_of_an_office_needs_an_office(cast: SimpleNamespace, as_person: SignIn):
    draft = DraftFactory(network=cast.konstanz, author=cast.coordinator)
    words = {"title": "Neu", "summary": "Kurz.", "what_we_did": "Dies.", "rung": "office", "version": draft.version}
    answer = as_person(cast.coordinator).post(f"/erfahrungen/{draft.pk}/bearbeiten/", words)
    assert answer.status_code == 422
    assert Experience.objects.get().rung == "network"


def test_a_coordinator_cannot_give_somebodys_text_to_an_office_of_their_own(cast: SimpleNamespace, as_person: SignIn):
    """The rung of an office is the one of the author's; another's seat must not choose who reads."""
    boss = MembershipFactory(
        network=cast.konstanz, role="coordinator", office=OfficeFactory(network=cast.konstanz)
    ).person
    theirs = ExperienceFactory(network=cast.konstanz, author=cast.office_head, rung="network")
    answer = as_person(boss).post(
        f"/erfahrungen/{theirs.pk}/sichtbarkeit/", {"rung": "office", "reason": "Nur für mein Amt."}
    )
    theirs.refresh_from_db()
    assert (theirs.rung, theirs.office_id) == ("network", None)
    assert answer.status_code in (403, 422)


def test_a_removed_member_with_an_open_editor_keeps_the_draft_and_publishes_nothing(
    cast: SimpleNamespace, as_person: SignIn
):
    draft = DraftFactory(network=cast.konstanz, author=cast.pilot)
    shown = ExperienceFactory(network=cast.konstanz, author=cast.pilot, rung="network", title="Wie es war")
    client = as_person(cast.pilot)
    end_membership(viewer_for(cast.coordinator), cast.pilot.memberships.get().pk)
    words = {"title": "Danach", "summary": "Kurz.", "what_we_did": "Dies.", "rung": "all", "action": "publish"}
    assert client.post(f"/erfahrungen/{draft.pk}/bearbeiten/", {**words, "version": 1}).status_code == 403
    assert client.post(f"/erfahrungen/{draft.pk}/veroeffentlichen/").status_code == 403
    assert client.post(f"/erfahrungen/{shown.pk}/bearbeiten/", {**words, "version": 1}).status_code in (403, 404)
    draft.refresh_from_db()
    shown.refresh_from_db()
    assert (draft.state, draft.published_at, shown.title) == ("draft", None, "Wie es war")


@pytest.mark.parametrize("form", ["mail", "link", "many"])
@pytest.mark.parametrize("wrong", [{"office": "foreign"}, {"role": "operator"}, {"role": "moderator"}])
def test_no_invitation_reaches_into_another_network_or_above_the_roles_of_one(
    form: str, wrong: dict[str, str], cast: SimpleNamespace, as_person: SignIn
):
    foreign = OfficeFactory(network=cast.heilbronn)
    own: dict[str, dict[str, Any]] = {
        "mail": {"email": "neu@konstanz.example"},
        "link": {"uses": 1, "days": 14},
        "many": {"text": "neu@konstanz.example"},
    }
    sent = own[form]
    sent = {**sent, "role": "pilot", "office": ""}
    sent |= {key: str(foreign.pk) if value == "foreign" else value for key, value in wrong.items()}
    body = {"what": form, "network": cast.heilbronn.pk, **{f"{form}-{key}": value for key, value in sent.items()}}
    answer = as_person(cast.coordinator).post("/netzwerke/konstanz/einladungen/", body)
    assert answer.status_code == 422
    assert not Invitation.objects.exists()


def test_a_membership_takes_no_office_of_another_network_and_moves_to_none(cast: SimpleNamespace, as_person: SignIn):
    membership = cast.pilot.memberships.get()
    foreign = OfficeFactory(network=cast.heilbronn)
    client = as_person(cast.coordinator)
    url = f"/mitgliedschaften/{membership.pk}/"
    assert client.post(url, {"role": "pilot", "office": foreign.pk}).status_code == 422
    assert client.post(url, {"role": "operator", "office": ""}).status_code == 422
    client.post(url, {"role": "pilot", "office": "", "network": cast.heilbronn.pk, "person": cast.outsider.pk})
    membership.refresh_from_db()
    assert (membership.network_id, membership.person_id) == (cast.konstanz.pk, cast.pilot.pk)


def test_nobody_makes_themselves_more_than_they_are_in_their_profile(cast: SimpleNamespace, as_person: SignIn):
    sent = {
        "given_name": "Mara", "family_name": "Musterlotsin", "about": "", "topics": "", "phone": "", "language": "de",
        "email_seen": "network", "phone_seen": "network", "listed": "on",
        "is_operator": "on", "email": "operator@lotsennetz.example", "is_active": "on", "password": "x",
        "role": "coordinator",
    }  # fmt: skip
    before = cast.pilot.email
    assert as_person(cast.pilot).post("/profil/", sent).status_code == 302
    cast.pilot.refresh_from_db()
    assert (cast.pilot.is_operator, cast.pilot.email) == (False, before)
    assert [m.role for m in cast.pilot.memberships.all()] == ["pilot"]


def test_an_office_of_another_network_is_not_found_under_ones_own(cast: SimpleNamespace, as_person: SignIn):
    foreign = OfficeFactory(network=cast.heilbronn, name="Hauptamt Heilbronn")
    client = as_person(cast.coordinator)
    assert client.get(f"/netzwerke/konstanz/aemter/{foreign.pk}/").status_code == 404
    assert client.post(f"/netzwerke/konstanz/aemter/{foreign.pk}/", {"name": "Unseres"}).status_code == 404
    assert client.post(f"/netzwerke/konstanz/aemter/{foreign.pk}/schliessen/").status_code == 404
    rule = {"pilots_min": 1, "pilots_max": 3, f"min_{foreign.pk}": 3, f"max_{foreign.pk}": 9}
    client.post("/netzwerke/konstanz/bearbeiten/umfang/", rule)
    foreign.refresh_from_db()
    assert (foreign.name, foreign.closed_on, foreign.pilots_min) == ("Hauptamt Heilbronn", None, None)


# --- invitations and their tokens -----------------------------------------------------------------------------------


NEWCOMER = {"given_name": "Tim", "family_name": "Beispiel", "password": PASSWORD}


def test_accepting_gives_the_role_of_the_invitation_whatever_is_sent_along(cast: SimpleNamespace):
    issued = invite_by_mail(
        viewer_for(cast.coordinator), cast.konstanz.pk, email="neu@konstanz.example", role="pilot", office_id=None
    )
    smuggled = {"role": "coordinator", "network": cast.heilbronn.pk, "email": "anders@x.example", "is_operator": "on"}
    assert Client().post(f"/einladung/{issued.token}/", {**NEWCOMER, **smuggled}).status_code == 302
    made = Membership.objects.get(person__email="neu@konstanz.example")
    assert (made.role, made.network_id, made.person.is_operator) == ("pilot", cast.konstanz.pk, False)


def test_a_token_lets_in_once(cast: SimpleNamespace):
    issued = invite_by_mail(
        viewer_for(cast.coordinator), cast.konstanz.pk, email="neu@konstanz.example", role="pilot", office_id=None
    )
    assert Client().post(f"/einladung/{issued.token}/", NEWCOMER).status_code == 302
    assert Client().post(f"/einladung/{issued.token}/", NEWCOMER).status_code == 410
    assert Membership.objects.filter(person__email="neu@konstanz.example").count() == 1


def test_an_invitation_to_one_address_is_of_no_use_to_another_person(cast: SimpleNamespace, as_person: SignIn):
    issued = invite_by_mail(
        viewer_for(cast.coordinator), cast.konstanz.pk, email="neu@konstanz.example", role="coordinator", office_id=None
    )
    as_person(cast.outsider).post(f"/einladung/{issued.token}/")
    assert not Membership.objects.filter(person=cast.outsider, network=cast.konstanz).exists()


def test_an_address_that_is_not_proved_accepts_nothing(cast: SimpleNamespace, as_person: SignIn):
    """Who adds another's address to their login, without the mail that proves it, has not become that other."""
    issued = invite_by_mail(
        viewer_for(cast.coordinator), cast.konstanz.pk, email="neu@konstanz.example", role="coordinator", office_id=None
    )
    client = as_person(cast.outsider)
    client.post("/konto/email/", {"action_add": "", "email": "neu@konstanz.example"})
    EmailAddress.objects.get_or_create(user=cast.outsider, email="neu@konstanz.example", defaults={"verified": False})
    client.post("/konto/email/", {"action_primary": "", "email": "neu@konstanz.example"})
    client.post(f"/einladung/{issued.token}/")
    assert not Membership.objects.filter(person=cast.outsider, network=cast.konstanz).exists()


def test_a_link_says_the_same_to_a_known_and_an_unknown_address(cast: SimpleNamespace):
    issued = invite_by_link(viewer_for(cast.coordinator), cast.konstanz.pk, role="pilot", office_id=None, uses=5)
    pages = []
    for email in (cast.outsider.email, "niemand@konstanz.example"):
        answer = Client().post(f"/einladung/{issued.token}/", {"email": email})
        pages.append((answer.status_code, plain(answer, email)))
    assert pages[0] == pages[1]


def test_no_token_is_kept_that_could_be_read_from_the_database(cast: SimpleNamespace):
    issued = invite_by_link(viewer_for(cast.coordinator), cast.konstanz.pk, role="pilot", office_id=None, uses=5)
    assert issued.invitation.token_hash == hash_of(issued.token)
    assert all(issued.token not in str(row) for row in Invitation.objects.values())


# --- who is known here ----------------------------------------------------------------------------------------------


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How often a password was hashed: the dear part of signing in, which must be paid for strangers too."""
    from django.contrib.auth.hashers import MD5PasswordHasher

    spent: list[str] = []
    real = MD5PasswordHasher.encode

    def counted(self: Any, password: str, salt: str) -> str:
        spent.append("encode")
        return real(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    return spent


def _known(**more: Any) -> Person:
    person = PersonFactory(email="bekannt@konstanz.example", password=make_password(PASSWORD), **more)
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


@pytest.mark.django_db
@pytest.mark.parametrize("active", [True, False])
def test_signing_in_tells_nobody_who_has_a_login(active: bool, hashed: list[str]):
    _known(is_active=active)
    hashed.clear()
    seen = []
    for email in ("bekannt@konstanz.example", "niemand@konstanz.example"):
        answer = Client().post("/konto/login/", {"login": email, "password": "falsch geraten"})
        page = plain(answer, email)
        seen.append((answer.status_code, page, len(hashed)))
        hashed.clear()
    assert seen[0] == seen[1]
    assert seen[0][2] > 0


@pytest.mark.django_db
def test_asking_for_a_new_password_tells_nobody_who_has_a_login():
    _known()
    seen = []
    for email in ("bekannt@konstanz.example", "niemand@konstanz.example"):
        answer = Client().post("/konto/password/reset/", {"email": email}, follow=True)
        seen.append((answer.status_code, answer.redirect_chain, plain(answer, email)))
    assert seen[0] == seen[1]


@pytest.mark.django_db
@pytest.mark.parametrize("elsewhere", ["//anderswo.example/", "https://anderswo.example/", "/\\anderswo.example",
                                       "javascript:alert(1)", "\thttps://anderswo.example"])  # fmt: skip
def test_signing_in_leads_nobody_out_of_the_house(elsewhere: str):
    _known()
    answer = Client().post(
        "/konto/login/", {"login": "bekannt@konstanz.example", "password": PASSWORD, "next": elsewhere}
    )
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/")
    assert "anderswo" not in answer.headers["Location"].replace("%2F", "/").split("next=")[0]


def test_unlisted_people_cannot_be_found_by_trying_numbers(cast: SimpleNamespace, as_person: SignIn):
    """The same answer for who hides and for who is not, on the page, for machines, and in the chat."""
    hidden = MembershipFactory(network=cast.konstanz, person__listed=False).person.pk
    client = as_person(cast.outsider)
    for number in (hidden, 10**9):
        assert client.get(f"/personen/{number}/").status_code == 404
        assert client.get(f"/api/v1/people/{number}/").status_code == 404
        assert client.post(f"/chat/person/{number}/").status_code == 404
    assert Network.objects.filter(pk=cast.konstanz.pk, published_at__lt=timezone.now()).exists()
