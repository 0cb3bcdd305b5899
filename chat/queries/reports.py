"""What moderation gets to see of a message: that message, and nothing around it."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from chat.models import Message
from chat.policies import visible_messages
from chat.queries.files import files_of
from moderation.public import ReportedThing
from tenancy.viewer import Viewer, viewer_by_id
from toolkit.markdown import plain_text


def _names(message: Message) -> str:
    """What the files of a message are called: who decides weighs that too. The files themselves stay where they are."""
    if not message.file_count:
        return ""
    files = files_of([message]).get(message.seq, [])
    return _("Dateien: %(names)s") % {"names": ", ".join(file.name for file in files)} if files else ""


def reported_message(viewer: Viewer, object_id: int) -> ReportedThing | None:
    """The message as a thing to report; None for whoever is not in its conversation, and for hidden ones.

    The Land is the one of its author's city, or of the association for which the author moderates.
    """
    message = (
        Message.objects.filter(pk=object_id, kind=Message.Kind.TEXT, hidden_at=None, sender__isnull=False)
        .select_related("sender")
        .first()
    )
    if message is None or message.sender is None:
        return None
    if not visible_messages(viewer, message.conversation_id).filter(pk=message.pk).exists():
        return None
    author = viewer_by_id(message.sender_id)
    seat = author.seats[0] if author.seats else None
    land = seat.state_code if seat else next(iter(sorted(author.moderated_states)), "")
    if not land:
        # Its author left every city since: whoever reports it brings it before their own association.
        land = viewer.seats[0].state_code if viewer.seats else next(iter(sorted(viewer.moderated_states)), "")
    return ReportedThing(
        kind="message",
        object_id=message.pk,
        title=_("Nachricht von %(name)s") % {"name": message.sender.name},
        excerpt="\n".join(filter(None, [plain_text(message.body, limit=8_000), _names(message)])),
        author_id=message.sender_id,
        network_id=seat.network_id if seat else None,
        state_code=land,
        url=reverse("chat:conversation", kwargs={"pk": message.conversation_id}) + f"#m{message.seq}",
    )
