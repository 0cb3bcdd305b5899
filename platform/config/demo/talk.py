"""Conversations that live, one open application and one open report."""

from __future__ import annotations

import datetime
import uuid
from typing import TYPE_CHECKING, Any

from django.db import models
from django.urls import reverse

from chat.models import Conversation, Message, MessageFile, Participant
from chat.services.scanning import ROOM
from config.demo.sheet import sheet
from exchange.models import Comment, ExchangeFormat, Experience
from moderation.models import Report
from moderation.policies.reports import listeners_of_reports
from notices.models import Notice
from tenancy.models import Application, Municipality
from toolkit.markdown import plain_text
from toolkit.uploads import store

if TYPE_CHECKING:
    from config.demo.loader import Stage


def load_talk(stage: Stage, entries: dict[str, Any]) -> None:
    """Direct conversations, the room of the format, an application, a report."""
    sheets = {one["name"]: sheet(one["title"], one["lines"]) for one in entries["file"]}
    for entry in entries["direct"]:
        low, high = sorted(stage.people[key].pk for key in entry["people"])
        conversation = Conversation.objects.create(kind=Conversation.Kind.DIRECT, direct_key=f"{low}:{high}")
        _messages(stage, conversation, entry, sheets)
    room = entries["room"]
    lasting = ExchangeFormat.objects.get(hashtag=room["format"])
    conversation = Conversation.objects.create(
        kind=Conversation.Kind.ROOM, title=str(lasting), subject_kind="format", subject_id=lasting.pk
    )
    lasting.room_id = conversation.pk
    lasting.save(update_fields=["room_id"])
    _messages(stage, conversation, room, sheets)
    _application(stage, entries["application"])
    _report(stage, entries["report"])
    _notices(stage)


def _messages(stage: Stage, conversation: Conversation, entry: dict[str, Any], sheets: dict[str, bytes]) -> None:
    """Write the log; everybody has read all but the last message of somebody else, so that there is something new."""
    last = stage.now
    for seq, (hours_ago, key, text, *more) in enumerate(entry["messages"], start=1):
        # Minutes pass with each message, so that two of the same hour stay in order.
        last = stage.now - datetime.timedelta(hours=hours_ago, minutes=50 - 4 * seq)
        message = Message.objects.create(
            conversation=conversation, seq=seq, sender=stage.people[key], client_id=uuid.uuid4(), body=text
        )
        Message.objects.filter(pk=message.pk).update(created_at=last)
        for details in more:
            _details(stage, message, last, details, sheets)
    head = len(entry["messages"])
    Conversation.objects.filter(pk=conversation.pk).update(head=head, last_at=last)
    for key in entry["people"]:
        spoke_last = entry["messages"][-1][1] == key
        Participant.objects.create(
            conversation=conversation, person=stage.people[key], read_seq=head if spoke_last else max(0, head - 2)
        )


def _details(
    stage: Stage, message: Message, at: datetime.datetime, details: dict[str, Any], sheets: dict[str, bytes]
) -> None:
    """What a message has besides its words: ``reply``, ``reactions``, ``pinned``, ``mentions``, ``file``."""
    log = Message.objects.filter(conversation=message.conversation)
    if (begun := details.get("reply")) is not None:
        message.reply_seq = message.thread_seq = begun
        log.filter(seq=begun).update(replies=models.F("replies") + 1)
    given = details.get("reactions", {})
    message.reactions = {sign: [stage.people[key].pk for key in keys] for sign, keys in given.items()}
    message.mentions = [stage.people[key].pk for key in details.get("mentions", ())]
    message.pinned_at = at if details.get("pinned") else None
    if (name := details.get("file")) is not None:
        message.file_count = 1
        _file(message, at, name, sheets[name])
    message.save(update_fields=["reply_seq", "thread_seq", "reactions", "mentions", "pinned_at", "file_count"])


def _file(message: Message, at: datetime.datetime, name: str, content: bytes) -> None:
    """A PDF of ours, put where an upload would lie."""
    assert message.sender is not None  # noqa: S101 -- for the type checker; the demo's messages are people's
    row = MessageFile.objects.create(
        conversation=message.conversation,
        seq=message.seq,
        uploader=message.sender,
        name=name,
        media_type="application/pdf",
        size=len(content),
        state=MessageFile.State.READY,
        created_at=at,
    )
    with store.incoming(ROOM) as folder:
        (folder / name).write_bytes(content)
        store.put(ROOM, row.key, folder / name, None)


def _application(stage: Stage, entry: dict[str, Any]) -> None:
    municipality = Municipality.objects.get(ags=entry["ags"])
    Application.objects.create(
        municipality=municipality,
        given_name=entry["given_name"],
        family_name=entry["family_name"],
        office_name=entry["office_name"],
        email="ronja.rathaus@radolfzell.example",
        network_name=entry["network_name"],
        note=entry["note"],
        domain_fits=True,
        state=Application.State.OPEN,
        confirmed_at=stage.ago(days=1),
    )


def _report(stage: Stage, entry: dict[str, Any]) -> None:
    experience = Experience.objects.select_related("network__municipality").get(title=entry["experience"])
    seat = stage.memberships[entry["reporter"]]
    report = Report.objects.create(
        kind="experience",
        object_id=experience.pk,
        title=experience.title,
        excerpt=plain_text(experience.what_we_did, limit=600),
        url=reverse("exchange:experience-detail", args=[experience.pk]),
        author_id=experience.author_id,
        network_id=experience.network_id,
        land_id=experience.network.municipality.state_id,
        reason=entry["reason"],
        text=entry["text"],
        reporter=stage.people[entry["reporter"]],
        reporter_place=seat.network.municipality.name,
    )
    Report.objects.filter(pk=report.pk).update(created_at=stage.ago(hours=20))
    for moderator in listeners_of_reports(report.land_id):
        Notice.objects.create(
            person_id=moderator,
            kind="report",
            text=f"Eine Meldung wartet auf Ihre Entscheidung: {report.get_reason_display()}",
            url=reverse("moderation:queue"),
            key=f"reports:{report.land_id}",
        )


def _notices(stage: Stage) -> None:
    """Authors were told of comments; the newest one of each is still unread."""
    told: set[int] = set()
    comments = Comment.objects.select_related("author", "experience").order_by("-created_at", "-id")
    for comment in comments.exclude(author=models.F("experience__author")):
        experience = comment.experience
        notice = Notice.objects.create(
            person_id=experience.author_id,
            kind="comment",
            text=f"{comment.author.name} hat „{experience.title}“ kommentiert.",
            url=reverse("exchange:experience-detail", args=[experience.pk]) + f"#kommentar-{comment.pk}",
            read_at=stage.now if experience.author_id in told else None,
        )
        Notice.objects.filter(pk=notice.pk).update(created_at=comment.created_at)
        told.add(experience.author_id)
