"""What comes after a workshop: an experience without names, the next edition, numbers of a host, and funding."""

from __future__ import annotations

import csv
import datetime
import io
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone

from exchange.funding import funding_of, programme_of, programmes
from exchange.models import Experience, Workshop
from exchange.policies import outcomes as rules
from exchange.queries.numbers import host_numbers
from exchange.services.outcomes import a_year_later, make_experience, repeat_workshop
from tenancy.viewer import ANONYMOUS, viewer_for
from tests.factories.exchange import ExperienceFactory
from tests.factories.workshops import (
    EditionFactory,
    FormatFactory,
    MinutesFactory,
    QuotaFactory,
    RegistrationFactory,
    SectionFactory,
    WorkshopFactory,
)
from toolkit.access import Denied
from toolkit.acting import acting_as

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0)


@pytest.fixture
def people(coordinator, neighbour_coordinator, pilot, outsider, moderator):
    cast = {
        "konstanz": coordinator, "heilbronn": neighbour_coordinator, "seated": pilot, "outsider": outsider,
        "moderator": moderator,
    }  # fmt: skip
    return {name: viewer_for(person) for name, person in cast.items()} | {"visitor": ANONYMOUS}


@pytest.fixture
def held(konstanz, heilbronn, pilot):
    """A training of both cities nine days ago, in their format, with minutes."""
    lasting = FormatFactory(hashtag="KNmeetsHN", slug="knmeetshn", cities=[konstanz, heilbronn])
    past = NOW - datetime.timedelta(days=9)
    made = WorkshopFactory(
        format=lasting, hosts=[konstanz, heilbronn], starts_at=past, registration_ends_at=past, kind="training",
        title="Lotsen gewinnen", summary="Worum es ging.",
        online_url="https://video.example/geheim",
    )  # fmt: skip
    made.sessions.create(title="Impuls", starts_at=past, ends_at=past + datetime.timedelta(minutes=30))
    made.materials.create(title="Leitfaden", url="https://beispiel.example/leitfaden", phase="after")
    made.materials.create(title="Nur für uns", url="https://beispiel.example/intern", phase="after", seats_only=True)
    EditionFactory(format=lasting, number=1, workshop=made, host=konstanz.municipality)
    RegistrationFactory(workshop=made, person=pilot, network=konstanz)
    RegistrationFactory(workshop=made, network=heilbronn, companions=1)
    minutes = MinutesFactory(workshop=made)
    SectionFactory(minutes=minutes, kind="decision", title="Wir machen weiter")
    SectionFactory(minutes=minutes, kind="task", title="Leitfaden schreiben", who="Mara Musterlotsin")
    return made


# --- an experience -------------------------------------------------------------------------------------------------


def test_hosts_and_who_had_a_seat_make_an_experience_of_it(people, held, konstanz, heilbronn):
    def may(viewer):
        with acting_as(viewer):
            own = held.registrations.filter(person_id=viewer.person_id or 0).first()
        return rules.may_tell_of_workshop(viewer, held, own, at=NOW)

    assert {name for name, viewer in people.items() if may(viewer)} == {"konstanz", "heilbronn", "seated"}
    with pytest.raises(Denied, match="eigenes"):
        make_experience(people["konstanz"], held.pk, network_id=heilbronn.pk)
    with pytest.raises(Denied, match="begonnen"):
        make_experience(people["konstanz"], WorkshopFactory(hosts=[konstanz]).pk)


def test_the_experience_carries_results_and_numbers_but_no_names(people, held, konstanz, pilot):
    made = make_experience(people["konstanz"], held.pk)
    assert (made.title, made.state, made.network_id) == ("Lotsen gewinnen", "draft", konstanz.pk)
    assert (made.workshop_id, made.exchange_format_id) == (held.pk, held.format_id)
    assert "Wir machen weiter" in made.result
    assert "Leitfaden schreiben" in made.result
    assert "Impuls" in made.what_we_did
    assert "Leitfaden" in made.reusable
    assert "Nur für uns" not in made.reusable
    assert "Heilbronn 2" in made.took_part
    assert "Konstanz 1" in made.took_part
    everything = " ".join(str(getattr(made, field.name)) for field in Experience._meta.concrete_fields)
    assert "Musterlotsin" not in everything
    assert "geheim" not in everything


def test_what_came_out_stands_on_the_page_for_those_who_read_it(as_person, held, pilot, outsider, konstanz):
    ExperienceFactory(network=konstanz, author=pilot, workshop=held, title="Nur für uns", rung="network")
    ExperienceFactory(network=konstanz, author=pilot, workshop=held, title="Für alle", rung="all")
    path = f"/veranstaltungen/{held.pk}/"
    inside, outside = as_person(pilot).get(path).content.decode(), as_person(outsider).get(path).content.decode()
    assert "Nur für uns" in inside
    assert "Nur für uns" not in outside
    assert "Für alle" in outside


def test_an_experience_does_not_tell_of_a_workshop_that_its_reader_does_not_see(as_person, konstanz, pilot, outsider):
    narrow = WorkshopFactory(hosts=[konstanz], rung="network", title="Interner Abend")
    card = ExperienceFactory(network=konstanz, author=pilot, workshop=narrow, rung="all")
    assert "Interner Abend" in as_person(pilot).get(f"/erfahrungen/{card.pk}/").content.decode()
    assert "Interner Abend" not in as_person(outsider).get(f"/erfahrungen/{card.pk}/").content.decode()


def test_nobody_hangs_an_experience_on_a_workshop_out_of_sight_or_on_another_later(people, held, konstanz, outsider):
    narrow = WorkshopFactory(hosts=[konstanz], rung="network")
    card = ExperienceFactory(network=outsider.memberships.get().network, author=outsider, rung="all")
    viewer = viewer_for(outsider)
    with pytest.raises(Exception, match="row-level security"), acting_as(viewer), transaction.atomic():
        Experience.objects.create(network=card.network, author=outsider, title="Fremd", workshop_id=narrow.pk)
    with pytest.raises(Exception, match="row-level security"), acting_as(viewer), transaction.atomic():
        Experience.objects.filter(pk=card.pk).update(workshop=held.pk)


# --- the next edition ----------------------------------------------------------------------------------------------


def test_the_next_edition_lies_on_the_same_weekday_a_year_later_at_the_same_time():
    begins = timezone.make_aware(datetime.datetime(2026, 3, 27, 10, 0))
    later = a_year_later(begins)
    assert (later.weekday(), later.hour, later.date()) == (begins.weekday(), 10, datetime.date(2027, 3, 26))


def test_one_click_begins_the_next_edition_with_all_that_repeats(people, held, konstanz, heilbronn):
    held.questions.create(text="Was bringen Sie mit?", kind="choice", options=["Nichts", "Kuchen"], position=1)
    held.questions.create(text="Früher gefragt", kind="text", position=2, retired_at=NOW)
    QuotaFactory(workshop=held, network=heilbronn, seats=3)
    made = repeat_workshop(people["konstanz"], held.pk)
    assert list(made.questions.values_list("text", "options")) == [("Was bringen Sie mit?", ["Nichts", "Kuchen"])]
    assert list(made.quotas.values_list("network", "seats")) == [(heilbronn.pk, 3)]
    assert (made.state, made.title, made.kind, made.seats) == ("draft", held.title, "training", held.seats)
    assert list(made.sessions.values_list("title", "starts_at")) == [("Impuls", made.starts_at)]
    assert made.format_id == held.format_id
    assert made.starts_at > timezone.now()
    assert made.ends_at - made.starts_at == held.ends_at - held.starts_at
    assert (made.online_url, made.place) == ("", ""), "the next host has another place, and the link is new each time"
    assert set(made.hosts.values_list("network_id", "state")) == {
        (konstanz.pk, "accepted"), (heilbronn.pk, "invited")
    }  # fmt: skip
    assert {name for name, v in people.items() if rules.may_repeat_workshop(v, held)} == {"konstanz", "heilbronn"}


def test_a_workshop_of_long_ago_is_repeated_ahead(people, held):
    held.sessions.all().delete()
    Workshop.objects.filter(pk=held.pk).update(
        starts_at=NOW - datetime.timedelta(days=1500),
        ends_at=NOW - datetime.timedelta(days=1500) + datetime.timedelta(hours=2),
        registration_ends_at=NOW - datetime.timedelta(days=1501),
    )
    made = repeat_workshop(people["konstanz"], held.pk)
    assert made.starts_at > timezone.now()
    assert (
        timezone.localtime(made.starts_at).weekday()
        == timezone.localtime(NOW - datetime.timedelta(days=1500)).weekday()
    )


# --- numbers -------------------------------------------------------------------------------------------------------


def test_a_host_reads_its_numbers_and_nobody_else(people, held, konstanz, heilbronn):
    WorkshopFactory(hosts=[konstanz], starts_at=held.starts_at, registration_ends_at=held.starts_at,
                    state="cancelled", cancel_reason="Krank")  # fmt: skip
    for name, viewer in people.items():
        with acting_as(viewer):
            found = host_numbers(konstanz.pk)
        if name in ("konstanz", "seated"):
            assert [(y.events, y.cancelled, y.seats, y.cities) for y in found.years] == [(1, 1, 3, 2)]
            assert [(c.network.pk, c.people) for c in found.cities] == [(heilbronn.pk, 2), (konstanz.pk, 1)]
        else:
            assert found.years == []
            assert found.cities == []
    may = {name for name, viewer in people.items() if rules.may_read_host_numbers(viewer, konstanz.pk)}
    assert may == {"konstanz", "seated"}


def test_no_cell_of_the_table_is_a_formula(as_person, people, held, heilbronn, coordinator):
    heilbronn.municipality.name = "=SUMME(A1)"
    heilbronn.municipality.save()
    answer = as_person(coordinator).get("/netzwerke/konstanz/veranstaltungen-zahlen.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert ["'=SUMME(A1)", "2"] in rows


# --- funding -------------------------------------------------------------------------------------------------------


def ask(**more):
    asked = {"kind": "training", "kind_label": "Schulung", "authorities": ["Crailsheim", "Satteldorf"], "days": 2,
             "cost": Decimal(3000)}  # fmt: skip
    return funding_of(programmes()[0], **{**asked, **more})


@pytest.mark.parametrize(
    ("cost", "days", "amount"),
    [("3000", 2, "1500.00"), ("6800", 2, "3400.00"), ("10000", 2, "3400"), ("10300", 3, "5100"), ("0.01", 1, "0.01"),
     ("1000.01", 1, "500.01")],
)  # fmt: skip
def test_half_of_the_cost_is_paid_and_so_much_a_day_at_most(cost, days, amount):
    found = ask(cost=Decimal(cost), days=days)
    assert found.eligible
    assert found.amount == Decimal(amount)


@pytest.mark.parametrize(
    ("more", "why"),
    [({"authorities": ["Crailsheim"]}, "Verwaltungen"), ({"days": 4}, "Tage"), ({"kind": "forum"}, "Schulungen")],
)
def test_it_says_why_not(more, why):
    found = ask(**more)
    assert not found.eligible
    assert found.amount is None
    assert [why in step.words for step in found.steps if step.fits is False] == [True]


def test_only_a_land_with_a_programme_has_one():
    assert programme_of(["06"]) is None
    found = programme_of(["06", "08"])
    assert found is not None
    assert found.land == "08"


def test_hosts_see_the_sum_with_its_steps_and_take_the_list(as_person, held, coordinator, pilot):
    page = as_person(coordinator).get(f"/veranstaltungen/{held.pk}/foerderung/?kosten=3000,50").content.decode()
    assert "1.500,25" in page
    assert "50 % von 3.000,50" in page
    assert as_person(coordinator).get(f"/veranstaltungen/{held.pk}/foerderung/?kosten=viel").status_code == 422
    answer = as_person(coordinator).get(f"/veranstaltungen/{held.pk}/foerderung.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == ["Verwaltung", "Name", "Funktion"]
    assert [pilot.name, "Bürgeramt"] in [row[1:] for row in rows]
