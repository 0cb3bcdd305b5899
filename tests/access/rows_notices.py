"""Notices: everybody has their own, and nobody another's."""

from __future__ import annotations

from types import SimpleNamespace

from tests.access.table import Row, signed_in
from tests.factories.notices import NoticeFactory


def build(cast: SimpleNamespace) -> SimpleNamespace:
    return SimpleNamespace(notice=NoticeFactory(person=cast.pilot, url="/mitteilungen/"))


ROWS = {
    "notices:list": signed_in("get", 200),
    "notices:read-all": signed_in("post", 302),
    "notices:wish": signed_in("post", 302),
    "notices:quiet": signed_in(
        "post", 302, data={"quiet": "on", "quiet_from": "18:00", "quiet_to": "07:00", "quiet_weekends": "on"}
    ),
    "notices:quiet#bad": signed_in("post", 422, data={"quiet": "on", "quiet_from": "99:00"}),
    "notices:push-on": signed_in("post", 400, data={"endpoint": "https://127.0.0.1/x"}, json=True),
    "notices:push-off": signed_in("post", 404, data={"browser": "999999"}),
    "notices:push-off#itself": signed_in("post", 204, data={"endpoint": "https://push.example/x"}, json=True),
    "notices:follow": Row(
        "post",
        lambda w: {"pk": w.notice.pk},
        anonymous=302,
        outsider=404,
        pilot=302,
        coordinator=404,
        office_head=404,
        moderator=404,
        other_moderator=404,
        operator=404,
    ),
}
