"""The chat: a conversation is there for those who are in it, a room for those whom its owner lets in."""

from __future__ import annotations

from types import SimpleNamespace

from chat.ids import new_client_id
from chat.public import open_room, register_room_rule
from chat.services.conversations import open_direct, open_group
from chat.services.files import upload
from chat.services.messages import send_message
from chat.services.missed import token_of
from tenancy.viewer import viewer_for
from tests.access.table import Row, everyone, hidden, signed_in
from tests.chat import files
from toolkit.access import ALLOW, deny
from toolkit.acting import acting_as


def build(cast: SimpleNamespace) -> SimpleNamespace:
    """The pilot of Konstanz talks with the one of Heilbronn, directly and in a group; Konstanz has a room."""
    viewer = viewer_for(cast.pilot)
    direct = open_direct(viewer, cast.neighbour.pk)
    for text in ("Moin", "Falsches Fenster"):
        send_message(viewer, direct, new_client_id(), text)
    konstanz = cast.konstanz.pk
    unsent = upload(viewer, direct, files.uploaded("Entwurf.png", files.picture()))
    sent = upload(viewer, direct, files.uploaded("Flur.png", files.picture()))
    send_message(viewer, direct, new_client_id(), "", files=[sent.key])
    with acting_as(viewer):
        room = open_room("access", 1, "Raum")
    register_room_rule("access", lambda v, _: ALLOW if konstanz in v.network_ids else deny("Nein."), lambda _: "")
    return SimpleNamespace(
        direct=direct,
        group=open_group(viewer, "Runde", [cast.neighbour.pk]),
        room=room,
        neighbour=cast.neighbour,
        unsent=unsent.key,
        sent=sent.key,
    )


def of(name: str):
    """The number of a conversation of the world, for the address."""
    return lambda world: {"pk": getattr(world, name)}


def key(name: str):
    """The key of a file of the world, for the address."""
    return lambda world: {"key": getattr(world, name)}


def first(world: SimpleNamespace) -> dict[str, int]:
    """The address of what the pilot said first."""
    return {"pk": world.direct, "seq": 1}


def second(world: SimpleNamespace) -> dict[str, int]:
    """And second."""
    return {"pk": world.direct, "seq": 2}


IN_KONSTANZ = {"pilot": 200, "coordinator": 200, "office_head": 200}
ENTERING = {"pilot": 302, "coordinator": 302, "office_head": 302}

ROWS = {
    "chat:list": signed_in("get", 200),
    "chat:rows": signed_in("get", 200),
    "chat:missed-off": everyone("get", 200, lambda w: {"token": token_of(w.neighbour.pk)}),
    "chat:missed-off#once": everyone("post", 200, lambda w: {"token": token_of(w.neighbour.pk)}),
    "chat:missed-off#forged": everyone("post", 404, lambda w: {"token": token_of(w.neighbour.pk) + "x"}),
    "chat:search": signed_in("get", 200, query="q=Moin"),
    "chat:new": signed_in("get", 200),
    "chat:new#post": signed_in("post", 422, data={"title": "Runde"}, operator=403),
    "chat:new#group": signed_in(
        "post", 302, data=lambda w: {"title": "Runde", "people": [w.neighbour.pk]}, operator=403
    ),
    "chat:open-direct": signed_in("post", 302, lambda w: {"person_id": w.neighbour.pk}, operator=404),
    "chat:conversation": hidden("get", of("direct"), pilot=200),
    "chat:conversation#group": hidden("get", of("group"), pilot=200),
    "chat:conversation#door": hidden("get", of("room"), **IN_KONSTANZ),
    "chat:send": hidden(
        "post", of("direct"), data=lambda w: {"client_id": str(new_client_id()), "body": "Moin"}, pilot=302
    ),
    "chat:send#json": hidden(
        "post", of("direct"), data=lambda w: {"id": str(new_client_id()), "body": "Moin"}, json=True, pilot=200
    ),
    "chat:messages": hidden("get", of("direct"), query="nach=0", pilot=200),
    "chat:people": hidden("get", of("group"), query="q=", pilot=200),
    "chat:read": hidden("post", of("direct"), data={"seq": "1"}, pilot=302),
    "chat:mute": hidden("post", of("direct"), pilot=302),
    "chat:join": hidden("post", of("room"), **ENTERING),
    "chat:cards": signed_in("get", 200),
    "chat:message": hidden("get", first, pilot=200),
    "chat:edit": hidden("get", first, pilot=200),
    "chat:edit#post": hidden("post", first, data={"body": "Moin, moin"}, pilot=302),
    "chat:retract": hidden("post", second, pilot=302),
    "chat:react": hidden("post", first, data={"sign": "👍", "on": "1"}, pilot=302),
    "chat:pin": hidden("post", first, data={"on": "1"}, pilot=302),
    "chat:unread": hidden("post", first, pilot=302),
    "chat:versions": hidden("get", first, pilot=200),
    "chat:readers": hidden("get", first, pilot=200),
    "chat:thread": hidden("get", first, pilot=200),
    "chat:leave": hidden("post", of("group"), pilot=302),
    "chat:leave#direct": hidden("post", of("direct"), pilot=403),
    "chat:file-new": hidden(
        "post", of("direct"), data=lambda _: {"file": files.uploaded("Flur.png", files.picture())}, pilot=201
    ),
    "chat:file": hidden("get", key("sent"), pilot=200),
    "chat:file#unsent": hidden("get", key("unsent"), pilot=200),
    "chat:file-preview": hidden("get", key("sent"), pilot=200),
    "chat:file-drop": hidden("post", key("unsent"), pilot=302),
    "chat:file-drop#sent": hidden("post", key("sent")),
    "rest-conversations": signed_in("get", 200, anonymous=403),
    "rest-messages": hidden("get", of("direct"), pilot=200, anonymous=403),
}

#: Every command of the socket: the first event that the pilot, who is in the conversation, gets, and that of
#: everybody else with a login, who is not. None is silence. A visitor's line is closed before it says anything.
SOCKET: dict[str, tuple[str | None, str | None]] = {
    "hello": ("welcome", "welcome"),
    "ping": ("beat", "beat"),
    "subscribe": ("messages", "gone"),
    "sync": ("messages", "gone"),
    "unsubscribe": (None, None),
    "send": ("ack", "nack"),
    "read": ("beat", "gone"),
    "taken": (None, None),
    "writing": (None, None),
}

__all__ = ["ROWS", "SOCKET", "Row", "build"]
