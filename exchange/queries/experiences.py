"""What the pages, the search, the feed and REST show of experiences. One function per page, its price is fixed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.datastructures import MultiValueDict
from django.utils.http import urlencode

from exchange.models import Comment, Experience, ExperienceTopic, Helpful
from exchange.policies.experiences import (
    own_experiences,
    published_experiences,
    visible_comments,
    visible_experiences,
)
from tenancy.models import Partnership, TaskArea, Topic
from tenancy.policies.networks import visible_networks
from tenancy.viewer import Viewer
from toolkit.pagination import Candidates, Page, page_by_key
from toolkit.text import clean_query, fold

NEWEST = ("-published_at", "-id")
PAGE = 20
#: Ranking looks at so many of the newest only, or a frequent word would cost what all rows cost.
BOUND = 2_000
#: With fewer exact hits than this, words that are written alike are offered too.
THIN = 4


@dataclass(frozen=True, slots=True)
class ExperienceFilter:
    """What is asked of the list, from the address; whatever is unknown or unclean is left out."""

    q: str = ""
    topics: tuple[str, ...] = ()
    lands: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    by_match: bool = False

    @property
    def active(self) -> int:
        """How many facets narrow the list."""
        return sum(map(len, (self.topics, self.lands, self.networks, self.areas, self.stages)))

    def pairs(self) -> list[tuple[str, str]]:
        """The same as parameters of an address."""
        pairs = [("q", self.q)] if self.q else []
        for name, values in self._facets():
            pairs += [(name, value) for value in values]
        if self.by_match:
            pairs.append(("sort", "match"))
        return pairs

    def _facets(self) -> list[tuple[str, tuple[str, ...]]]:
        return [
            ("topic", self.topics),
            ("land", self.lands),
            ("network", self.networks),
            ("area", self.areas),
            ("stage", self.stages),
        ]

    def address(self, **more: str) -> str:
        """The query string, ``more`` added; empty when nothing is asked."""
        pairs = self.pairs() + [(k, v) for k, v in more.items() if v]
        return f"?{urlencode(pairs)}" if pairs else "?"

    def without(self, name: str, value: str) -> ExperienceFilter:
        """The same without one value of a facet."""
        kept = tuple(v for v in getattr(self, f"{name}s") if v != value)
        changed: dict[str, Any] = {f"{name}s": kept}
        return replace(self, **changed)


def filter_from(data: MultiValueDict[str, str]) -> ExperienceFilter:
    """Read the filter from an address; never raises."""

    def values(name: str, allowed: Any = None, most: int = 10) -> tuple[str, ...]:
        found = dict.fromkeys(v for raw in data.getlist(name) if (v := clean_query(raw)))
        return tuple(v for v in found if allowed is None or v in allowed)[:most]

    return ExperienceFilter(
        q=clean_query(data.get("q") or ""),
        topics=values("topic"),
        lands=values("land"),
        networks=values("network"),
        areas=values("area", TaskArea.values, 20),
        stages=values("stage", Experience.Stage.values),
        by_match=data.get("sort") == "match",
    )


# --- rows -----------------------------------------------------------------------------------------------------------


def with_cards(rows: QuerySet[Experience]) -> QuerySet[Experience]:
    """All that a card shows, in two queries: rows with author and city, and their topics."""
    topics = ExperienceTopic.objects.select_related("tag").order_by("id")
    return (
        rows.select_related("network__municipality", "author")
        .defer("search", "search_key", "what_we_did", "starting_point", "legal_basis", "result", "pitfalls",
               "differently", "reusable", "benefits", "took_part")
        .prefetch_related(Prefetch("experience_topics", queryset=topics))
    )  # fmt: skip


def narrowed(rows: QuerySet[Experience], wanted: ExperienceFilter) -> QuerySet[Experience]:
    """Rows that fit the facets; values of one facet are alternatives."""
    if wanted.topics:
        by_topic = ExperienceTopic.objects.filter(content_object=OuterRef("pk"), tag__slug__in=wanted.topics)
        rows = rows.filter(Exists(by_topic))
    if wanted.lands:
        rows = rows.filter(network__municipality__state_id__in=wanted.lands)
    if wanted.networks:
        rows = rows.filter(network__slug__in=wanted.networks)
    if wanted.areas:
        rows = rows.filter(task_area__in=wanted.areas)
    if wanted.stages:
        rows = rows.filter(stage__in=wanted.stages)
    return rows


def _found(
    wanted: ExperienceFilter,
    *,
    most: int,
    words: str = "",
    alike: Sequence[str] = (),
    but: Sequence[int] = (),
    beyond: Sequence[Any] | None = None,
    backwards: bool = False,
    bound: int = 0,
) -> tuple[str, tuple[Any, ...]]:
    """The call of the function that looks words up past the wall, within the acting one's sight; see its migration."""
    at, number = beyond or (None, None)
    facets = [list(values) for values in (wanted.topics, wanted.lands, wanted.networks, wanted.areas, wanted.stages)]
    call = (
        "exchange_find_experiences(%s, %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], "
        "%s::bigint[], %s::timestamptz, %s::bigint, %s, %s, %s)"
    )
    return call, (words, list(alike), *facets, list(but), at, number, backwards, bound, most)


def _among(call: str, arguments: tuple[Any, ...]) -> RawSQL:
    return RawSQL("SELECT found FROM " + call, arguments)  # noqa: S608, S611 -- constant, its arguments beside it


def matching(wanted: ExperienceFilter) -> Candidates | None:
    """What a page of rows that hold the words is taken from, in whatever German form; None when nothing is asked."""
    if not wanted.q:
        return None

    def candidates(beyond: Sequence[Any] | None, backwards: bool, most: int) -> RawSQL:
        return _among(*_found(wanted, words=wanted.q, beyond=beyond, backwards=backwards, most=most))

    return candidates


def newest_matching(rows: QuerySet[Experience], wanted: ExperienceFilter, *, most: int) -> list[Experience]:
    """The newest rows that hold the words. One query."""
    among = _among(*_found(wanted, words=wanted.q, most=most))
    return list(rows.filter(pk__in=among).order_by(*NEWEST)[:most])


def alike(rows: QuerySet[Experience], wanted: ExperienceFilter, *, but: Sequence[int], most: int) -> list[Experience]:
    """Rows whose title, topics or town are written alike, or hold the word inside a longer one. One query."""
    words = [w for w in fold(wanted.q).split() if len(w) >= 3][:6]
    if not words or most <= 0:
        return []
    among = _among(*_found(wanted, alike=words, but=but, most=most))
    return list(rows.filter(pk__in=among).order_by(*NEWEST)[:most])


def ranked(rows: QuerySet[Experience], wanted: ExperienceFilter, *, most: int = PAGE) -> list[Experience]:
    """The best fitting of the newest 2,000 that hold the words. Two queries beside the cards' topics."""
    call, arguments = _found(wanted, words=wanted.q, most=most, bound=BOUND)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT found FROM {call} ORDER BY place", arguments)  # noqa: S608 -- as above
        best = [pk for (pk,) in cursor.fetchall()]
    cards = with_cards(rows.filter(pk__in=best)).in_bulk()
    return [cards[pk] for pk in best if pk in cards]


# --- pages ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet."""

    name: str
    value: str
    label: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class ListPage:
    """The list of experiences: rows, those written alike, and the facets."""

    page: Page[Experience]
    alike: list[Experience] = field(default_factory=list)
    topics: list[Choice] = field(default_factory=list)
    lands: list[Choice] = field(default_factory=list)
    networks: list[Choice] = field(default_factory=list)
    areas: list[Choice] = field(default_factory=list)
    stages: list[Choice] = field(default_factory=list)

    @property
    def chosen(self) -> list[Choice]:
        """The facets' values that narrow the list now."""
        every = (*self.topics, *self.lands, *self.networks, *self.areas, *self.stages)
        return [choice for choice in every if choice.chosen]


def experience_page(viewer: Viewer, wanted: ExperienceFilter, mark: str = "") -> Page[Experience]:
    """One page of what the viewer may read, newest first, or the best fitting. Two queries."""
    rows = narrowed(published_experiences(viewer), wanted)
    if wanted.q and wanted.by_match:
        return Page(items=ranked(rows, wanted, most=2 * PAGE))
    return page_by_key(with_cards(rows), NEWEST, mark, size=PAGE, among=matching(wanted))


def popular_topics(viewer: Viewer, *, most: int = 12) -> list[Topic]:
    """The topics that the viewer's newest experiences are about, most frequent first. One query."""
    # Counted past the wall, in sight of the acting one: the wall would ask each of a thousand links for its experience.
    rows = Topic.objects.raw(
        "SELECT t.* FROM exchange_popular_topics(%s, %s) popular JOIN tenancy_topic t ON t.id = popular.topic "
        "ORDER BY popular.times DESC, t.name",
        [list(viewer.keys), most],
    )
    return list(rows)


def experience_list(viewer: Viewer, wanted: ExperienceFilter, mark: str = "") -> ListPage:
    """The list with its facets: four queries, one or two more when a search finds little or a rare topic is chosen."""
    page = experience_page(viewer, wanted, mark)
    similar: list[Experience] = []
    if wanted.q and not mark and len(page.items) < THIN:
        rows = with_cards(narrowed(published_experiences(viewer), wanted))
        similar = alike(rows, wanted, but=[e.pk for e in page.items], most=PAGE // 2)
    topics = popular_topics(viewer)
    rare = set(wanted.topics) - {topic.slug for topic in topics}
    if rare:
        known = published_experiences(viewer).filter(experience_topics__tag=OuterRef("pk"))
        topics += Topic.objects.filter(Exists(known), slug__in=rare).order_by("name")
    cities = list(
        visible_networks(viewer)
        .filter(published_at__isnull=False)
        .select_related("municipality__state")
        .only("slug", "municipality__name", "municipality__state__name")
        .order_by("municipality__sort_key")
    )
    states = {c.municipality.state_id: c.municipality.state.name for c in cities}
    return ListPage(
        page=page,
        alike=similar,
        topics=[Choice("topic", t.slug, t.name, t.slug in wanted.topics) for t in topics],
        lands=[
            Choice("land", code, name, code in wanted.lands)
            for code, name in sorted(states.items(), key=lambda state: fold(state[1]))
        ],
        networks=[Choice("network", c.slug, c.municipality.name, c.slug in wanted.networks) for c in cities],
        areas=[Choice("area", a.value, str(a.label), a.value in wanted.areas) for a in TaskArea],
        stages=[Choice("stage", s.value, str(s.label), s.value in wanted.stages) for s in Experience.Stage],
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """The reading page of an experience."""

    experience: Experience
    comments: list[Comment]
    related: list[Experience]
    is_helpful: bool


def readable_experience(viewer: Viewer, pk: int) -> Experience:
    """The experience with all that its page shows; raises ``DoesNotExist`` for what the viewer cannot see."""
    topics = ExperienceTopic.objects.select_related("tag").order_by("id")
    rows = visible_experiences(viewer).select_related("network__municipality__state", "author", "office")
    rows = rows.defer("search", "search_key").prefetch_related(Prefetch("experience_topics", queryset=topics))
    mine = Helpful.objects.filter(experience=OuterRef("pk"), person_id=viewer.person_id or 0)
    return rows.annotate(is_helpful=Exists(mine)).get(pk=pk)


def comments_of(viewer: Viewer, experience_id: int) -> QuerySet[Comment]:
    """The comments that the viewer reads under an experience, oldest first."""
    rows = visible_comments(viewer).filter(experience_id=experience_id)
    return rows.select_related("author", "network__municipality").order_by("created_at", "id")


def related_to(viewer: Viewer, experience: Experience, *, most: int = 4) -> list[Experience]:
    """Newest others on the same topics. Two queries, or none without topics."""
    tags = [row.tag_id for row in experience.experience_topics.all()]
    if not tags:
        return []
    same = ExperienceTopic.objects.filter(content_object=OuterRef("pk"), tag_id__in=tags)
    rows = published_experiences(viewer).filter(Exists(same)).exclude(pk=experience.pk)
    return list(with_cards(rows).order_by(*NEWEST)[:most])


def reading_page(viewer: Viewer, pk: int) -> Reading:
    """The reading page: five queries whatever it holds. Raises ``DoesNotExist`` for what the viewer cannot see."""
    experience = readable_experience(viewer, pk)
    return Reading(
        experience=experience,
        comments=list(comments_of(viewer, pk)[:500]),
        related=related_to(viewer, experience),
        is_helpful=experience.is_helpful,  # type: ignore[attr-defined]  # annotated by readable_experience
    )


def drafts_of(viewer: Viewer, *, most: int = 20) -> list[Experience]:
    """The viewer's drafts and recalled ones, last written first."""
    rows = own_experiences(viewer).exclude(state=Experience.State.PUBLISHED).defer("search", "search_key")
    return list(rows.select_related("network__municipality").order_by("-updated_at")[:most])


def own_page(viewer: Viewer, mark: str = "") -> Page[Experience]:
    """All of the viewer's own, last written first. Two queries."""
    return page_by_key(with_cards(own_experiences(viewer)), ("-updated_at", "-id"), mark, size=PAGE)


def experiences_of_network(viewer: Viewer, network_id: int, *, most: int = 4) -> list[Experience]:
    """The newest of a network that the viewer may read. Two queries."""
    rows = published_experiences(viewer).filter(network_id=network_id)
    return list(with_cards(rows).order_by(*NEWEST)[:most])


def experiences_by(viewer: Viewer, person_id: int, *, most: int = 4) -> list[Experience]:
    """The newest that a person wrote and the viewer may read. Two queries."""
    rows = published_experiences(viewer).filter(author_id=person_id)
    return list(with_cards(rows).order_by(*NEWEST)[:most])


def suggest_topics(viewer: Viewer, q: str, *, most: int = 8) -> list[str]:
    """Names of topics that begin like ``q``, then those that hold it; only topics of what the viewer may read."""
    text = clean_query(q)[:40]
    known = published_experiences(viewer).filter(experience_topics__tag=OuterRef("pk"))
    own = own_experiences(viewer).filter(experience_topics__tag=OuterRef("pk"))
    rows = Topic.objects.filter(Exists(known) | Exists(own))
    if text:
        rows = rows.filter(name__icontains=text)
    names = list(rows.order_by("name").values_list("name", flat=True)[:60])
    return sorted(names, key=lambda name: not fold(name).startswith(fold(text)))[:most]


def partner_names(network_id: int) -> list[str]:
    """The towns that share the rung of partners with a network, for the sentence that says who reads. One query."""
    living = Partnership.objects.filter(accepted_at__isnull=False, ended_at=None)
    pairs = living.filter(Q(asking_id=network_id) | Q(asked_id=network_id)).values_list(
        "asking_id", "asking__municipality__name", "asked__municipality__name"
    )
    return sorted((asked if asking_id == network_id else asking for asking_id, asking, asked in pairs), key=fold)
