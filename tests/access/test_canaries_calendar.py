"""The calendar and its feeds, asked by everybody in every view: nobody hears what is not for them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from exchange.models import Workshop
from tests.access.aviary import Aviary
from tests.access.crawl import STAYING, crawl, every_address, mine, sign_in
from tests.access.test_canaries import SignIn, birds
from tests.access.test_every_address import cast

__all__ = ["birds", "cast"]


@pytest.mark.parametrize("who", STAYING)
def test_no_view_and_no_feed_speaks_of_what_one_may_not_see(
    birds: Aviary, cast: SimpleNamespace, as_person: SignIn, who: str
):
    days = {f"{moment:%Y-%m-%d}" for moment in Workshop.objects.values_list("starts_at", flat=True)}
    asked = [address for address in every_address(birds) if "kalender" in address]
    views = ("monat", "woche", "liste", "tag")
    asked += [f" /veranstaltungen/kalender/?ansicht={view}&am={day}" for view in views for day in sorted(days)]
    done = crawl(sign_in(who, cast, as_person), birds, asked)
    assert done.foreign(birds, mine(who, birds)) == {}
    assert done.broken == []
    # There was something to be heard, but for strangers, of whom the operator is one here.
    assert len(done.answered) > 10
    assert bool(done.heard) == (who not in ("anonymous", "operator"))
