"""Files and links of a workshop: checked by their content, handed out to those alone who may read them."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from exchange.models import Material
from exchange.policies.program import visible_materials
from exchange.services import materials
from exchange.services.materials import sweep_materials as sweeping
from tenancy.viewer import ANONYMOUS, viewer_for
from tests.factories.workshops import RegistrationFactory, WorkshopFactory
from toolkit.access import Conflict, Denied
from toolkit.acting import acting_as
from toolkit.uploads import store

pytestmark = pytest.mark.django_db

sweep_materials: Any = sweeping  # its types know only of being enqueued


@pytest.fixture(autouse=True)
def disk(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def workshop(konstanz, heilbronn):
    return WorkshopFactory(hosts=[konstanz, heilbronn], rung="public")


def paper(content=b"Bitte vorher lesen.", name="lesen.txt"):
    return SimpleUploadedFile(name, content)


def url_of(material):
    return f"/veranstaltungen/{material.workshop_id}/unterlagen/{material.key}/"


def test_hosts_put_files_there_and_nobody_else(workshop, coordinator, neighbour_coordinator, pilot, outsider):
    for person in (coordinator, neighbour_coordinator):
        materials.add_file(viewer_for(person), workshop.pk, paper(), phase="before")
    for person in (pilot, outsider):
        with pytest.raises(Denied):
            materials.add_file(viewer_for(person), workshop.pk, paper(), phase="before")
        with pytest.raises(Denied):
            materials.remove_material(viewer_for(person), Material.objects.earliest("pk").pk)
    assert Material.objects.count() == 2


def test_what_is_for_seats_alone_is_handed_to_seats_and_hosts_alone(
    workshop, konstanz, as_person, client, coordinator, pilot, office_head, outsider
):
    viewer = viewer_for(coordinator)
    for_all = materials.add_file(viewer, workshop.pk, paper(b"Offen."), phase="before")
    for_seats = materials.add_file(viewer, workshop.pk, paper(b"Nur mit Platz."), phase="after", seats_only=True)
    RegistrationFactory(workshop=workshop, person=pilot, network=konstanz)
    RegistrationFactory(workshop=workshop, person=office_head, network=konstanz, state="queued")
    for reader, both in (
        (as_person(coordinator), True), (as_person(pilot), True), (as_person(office_head), False),
        (as_person(outsider), False), (client, False),
    ):  # fmt: skip
        answer = reader.get(url_of(for_all))
        assert b"".join(answer.streaming_content) == b"Offen."
        assert answer["Content-Disposition"].startswith("attachment")
        assert reader.get(url_of(for_seats)).status_code == (200 if both else 404)
        page = reader.get(f"/veranstaltungen/{workshop.pk}/").content.decode()
        assert ("nur mit Platz" in page) is both
    for person, seen in ((pilot, 2), (office_head, 1)):
        viewer = viewer_for(person)
        with acting_as(viewer):
            assert visible_materials(viewer).count() == Material.objects.count() == seen
    with acting_as(ANONYMOUS):
        assert Material.objects.count() == 1


def test_materials_of_a_draft_are_the_hosts_alone(konstanz, coordinator, pilot, as_person, client):
    draft = WorkshopFactory(hosts=[konstanz], state="draft")
    kept = materials.add_file(viewer_for(coordinator), draft.pk, paper(), phase="before")
    assert as_person(coordinator).get(url_of(kept)).status_code == 200
    assert as_person(pilot).get(url_of(kept)).status_code == 404
    assert client.get(url_of(kept)).status_code == 404


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "leer.txt", "leer"),
        (b"<html><script>1</script>", "seite.txt", "Webseiten"),
        (b"Kein PDF", "falsch.pdf", "passt nicht zu ihrer Endung"),
        (b"PK\x03\x04", "alles.zip", "Archive"),
    ],
)
def test_what_is_not_taken_is_said_at_the_field(workshop, as_person, coordinator, disk, content, name, sentence):
    answer = as_person(coordinator).post(
        f"/veranstaltungen/{workshop.pk}/unterlagen/",
        {"phase": "before", "title": "Bleibt stehen", "file": paper(content, name)},
    )
    assert answer.status_code == 422
    assert sentence in str(answer.context["form"].errors["file"])
    assert "Bleibt stehen" in answer.content.decode()
    assert not Material.objects.exists()


def test_a_file_or_a_link_not_both_and_not_none(workshop, as_person, coordinator):
    url = f"/veranstaltungen/{workshop.pk}/unterlagen/"
    host = as_person(coordinator)
    assert host.post(url, {"phase": "before"}).status_code == 422
    both = {"phase": "before", "title": "Beides", "url": "example.org", "file": paper()}
    assert host.post(url, both).status_code == 422
    assert host.post(url, {"phase": "before", "url": "javascript://x"}).status_code == 422
    assert host.post(url, {"phase": "after", "title": "Folien", "url": "example.org/f"}).status_code == 302
    assert Material.objects.get().url == "https://example.org/f"


def test_a_workshop_has_a_limit(workshop, coordinator, monkeypatch):
    monkeypatch.setattr(materials, "ALL_BYTES", 30)
    materials.add_file(viewer_for(coordinator), workshop.pk, paper(), phase="before")
    with pytest.raises(Conflict, match="200 MB"):
        materials.add_file(viewer_for(coordinator), workshop.pk, paper(), phase="before")


def test_what_is_taken_away_leaves_the_disk(workshop, coordinator, django_capture_on_commit_callbacks, monkeypatch):
    viewer = viewer_for(coordinator)
    gone, stays = (materials.add_file(viewer, workshop.pk, paper(), phase="before") for _ in range(2))
    assert gone.key
    assert stays.key
    place = store.place_of(materials.ROOM, gone.key)
    assert place.file.exists()
    with django_capture_on_commit_callbacks(execute=True):
        materials.remove_material(viewer, gone.pk)
    assert not place.file.exists()
    monkeypatch.setattr("exchange.services.materials.GRACE", -5)
    lost = store.place_of(materials.ROOM, gone.key)
    lost.file.write_bytes(b"verwaist")
    sweep_materials(timestamp=0)
    assert not lost.file.exists()
    assert store.place_of(materials.ROOM, stays.key).file.exists()
