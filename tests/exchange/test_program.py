"""The programme of a workshop: written by its hosts, read by whoever sees it, and nobody's words are lost."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from exchange.models import Session, SessionSpeaker, Workshop, WorkshopHost
from exchange.policies.program import may_edit_program, may_step_back, visible_sessions
from exchange.policies.timetable import Speaker
from exchange.queries.acts import acts_of
from exchange.queries.program import by_day, candidates, sessions_of
from exchange.services import hosting, program, workshops
from notices.models import Notice
from tenancy.viewer import ANONYMOUS, viewer_for
from tests.factories.tenancy import MembershipFactory
from tests.factories.workshops import RegistrationFactory, SessionFactory, WorkshopFactory
from toolkit.access import Conflict, Denied
from toolkit.acting import acting_as

pytestmark = pytest.mark.django_db

NINE = timezone.make_aware(datetime.datetime(2027, 3, 16, 9, 0))


def at(hours, minutes=0, days=0):
    return NINE + datetime.timedelta(hours=hours - 9, minutes=minutes, days=days)


@pytest.fixture
def workshop(konstanz, heilbronn):
    """Three days in March, of two cities."""
    return WorkshopFactory(hosts=[konstanz, heilbronn], starts_at=NINE, ends_at=at(17, days=2))


def words(**more):
    return {"kind": "session", "starts_at": at(10), "ends_at": at(11), "track": "", "place": "", "title": "Zwei Wege",
            "text": "", **more}  # fmt: skip


def page(workshop, rest=""):
    return f"/veranstaltungen/{workshop.pk}/{rest}"


def typed(**more):
    return {"title": "Zwei Wege", "kind": "session", "day": "2027-03-16", "begins": "10:00", "ends": "11:00", **more}


def test_the_hosts_write_it_and_nobody_else(
    workshop, coordinator, neighbour_coordinator, pilot, outsider, moderator, giessen
):
    third = MembershipFactory(network=giessen, role="coordinator").person
    for person in (coordinator, neighbour_coordinator):
        assert may_edit_program(viewer_for(person), workshop)
        program.add_session(viewer_for(person), workshop.pk, words=words(track=str(person.pk)))
    for person in (pilot, outsider, moderator, third):
        with pytest.raises(Denied):
            program.add_session(viewer_for(person), workshop.pk, words=words())
        with pytest.raises(Denied):
            program.save_session(viewer_for(person), Session.objects.earliest("pk").pk, version=1, words=words())
        with pytest.raises(Denied):
            program.remove_session(viewer_for(person), Session.objects.earliest("pk").pk, version=1)
    assert Session.objects.count() == 2


def test_the_programme_of_a_draft_is_the_hosts_alone(konstanz, coordinator, pilot, neighbour_coordinator):
    session = SessionFactory(workshop=WorkshopFactory(hosts=[konstanz], state="draft"))
    for person, sees in ((coordinator, True), (pilot, False), (neighbour_coordinator, False)):
        viewer = viewer_for(person)
        with acting_as(viewer):
            assert visible_sessions(viewer).exists() is sees
            assert Session.objects.filter(pk=session.pk).exists() is sees
    with acting_as(ANONYMOUS):
        assert not visible_sessions(ANONYMOUS).exists()


def test_three_days_with_tracks_side_by_side(workshop, as_person, pilot):
    SessionFactory(workshop=workshop, title="Auftakt", starts_at=NINE, ends_at=at(10))
    for track in ("Vertiefen", "Einsteigen"):
        SessionFactory(workshop=workshop, title=f"{track} eins", track=track, starts_at=at(10), ends_at=at(11))
    SessionFactory(workshop=workshop, title="Einsteigen zwei", track="Einsteigen", starts_at=at(10, 30), ends_at=at(11))
    SessionFactory(workshop=workshop, title="Mittag", kind="break", starts_at=at(12), ends_at=at(13))
    SessionFactory(workshop=workshop, title="Abschied", starts_at=at(16, days=2), ends_at=None)
    viewer = viewer_for(pilot)
    with acting_as(viewer):
        days = by_day(sessions_of(viewer, workshop))
    assert [d.day.day for d in days] == [16, 18]
    shown = [[(t.name, [s.title for s in t.sessions]) for t in band.tracks] for band in days[0].bands]
    assert shown == [
        [("", ["Auftakt"])],
        [("Einsteigen", ["Einsteigen eins", "Einsteigen zwei"]), ("Vertiefen", ["Vertiefen eins"])],
        [("", ["Mittag"])],
    ]
    html = as_person(pilot).get(page(workshop)).content.decode()
    assert "Dienstag, 16. März" in html
    assert "Einsteigen zwei" in html


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"begins": "08:00"}, "begins"),
        ({"day": "2027-03-18", "begins": "16:30", "ends": "17:30"}, "ends"),
        ({"begins": "11:00"}, "ends"),
        ({"day": "2027-03-20"}, "day"),
        ({"title": ""}, "title"),
        ({"begins": "25:00"}, "begins"),
    ],
)
def test_what_does_not_fit_is_said_at_the_field(workshop, as_person, coordinator, more, field):
    answer = as_person(coordinator).post(page(workshop, "programm/neu/"), typed(text="Bleibt stehen", **more))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert "Bleibt stehen" in answer.content.decode()


def test_two_at_the_same_place_or_with_the_same_speaker_are_said_and_may_stand(workshop, as_person, coordinator, pilot):
    host = as_person(coordinator)
    speaker = f"{pilot.name}, Konstanz"
    first = typed(place="Saal", speaker_0=speaker, track="Eins")
    assert host.post(page(workshop, "programm/neu/"), first).status_code == 302
    second = typed(title="Daneben", begins="10:30", place="saal", speaker_1=speaker, track="Zwei")
    answer = host.post(page(workshop, "programm/neu/"), second)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"place", "speaker_0"}
    assert "Trotzdem so speichern" in answer.content.decode()
    assert host.post(page(workshop, "programm/neu/"), second | {"anyway": "on"}).status_code == 302
    assert "An diesem Ort läuft" in host.get(page(workshop, "programm/")).content.decode()
    same_track = typed(title="Dritter", begins="10:15", track="eins")
    assert set(host.post(page(workshop, "programm/neu/"), same_track).context["form"].errors) == {"track"}


def test_a_person_of_the_platform_is_told_and_linked_for_those_who_may_see_them(
    workshop, as_person, coordinator, pilot, outsider, client
):
    pilot.listed = False
    pilot.save()
    data = typed(speaker_0=f"{pilot.name}, Konstanz", speaker_1="Gerda Gast, Musterverband")
    as_person(coordinator).post(page(workshop, "programm/neu/"), data)
    assert list(SessionSpeaker.objects.values_list("person_id", "name", "organisation")) == [
        (pilot.pk, "", "Konstanz"), (None, "Gerda Gast", "Musterverband"),
    ]  # fmt: skip
    assert Notice.objects.get(person=pilot).kind == "workshop.program"
    Workshop.objects.update(rung="public")
    link = f"/personen/{pilot.pk}/"
    assert link in as_person(coordinator).get(page(workshop)).content.decode()
    for reader in (as_person(outsider), client):
        html = reader.get(page(workshop)).content.decode()
        assert pilot.name in html
        assert "Gerda Gast" in html
        assert link not in html


def test_nobody_is_named_whom_the_host_does_not_see(workshop, coordinator, outsider):
    outsider.listed = False
    outsider.save()
    assert f"{outsider.name}, Gießen" not in candidates(viewer_for(coordinator), workshop)
    with pytest.raises(Conflict):
        program.add_session(viewer_for(coordinator), workshop.pk, words=words(), speakers=[Speaker(outsider.pk)])
    assert not Session.objects.exists()


def test_two_hosts_who_write_at_once_both_keep_their_words(workshop, as_person, coordinator, neighbour_coordinator):
    session = SessionFactory(workshop=workshop, title="Alt", starts_at=at(10), ends_at=at(11))
    url = page(workshop, f"programm/{session.pk}/")
    as_person(coordinator).post(url, typed(title="Von Konstanz", version=1))
    answer = as_person(neighbour_coordinator).post(url, typed(title="Von Heilbronn", version=1))
    assert answer.status_code == 409
    html = answer.content.decode()
    assert "Von Konstanz" in html
    assert "Von Heilbronn" in html
    assert as_person(neighbour_coordinator).post(url, typed(title="Von beiden", version=2)).status_code == 302
    as_person(coordinator).post(f"{url}loeschen/", {"version": 2})
    assert Session.objects.get().title == "Von beiden"
    as_person(coordinator).post(f"{url}loeschen/", {"version": 3})
    assert not Session.objects.exists()


def test_a_point_moves_with_what_follows_and_never_out_of_the_workshop(workshop, coordinator):
    viewer = viewer_for(coordinator)
    rows = [SessionFactory(workshop=workshop, starts_at=at(h), ends_at=at(h + 1)) for h in (9, 10, 15)]
    assert program.move_session(viewer, rows[1].pk, minutes=15, following=True) == 2
    assert [s.starts_at for s in Session.objects.order_by("pk")] == [at(9), at(10, 15), at(15, 15)]
    with pytest.raises(program.DoesNotFit):
        program.move_session(viewer, rows[0].pk, minutes=-5)


def test_the_programme_moves_with_its_workshop(workshop, coordinator):
    session = SessionFactory(workshop=workshop, starts_at=at(10), ends_at=at(11))
    day = {"starts_at": at(9, days=14), "ends_at": at(17, days=16), "registration_ends_at": at(9)}
    workshops.save_workshop(viewer_for(coordinator), workshop.pk, version=1, words=day)
    session.refresh_from_db()
    # The clocks change on 28 March: ten stays ten on the wall.
    assert timezone.localtime(session.starts_at).strftime("%d.%m. %H:%M") == "30.03. 10:00"


def test_lines_become_sessions_that_end_when_the_next_begins(workshop, as_person, coordinator):
    data = {"day": "2027-03-16", "lines": "9:00 Ankommen\n10.15 Zwei Wege | Impulse"}
    assert as_person(coordinator).post(page(workshop, "programm/zeilen/"), data).status_code == 302
    assert list(Session.objects.order_by("pk").values_list("title", "text", "starts_at", "ends_at")) == [
        ("Ankommen", "", at(9), at(10, 15)), ("Zwei Wege", "Impulse", at(10, 15), None),
    ]  # fmt: skip
    wrong = as_person(coordinator).post(page(workshop, "programm/zeilen/"), data | {"lines": "07:00 Zu früh"})
    assert wrong.status_code == 422
    assert "lines" in wrong.context["lines"].errors


def test_the_record_says_who_changed_what_from_what_to_what(workshop, coordinator, neighbour_coordinator):
    session = program.add_session(viewer_for(coordinator), workshop.pk, words=words())
    program.save_session(viewer_for(coordinator), session.pk, version=1, words=words(place="Saal"))
    program.remove_session(viewer_for(coordinator), session.pk, version=2)
    with acting_as(viewer_for(neighbour_coordinator)):
        acts = acts_of("workshop", workshop.pk)
    assert [act.what.split(":")[0] for act in acts] == [
        "hat aus dem Programm genommen", "hat im Programm geändert", "hat ins Programm eingetragen",
    ]  # fmt: skip
    assert ("Ort", "", "Saal") in acts[1].changes
    assert acts[1].name == coordinator.name


# --- stepping back --------------------------------------------------------------------------------------------------


def test_a_city_steps_back_for_itself_while_another_one_goes_on(
    workshop, konstanz, heilbronn, coordinator, neighbour_coordinator, pilot, as_person
):
    mine, theirs = viewer_for(coordinator), viewer_for(neighbour_coordinator)
    for viewer in (theirs, viewer_for(pilot)):
        assert not may_step_back(viewer, workshop, konstanz.pk)
        with pytest.raises(Denied):
            hosting.step_back(viewer, workshop.pk, konstanz.pk)
    hosting.step_back(mine, workshop.pk, konstanz.pk)
    assert list(WorkshopHost.objects.values_list("network_id", flat=True)) == [heilbronn.pk]
    assert Notice.objects.get(person=neighbour_coordinator).text.startswith("Konstanz lädt zu")
    with acting_as(theirs):
        assert acts_of("workshop", workshop.pk)[0].what == "lädt nicht mehr mit ein"
    workshop.refresh_from_db()
    assert not may_edit_program(mine, Workshop.objects.get())
    with pytest.raises(Denied, match="allein"):
        hosting.step_back(theirs, workshop.pk, heilbronn.pk)
    hosting.invite_host(theirs, workshop.pk, konstanz.pk)
    hosting.answer_hosting(mine, workshop.pk, konstanz.pk, accept=True)
    assert WorkshopHost.objects.filter(state="accepted").count() == 2


def test_nobody_with_a_place_loses_sight_because_a_city_steps_back(konstanz, heilbronn, coordinator, pilot, as_person):
    narrow = WorkshopFactory(hosts=[konstanz, heilbronn], rung="network")
    RegistrationFactory(workshop=narrow, person=pilot, network=konstanz)
    with pytest.raises(Conflict, match="schon Angemeldete"):
        hosting.step_back(viewer_for(coordinator), narrow.pk, konstanz.pk)
    assert WorkshopHost.objects.count() == 2
    answer = as_person(coordinator).post(
        f"/veranstaltungen/{narrow.pk}/gastgebende/zurueckziehen/", {"network": konstanz.pk}, follow=True
    )
    assert "schon Angemeldete" in answer.content.decode()


def test_a_draft_is_deleted_with_its_programme(konstanz, coordinator):
    draft = WorkshopFactory(hosts=[konstanz], state="draft")
    SessionSpeaker.objects.create(session=SessionFactory(workshop=draft), name="Gast")
    workshops.delete_workshop(viewer_for(coordinator), draft.pk)
    assert not Workshop.objects.exists()
    assert not Session.objects.exists()
