"""Date polls and session days: the coordination of owning cities steers, who is asked answers, nobody else sees."""

from __future__ import annotations

import datetime
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from exchange.models import DatePoll
from tests.access.table import Row, hidden, signed_in
from tests.factories.dates import CouncilDayFactory, PollFactory, PollOptionFactory

DAY = (timezone.localdate() + datetime.timedelta(days=40)).isoformat()


def build(cast: SimpleNamespace) -> SimpleNamespace:
    """Polls of Konstanz in every state: they ask all of Konstanz, and somebody of Gießen."""
    asks: dict[str, Any] = {"owners": [cast.konstanz], "everyone": [cast.konstanz], "people": [cast.outsider]}
    draft, running, done = PollFactory(state="draft", **asks), PollFactory(**asks), PollFactory(**asks)
    option, settled = PollOptionFactory(poll=running), PollOptionFactory(poll=done)
    PollOptionFactory(poll=draft)
    DatePoll.objects.filter(pk=done.pk).update(state="decided", decided=settled)
    return SimpleNamespace(
        konstanz=cast.konstanz,
        heilbronn=cast.heilbronn,
        draft=draft,
        running=running,
        done=done,
        option=option,
        council=CouncilDayFactory(network=cast.konstanz),
    )


def pk(name: str) -> Any:
    return lambda world: {"pk": getattr(world, name).pk}


def asked(method: str, status: int, **more: Any) -> dict[str, Any]:
    """Who is asked in a running poll, or owns it."""
    return {**dict.fromkeys(("outsider", "pilot", "coordinator", "office_head"), status), **more}


def owners(method: str, status: int, **more: Any) -> Row:
    """A running poll: seen by who is asked, steered by the coordination that owns it."""
    return hidden(method, pk("running"), **{**asked(method, 403), "coordinator": status, **more})


def option(world: Any) -> dict[str, Any]:
    return {"option": world.option.pk}


WORDS = {"title": "Neu", "version": "1"}
DAYS = {"days": DAY, "begins": "10:00", "ends": "11:00", "mode": "online"}
NOBODY_ELSE: dict[str, Any] = dict.fromkeys(
    ("outsider", "pilot", "office_head", "moderator", "other_moderator", "operator"), 403
)

ROWS = {
    "exchange:poll-list": signed_in("get", 200),
    "exchange:poll-new": Row("get", None, coordinator=200, **NOBODY_ELSE),
    "exchange:poll-new#post": Row(
        "post",
        None,
        coordinator=302,
        **NOBODY_ELSE,
        data=lambda w: {"title": "Neu", "network": w.konstanz.pk, "names": "all", "asked": w.heilbronn.pk},
    ),
    "exchange:poll-detail": hidden("get", pk("running"), **asked("get", 200)),
    "exchange:poll-detail#draft": hidden("get", pk("draft"), coordinator=200),
    "exchange:poll-detail#done": hidden("get", pk("done"), **asked("get", 200)),
    "exchange:poll-edit": owners("get", 200),
    "exchange:poll-edit#post": owners("post", 302, data=WORDS),
    "exchange:poll-days": owners("get", 200),
    "exchange:poll-days#post": owners("post", 302, data=DAYS),
    "exchange:poll-option-remove": owners("post", 302, data=option),
    "exchange:poll-ask": owners("get", 200),
    "exchange:poll-ask#post": owners("post", 302, data=lambda w: {"networks": w.heilbronn.pk}),
    "exchange:poll-open": hidden("post", pk("draft"), coordinator=302),
    "exchange:poll-open#twice": owners("post", 403),
    "exchange:poll-vote": hidden(
        "post", pk("running"), **asked("post", 302), data=lambda w: {f"answer_{w.option.pk}": "yes"}
    ),
    "exchange:poll-vote#draft": hidden("post", pk("draft"), coordinator=403),
    "exchange:poll-vote#over": hidden("post", pk("done"), **asked("post", 403)),
    "exchange:poll-close": owners("post", 302),
    "exchange:poll-close#draft": hidden("post", pk("draft"), coordinator=403),
    "exchange:poll-decide": owners("post", 302, data=option),
    "exchange:poll-decide#twice": hidden("post", pk("done"), **asked("post", 404), data=option),
    "exchange:poll-delete": hidden("post", pk("draft"), coordinator=302),
    "exchange:poll-delete#sent": owners("post", 403),
    "exchange:poll-calendar": hidden("get", pk("done"), **asked("get", 200)),
    "exchange:poll-calendar#open": hidden("get", pk("running")),
    "exchange:council-days": signed_in("get", 200, lambda w: {"slug": w.konstanz.slug}, operator=404),
    "exchange:council-days#post": signed_in(
        "post",
        403,
        lambda w: {"slug": w.konstanz.slug},
        coordinator=302,
        operator=404,
        data={"days": DAY, "name": "Rat"},
    ),
    "exchange:council-days-remove": signed_in(
        "post",
        403,
        lambda w: {"slug": w.konstanz.slug},
        coordinator=302,
        operator=404,
        data=lambda w: {"gone": w.council.pk},
    ),
}
