"""Formats between cities: founded by two, joined on request, told as a story; and who would fit for one."""

from __future__ import annotations

import datetime

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from chat.public import room_of
from exchange.models import ExchangeFormat, FormatCity
from exchange.policies import formats as rules
from exchange.policies.partners import may_look_for_partners
from exchange.queries.formats import format_page
from exchange.queries.partners import PartnerFilter, partner_ideas
from exchange.services import formats, joining
from notices.models import Notice
from tenancy.viewer import ANONYMOUS, viewer_for
from tests.factories.exchange import ExperienceFactory
from tests.factories.tenancy import MembershipFactory, NetworkFactory
from tests.factories.workshops import EditionFactory, FormatFactory, RegistrationFactory, WorkshopFactory
from toolkit.access import Denied
from toolkit.acting import acting_as
from toolkit.past_sight import rows_of

pytestmark = pytest.mark.django_db
WORDS = {"hashtag": "KNmeetsHN", "rung": "public"}


@pytest.fixture
def people(coordinator, neighbour_coordinator, pilot, outsider, moderator, giessen):
    third = MembershipFactory(network=giessen, role="coordinator").person
    cast = {
        "konstanz": coordinator, "heilbronn": neighbour_coordinator, "third": third, "pilot": pilot,
        "outsider": outsider, "moderator": moderator,
    }  # fmt: skip
    return {name: viewer_for(person) for name, person in cast.items()} | {"visitor": ANONYMOUS}


def who(people, rule):
    return {name for name, viewer in people.items() if rule(viewer)}


@pytest.fixture
def both(konstanz, heilbronn):
    return FormatFactory(hashtag="KNmeetsHN", slug="knmeetshn", cities=[konstanz, heilbronn])


# --- the founding --------------------------------------------------------------------------------------------------


def test_a_format_is_a_draft_between_coordinations_until_its_second_city_accepts(people, konstanz, heilbronn):
    made = formats.create_format(people["konstanz"], konstanz.pk, words=WORDS, invited=[heilbronn.pk])

    def readers():
        return who(people, lambda viewer: rules.visible_formats(viewer).filter(pk=made.pk).exists())

    assert readers() == {"konstanz", "heilbronn"}
    formats.answer_format(people["heilbronn"], made.pk, heilbronn.pk, accept=True)
    assert readers() == set(people)
    formats.leave_format(people["heilbronn"], made.pk, heilbronn.pk)
    assert readers() == set(people), "once founded it stays, while one city is left"


def test_nobody_founds_a_format_by_themselves(people, konstanz):
    made = formats.create_format(people["konstanz"], konstanz.pk, words=WORDS)
    with acting_as(people["konstanz"]):
        ExchangeFormat.objects.filter(pk=made.pk).update(founded_at=timezone.now())
    made.refresh_from_db()
    assert made.founded_at is None
    with pytest.raises(DatabaseError), acting_as(people["konstanz"]), transaction.atomic():
        ExchangeFormat.objects.create(
            hashtag="Allein", slug="allein", created_by_id=people["konstanz"].person_id, founded_at=timezone.now()
        )


# --- joining -------------------------------------------------------------------------------------------------------


def test_only_coordinators_of_other_cities_ask_to_join(people, both, giessen):
    assert who(people, lambda v: rules.may_ask_to_join(v, both, giessen.pk)) == {"third"}
    assert who(people, lambda v: rules.may_ask_to_join(v, both)) == {"third"}


def test_a_city_asks_the_owners_answer_and_it_owns_the_format_too(people, konstanz, heilbronn, giessen):
    made = formats.create_format(people["konstanz"], konstanz.pk, words=WORDS, invited=[heilbronn.pk])
    formats.answer_format(people["heilbronn"], made.pk, heilbronn.pk, accept=True)
    joining.ask_to_join(people["third"], made.pk, giessen.pk)
    told = set(Notice.objects.filter(text__contains="möchte").values_list("person_id", flat=True))
    assert told == {people["konstanz"].person_id, people["heilbronn"].person_id}
    with pytest.raises(Denied, match="schon gefragt"):
        joining.ask_to_join(people["third"], made.pk, giessen.pk)
    made = ExchangeFormat.objects.get()
    assert who(people, lambda v: rules.may_answer_asking(v, made, giessen.pk)) == {"konstanz", "heilbronn"}
    joining.answer_asking(people["heilbronn"], made.pk, giessen.pk, accept=True)
    assert rules.may_edit_format(people["third"], ExchangeFormat.objects.get())
    assert room_of("format", made.pk) == made.room_id
    assert Notice.objects.filter(person_id=people["third"].person_id, text__contains="jetzt").exists()


def test_a_city_that_was_not_taken_in_waits_for_an_invitation(people, both, giessen):
    joining.ask_to_join(people["third"], both.pk, giessen.pk)
    joining.answer_asking(people["konstanz"], both.pk, giessen.pk, accept=False)
    with pytest.raises(Denied, match="jederzeit einladen"):
        joining.ask_to_join(people["third"], both.pk, giessen.pk)
    formats.invite_city(people["konstanz"], both.pk, giessen.pk)
    formats.answer_format(people["third"], both.pk, giessen.pk, accept=True)
    assert FormatCity.objects.filter(format=both, state="accepted").count() == 3


def test_only_the_city_itself_takes_its_question_back(people, both, giessen):
    joining.ask_to_join(people["third"], both.pk, giessen.pk)
    both = ExchangeFormat.objects.get()
    assert who(people, lambda v: rules.may_take_asking_back(v, both, giessen.pk)) == {"third"}
    joining.take_asking_back(people["third"], both.pk, giessen.pk)
    assert not FormatCity.objects.filter(network=giessen).exists()
    with pytest.raises(Denied):
        joining.take_asking_back(people["third"], both.pk, giessen.pk)


def test_who_asks_is_told_to_the_owners_and_to_the_asking_alone(
    as_person, people, both, giessen, moderator, coordinator
):
    joining.ask_to_join(people["third"], both.pk, giessen.pk)
    assert "Aufnehmen" in as_person(coordinator).get("/formate/knmeetshn/").content.decode()
    assert "Gießen" not in as_person(moderator).get("/formate/knmeetshn/").content.decode()


def refused(viewer, function, *arguments):
    with pytest.raises(DatabaseError) as caught, acting_as(viewer), transaction.atomic():
        rows_of(function, *arguments)
    return getattr(caught.value.__cause__, "sqlstate", "") == "42501"


def test_the_second_wall_lets_nobody_take_themselves_in(people, both, giessen, konstanz):
    joining.ask_to_join(people["third"], both.pk, giessen.pk)
    with acting_as(people["third"]):
        assert not FormatCity.objects.filter(format=both, network=giessen).update(state="accepted")
    assert refused(people["third"], "exchange_answer_asking", both.pk, giessen.pk, True)
    assert refused(people["konstanz"], "exchange_take_asking_back", both.pk, giessen.pk)
    assert refused(people["konstanz"], "exchange_ask_to_join", both.pk, giessen.pk)
    assert refused(people["konstanz"], "exchange_ask_to_join", both.pk, konstanz.pk)
    draft = FormatFactory(cities=[konstanz], founded_at=None)
    assert refused(people["third"], "exchange_ask_to_join", draft.pk, giessen.pk)


# --- the story -----------------------------------------------------------------------------------------------------


def test_the_story_tells_what_was_what_comes_and_what_was_called_off(as_person, coordinator, both, konstanz, heilbronn):
    year = timezone.localdate().year
    EditionFactory(format=both, number=1, year=year - 2, host=heilbronn.municipality)
    EditionFactory(format=both, number=2, year=year - 1, state="cancelled", reason="Pandemie")
    EditionFactory(format=both, number=3, year=year + 1, state="planned", host=konstanz.municipality)
    story = format_page(viewer_for(coordinator), both.slug).story
    assert [(stop.edition.number, stop.kind) for stop in story.past] == [(2, "off"), (1, "held")]
    assert [stop.edition.number for stop in story.coming] == [3]
    assert [stop.next_x - stop.x for stop in story.stops] == [120, 120, -story.stops[-1].x]
    page = as_person(coordinator).get(f"/formate/{both.slug}/").content.decode()
    assert "Warum: Pandemie" in page
    assert "storyline" in page


def test_what_came_out_is_shown_to_those_alone_who_read_it(as_person, coordinator, outsider, pilot, both, konstanz):
    past = timezone.now() - datetime.timedelta(days=9)
    workshop = WorkshopFactory(format=both, hosts=[konstanz], starts_at=past, registration_ends_at=past)
    EditionFactory(format=both, number=1, workshop=workshop)
    card = {"network": konstanz, "author": pilot, "workshop": workshop}
    ExperienceFactory(**card, title="Für alle", rung="all")
    ExperienceFactory(**card, title="Nur für uns", rung="network")
    inside, outside = (as_person(p).get(f"/formate/{both.slug}/").content.decode() for p in (coordinator, outsider))
    assert "Für alle" in inside
    assert "Nur für uns" in inside
    assert "Für alle" in outside
    assert "Nur für uns" not in outside


def test_who_took_part_is_counted_by_city_over_the_workshops_in_sight(people, both, konstanz, heilbronn, pilot):
    wide = WorkshopFactory(format=both, hosts=[konstanz])
    narrow = WorkshopFactory(format=both, hosts=[konstanz], rung="network")
    RegistrationFactory.create_batch(2, workshop=wide, network=heilbronn)
    RegistrationFactory(workshop=narrow, network=konstanz)
    with acting_as(people["pilot"]):
        inside = format_page(people["pilot"], both.slug)
    with acting_as(people["outsider"]):
        outside = format_page(people["outsider"], both.slug)
    assert (inside.people, outside.people) == (3, 2)


# --- partners ------------------------------------------------------------------------------------------------------


def a_town(population, **more):
    return NetworkFactory(municipality__population=population, published_at=timezone.now(), **more)


def test_a_partner_is_proposed_with_its_reasons(people, konstanz, pilot):
    konstanz.municipality.population = 80_000
    konstanz.municipality.save()
    alike, large = a_town(100_000), a_town(1_900_000)
    ExperienceFactory(network=konstanz, author=pilot, rung="network", topics=["E-Akte"], task_area="it")
    ExperienceFactory(network=large, rung="all", topics=["E-Akte"], task_area="it")
    ExperienceFactory(network=alike, rung="network", topics=["E-Akte"], task_area="it")
    hidden = NetworkFactory(municipality__population=80_000, published_at=None)
    with acting_as(people["konstanz"]):
        found = {p.network.pk: p for p in partner_ideas(people["konstanz"], konstanz.pk, PartnerFilter()).partners}
    assert any("80.000 zu 100.000" in reason for reason in found[alike.pk].reasons)
    assert not any("E-Akte" in reason for reason in found[alike.pk].reasons), "what one cannot read gives no reason"
    assert any("E-Akte" in reason for reason in found[large.pk].reasons)
    assert any("IT und Digitales" in reason for reason in found[large.pk].reasons)
    assert not any("groß" in reason for reason in found[large.pk].reasons)
    assert hidden.pk not in found
    assert konstanz.pk not in found


def test_partners_can_be_asked_for_in_the_same_land(people, konstanz, giessen):
    near = a_town(50_000, municipality__state=konstanz.municipality.state)
    with acting_as(people["konstanz"]):
        found = partner_ideas(people["konstanz"], konstanz.pk, PartnerFilter(same_land=True)).partners
    assert near.pk in {p.network.pk for p in found}
    assert giessen.pk not in {p.network.pk for p in found}


def test_only_people_of_a_network_look_for_partners_and_for_their_own(people, konstanz):
    assert who(people, may_look_for_partners) == {"konstanz", "heilbronn", "third", "pilot", "outsider"}
    assert who(people, lambda v: may_look_for_partners(v, konstanz.pk)) == {"konstanz", "pilot"}


@pytest.mark.parametrize("towns", [1, 4])
def test_suggestions_cost_the_same_whatever_there_is(
    towns, as_person, coordinator, konstanz, django_assert_num_queries
):
    ExperienceFactory(network=konstanz, author=coordinator, rung="all", topics=["Akte"], task_area="it")
    for _ in range(towns):
        ExperienceFactory(network=a_town(50_000), rung="all", topics=["Akte"], task_area="it")
    client = as_person(coordinator)
    with django_assert_num_queries(16):
        assert client.get("/formate/anregen/").status_code == 200


def test_the_chosen_cities_stand_in_the_form(as_person, coordinator, heilbronn):
    page = as_person(coordinator).get(f"/formate/neu/?mit={heilbronn.pk}&mit=77777&mit=x").content.decode()
    assert page.count(" checked") == 1
    assert "/formate/neu/" in as_person(coordinator).get("/formate/anregen/").content.decode()
