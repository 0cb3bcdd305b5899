"""Topic rooms: open to all networks or to one Land, entered and left by oneself."""

from __future__ import annotations

from chat import wall
from chat.policies import may_open_topic, may_open_topic_to
from tenancy.viewer import Viewer
from toolkit.access import require
from toolkit.acting import verb


@verb
def open_topic(viewer: Viewer, title: str, about: str, open_to: int, *, announce: bool = False) -> int:
    """Open a topic room for whoever holds the key ``open_to``; the viewer owns it. Gives its number.

    With ``announce`` only its owners write. Raises ``Denied``.
    """
    require(may_open_topic(viewer))
    require(may_open_topic_to(viewer, open_to))
    return wall.open_topic(title[:120], about[:300], open_to, announce=announce)
