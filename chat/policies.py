"""Who sees which conversation, who may write in it, who hears of it."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from chat import room_rules, wall
from chat.models import Block, Conversation, Message, MessageFile, Participant
from chat.wall import Room
from tenancy.models import Membership, Moderator, Network, Person
from tenancy.viewer import Viewer
from toolkit.access import ALLOW, Decision, deny
from toolkit.audience import ALL_NETWORKS, land_key
from toolkit.rules import there_is

NOT_IN_PROGRAMME = _("Schreiben können nur Personen aus einem Netzwerk oder einem Landesverband.")


def visible_conversations(viewer: Viewer) -> QuerySet[Conversation]:
    """The conversations that the viewer is in now, each with what is the viewer's own: ``joined_seq``,
    ``read_seq``, ``mention_seq``, ``muted``, ``favourite``, ``archived_seq``, ``role``.

    Who left, or was removed, sees nothing of them any more; nobody else ever does, moderators and operators included.
    """
    if viewer.person_id is None:
        return Conversation.objects.none()
    return Conversation.objects.filter(participants__person_id=viewer.person_id, participants__left_seq=None).annotate(
        joined_seq=F("participants__joined_seq"),
        read_seq=F("participants__read_seq"),
        muted=F("participants__muted"),
        mention_seq=F("participants__mention_seq"),
        favourite=F("participants__favourite"),
        archived_seq=F("participants__archived_seq"),
        role=F("participants__role"),
    )


def seat_of(viewer: Viewer, conversation_id: int) -> QuerySet[Participant]:
    """The viewer's own row in a conversation: one, or none for whoever is not in it."""
    if viewer.person_id is None:
        return Participant.objects.none()
    return Participant.objects.filter(conversation_id=conversation_id, person_id=viewer.person_id, left_seq=None)


def visible_messages(viewer: Viewer, conversation_id: int) -> QuerySet[Message]:
    """The part of a conversation's log that is the viewer's: what came after joining. Empty for everyone else."""
    # Asked once for the whole page, and without a seat compared with nothing.
    joined = seat_of(viewer, conversation_id).values("joined_seq")
    return Message.objects.filter(conversation_id=conversation_id, seq__gt=Subquery(joined))


def findable_messages(viewer: Viewer) -> QuerySet[Message]:
    """What the search shows: what the viewer sees of all conversations, as far as it still says something."""
    seat = Participant.objects.filter(
        conversation_id=OuterRef("conversation_id"),
        person_id=viewer.person_id or 0,
        left_seq=None,
        joined_seq__lt=OuterRef("seq"),
    )
    return Message.objects.filter(
        Exists(seat), kind=Message.Kind.TEXT, hidden_at=None, retracted_at=None, expired_at=None
    )


def visible_files(viewer: Viewer) -> QuerySet[MessageFile]:
    """Files that the viewer may have: one's own while they are unsent, and those of messages that the viewer sees.

    Not those of what was hidden, taken back or had its time.
    """
    if viewer.person_id is None:
        return MessageFile.objects.none()
    seat = Participant.objects.filter(
        conversation=OuterRef("conversation"), person_id=viewer.person_id, left_seq=None, joined_seq__lt=OuterRef("seq")
    )
    said = Message.objects.filter(
        conversation=OuterRef("conversation"), seq=OuterRef("seq"), hidden_at=None, retracted_at=None, expired_at=None
    )
    own = Q(uploader_id=viewer.person_id, seq=None)
    return MessageFile.objects.filter(own | Q(there_is(seat), there_is(said)))


def reachable_people() -> QuerySet[Person]:
    """People who can be written to: not suspended, and part of the programme."""
    seat = Membership.objects.filter(person=OuterRef("pk"), ended_on=None)
    office = Moderator.objects.filter(person=OuterRef("pk"), ended_on=None)
    return Person.objects.filter(Q(Exists(seat)) | Q(Exists(office)), is_active=True)


def may_write_to(viewer: Viewer, person: Person) -> Decision:
    """Whether the viewer may begin a direct conversation with a person the viewer sees."""
    if person.pk == viewer.person_id:
        return deny(_("Sich selbst können Sie keine Nachricht schreiben."))
    if not viewer.in_programme:
        return deny(NOT_IN_PROGRAMME)
    if not reachable_people().filter(pk=person.pk).exists():
        return deny(_("Diese Person nimmt zurzeit keine Nachrichten an."))
    return ALLOW


#: Sentences for the words of ``chat.wall.refusal``.
_REFUSALS = {
    "unknown": _("Sie sind nicht (mehr) in dieser Unterhaltung."),
    "outside": _("Sie können hier lesen, aber nicht mehr schreiben: Sie gehören zurzeit keinem Netzwerk an."),
    "unreachable": _("Diese Person nimmt zurzeit keine Nachrichten an."),
    "blocking": _("Sie haben diese Person blockiert. Heben Sie das auf, um ihr wieder zu schreiben."),
    "announcement": _("Hier schreiben nur die Verantwortlichen. Sie können mitlesen und reagieren."),
}


def refused(word: str) -> Decision:
    """The decision behind a word of ``chat.wall.refusal``, with its sentence."""
    return deny(_REFUSALS[word])


def may_send_message(viewer: Viewer, conversation: Conversation) -> Decision:
    """Whether the viewer may write in the conversation now. The database answers: it asks the same before it stores."""
    if viewer.person_id is None:
        return refused("unknown")
    word = wall.refusal(conversation.pk, viewer.person_id)
    return ALLOW if word is None else refused(word)


def is_gone(message: Message) -> bool:
    """Whether nothing of a message is left to see: hidden, taken back, or kept no longer."""
    return any((message.hidden_at, message.retracted_at, message.expired_at))


def may_edit_message(viewer: Viewer, message: Message) -> Decision:
    """Whether the viewer may change the words of a message in their sight: their own, for a day."""
    if message.sender_id != viewer.person_id or message.kind != Message.Kind.TEXT:
        return deny(_("Bearbeiten können Sie nur eigene Nachrichten."))
    if is_gone(message):
        return deny(_("Diese Nachricht gibt es nicht mehr."))
    if timezone.now() - message.created_at > timedelta(hours=settings.CHAT_EDIT_HOURS):
        return deny(
            ngettext(
                "Bearbeiten kann man eine Nachricht eine Stunde lang. Zurücknehmen können Sie sie noch.",
                "Bearbeiten kann man eine Nachricht %(hours)d Stunden lang. Zurücknehmen können Sie sie noch.",
                settings.CHAT_EDIT_HOURS,
            )
            % {"hours": settings.CHAT_EDIT_HOURS}
        )
    return ALLOW


def may_retract_message(viewer: Viewer, message: Message) -> Decision:
    """Whether the viewer may take a message back: their own, at any time."""
    if message.sender_id != viewer.person_id or message.kind != Message.Kind.TEXT:
        return deny(_("Zurücknehmen können Sie nur eigene Nachrichten."))
    return deny(_("Diese Nachricht gibt es nicht mehr.")) if is_gone(message) else ALLOW


def may_react(viewer: Viewer, conversation: Conversation, message: Message) -> Decision:
    """Whether the viewer may react to a message in their sight; also where only others write."""
    if is_gone(message) or message.kind != Message.Kind.TEXT:
        return deny(_("Diese Nachricht gibt es nicht mehr."))
    if viewer.person_id is None:
        return refused("unknown")
    word = wall.refusal(conversation.pk, viewer.person_id)
    return ALLOW if word in (None, "announcement") else refused(word)


def may_pin(viewer: Viewer, conversation: Conversation, message: Message) -> Decision:
    """Whether the viewer may pin a message for all, or loosen it: whoever may write there."""
    if is_gone(message) or message.kind != Message.Kind.TEXT:
        return deny(_("Diese Nachricht gibt es nicht mehr."))
    return may_send_message(viewer, conversation)


def may_leave_conversation(viewer: Viewer, conversation: Conversation) -> Decision:
    """Whether the viewer may leave; two people always stay in their direct conversation."""
    if conversation.kind == Conversation.Kind.DIRECT:
        return deny(_("Eine direkte Unterhaltung kann man nicht verlassen."))
    return ALLOW


def may_join_room(viewer: Viewer, room: Room) -> Decision:
    """Whether the viewer may enter the room, by the rule of the thing it belongs to."""
    if viewer.person_id is None:
        return deny(_("Bitte melden Sie sich an."))
    return room_rules.may_join(viewer, room.subject_kind, room.subject_id)


def may_open_group(viewer: Viewer) -> Decision:
    """Whether the viewer may begin a group."""
    return ALLOW if viewer.in_programme else deny(NOT_IN_PROGRAMME)


#: Conversations that have owners.
OWNED = (Conversation.Kind.GROUP, Conversation.Kind.TOPIC)

ONLY_OWNERS = _("Das dürfen nur die Verantwortlichen dieser Unterhaltung.")


def may_steer(viewer: Viewer, conversation: Conversation) -> Decision:
    """Whether the viewer may name, describe and announce in a conversation, and say who owns it: its owners may."""
    if conversation.kind not in OWNED:
        return deny(_("Diese Unterhaltung hat keine Verantwortlichen."))
    if not seat_of(viewer, conversation.pk).filter(role=Participant.Role.OWNER).exists():
        return deny(ONLY_OWNERS)
    return ALLOW


def may_add_people(viewer: Viewer, conversation: Conversation) -> Decision:
    """Whether the viewer may let others into a group: its owners may, as long as they are of the programme."""
    if conversation.kind != Conversation.Kind.GROUP:
        return deny(_("In diesen Raum kommt jede Person selbst."))
    if not viewer.in_programme:
        return deny(NOT_IN_PROGRAMME)
    return may_steer(viewer, conversation)


def may_remove_person(viewer: Viewer, conversation: Conversation, seat: Participant) -> Decision:
    """Whether the viewer may take somebody out: owners may, but nobody removes an owner or themselves."""
    steering = may_steer(viewer, conversation)
    if not steering:
        return steering
    if seat.person_id == viewer.person_id:
        return deny(_("Sich selbst entfernen Sie, indem Sie die Unterhaltung verlassen."))
    if seat.role == Participant.Role.OWNER:
        return deny(_("Wer verantwortlich ist, gibt das selbst ab. Erst dann kann die Person entfernt werden."))
    return ALLOW


def may_block(viewer: Viewer, person: Person) -> Decision:
    """Whether the viewer may stop a person, whom they see, from writing to them."""
    if person.pk == viewer.person_id:
        return deny(_("Sich selbst können Sie nicht blockieren."))
    return ALLOW


def visible_blocks(viewer: Viewer) -> QuerySet[Block]:
    """Whom the viewer has blocked; nobody learns who blocked them."""
    return Block.objects.filter(person_id=viewer.person_id or 0)


def has_blocked(viewer: Viewer, person_id: int) -> bool:
    """Whether the viewer has blocked a person."""
    return visible_blocks(viewer).filter(blocked_id=person_id).exists()


def may_open_topic(viewer: Viewer) -> Decision:
    """Whether the viewer may open a topic room: coordination and moderation, so that each topic has one room."""
    if viewer.coordinates or viewer.moderated_states:
        return ALLOW
    return deny(_("Themenräume eröffnen die Koordination eines Netzwerks und die Moderation eines Landesverbands."))


def may_open_topic_to(viewer: Viewer, key: int) -> Decision:
    """Whether the viewer may open a topic room for a key: for all networks, or a Land of their own."""
    own = {land_key(seat.state_code) for seat in viewer.seats} | {land_key(code) for code in viewer.moderated_states}
    if key == ALL_NETWORKS or key in own:
        return ALLOW
    return deny(_("Einen Themenraum können Sie für alle Netzwerke oder für Ihr eigenes Land eröffnen."))


def may_enter_network_room(viewer: Viewer, network: Network) -> Decision:
    """Whether the viewer belongs into the room of a network: its people, once it is published."""
    if network.pk not in viewer.network_ids:
        return deny(_("Dieser Raum ist für die Menschen im Netzwerk."))
    if network.published_at is None:
        return deny(_("Den Raum gibt es, sobald das Netzwerk veröffentlicht ist."))
    return ALLOW


def may_keep(viewer: Viewer, conversation: Conversation, days: int | None) -> Decision:
    """Whether the viewer may say that what is said in a conversation of theirs is emptied after so many days.

    Owners as they like. In a direct conversation either of the two, but only for a shorter time than before: what
    one of them wants gone goes.
    """
    if conversation.kind == Conversation.Kind.ROOM:
        return deny(_("Wie lange hier etwas steht, bestimmen die Regeln der Netzwerke."))
    if conversation.kind != Conversation.Kind.DIRECT:
        return may_steer(viewer, conversation)
    if not seat_of(viewer, conversation.pk).exists():
        return refused("unknown")
    before = conversation.retention_days
    if days is None or (before is not None and days > before):
        return deny(_("Zu zweit lässt sich die Frist nur verkürzen: Was eine Person leeren möchte, wird geleert."))
    return ALLOW


def listeners_of(conversation_id: int) -> QuerySet[Participant]:
    """Who hears of what is said in a conversation now: people in it who are not suspended."""
    return Participant.objects.filter(conversation_id=conversation_id, left_seq=None, person__is_active=True)


def nameable_people(viewer: Viewer, conversation_id: int) -> QuerySet[Person]:
    """Whom the viewer may name in a conversation: those who are in it now, besides oneself; nobody from outside it."""
    if viewer.person_id is None or not seat_of(viewer, conversation_id).exists():
        return Person.objects.none()
    here = listeners_of(conversation_id).exclude(person_id=viewer.person_id or 0)
    return Person.objects.filter(pk__in=here.values("person_id"))


def may_name_everyone(viewer: Viewer, conversation: Conversation) -> Decision:
    """Whether the viewer may name all at once: where more than two can be, and as far as they may write there."""
    if conversation.kind == Conversation.Kind.DIRECT:
        return deny(_("In einer direkten Unterhaltung gibt es nur eine andere Person."))
    return may_send_message(viewer, conversation)
