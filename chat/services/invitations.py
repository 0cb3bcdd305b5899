"""Telling people that somebody took them into a group: among the notices, for nothing was said to them yet."""

from __future__ import annotations

from collections.abc import Collection

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from tenancy.viewer import Viewer
from toolkit.telling import tell


def tell_invited(viewer: Viewer, conversation_id: int, person_ids: Collection[int]) -> None:
    """Tell each of them who took them in. Part of the caller's transaction."""
    if person_ids:
        tell(
            person_ids,
            kind="invitation.group",
            # Without what the group is called: the notice stays when somebody is taken out again.
            text=format_lazy(_("{name} hat Sie in eine Gruppe aufgenommen."), name=viewer.name),
            url=reverse("chat:conversation", kwargs={"pk": conversation_id}),
            key=f"chat-invitation-{conversation_id}",
        )
