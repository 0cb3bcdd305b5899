"""Verbs of the hosts about seats: how many, for which city, until when; and who may come where they decide on it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from exchange.models import Registration, Workshop, WorkshopQuota
from exchange.policies.seats import may_decide_place, may_save_seats
from exchange.policies.workshops import hosts_of
from exchange.services.changes import changes_between
from exchange.services.hosting import locked, record_act
from exchange.services.seat_changes import look_again
from exchange.services.seats import allocate, page_of
from tenancy.models import Network
from tenancy.policies.networks import visible_networks
from tenancy.viewer import Viewer
from toolkit.access import Conflict, require
from toolkit.acting import verb
from toolkit.telling import tell

#: How seats are given, as the hosts set it.
RULES = ("seats", "seats_online", "offer_hours", "approval", "withdraw_until", "quota_release_at")


def _host(viewer: Viewer, workshop: Workshop) -> int | None:
    return min(viewer.coordinates & hosts_of(workshop), default=None)


@verb
def save_seats(
    viewer: Viewer,
    workshop_id: int,
    *,
    rules: Mapping[str, Any],
    quotas: Mapping[int, int] | None = None,
    at: datetime | None = None,
) -> Workshop:
    """Set how seats are given. ``quotas`` are all of them, by network; one that is left out or 0 ends.

    Nobody loses a seat by it: a quota never gets smaller than what is taken of it, and once quotas are open to all
    they stay open. Raises ``Conflict`` on the field, ``quota-N`` for the quota of network N.
    """
    now = at or timezone.now()
    workshop = locked(workshop_id)
    require(may_save_seats(viewer, workshop, at=now))
    unknown = set(rules) - set(RULES)
    if unknown:
        raise ValueError(f"no rules of seats: {sorted(unknown)}")
    _check_rules(workshop, rules, now)
    stored = {q.network_id: q for q in WorkshopQuota.objects.filter(workshop=workshop)}
    wanted = {n: seats for n, seats in (quotas or {}).items() if seats > 0} if quotas is not None else None
    if wanted is not None:
        _check_quotas(viewer, stored, wanted)
    seats = rules.get("seats", workshop.seats)
    kept = sum(wanted.values()) if wanted is not None else workshop.quota_seats
    if any(quota.released for quota in stored.values()):
        kept = 0
    if seats < kept + workshop.shared_taken:
        sentence = _("Für alle bleiben so {rest} Plätze, und {taken} davon sind schon vergeben.")
        rest = max(0, seats - kept)
        raise Conflict(format_lazy(sentence, rest=rest, taken=workshop.shared_taken), field="seats")
    changes = changes_between(workshop, rules)
    # In an order in which nothing is ever too many: more seats first, then smaller quotas, then larger ones.
    before = workshop.seats
    for name, value in rules.items():
        setattr(workshop, name, value)
    workshop.seats = max(before, seats)
    workshop.version += 1 if changes else 0
    workshop.save(update_fields=[*rules, "version", "updated_at"])
    if wanted is not None:
        changes |= _store_quotas(workshop, stored, wanted)
    if workshop.seats != seats:
        workshop.seats = seats
        workshop.save(update_fields=["seats"])
    if not changes:
        return workshop
    record_act(viewer, "seats_changed", workshop, network_id=_host(viewer, workshop), changes=changes)
    if workshop.quota_release_at is not None and workshop.quota_release_at > now:
        look_again(workshop.quota_release_at)
    allocate(workshop, at=now)
    return workshop


def _check_rules(workshop: Workshop, rules: Mapping[str, Any], now: datetime) -> None:
    if rules.get("seats", workshop.seats) < workshop.seats_taken:
        sentence = _("Es sind schon {taken} Plätze vergeben. Weniger können es nicht werden.")
        raise Conflict(format_lazy(sentence, taken=workshop.seats_taken), field="seats")
    online = rules.get("seats_online", workshop.seats_online)
    if online is not None and workshop.mode != Workshop.Mode.HYBRID:
        raise Conflict(
            _("Eigene Plätze online gibt es nur bei Veranstaltungen vor Ort und online."), field="seats_online"
        )
    if (online or 0) < workshop.online_taken:
        sentence = _("Es sind schon {taken} Plätze vergeben. Weniger können es nicht werden.")
        raise Conflict(format_lazy(sentence, taken=workshop.online_taken), field="seats_online")
    if (online is None) != (workshop.seats_online is None) and _anybody(workshop):
        sentence = _("Es sind schon Menschen angemeldet. Ob online eigene Plätze hat, steht damit fest.")
        raise Conflict(sentence, field="seats_online")
    until = rules.get("withdraw_until", workshop.withdraw_until)
    if until is not None and until > workshop.starts_at:
        raise Conflict(_("Abmelden geht höchstens bis zum Beginn."), field="withdraw_until")
    release = rules.get("quota_release_at", workshop.quota_release_at)
    if release != workshop.quota_release_at:
        if release is not None and release > workshop.starts_at:
            raise Conflict(_("Die Plätze werden spätestens zum Beginn frei."), field="quota_release_at")
        if WorkshopQuota.objects.filter(workshop=workshop, released=True).exists():
            raise Conflict(_("Die Plätze sind schon für alle offen. Dabei bleibt es."), field="quota_release_at")


def _anybody(workshop: Workshop) -> bool:
    taking = (Registration.State.SEAT, Registration.State.OFFERED)
    return Registration.objects.filter(workshop=workshop, state__in=taking).exists()


def _check_quotas(viewer: Viewer, stored: Mapping[int, WorkshopQuota], wanted: Mapping[int, int]) -> None:
    for network_id, quota in stored.items():
        seats = wanted.get(network_id, 0)
        if quota.released and seats != quota.seats:
            raise Conflict(_("Die Plätze sind schon für alle offen. Dabei bleibt es."), field=f"quota-{network_id}")
        if seats < quota.taken:
            sentence = _("{taken} Plätze davon sind schon vergeben. Weniger können es nicht werden.")
            raise Conflict(format_lazy(sentence, taken=quota.taken), field=f"quota-{network_id}")
    new = set(wanted) - set(stored)
    if any(quota.released for quota in stored.values()) and new:
        raise Conflict(_("Die Plätze sind schon für alle offen. Dabei bleibt es."), field=f"quota-{min(new)}")
    known = set(visible_networks(viewer).filter(pk__in=new, published_at__isnull=False).values_list("pk", flat=True))
    if strangers := new - known:
        raise Conflict(_("Bitte wählen Sie eine Kommune aus der Liste."), field=f"quota-{min(strangers)}")


def _store_quotas(
    workshop: Workshop, stored: Mapping[int, WorkshopQuota], wanted: Mapping[int, int]
) -> dict[str, list[Any]]:
    """Smaller ones first, so that there is room for larger ones. Answers what changed, in words for the record."""
    before, after = {n: quota.seats for n, quota in stored.items()}, dict(wanted)
    if before == after:
        return {}

    for network_id in sorted(before | after, key=lambda n: (after.get(n, 0) - before.get(n, 0), n)):
        quota, seats = stored.get(network_id), after.get(network_id, 0)
        if quota is None:
            WorkshopQuota.objects.create(workshop=workshop, network_id=network_id, seats=seats)
        elif seats == 0:
            quota.delete()
        elif seats != quota.seats:
            quota.seats = seats
            quota.save(update_fields=["seats"])
    towns = dict(Network.objects.filter(pk__in=before | after).values_list("pk", "municipality__name"))
    return {"quotas": [_in_words(before, towns), _in_words(after, towns)]}


def _in_words(quotas: Mapping[int, int], towns: Mapping[int, str]) -> str:
    return ", ".join(sorted(f"{towns.get(number, number)} {seats}" for number, seats in quotas.items()))


def _requested(workshop: Workshop, place_id: int) -> Registration:
    """Somebody's place, for the hosts who see all of them; raises ``Registration.DoesNotExist``."""
    return Registration.objects.get(pk=place_id, workshop=workshop)


@verb
def approve(viewer: Viewer, workshop_id: int, place_id: int, *, at: datetime | None = None) -> Registration:
    """Let somebody come who asked: to a seat, or into the queue at the place of the day on which they asked."""
    now = at or timezone.now()
    workshop = locked(workshop_id)
    require(may_decide_place(viewer, workshop))
    place = _requested(workshop, place_id)
    require(may_decide_place(viewer, workshop, place))
    place.state = Registration.State.QUEUED
    place.save(update_fields=["state"])
    record_act(viewer, "place_approved", workshop, network_id=_host(viewer, workshop))
    allocate(workshop, at=now)
    place.refresh_from_db()
    if place.state == Registration.State.QUEUED:
        sentence = _("Ihre Anmeldung zu „{title}“ ist bestätigt. Sie stehen auf der Warteliste.")
        _tell(place, workshop, "workshop.approved", sentence)
    return place


@verb
def refuse(viewer: Viewer, workshop_id: int, place_id: int, *, reason: str, at: datetime | None = None) -> Registration:
    """Say no to somebody who asked, with the reason that they read. Raises ``Conflict`` on ``reason`` without one."""
    workshop = locked(workshop_id)
    require(may_decide_place(viewer, workshop))
    place = _requested(workshop, place_id)
    require(may_decide_place(viewer, workshop, place))
    if not reason.strip():
        raise Conflict(_("Bitte schreiben Sie, warum: Die Person liest es."), field="reason")
    place.state = Registration.State.REFUSED
    place.answer = reason.strip()
    place.withdrawn_at = at or timezone.now()
    place.companion_names = ""
    place.save(update_fields=["state", "answer", "withdrawn_at", "companion_names"])
    record_act(viewer, "place_refused", workshop, network_id=_host(viewer, workshop))
    _tell(place, workshop, "decision.seat", _("Ihre Anmeldung zu „{title}“ wurde abgelehnt: {reason}"), reason=reason)
    return place


def _tell(place: Registration, workshop: Workshop, kind: str, sentence: Any, **words: str) -> None:
    tell(
        [place.person_id],
        kind=kind,
        text=format_lazy(sentence, title=workshop.title[:120], **words),
        url=page_of(workshop),
        key=f"workshop-{workshop.pk}-answer",
        mail=True,
    )
