"""Who may enter the room of a thing is known by whoever owns the thing; it registers the rule here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenancy.viewer import Viewer
from toolkit.access import Decision, deny

#: Gets the viewer and the number of the thing the room belongs to.
MayJoin = Callable[[Viewer, int], Decision]
#: Gets the number of the thing; answers the path of its page, or an empty string.
Link = Callable[[int], str]
#: Gets the viewer and the number of the thing; answers what its room is called for them, or an empty string.
Title = Callable[[Viewer, int], str]


@dataclass(frozen=True, slots=True)
class RoomRule:
    """The rule of all rooms of one kind of thing."""

    may_join: MayJoin
    link: Link
    title: Title | None = None


_rules: dict[str, RoomRule] = {}


def register_room_rule(kind: str, may_join: MayJoin, link: Link, title: Title | None = None) -> None:
    """Say who may join the rooms of ``kind`` (``format``, ``workshop`` …), and where the thing's page is.

    The rule is asked when somebody joins, and again for every room of a person whose membership ended. ``title``
    names the room at its door, to those who may enter: before that the chat itself reads nothing of it.
    """
    _rules[kind] = RoomRule(may_join=may_join, link=link, title=title)


def may_join(viewer: Viewer, kind: str, subject_id: int | None) -> Decision:
    """Ask the rule of the owner; a room without a rule is shut."""
    rule = _rules.get(kind)
    if rule is None or subject_id is None:
        return deny(_("Diesem Raum kann man nicht selbst beitreten."))
    return rule.may_join(viewer, subject_id)


def link_to(kind: str, subject_id: int | None) -> str:
    """The path of the page the room belongs to, or an empty string."""
    rule = _rules.get(kind)
    return rule.link(subject_id) if rule is not None and subject_id is not None else ""


def title_for(viewer: Viewer, kind: str, subject_id: int | None) -> str:
    """What the owner calls the room for a viewer, or just „Raum“."""
    rule = _rules.get(kind)
    title = rule.title(viewer, subject_id) if rule is not None and rule.title and subject_id is not None else ""
    return title or gettext("Raum")
