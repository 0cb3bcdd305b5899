"""Telling people in their browsers: who wants it, and handing it to the push services after the commit."""

from __future__ import annotations

import json
import logging

from procrastinate import RetryStrategy

from notices import webpush
from notices.models import PushSubscription
from notices.policies.notices import may_have_notices
from notices.queries.push import browsers_of
from notices.queries.quiet import loud_moments
from notices.webpush import BadAddress, Browser
from tenancy.viewer import Viewer
from toolkit.access import Denied
from toolkit.acting import verb
from toolkit.jobs import job_for_viewer
from toolkit.past_sight import answer_of

logger = logging.getLogger(__name__)

#: What a push service answers for a browser that is not there any more, or that another installation's key was told.
_GONE = frozenset({400, 401, 403, 404, 410})
_SOON = RetryStrategy(max_attempts=3, wait=30)


@verb
def subscribe(viewer: Viewer, browser: Browser, *, device: str, session: str) -> int:
    """Tell this person in this browser from now on; a browser that told somebody else tells them no more.

    Raises ``BadAddress`` for an endpoint that no push service has, and for keys that are none.
    """
    if viewer.person_id is None:
        raise Denied(may_have_notices(viewer))
    try:
        webpush.reachable(browser.endpoint)
        webpush.browser_key(browser.p256dh)
        if len(webpush.unb64(browser.auth)) != 16:
            raise BadAddress("the secret of a browser has 16 bytes")
    except ConnectionError as error:
        raise BadAddress(str(error)) from error
    except ValueError as error:
        raise BadAddress("no key of a browser") from error
    made = answer_of("notices_subscribe", browser.endpoint, browser.p256dh, browser.auth, device[:80], session)
    return int(made)


@verb
def unsubscribe(viewer: Viewer, number: int) -> None:
    """Forget one of the viewer's browsers. Raises ``PushSubscription.DoesNotExist`` for another's."""
    PushSubscription.objects.get(pk=number, person_id=viewer.someone).delete()


@verb
def unsubscribe_browser(viewer: Viewer, endpoint: str) -> None:
    """Forget the browser that says so itself; nothing happens where it was not known."""
    PushSubscription.objects.filter(person_id=viewer.someone, endpoint=endpoint).delete()


@verb
def push(viewer: Viewer, *, title: str, body: str, url: str, tag: str) -> int:
    """Tell the viewer in all of their browsers, unless they want quiet now; how many. Part of the caller's transaction.

    A later one with the same ``tag`` takes the place of an earlier one. No contents belong into ``body``: others may
    see the screen.
    """
    if viewer.person_id is None or loud_moments([viewer.person_id]):
        return 0
    said = json.dumps({"title": title, "body": body, "url": url, "tag": tag}, ensure_ascii=False)
    browsers = list(browsers_of(viewer).values_list("pk", flat=True))
    for number in browsers:
        push_to_browser.defer(person_id=viewer.person_id, browser=number, said=said, tag=tag)
    return len(browsers)


@job_for_viewer("notices.push", queue="mail", retry=_SOON)
def push_to_browser(viewer: Viewer, *, browser: int, said: str, tag: str) -> None:
    """Hand one message to one push service; a browser that is gone is forgotten, a service that is down asked again."""
    row = browsers_of(viewer).filter(pk=browser).first()
    if row is None:
        return
    target = Browser(row.endpoint, row.p256dh, row.auth)
    try:
        status = webpush.post(target, webpush.sealed(said.encode(), target), topic=tag)
    except BadAddress:
        status = 410
    if status in _GONE:
        logger.info("A browser is not there any more (%d) and was forgotten.", status)
        row.delete()
    elif not 200 <= status < 300:
        raise ConnectionError(f"The push service answered {status}.")
