"""Calendar feeds: of everybody, of a city, of a format, and one's own by a secret address.

A calendar program asks for the same file again and again. How its rows stand is asked first, in one cheap statement,
and the file is made only for who does not have that stand yet.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from exchange import calendars
from exchange.models import ExchangeFormat
from exchange.queries import feeds as queries
from tenancy.middleware import ViewerRequest
from tenancy.models import Network
from tenancy.viewer import ANONYMOUS, viewer_by_id
from toolkit.acting import acting_as

#: Raise it whenever the same rows make another file: calendars then fetch it anew.
FORM = 1
#: So long (seconds) a calendar program and what is between may take a public feed without asking.
PUBLIC_FOR = 300
#: So long (seconds) a public file is kept for whoever asks next.
STORED_FOR = 24 * 3600


def calendar_file(data: bytes, name: str) -> HttpResponse:
    """The answer that carries a calendar."""
    answer = HttpResponse(data, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'inline; filename="{name}.ics"'
    return answer


def tag_of(stand: queries.Stand, *whose: object) -> str:
    """The strong tag of the file that is made of rows which stand like this."""
    said = (FORM, settings.SITE_URL, translation.get_language(), stand.rows, stand.newest, stand.mixed, *whose)
    return quote_etag(hashlib.sha256("\n".join(map(str, said)).encode()).hexdigest()[:32])


def _answer(
    request: HttpRequest, stand: queries.Stand, tag: str, make: Callable[[], bytes], *, name: str, kept: str
) -> HttpResponseBase:
    """The file, or 304 for who has it.

    Who only says since when (``If-Modified-Since``) gets the file: what came out of sight has left no date.
    """
    headers = {"ETag": tag, "Cache-Control": kept, "Content-Language": translation.get_language() or "de"}
    if stand.newest is not None:
        headers["Last-Modified"] = http_date(stand.newest.timestamp())
    known = get_conditional_response(request, etag=tag, response=HttpResponse(headers=headers))
    if known is not None and known.status_code != 200:
        return known
    answer = calendar_file(make(), name)
    for header, value in headers.items():
        answer[header] = value
    return answer


def _stored(tag: str, make: Callable[[], bytes]) -> Callable[[], bytes]:
    """A file that everybody may read is made once for all; its tag says what is in it."""

    def read() -> bytes:
        key = f"exchange.feed.{tag.strip(chr(34))}"
        packed = cache.get(key)
        if packed is not None:
            return zlib.decompress(packed)
        data = make()
        cache.set(key, zlib.compress(data, 1), STORED_FOR)
        return data

    return read


def _public(request: HttpRequest, kind: str, name: str, title: str, network: Network | None = None) -> HttpResponseBase:
    """What a stranger may see, whoever asks. Somebody with an account gets no more of it."""
    rows = queries.feed(ANONYMOUS, now=timezone.now())
    if network is not None:
        rows = queries.of_city(rows, network)
    stand = queries.stand_of(rows)
    tag = tag_of(stand, kind, title)

    def make() -> bytes:
        found = queries.shown(rows, ANONYMOUS)
        return calendars.calendar_of(map(calendars.Entry, found), name=title)

    return _answer(request, stand, tag, _stored(tag, make), name=name, kept=f"public, max-age={PUBLIC_FOR}")


@login_not_required
@require_safe
def public_calendar(request: ViewerRequest) -> HttpResponseBase:
    """Every workshop that is public."""
    with acting_as(ANONYMOUS):
        return _public(request, "public", "lotsennetz-oeffentlich", _("Lotsennetz: öffentliche Veranstaltungen"))


@login_not_required
@require_safe
def city_calendar(request: ViewerRequest, slug: str) -> HttpResponseBase:
    """The public workshops that a city hosts, alone or with others."""
    with acting_as(ANONYMOUS):
        try:
            network = queries.city_with_calendar(ANONYMOUS, slug)
        except Network.DoesNotExist as error:
            raise Http404 from error
        title = _("Lotsennetz: {town}").format(town=network.municipality.name)
        return _public(request, f"city-{network.pk}", network.slug, title, network)


@login_not_required
@require_safe
def format_calendar(request: ViewerRequest, slug: str) -> HttpResponseBase:
    """All workshops of a format that the one who asks may see; for a calendar program, what is public."""
    viewer = request.viewer
    try:
        exchange_format = queries.format_with_calendar(viewer, slug)
    except ExchangeFormat.DoesNotExist as error:
        raise Http404 from error
    rows = queries.of_format(queries.feed(viewer, now=timezone.now()), exchange_format)
    stand = queries.stand_of(rows)
    tag = tag_of(stand, "format", exchange_format.pk, exchange_format.hashtag, viewer.keys)

    def make() -> bytes:
        found = queries.shown(rows, viewer)
        return calendars.calendar_of(map(calendars.Entry, found), name=f"#{exchange_format.hashtag}")

    read = make if viewer.signed_in else _stored(tag, make)
    return _answer(request, stand, tag, read, name=exchange_format.slug, kept="private, no-cache")


@login_not_required
@require_safe
def own_calendar(request: ViewerRequest, token: str) -> HttpResponseBase:
    """One's own events. The address is the secret; whoever renews it locks the old one out."""
    parts = calendars.person_of(token)
    generation = queries.calendar_generation(parts[0]) if parts else None
    if parts is None or generation is None or not calendars.fits(parts[0], generation, parts[1]):
        raise Http404
    viewer = viewer_by_id(parts[0])
    if not viewer.signed_in:
        raise Http404
    with acting_as(viewer), translation.override(viewer.language):
        rows = queries.own_feed(viewer, now=timezone.now())
        stand = queries.own_stand(rows)

        def make() -> bytes:
            entries = (
                calendars.Entry(
                    workshop,
                    online_url=workshop.online_url if queries.has_link(workshop) else "",
                    place=workshop.own_state,  # type: ignore[attr-defined]  # annotated
                )
                for workshop in queries.shown(rows, viewer)
            )
            return calendars.calendar_of(entries, name="Lotsennetz")

        tag = tag_of(stand, "own", viewer.person_id, generation)
        answer = _answer(request, stand, tag, make, name="lotsennetz", kept="private, no-cache")
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex"
    return answer
