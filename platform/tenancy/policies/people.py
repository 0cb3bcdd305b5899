"""Who may see whom, and which contact details; and who may change a membership."""

from __future__ import annotations

from django.db.models import OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tenancy.models import Membership, Moderator, Person
from tenancy.policies.networks import ONLY_COORDINATION
from tenancy.viewer import Viewer
from toolkit.access import ALLOW, Decision, deny
from toolkit.rules import there_is

CONTACT_FIELDS = ("email", "phone")


def visible_people(viewer: Viewer) -> QuerySet[Person]:
    """The people a viewer may see: oneself, those of one's own networks, and whoever lets other networks find them.

    Visitors see nobody. People of a network that is not published yet are seen by their own network alone.
    """
    if viewer.person_id is None:
        return Person.objects.none()
    living = Membership.objects.filter(person=OuterRef("pk"), ended_on=None)
    seen = Q(pk=viewer.person_id)
    if viewer.network_ids:
        seen |= there_is(living.filter(network_id__in=viewer.network_ids))
    if viewer.in_programme:
        moderates = Moderator.objects.filter(person=OuterRef("pk"), ended_on=None)
        in_public = there_is(living.filter(network__published_at__isnull=False)) | there_is(moderates)
        seen |= Q(listed=True) & in_public
    return Person.objects.filter(seen, is_active=True)


def visible_memberships(viewer: Viewer) -> QuerySet[Membership]:
    """Living memberships that a viewer may see: of published networks and of the viewer's own."""
    if viewer.person_id is None:
        return Membership.objects.none()
    seen = Q(person_id=viewer.person_id) | Q(network_id__in=viewer.network_ids)
    if viewer.in_programme:
        seen |= Q(network__published_at__isnull=False, person__listed=True)
    return Membership.objects.filter(seen, ended_on=None, person__is_active=True)


def may_see_contact(viewer: Viewer, person: Person, field: str) -> Decision:
    """Whether the viewer reads ``email`` or ``phone`` of a person, as that person wishes.

    Asks the person's memberships; prefetch ``memberships`` where many people are shown.
    """
    if field not in CONTACT_FIELDS:
        raise ValueError(f"no contact detail: {field}")
    if viewer.person_id is not None and viewer.person_id == person.pk:
        return ALLOW
    seen: str = getattr(person, f"{field}_seen")
    if seen == Person.Seen.ALL and viewer.in_programme:
        return ALLOW
    if seen != Person.Seen.NOBODY and viewer.network_ids:
        theirs = {m.network_id for m in person.memberships.all() if m.ended_on is None}
        if not viewer.network_ids.isdisjoint(theirs):
            return ALLOW
    return deny(_("Die Person zeigt diese Angabe nicht."))


def may_change_membership(viewer: Viewer, membership: Membership) -> Decision:
    """Whether the viewer may give a membership another role or office."""
    if membership.network_id not in viewer.coordinates:
        return deny(ONLY_COORDINATION)
    if membership.ended_on is not None:
        return deny(_("Diese Mitgliedschaft ist bereits beendet."))
    return ALLOW


def may_end_membership(viewer: Viewer, membership: Membership) -> Decision:
    """Whether the viewer may end a membership: the coordination, or the person themselves."""
    if membership.network_id not in viewer.coordinates and membership.person_id != viewer.person_id:
        return deny(_("Das darf nur die Koordination dieses Netzwerks oder die Person selbst."))
    if membership.ended_on is not None:
        return deny(_("Diese Mitgliedschaft ist bereits beendet."))
    return ALLOW


def may_edit_person(viewer: Viewer, person: Person) -> Decision:
    """Whether the viewer may change a person's own details: only the person themselves."""
    if viewer.person_id is None or viewer.person_id != person.pk:
        return deny(_("Ihre Angaben ändern nur Sie selbst."))
    return ALLOW
