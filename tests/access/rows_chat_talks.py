"""Groups with owners, topic rooms, and what is each person's own in the chat."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from chat.services.conversations import open_direct, open_group
from chat.services.people import block_person
from chat.services.topics import open_topic
from tenancy.viewer import viewer_for
from tests.access.table import Row, hidden, signed_in
from toolkit.audience import land_key


def build(cast: SimpleNamespace) -> SimpleNamespace:
    """The pilot of Konstanz owns a group with the neighbour; the coordinator owns a topic room of the Land."""
    viewer = viewer_for(cast.pilot)
    direct = open_direct(viewer, cast.neighbour.pk)
    block_person(viewer, cast.neighbour.pk)
    topic = open_topic(viewer_for(cast.coordinator), "Themen im Land", "", land_key("08"))
    group = open_group(viewer, "Gruppe", [cast.office_head.pk])
    return SimpleNamespace(
        direct=direct, group=group, topic=topic, neighbour=cast.neighbour, head=cast.office_head, konstanz=cast.konstanz
    )


def of(name: str):
    """The number of a conversation of the world, for the address."""
    return lambda world: {"pk": getattr(world, name)}


def of_head(world: SimpleNamespace) -> dict[str, int]:
    """The group, and the one of its members who does not own it."""
    return {"pk": world.group, "person_id": world.head.pk}


NEW = {"title": "Neu", "about": "", "open_to": "200000"}
COORDINATING: dict[str, Any] = {"coordinator": 200, "moderator": 200, "other_moderator": 200}
OPENING: dict[str, Any] = {"coordinator": 302, "moderator": 302, "other_moderator": 302}
OF_NEIGHBOUR: dict[str, Any] = {"kwargs": lambda w: {"person_id": w.neighbour.pk}, "data": {"on": "1"}}

ROWS = {
    "chat:wishes": signed_in("get", 200),
    "chat:wishes#post": signed_in("post", 302, data={"announce": "all"}),
    "chat:wishes#bad": signed_in("post", 422, data={"announce": "laut"}),
    "chat:topics": signed_in("get", 200),
    "chat:topic-new": signed_in("get", 403, **COORDINATING),
    "chat:topic-new#post": signed_in("post", 403, data=NEW, **OPENING),
    "chat:conversation#topic": hidden("get", of("topic"), pilot=200, coordinator=200, office_head=200, moderator=200),
    "chat:join#topic": hidden("post", of("topic"), pilot=302, coordinator=302, office_head=302, moderator=302),
    "chat:network-room": signed_in(
        "post", 403, lambda w: {"network_id": w.konstanz.pk}, pilot=302, coordinator=302, office_head=302
    ),
    "chat:block": signed_in("post", 302, operator=404, **OF_NEIGHBOUR),
    "chat:favourite": hidden("post", of("direct"), pilot=302),
    "chat:archive": hidden("post", of("direct"), data={"on": "1"}, pilot=302),
    "chat:members": hidden("get", of("group"), pilot=200, office_head=200),
    "chat:members#direct": hidden("get", of("direct")),
    "chat:keep": hidden("get", of("group"), pilot=200, office_head=403),
    "chat:keep#post": hidden("post", of("group"), data={"days": "30"}, pilot=302, office_head=403),
    "chat:keeping-rule": signed_in("get", 403, lambda w: {"network_id": w.konstanz.pk}, coordinator=200),
    "chat:keeping-rule#post": signed_in(
        "post", 403, lambda w: {"network_id": w.konstanz.pk}, data={"days": "30"}, coordinator=302
    ),
    "chat:describe": hidden("get", of("group"), pilot=200, office_head=403),
    "chat:describe#post": hidden("post", of("group"), data={"title": "Anders"}, pilot=302, office_head=403),
    "chat:give-up": hidden("post", of("group"), pilot=302, office_head=403),
    "chat:member-add": hidden(
        "post", of("group"), data=lambda w: {"people": [w.neighbour.pk]}, pilot=302, office_head=403
    ),
    "chat:member-share": hidden("post", of_head, pilot=302, office_head=403),
    "chat:member-remove": hidden("post", of_head, pilot=302, office_head=403),
}

__all__ = ["ROWS", "Row", "build"]
