"""What notices are about, and which of them always go out by mail too."""

from __future__ import annotations

#: Somebody waits for an answer, or has a right to know: no wish switches these off.
ALWAYS = frozenset({"invitation", "decision", "mention"})


def always_arrives(kind: str) -> bool:
    """Whether a kind (or a finer one below it, such as ``invitation.format``) disregards the person's wish."""
    return kind.partition(".")[0].partition("-")[0].partition("_")[0] in ALWAYS


#: The picture of a kind in the list; a kind that is not here shows the bell.
ICONS = {
    "invitation": "mail",
    "decision": "gavel",
    "report": "flag",
    "mention": "alternate_email",
    "comment": "chat_bubble",
    "workshop": "event",
    "poll": "calendar_month",
    "application": "how_to_reg",
}
