"""Experiences, the format with its editions, workshops and who takes part."""

from __future__ import annotations

import datetime
import itertools
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from chat.models import Conversation, Participant
from config.demo.after import load_after
from config.demo.cities import topic
from exchange.models import (
    Comment,
    Edition,
    ExchangeFormat,
    Experience,
    ExperienceTopic,
    FormatCity,
    Helpful,
    Registration,
    Workshop,
    WorkshopHost,
    WorkshopQuota,
)
from exchange.services.program import lines_as_sessions
from tenancy.queries.people import coordinators_of

if TYPE_CHECKING:
    from config.demo.loader import Stage

PLAIN_FIELDS = (
    "title", "summary", "task_area", "stage", "rung", "starting_point", "what_we_did", "result", "pitfalls",
    "differently", "reusable", "software", "cost_once_eur", "cost_yearly_eur", "effort_days", "funding",
    "legal_basis", "service", "took_part", "benefits",
)  # fmt: skip
MODES = {"on site": "on_site", "online": "online"}


def load_exchange(stage: Stage, experiences: list[dict[str, Any]], rest: dict[str, Any], facts_file: Path) -> None:
    """Everything that cities exchange."""
    for entry in experiences:
        _experience(stage, entry)
    formats = {}
    for facts in json.loads(facts_file.read_text(encoding="utf-8"))["formats"]:
        formats[facts["hashtag"].lstrip("#")] = _format(stage, facts)
    load_after(stage, formats["KNmeetsHN"])
    for entry in rest["workshop"]:
        _workshop(stage, entry, formats)


def _experience(stage: Stage, entry: dict[str, Any]) -> None:
    author = stage.people[entry["author"]]
    published = stage.ago(days=entry["days_ago"])
    begun = entry.get("period_from_days")
    experience = Experience.objects.create(
        network=stage.networks[entry["city"]],
        author=author,
        office_id=stage.memberships[entry["author"]].office_id,
        state=Experience.State.PUBLISHED,
        published_at=published,
        contact=author.name,
        period_from=(stage.now - datetime.timedelta(days=begun)).date() if begun else None,
        **{name: entry[name].strip() if isinstance(entry[name], str) else entry[name] for name in PLAIN_FIELDS
           if name in entry},
    )  # fmt: skip
    Experience.objects.filter(pk=experience.pk).update(created_at=published, updated_at=published)
    for name in entry["topics"]:
        ExperienceTopic.objects.create(tag=topic(name), content_object=experience)
    readers = [p for key, p in stage.people.items() if key in stage.memberships and p != author]
    insiders = [
        p for key, p in stage.people.items()
        if key in stage.memberships and stage.memberships[key].network_id == experience.network_id and p != author
    ]  # fmt: skip
    pool = insiders if entry["rung"] in ("network", "office") else readers
    for person in itertools.islice(itertools.cycle(pool[entry["days_ago"] % 7 :] + pool[: entry["days_ago"] % 7]),
                                   min(entry["helpful"], len(pool))):  # fmt: skip
        Helpful.objects.create(experience=experience, person=person)
    for number, (key, text) in enumerate(entry["comments"], start=1):
        comment = Comment.objects.create(
            experience=experience,
            author=stage.people[key],
            network_id=stage.memberships[key].network_id,
            body=text,
        )
        said = published + datetime.timedelta(hours=5 * number)
        Comment.objects.filter(pk=comment.pk).update(created_at=min(said, stage.now))


def _format(stage: Stage, facts: dict[str, Any]) -> ExchangeFormat:
    hashtag = facts["hashtag"].lstrip("#")
    lasting = ExchangeFormat.objects.create(
        hashtag=hashtag,
        slug=hashtag.lower(),
        motto="Zwei Städte, ein Thema, ein Tag",
        about="Konstanz und Heilbronn treffen sich, um voneinander zu lernen: in gemeinsamen Workshops, Schulungen "
        "und im Gespräch zwischen Menschen mit derselben Aufgabe.",
        elements=facts["elements"],
        since=facts["since"],
        rung="public",
        created_by=stage.people["paula"],
    )
    for ags in facts["municipalities"]:
        FormatCity.objects.create(
            format=lasting,
            network=stage.networks[ags],
            state=FormatCity.State.ACCEPTED,
            answered_at=stage.ago(days=480),
        )
    for number, edition in enumerate(facts["editions"], start=1):
        cancelled = edition.get("state") == "cancelled"
        Edition.objects.create(
            format=lasting,
            number=number,
            year=edition["year"],
            held_on=edition.get("date"),
            host_id=edition.get("host"),
            mode=MODES.get(edition.get("mode", ""), ""),
            state=Edition.State.CANCELLED if cancelled else Edition.State.HELD,
            reason=edition.get("reason", ""),
            motto=edition.get("motto", ""),
            about=edition.get("about", ""),
            themes=edition.get("workshops", []),
            place=edition.get("place", ""),
            people_note=edition.get("people", ""),
        )
    return lasting


def _at(stage: Stage, in_days: int, clock: str) -> datetime.datetime:
    day = timezone.localtime(stage.now).date() + datetime.timedelta(days=in_days)
    day += datetime.timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)  # never on a weekend
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.fromisoformat(clock)))


def _keep_seats(stage: Stage, workshop: Workshop, entry: dict[str, Any]) -> Counter[int]:
    """A quarter of the seats for each of the hosts, until five days before it begins. Seats by network."""
    for ags in entry["hosts"][:2]:
        WorkshopQuota.objects.create(workshop=workshop, network=stage.networks[ags], seats=entry["seats"] // 4)
    workshop.quota_release_at = workshop.starts_at - datetime.timedelta(days=5)
    workshop.save(update_fields=["quota_release_at"])
    return Counter({quota.network_id: quota.seats for quota in workshop.quotas.all()})


def _workshop(stage: Stage, entry: dict[str, Any], formats: dict[str, ExchangeFormat]) -> None:
    starts = _at(stage, entry["in_days"], entry["starts"])
    lasting = formats.get(entry["format"])
    workshop = Workshop.objects.create(
        format=lasting,
        title=entry["title"],
        summary=entry["summary"],
        description=entry["description"].strip(),
        accessibility=entry["accessibility"],
        kind=entry["kind"],
        mode=entry["mode"],
        starts_at=starts,
        ends_at=_at(stage, entry["in_days"], entry["ends"]),
        place=entry["place"],
        online_url=entry["online_url"],
        seats=entry["seats"],
        registration_ends_at=starts - datetime.timedelta(days=1),
        rung=entry["rung"],
        state=Workshop.State.OPEN,
        created_by=stage.people["hanna"],
    )
    points = [{"time": time, "title": title, "text": text} for time, title, text in entry["agenda"]]
    for session in lines_as_sessions(workshop, timezone.localtime(starts).date(), points):
        session.save()
    for ags in entry["hosts"]:
        WorkshopHost.objects.create(
            workshop=workshop,
            network=stage.networks[ags],
            state=WorkshopHost.State.ACCEPTED,
            answered_at=stage.ago(days=20),
        )
    kept: Counter[int] = Counter()
    if entry["seats"] >= 20 and len(entry["hosts"]) > 1:
        kept = _keep_seats(stage, workshop, entry)
    for number, key in enumerate(entry["registered"]):
        seated = number < entry["seats"]
        moment = stage.ago(days=14 - number % 12)
        network_id = stage.memberships[key].network_id
        of_city = seated and kept[network_id] > 0
        kept[network_id] -= of_city
        registration = Registration.objects.create(
            workshop=workshop,
            pool=Registration.Pool.CITY if of_city else Registration.Pool.SHARED,
            person=stage.people[key],
            network_id=network_id,
            state=Registration.State.SEAT if seated else Registration.State.QUEUED,
            mode=("on_site" if number % 3 else "online") if entry["mode"] == "hybrid" else entry["mode"],
            seated_at=moment if seated else None,
            queued_at=None if seated else stage.ago(days=3) + datetime.timedelta(minutes=number),
        )
        Registration.objects.filter(pk=registration.pk).update(created_at=moment)
    seated = Registration.objects.filter(workshop=workshop, state=Registration.State.SEAT)
    in_room = {
        *seated.values_list("person_id", flat=True),
        *coordinators_of(h.network_id for h in workshop.hosts.all()),
    }
    room = Conversation.objects.create(
        kind=Conversation.Kind.ROOM, title=workshop.title[:120], subject_kind="workshop", subject_id=workshop.pk
    )
    Participant.objects.bulk_create(Participant(conversation=room, person_id=number) for number in sorted(in_room))
    workshop.room_id = room.pk
    workshop.save(update_fields=["room_id"])
    if lasting is not None:
        Edition.objects.create(
            format=lasting,
            number=lasting.editions.count() + 1,
            year=starts.year,
            held_on=starts.date(),
            host_id=entry["hosts"][0],
            mode=entry["mode"],
            state=Edition.State.PLANNED,
            motto=entry["title"],
            place=entry["place"],
            workshop=workshop,
        )
