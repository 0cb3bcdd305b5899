"""Verbs of minutes: begin, write a section, take one out, release. Nobody's words are lost: each version is kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from exchange.models import Minutes, MinutesSection, MinutesVersion, Registration, Workshop
from exchange.policies.minutes import may_begin_minutes, may_steer_minutes, may_write_minutes, visible_sections
from exchange.policies.workshops import hosts_of, own_registrations, visible_workshops
from exchange.services.hosting import record_act
from exchange.services.seats import page_of
from tenancy.viewer import Viewer
from toolkit.access import Conflict, require
from toolkit.acting import verb
from toolkit.past_sight import locked as hold
from toolkit.telling import tell

#: What somebody writes in a section.
WORDS = ("kind", "title", "body", "who", "until")
#: Sections of one workshop; more are no minutes.
MOST = 200


class SectionChangedMeanwhile(Conflict):
    """Somebody else saved this section in between. Carries what is stored by now."""

    def __init__(self, stored: MinutesSection) -> None:
        super().__init__(_("Dieser Abschnitt wurde inzwischen geändert. Nichts ist verloren: Sie sehen beide Texte."))
        self.stored = stored


def _locked(viewer: Viewer, workshop_id: int) -> Workshop:
    hold("exchange_lock_workshop", Workshop, workshop_id)
    return visible_workshops(viewer).prefetch_related("hosts").get(pk=workshop_id)


def _own(viewer: Viewer, workshop: Workshop) -> Registration | None:
    return own_registrations(viewer).filter(workshop=workshop).first()


def _kept(viewer: Viewer, section: MinutesSection) -> None:
    """Keep how somebody left the section."""
    MinutesVersion.objects.create(
        section=section,
        minutes_id=section.minutes_id,
        version=section.version,
        written_by_id=viewer.someone,
        removed=section.removed,
        **{name: getattr(section, name) for name in WORDS},
    )


def _known(words: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(words) - set(WORDS)
    if unknown:
        raise ValueError(f"no words of minutes: {sorted(unknown)}")
    return dict(words)


@verb
def add_section(viewer: Viewer, workshop_id: int, *, words: Mapping[str, Any]) -> MinutesSection:
    """Write a new section at the end; the first one begins the minutes. Raises ``DoesNotExist``."""
    workshop = _locked(viewer, workshop_id)
    minutes = Minutes.objects.filter(workshop=workshop).first()
    if minutes is None:
        require(may_begin_minutes(viewer, workshop))
        minutes = Minutes.objects.create(workshop=workshop)
        record_act(viewer, "minutes_begun", workshop, network_id=min(viewer.coordinates & hosts_of(workshop)))
    require(may_write_minutes(viewer, workshop, minutes, _own(viewer, workshop)))
    if minutes.sections.count() >= MOST:
        raise Conflict(_("Mehr Abschnitte hat kein Protokoll. Fassen Sie zusammen."), field="title")
    section = MinutesSection.objects.create(minutes=minutes, **_known(words))
    _kept(viewer, section)
    return section


@verb
def save_section(
    viewer: Viewer, workshop_id: int, section_id: int, *, version: int, words: Mapping[str, Any], removed: bool = False
) -> MinutesSection:
    """Store a section anew, or take it out with ``removed``; its versions stay.

    Raises ``SectionChangedMeanwhile`` when ``version`` is not the stored one, and ``DoesNotExist``.
    """
    workshop = _locked(viewer, workshop_id)
    section = visible_sections(viewer).select_related("minutes").get(pk=section_id, minutes__workshop=workshop)
    require(may_write_minutes(viewer, workshop, section.minutes, _own(viewer, workshop)))
    if section.version != version:
        raise SectionChangedMeanwhile(section)
    words = _known(words)
    if not removed and all(getattr(section, name) == value for name, value in words.items()):
        return section
    for name, value in words.items():
        setattr(section, name, value)
    section.removed = removed
    section.version += 1
    section.save()
    _kept(viewer, section)
    return section


@verb
def steer_minutes(
    viewer: Viewer,
    workshop_id: int,
    *,
    released: bool | None = None,
    seats_write: bool | None = None,
    at: datetime | None = None,
) -> Minutes:
    """Release the minutes for the workshop's rung, or take that back; say whether those with a seat write too.

    Who has a seat is told of the release. Raises ``DoesNotExist`` where there are no minutes.
    """
    workshop = _locked(viewer, workshop_id)
    require(may_steer_minutes(viewer, workshop))
    minutes = Minutes.objects.get(workshop=workshop)
    before = {"released": minutes.released_at is not None, "seats_write": minutes.seats_write}
    if seats_write is not None:
        minutes.seats_write = seats_write
    if released is not None and released != before["released"]:
        minutes.released_at = (at or timezone.now()) if released else None
    after = {"released": minutes.released_at is not None, "seats_write": minutes.seats_write}
    changes = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
    if not changes:
        return minutes
    minutes.save(update_fields=["released_at", "seats_write"])
    record_act(
        viewer, "minutes_steered", workshop, network_id=min(viewer.coordinates & hosts_of(workshop)), changes=changes
    )
    if "released" in changes and after["released"]:
        seats = Registration.objects.filter(workshop=workshop, state=Registration.State.SEAT)
        tell(
            set(seats.values_list("person_id", flat=True)) - {viewer.someone},
            kind="workshop.minutes",
            text=format_lazy(_("Das Protokoll zu „{title}“ ist freigegeben."), title=workshop.title[:120]),
            url=f"{page_of(workshop)}protokoll/",
            key=f"workshop-{workshop.pk}-minutes",
        )
    return minutes
