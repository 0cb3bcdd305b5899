"""Verbs of comments under experiences."""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from exchange.models import Comment, Experience
from exchange.policies.experiences import may_comment, may_edit_comment, may_withdraw_comment, visible_experiences
from exchange.policies.published import may_speak_for
from tenancy.viewer import Viewer
from toolkit.access import require
from toolkit.acting import verb
from toolkit.past_sight import locked, rows_of
from toolkit.telling import tell


def _locked(comment_id: int) -> Comment:
    """Lock the experience first, then its comment: everybody locks in this order, so nobody waits in a circle."""
    experience_id = Comment.objects.values_list("experience_id", flat=True).get(pk=comment_id)
    locked("exchange_lock_experience", Experience, experience_id)
    return Comment.objects.get(pk=comment_id)


def _speaks_for(viewer: Viewer, experience: Experience) -> int | None:
    """The network for which the viewer speaks: that of the experience if they are in it, else their first."""
    if experience.network_id in viewer.network_ids:
        return experience.network_id
    return viewer.seats[0].network_id if viewer.seats else None


@verb
def write_comment(viewer: Viewer, experience_id: int, *, body: str) -> Comment:
    """Add a comment; the author of the experience is told. Raises ``DoesNotExist`` for what the viewer cannot see."""
    locked("exchange_lock_experience", Experience, experience_id)
    experience = visible_experiences(viewer).get(pk=experience_id)
    require(may_comment(viewer, experience))
    network_id = _speaks_for(viewer, experience)
    if network_id is not None and network_id != experience.network_id:
        require(may_speak_for(network_id))
    comment = Comment.objects.create(experience=experience, author_id=viewer.someone, network_id=network_id, body=body)
    if experience.author_id != viewer.person_id:
        url = reverse("exchange:experience-detail", kwargs={"pk": experience.pk})
        tell(
            [experience.author_id],
            kind="comment",
            text=format_lazy(_("{name} hat „{title}“ kommentiert."), name=viewer.name, title=experience.title),
            url=f"{url}#kommentar-{comment.pk}",
            key=f"experience-{experience.pk}-comments",
        )
    return comment


@verb
def edit_comment(viewer: Viewer, comment_id: int, *, body: str) -> Comment:
    """Change the words; readers see that they were changed."""
    comment = _locked(comment_id)
    require(may_edit_comment(viewer, comment))
    if body != comment.body:
        comment.body = body
        comment.edited_at = timezone.now()
        comment.save(update_fields=["body", "edited_at"])
    return comment


@verb
def withdraw_comment(viewer: Viewer, comment_id: int) -> Comment:
    """Take the comment away from its readers; the row stays for a report that may already be on its way."""
    comment = _locked(comment_id)
    require(may_withdraw_comment(viewer, comment))
    comment.withdrawn_at = timezone.now()
    comment.save(update_fields=["withdrawn_at"])
    return comment


@transaction.atomic
def hide_comment(comment_id: int, *, reason: str) -> None:
    """Hide it for everybody but its author, who reads the reason. The moderation decided and keeps the record."""
    rows_of("exchange_hide_comment", comment_id, reason)


@transaction.atomic
def restore_comment(comment_id: int) -> None:
    """Show it again to the readers of its experience. The moderation decided and keeps the record."""
    rows_of("exchange_restore_comment", comment_id)
