"""Who belongs where: numbers for other rooms, and what the pages of people show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Length

from tenancy.models import Invitation, Membership, Moderator, Office, Person, PersonTopic, TaskArea, Topic
from tenancy.policies.networks import visible_invitations
from tenancy.policies.people import visible_memberships, visible_people
from tenancy.viewer import Viewer
from toolkit.pagination import Page, page_by_key
from toolkit.text import fold


def members_of(network_ids: Iterable[int]) -> list[int]:
    """The people who are in any of the networks now, in whatever role; suspended ones left out."""
    rows = Membership.objects.filter(network_id__in=list(network_ids), ended_on=None, person__is_active=True)
    return sorted(set(rows.values_list("person_id", flat=True)))


def coordinators_of(network_ids: Iterable[int]) -> list[int]:
    """The people who coordinate any of the networks now; suspended ones left out."""
    rows = Membership.objects.filter(
        network_id__in=list(network_ids),
        role=Membership.Role.COORDINATOR,
        ended_on=None,
        person__is_active=True,
    )
    return sorted(set(rows.values_list("person_id", flat=True)))


# --- the directory ----------------------------------------------------------------------------------------------

PAGE_SIZE = 24
#: Names that are written alike are offered where fewer than this hold the words themselves.
THIN = 4


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """What somebody looks for; empty fields ask nothing. ``same`` asks for the viewer's own task areas."""

    q: str = ""
    place: str = ""
    network: str = ""
    office: str = ""
    area: str = ""
    state: str = ""
    topic: str = ""
    same: bool = False

    @property
    def active(self) -> bool:
        return self != PeopleFilter()


def with_card(viewer: Viewer, rows: QuerySet[Person]) -> QuerySet[Person]:
    """People with what a card shows: topics, ``moderating``, and ``shown``, the memberships the viewer may see."""
    shown = (
        visible_memberships(viewer)
        .select_related("network__municipality__state", "network__role_term", "office")
        .order_by("started_on", "id")
    )
    memberships = Prefetch("memberships", queryset=shown, to_attr="shown")
    living = Moderator.objects.filter(ended_on=None).select_related("association")
    moderations = Prefetch("moderations", queryset=living.order_by("started_on", "id"), to_attr="moderating")
    return rows.prefetch_related("topics", memberships, moderations)  # type: ignore[misc]  # taggit's manager prefetches, unseen


def own_task_areas(viewer: Viewer) -> list[str]:
    """The task areas of the viewer's own offices; „Anderes“ makes no colleagues."""
    rows = Office.objects.filter(pk__in=viewer.office_ids).exclude(task_area=TaskArea.OTHER)
    return sorted(set(rows.values_list("task_area", flat=True)))


def people_for(viewer: Viewer, wanted: PeopleFilter) -> QuerySet[Person]:
    """Visible people who fit; what is asked of memberships is asked only of those that the viewer may see.

    One query where a name is asked: whether enough people bear it, or those with names like it are meant too.
    """
    rows = visible_people(viewer)
    words = fold(wanted.q)
    if words:
        exact = Q()
        for word in words.split():
            exact &= Q(search_key__contains=word)
        # Likeness of frequent names looks at thousands of people; whoever typed the name right need not wait for it.
        thin = rows.filter(exact).values_list("pk", flat=True)[:THIN]
        rows = rows.filter(exact if len(thin) == THIN else exact | Q(search_key__trigram_word_similar=words))
    elif wanted.q.strip():
        return rows.none()
    asked = Q()
    if wanted.place:
        asked &= Q(network__municipality__search_key__contains=fold(wanted.place))
    if wanted.network:
        asked &= Q(network__slug=wanted.network)
    if wanted.office:
        asked &= Q(office__name__icontains=wanted.office)
    if wanted.area:
        asked &= Q(office__task_area=wanted.area)
    if wanted.state:
        asked &= Q(network__municipality__state_id=wanted.state)
    if wanted.same:
        asked &= Q(office__task_area__in=own_task_areas(viewer))
    if asked:
        rows = rows.filter(Exists(visible_memberships(viewer).filter(asked, person=OuterRef("pk"))))
    if wanted.topic:
        rows = rows.filter(Exists(PersonTopic.objects.filter(_topic_is(wanted.topic), content_object=OuterRef("pk"))))
    return rows


def _topic_is(text: str) -> Q:
    return Q(tag__slug=text) | Q(tag__name__icontains=text)


def people_list(viewer: Viewer, wanted: PeopleFilter, mark: str = "") -> Page[Person]:
    """One page of people by name; four queries, one more when ``same`` is asked."""
    rows = with_card(viewer, people_for(viewer, wanted))
    return page_by_key(rows, ("sort_key", "id"), mark, size=PAGE_SIZE)


def person_by_id(viewer: Viewer, person_id: int) -> QuerySet[Person]:
    """One person with topics, ``shown`` memberships, and what ``may_see_contact`` asks; empty when not visible."""
    return with_card(viewer, visible_people(viewer).filter(pk=person_id)).prefetch_related(
        Prefetch("memberships", queryset=Membership.objects.filter(ended_on=None))
    )


def own_person(viewer: Viewer) -> QuerySet[Person]:
    """The viewer's own entry."""
    return with_card(viewer, visible_people(viewer).filter(pk=viewer.someone))


def topics_like(viewer: Viewer, text: str, *, limit: int = 8) -> list[Topic]:
    """Topics of people whom the viewer sees, for suggestions: a topic that only a draft bears is not told."""
    needle = text.strip()
    if not needle:
        return []
    used = PersonTopic.objects.filter(tag=OuterRef("pk"), content_object__in=visible_people(viewer))
    rows = Topic.objects.filter(Exists(used), name__icontains=needle)
    return list(rows.order_by(Length("name"), "name")[:limit])


# --- the people of one network, for its coordination ------------------------------------------------------------


def members_for_coordination(network_id: int) -> list[Membership]:
    """The living memberships of a network by name, with person, office and role term. One query."""
    rows = Membership.objects.filter(network_id=network_id, ended_on=None).select_related(
        "person", "office", "network__role_term"
    )
    return list(rows.order_by("person__sort_key", "person_id", "id"))


def open_invitations(viewer: Viewer, network_id: int) -> list[Invitation]:
    """The invitations that can still be used or renewed, newest first; what a link made of itself is left out."""
    rows = visible_invitations(viewer).filter(network_id=network_id, withdrawn_at=None, uses_left__gt=0, via=None)
    return list(rows.select_related("office", "invited_by").order_by("-created_at", "-id")[:200])
