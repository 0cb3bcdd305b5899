"""The calendar and its feeds: what is public is everybody's, one's own hangs on a secret address."""

from __future__ import annotations

from types import SimpleNamespace

from exchange.calendars import token_for
from exchange.models import CalendarAddress
from tenancy.models import Network
from tests.access.rows_workshops import PEOPLE_OF_KONSTANZ, pk, programme, slug
from tests.access.table import everyone, hidden, signed_in
from tests.factories.tenancy import MunicipalityFactory, NetworkFactory
from tests.factories.workshops import FormatFactory, WorkshopFactory


def build(cast: SimpleNamespace) -> SimpleNamespace:
    """Formats and workshops in and out of sight, and the pilot's secret address."""
    konstanz, heilbronn = cast.konstanz, cast.heilbronn
    CalendarAddress.objects.create(person=cast.pilot)
    secret = NetworkFactory(municipality=MunicipalityFactory(ags="08999999", name="Musterstadt"), slug="musterstadt")
    Network.objects.filter(pk=secret.pk).update(published_at=None)
    return SimpleNamespace(
        city=konstanz,
        secret=secret,
        format=FormatFactory(hashtag="KNmeetsHN", slug="knmeetshn", cities=[konstanz, heilbronn]),
        public=FormatFactory(hashtag="Offen", slug="offen", cities=[heilbronn], rung="public"),
        narrow=FormatFactory(hashtag="Eng", slug="eng", cities=[konstanz], rung="network"),
        open=WorkshopFactory(hosts=[konstanz, heilbronn]),
        draft=WorkshopFactory(hosts=[konstanz], state="draft"),
        token=token_for(cast.pilot.pk, 1),
    )


ROWS = {
    "exchange:calendar": everyone("get", 200),
    "exchange:calendar#filtered": everyone("get", 200, query="ansicht=woche&meine=1&land=08&format=eng"),
    "exchange:public-calendar": everyone("get", 200),
    "exchange:city-calendar": everyone("get", 200, slug("city")),
    "exchange:city-calendar#unpublished": everyone("get", 404, slug("secret")),
    "exchange:city-calendar#unknown": everyone("get", 404, lambda w: {"slug": "atlantis"}),
    "exchange:format-calendar": programme("get", slug("format")),
    "exchange:format-calendar#public": everyone("get", 200, slug("public")),
    "exchange:format-calendar#narrow": hidden("get", slug("narrow"), **PEOPLE_OF_KONSTANZ, anonymous=404),
    "exchange:workshop-calendar": programme("get", pk("open")),
    "exchange:workshop-calendar#draft": hidden("get", pk("draft"), coordinator=200, anonymous=404),
    "exchange:calendar-address": everyone("get", 200),
    "exchange:calendar-renew": signed_in("post", 302),
    "exchange:own-calendar": everyone("get", 200, lambda w: {"token": w.token}),
    "exchange:own-calendar#guessed": everyone("get", 404, lambda w: {"token": f"{w.token[:-1]}x"}),
}
