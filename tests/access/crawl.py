"""The crawl: every address, with every number and every word that the world of the canaries holds, as one person."""

from __future__ import annotations

import contextlib
import html
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from tenancy.services.memberships import end_membership
from tenancy.viewer import viewer_for
from tests.access.aviary import BIRD, Aviary
from tests.access.table import PEOPLE
from tests.database.undoing import undone

if TYPE_CHECKING:
    from collections.abc import Callable

    from tenancy.models import Person

#: Everybody who listens. ``office_head`` has left a conversation; the last two change the world when they come in.
STAYING = (*PEOPLE, "neighbour", "neighbour_coordinator")
CROWD = (*STAYING, "removed", "suspended")
CANARY = re.compile(r"xq[a-z]+?xq")

#: What an address is about, by a part of its name; ``{}`` in SEARCHES becomes a word.
SPEAKS_OF = {
    "experience": ("Experience",),
    "comment": ("Comment",),
    "edition": ("Edition",),
    "workshop": ("Workshop",),
    "seat": ("Workshop",),
    "poll": ("DatePoll",),
    "host": ("Workshop",),
    "participant": ("Workshop",),
    "program": ("Workshop",),
    "session": ("Workshop",),
    "material": ("Workshop",),
    "proposal": ("Workshop",),
    "open-space": ("Workshop",),
    "question": ("Workshop",),
    "answers": ("Workshop",),
    "series-new": ("Workshop",),
    "series": ("WorkshopSeries",),
    "member": ("Membership",),
    "person": ("Person",),
    "direct": ("Person",),
    "office": ("Office",),
    "funding": ("Funding",),
    "paper": ("CouncilPaper",),
    "invitation": ("Invitation",),
    "partnership": ("Partnership",),
    "application": ("Application",),
    "decision": ("ModerationDecision",),
    "decide": ("Report",),
    "follow": ("Notice",),
    "messages": ("Conversation",),
    "conversation": ("Conversation",),
}
#: What ``number`` counts within a workshop, by a part of the name of the address.
PARTS = {"session": "Session", "question": "Question", "proposal": "SessionProposal"}
REPORTED = {"experience": "Experience", "comment": "Comment", "workshop": "Workshop"}
SEARCHES = (
    *("/suche/?q={}", "/erfahrungen/?q={}", "/erfahrungen/?q={}&sort=match", "/erfahrungen/feed/?q={}"),
    *("/personen/?q={}", "/personen/?amt={}", "/personen/?thema={}", "/personen/?ort={}", "/netzwerke/?q={}"),
    *("/themen/vorschlaege/?q={}", "/kommunen/vorschlaege/?q={}", "/api/v1/experiences/?q={}"),
    *("/api/v1/people/?q={}", "/api/v1/people/?topic={}", "/api/v1/people/?office={}", "/api/v1/networks/?q={}"),
    *("/chat/suche/?q={}", "/chat/suche/?person={}", "/chat/suche/?q={}&datei=1"),
    *("/chat/neu/?q={}", "/erfahrungen/themen/?q={}", "/erfahrungen/?topic={}", "/api/v1/experiences/?topic={}"),
)
FACETS = (
    *("/erfahrungen/?land=08", "/erfahrungen/?network=konstanz", "/erfahrungen/?network=giessen&sort=match"),
    *("/erfahrungen/?network=xqfreshslugxq", "/erfahrungen/?stage=idea", "/erfahrungen/?area=other"),
    *("/veranstaltungen/?zeit=vergangen", "/veranstaltungen/?meine=1", "/veranstaltungen/?land=08"),
    *("/veranstaltungen/kalender/?ansicht=liste", "/veranstaltungen/kalender/?ansicht=woche&meine=1"),
    *("/veranstaltungen/kalender/?format=xqknformatxq", "/veranstaltungen/kalender/?kommune=xqfreshslugxq"),
    *("/veranstaltungen/kalender.ics", "/netzwerke/konstanz/kalender.ics", "/netzwerke/xqfreshslugxq/kalender.ics"),
    *(
        "/veranstaltungen/?format=xqknformatxq",
        "/veranstaltungen/?art=online",
        "/veranstaltungen/neu/?format=xqknformatxq",
    ),
    *(
        "/personen/?netzwerk=konstanz",
        "/personen/?netzwerk=xqfreshslugxq",
        "/personen/?gleich=on",
        "/personen/?land=06",
    ),
    *("/netzwerke/?land=08", "/netzwerke/?land=06", "/mitmachen/antraege/?stand=entschieden"),
    *("/api/v1/networks/?state=08", "/api/v1/people/?network=xqfreshslugxq", "/api/v1/workshops/?past=1"),
)
#: Texts to search for by their own canary: what comes with it on the page would give it away.
SOUGHT = ("xqgidrafttitlexq", "xqknnetworktitlexq", "xqhiddentitlexq", "xqknownworkshoptitlexq", "xqhnunlistedxq")
#: Links to another page of the same list, in pages and in JSON.
_ANOTHER_PAGE = re.compile(r'"(?:https?://testserver)?(/[^"]*[?&](?:page|seite|vor)=[^"]+)"')
MOST_PAGES = 12


@dataclass(slots=True)
class Crawl:
    """What somebody heard: each canary with the first address where, and the addresses that failed or answered."""

    heard: dict[str, str] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    asked: int = 0

    def foreign(self, birds: Aviary, mine: set[str]) -> dict[str, str]:
        """The canaries that were not for these ears."""
        return {c: path for c, path in self.heard.items() if c in birds.heard_by and c not in mine}


def crawl(client: Client, birds: Aviary, addresses: list[str] | None = None, *, guarded: bool = False) -> Crawl:
    """Ask for every address (or for these), and for the further pages of every list.

    ``guarded`` takes back whatever each request did, so that one that breaks leaves the next a sound transaction.
    """
    done = Crawl()
    refused: set[str] = set()
    # A refusal is logged with all its frames, thousands of times; what is asked here is what comes back.
    logging.disable(logging.CRITICAL)
    try:
        for entry in addresses if addresses is not None else every_address(birds):
            name, _, path = entry.rpartition(" ")
            if name not in refused and _listen(client, path, done, guarded=guarded) == 405:
                refused.add(name)
    finally:
        logging.disable(logging.NOTSET)
    return done


def _listen(client: Client, path: str, done: Crawl, *, guarded: bool = False) -> int:
    waiting, seen = [path], {path}
    status = 0
    while waiting and len(seen) <= MOST_PAGES:
        path = waiting.pop(0)
        with undone() if guarded else contextlib.nullcontext():
            answer = client.get(path)
        done.asked += 1
        status = status or answer.status_code
        if answer.status_code >= 500:
            done.broken.append(path)
        told = b"".join(getattr(answer, "streaming_content", ())) or answer.content
        # A calendar folds its lines, also in the midst of a word.
        text = told.replace(b"\r\n ", b"").decode("utf-8", "replace") + repr(dict(answer.headers))
        for canary in CANARY.findall(text):
            if canary not in path:
                done.heard.setdefault(canary, path)
        if answer.status_code == 200:
            done.answered.append(path)
            further = {html.unescape(link) for link in _ANOTHER_PAGE.findall(text)}
            same_list = {link for link in further if link.partition("?")[0] == path.partition("?")[0]}
            waiting += sorted(same_list - seen)
            seen |= same_list
    return status


def every_address(birds: Aviary) -> list[str]:
    """``name path`` of all addresses, lists with every facet, searches for the common word and for canaries."""
    searches = [address.format(BIRD) for address in SEARCHES]
    sought = ("/suche/", "/erfahrungen/?", "/personen/", "/api/v1/experiences/", "/themen/", "/erfahrungen/themen/")
    searches += [a.format(word) for a in SEARCHES for word in SOUGHT if a.startswith(sought) and a.endswith("?q={}")]
    return list(dict.fromkeys([*paths(birds), *(f" {path}" for path in (*searches, *FACETS))]))


def paths(birds: Aviary, resolver: URLResolver | None = None, namespace: str = "") -> Iterator[str]:
    """``name path``: every address of the product with every number and short name that it can be about."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from paths(birds, entry, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)
        elif isinstance(entry, URLPattern) and entry.name:
            yield from _filled(f"{namespace}{entry.name}", entry, birds)


def _numbers(name: str, birds: Aviary) -> list[int]:
    short = name.rsplit(":", maxsplit=1)[-1]
    kinds = next((kinds for part, kinds in SPEAKS_OF.items() if part in short), ())
    if name.startswith(("chat:", "rest-messages")) and kinds != ("Person",):
        kinds = ("Conversation",)
    things = (birds.of(*kinds) if kinds else []) or birds.things
    return sorted({thing.pk for thing in things if isinstance(thing.pk, int)})


def _filled(name: str, entry: URLPattern, birds: Aviary) -> Iterator[str]:
    formats = [thing.slug for thing in birds.of("ExchangeFormat")]
    about_networks = ["konstanz", "heilbronn", "giessen", "xqfreshslugxq"]
    slugs: dict[str, list[Any]] = {
        "slug": formats if "format" in name or "edition" in name else about_networks,
        "step": ["wir"], "part": ["wir", "aemter"], "asked": ["heilbronn"],
        "number": next(([t.pk for t in birds.of(kind)] for part, kind in PARTS.items() if part in name), []) or [1],
        "token": ["geraten"], "key": [*(thing.key for thing in birds.of("MessageFile")), "geraten"], "uidb36": ["1"],
    }  # fmt: skip
    rounds: list[dict[str, Any]] = [{}]
    if name == "moderation:report":
        rounds = [{"kind": kind, "object_id": t.pk} for kind, model in REPORTED.items() for t in birds.of(model)]
    else:
        for part in entry.pattern.converters:
            values = slugs.get(part) or _numbers(name, birds)
            rounds = [{**made, part: value} for made in rounds for value in values]
    for kwargs in rounds:
        try:
            yield f"{name} {reverse(name, kwargs=kwargs)}"
        except NoReverseMatch:
            continue


def sign_in(who: str, cast: SimpleNamespace, as_person: Callable[[Person], Client]) -> Client:
    """The browser of one of the crowd; ``removed`` and ``suspended`` signed in before that happened to them."""
    if who == "anonymous":
        return Client()
    if who == "removed":
        client = as_person(cast.office_head)
        end_membership(viewer_for(cast.coordinator), cast.office_head.memberships.get().pk)
        return client
    if who == "suspended":
        client = as_person(cast.coordinator)
        type(cast.coordinator).objects.filter(pk=cast.coordinator.pk).update(is_active=False)
        return client
    return as_person(getattr(cast, who))


def mine(who: str, birds: Aviary) -> set[str]:
    """What one of the crowd may hear: who was removed keeps what was decided on their own words, nothing else."""
    return {"xqdecisiontitlexq", "xqdecisionreasonxq"} if who == "removed" else birds.mine(who)
