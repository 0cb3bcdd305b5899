"""What somebody may not see changes nothing on their pages: no number, no facet, no suggestion. Nor does an error."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django.core.cache import cache as shared_cache
from django.test import Client
from django.utils import timezone

from exchange.queries import experiences as queries
from tenancy.models import Municipality
from tenancy.services.memberships import end_membership
from tenancy.viewer import viewer_for
from tests.access.canaries import build
from tests.access.crawl import CANARY
from tests.access.test_every_address import cast
from tests.factories.exchange import CommentFactory, DraftFactory, ExperienceFactory
from tests.factories.moderation import DecisionFactory, ReportFactory
from tests.factories.tenancy import (
    ApplicationFactory,
    InvitationFactory,
    MembershipFactory,
    MunicipalityFactory,
    NetworkFactory,
)
from tests.factories.workshops import EditionFactory, FormatFactory, RegistrationFactory, WorkshopFactory

if TYPE_CHECKING:
    from tenancy.models import Person


__all__ = ["cast"]

SignIn = Callable[["Person"], Client]

#: Pages that list, count, narrow or suggest; ``{}`` is the experience that everybody reads.
PAGES = (
    *("/", "/erfahrungen/", "/erfahrungen/?q=Akte", "/erfahrungen/?topic=E-Akte", "/erfahrungen/{}/", "/suche/?q=Akte"),
    *("/erfahrungen/feed/", "/erfahrungen/themen/?q=e", "/formate/", "/veranstaltungen/", "/veranstaltungen/?land=08"),
    *("/netzwerke/", "/netzwerke/?land=08", "/netzwerke/konstanz/", "/personen/", "/personen/?q=Muster", "/chat/"),
    *("/api/v1/experiences/", "/api/v1/experiences/?topic=E-Akte", "/api/v1/networks/", "/api/v1/people/"),
    *(
        "/api/v1/workshops/",
        "/themen/vorschlaege/?q=e",
        "/kommunen/vorschlaege/?q=An",
        "/mitteilungen/",
        "/moderation/",
    ),
)
#: New in each answer, and no news of anybody.
_FLEETING = re.compile(r'(csrfmiddlewaretoken" value="|nonce="|"csrf": ?"|csrftoken=|data-csrf=")[^"]+|<updated>[^<]+')


#: In the official register, which is public; that one has begun and the other has asked is not.
TOWNS = ("Anfangstadt", "Antragstadt")


def towns() -> None:
    for name in TOWNS:
        MunicipalityFactory(name=name)


def pages(client: Client, number: int) -> dict[str, tuple[int, str]]:
    """The pages as they stand now, without what is new in each answer."""
    shared_cache.clear()
    found = {}
    for path in PAGES:
        answer = client.get(path.format(number))
        found[path] = (answer.status_code, _FLEETING.sub(r"\1", answer.content.decode()))
    return found


def hide_much(cast: SimpleNamespace, public: object) -> None:
    """Rows that nobody outside of Konstanz may know of, with the words and topics that the pages are asked for."""
    konstanz, pilot = cast.konstanz, cast.pilot
    words = {"title": "Akte", "summary": "Akte", "author": pilot, "network": konstanz, "topics": ["E-Akte", "Eigenes"]}
    DraftFactory(**words)
    ExperienceFactory(**words, rung="network")
    ExperienceFactory(**words, rung="public", state="recalled")
    ExperienceFactory(**words, rung="public", hidden_at=timezone.now(), hidden_reason="Grund")
    comment = {"experience": public, "author": pilot, "network": konstanz}
    CommentFactory(**comment, hidden_at=timezone.now(), hidden_reason="Grund")
    CommentFactory(**comment, withdrawn_at=timezone.now())
    narrow = WorkshopFactory(title="Akte", hosts=[konstanz], rung="network")
    RegistrationFactory(workshop=narrow, person=pilot, network=konstanz)
    WorkshopFactory(title="Akte", hosts=[konstanz], state="draft")
    EditionFactory(format=FormatFactory(hashtag="Akte", cities=[konstanz], rung="network"))
    beginning, asking = (Municipality.objects.get(name=name) for name in TOWNS)
    MembershipFactory(network=NetworkFactory(municipality=beginning, published_at=None))
    MembershipFactory(network=konstanz, person__is_active=False, person__family_name="Muster")
    InvitationFactory(network=konstanz)
    ApplicationFactory(municipality=asking, state="open")
    ReportFactory(author=pilot)
    DecisionFactory(author=pilot)


@pytest.mark.parametrize("who", ["anonymous", "outsider", "other_moderator", "operator"])
def test_what_one_may_not_see_changes_nothing_on_ones_pages(who: str, cast: SimpleNamespace, as_person: SignIn):
    public = ExperienceFactory(
        network=cast.konstanz, author=cast.pilot, rung="public", title="Akte für alle", topics=["E-Akte"]
    )
    CommentFactory(experience=public, author=cast.pilot, network=cast.konstanz)
    towns()
    client = Client() if who == "anonymous" else as_person(getattr(cast, who))
    before = pages(client, public.pk)
    assert pages(client, public.pk) == before  # what is fleeting is left out
    hide_much(cast, public)
    after = pages(client, public.pk)
    assert [path for path in PAGES if before[path] != after[path]] == []


def test_who_may_see_them_finds_all_pages_changed(cast: SimpleNamespace, as_person: SignIn):
    """So the test above could fail."""
    public = ExperienceFactory(network=cast.konstanz, author=cast.pilot, rung="public", title="Akte für alle")
    towns()
    client = as_person(cast.pilot)
    before = pages(client, public.pk)
    hide_much(cast, public)
    after = pages(client, public.pk)
    changed = {path for path in PAGES if before[path] != after[path]}
    assert {"/", "/erfahrungen/", "/suche/?q=Akte", "/formate/", "/veranstaltungen/", "/api/v1/experiences/"} <= changed


def test_a_page_that_breaks_says_nothing_of_what_it_was_about(
    cast: SimpleNamespace, as_person: SignIn, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    birds = build(cast)
    canary = birds.word("broken")

    def broken(*_arguments: object, **_named: object) -> None:
        private = [experience.title for experience in birds.of("Experience")]
        raise RuntimeError(canary, private)

    monkeypatch.setattr(queries, "experience_page", broken)
    monkeypatch.setattr("exchange.views.experiences.queries.experience_page", broken)
    for who in ("anonymous", "outsider", "pilot"):
        client = Client(raise_request_exception=False) if who == "anonymous" else as_person(getattr(cast, who))
        client.raise_request_exception = False
        answer = client.get("/erfahrungen/")
        assert answer.status_code == 500
        assert CANARY.findall(answer.content.decode() + repr(dict(answer.headers))) == []
    assert mail.outbox == []


@pytest.mark.parametrize("who", ["anonymous", "outsider", "neighbour"])
def test_a_refused_form_says_nothing_of_what_it_was_sent_about(who: str, cast: SimpleNamespace, as_person: SignIn):
    """Every form of every thing of Konstanz, sent empty and sent wrong by who may not: 404, 403 or 422, and no word."""
    birds = build(cast)
    client = Client() if who == "anonymous" else as_person(getattr(cast, who))
    mine = birds.mine(who)
    told: dict[str, str] = {}
    forms = {
        "Experience": ("bearbeiten", "sichern", "veroeffentlichen", "sichtbarkeit", "zurueckziehen", "loeschen",
                       "hilfreich", "kommentare"),
        "Workshop": ("bearbeiten", "eroeffnen", "absagen", "loeschen", "gastgebende/fragen", "anmelden", "abmelden"),
        "Conversation": ("senden", "gelesen", "beitreten", "verlassen", "stumm"),
    }  # fmt: skip
    at = {"Experience": "erfahrungen", "Workshop": "veranstaltungen", "Conversation": "chat"}
    for model, verbs in forms.items():
        for thing in birds.of(model):
            for verb in verbs:
                path = f"/{at[model]}/{thing.pk}/{verb}/"
                answer = client.post(path, {"title": "", "version": "x", "rung": "nowhere"})
                assert answer.status_code < 500, path
                for canary in CANARY.findall(answer.content.decode() + repr(dict(answer.headers))):
                    if canary in birds.heard_by and canary not in mine:
                        told[canary] = path
    assert told == {}


def test_an_old_session_of_a_member_who_left_sees_no_number_move(cast: SimpleNamespace, as_person: SignIn):
    """Nothing of the network is left in a count or a facet for who was a member a moment ago."""
    client = as_person(cast.office_head)
    end_membership(viewer_for(cast.coordinator), cast.office_head.memberships.get().pk)
    public = ExperienceFactory(network=cast.konstanz, author=cast.pilot, rung="public", title="Akte für alle")
    towns()
    before = pages(client, public.pk)
    hide_much(cast, public)
    after = pages(client, public.pk)
    assert [path for path in PAGES if before[path] != after[path]] == []
