"""Joining, changing and leaving a network."""

from __future__ import annotations

import datetime

from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenancy.hooks import membership_ended, membership_started
from tenancy.models import Membership, Office
from tenancy.policies.people import may_change_membership, may_end_membership
from tenancy.queries.people import coordinators_of
from tenancy.viewer import Viewer
from toolkit.access import Conflict, require
from toolkit.acting import verb
from toolkit.audit import record
from toolkit.telling import tell


@transaction.atomic
def start_membership(
    person_id: int,
    network_id: int,
    role: str,
    *,
    office_id: int | None = None,
    by: int | None = None,
    on: datetime.date | None = None,
) -> Membership:
    """Let a person into a network. For services that have asked their own rule (an invitation, an approval).

    Raises ``Conflict`` when the person already holds this role there, or when the office is of another network.
    """
    if role not in Membership.Role.values:
        raise ValueError(f"no role: {role}")
    _check_office(network_id, office_id)
    try:
        with transaction.atomic():
            membership = Membership.objects.create(
                person_id=person_id,
                network_id=network_id,
                role=role,
                office_id=office_id,
                started_on=on or timezone.localdate(),
            )
    except IntegrityError as error:
        if "one_living_membership_per_role" not in str(error):
            raise
        raise Conflict(_("Diese Person hat diese Rolle im Netzwerk bereits.")) from error
    membership_started(membership)
    record(
        "membership.started",
        person_id=by,
        subject="membership",
        subject_id=membership.pk,
        network_id=network_id,
        changes={"person": [None, person_id], "role": [None, role], "office": [None, office_id]},
    )
    return membership


@verb
def change_membership(viewer: Viewer, membership_id: int, *, role: str, office_id: int | None) -> Membership:
    """Give a membership another role or office, at once.

    Raises ``Conflict`` when the network would be left without coordination, or the person has that role already.
    """
    membership = _locked(membership_id)
    require(may_change_membership(viewer, membership))
    if role not in Membership.Role.values:
        raise Conflict(_("Diese Rolle gibt es nicht."), field="role")
    _check_office(membership.network_id, office_id, keeps=membership.office_id)
    before = {"role": membership.role, "office": membership.office_id}
    if before == {"role": role, "office": office_id}:
        return membership
    if role != Membership.Role.COORDINATOR:
        _keep_a_coordinator(membership)
    membership.role, membership.office_id = role, office_id
    try:
        with transaction.atomic():
            membership.save(update_fields=["role", "office"])
    except IntegrityError as error:
        raise Conflict(_("Diese Person hat diese Rolle im Netzwerk bereits."), field="role") from error
    record(
        "membership.changed",
        person_id=viewer.person_id,
        subject="membership",
        subject_id=membership.pk,
        network_id=membership.network_id,
        changes={"role": [before["role"], role], "office": [before["office"], office_id]},
    )
    if membership.person_id != viewer.person_id and before["role"] != role:
        tell(
            [membership.person_id],
            kind="membership",
            text=format_lazy(
                gettext_lazy("Ihre Rolle im Netzwerk {network} ist jetzt: {role}."),
                network=membership.network.name,
                role=Membership.Role(role).label,
            ),
            url=reverse("tenancy:network-detail", args=[membership.network.slug]),
        )
    return membership


@verb
def end_membership(viewer: Viewer, membership_id: int, *, reason: str = "", on: datetime.date | None = None) -> None:
    """Let a person go; seats, rooms and rights go with the membership, what was written stays.

    Raises ``Conflict`` when the network would be left without coordination. Two coordinators who leave at the same
    moment are served one after the other, since both lock the network.
    """
    membership = _locked(membership_id)
    require(may_end_membership(viewer, membership))
    _keep_a_coordinator(membership)
    membership.ended_on = max(on or timezone.localdate(), membership.started_on)
    membership.save(update_fields=["ended_on"])
    membership_ended(membership)
    record(
        "membership.ended",
        person_id=viewer.person_id,
        subject="membership",
        subject_id=membership.pk,
        network_id=membership.network_id,
        reason=reason,
        changes={"person": [membership.person_id, None], "role": [membership.role, None]},
    )
    _tell_of_the_end(viewer, membership)


def _tell_of_the_end(viewer: Viewer, membership: Membership) -> None:
    """The one hears of it who did not do it: the person, or the coordination that has to find somebody new."""
    if membership.person_id != viewer.person_id:
        tell(
            [membership.person_id],
            kind="membership",
            text=format_lazy(
                gettext_lazy("Ihre Mitgliedschaft im Netzwerk {network} wurde beendet."),
                network=membership.network.name,
            ),
            mail=True,
        )
        return
    tell(
        coordinators_of([membership.network_id]),
        kind="membership",
        text=format_lazy(
            gettext_lazy("{name} hat das Netzwerk {network} verlassen."),
            name=viewer.name,
            network=membership.network.name,
        ),
        url=reverse("tenancy:member-list", args=[membership.network.slug]),
    )


def _locked(membership_id: int) -> Membership:
    """The membership, its network locked first, so that two changes of one network come one after the other."""
    network_id = Membership.objects.values_list("network_id", flat=True).get(pk=membership_id)
    with connection.cursor() as cursor:
        # Whoever leaves may not change the network, but waits for who does.
        cursor.execute("SELECT tenancy_lock_network(%s)", [network_id])
    return Membership.objects.select_for_update(no_key=True).get(pk=membership_id)


def _keep_a_coordinator(membership: Membership) -> None:
    """Refuse to take away the last coordination of a network (which is locked by now)."""
    if membership.role != Membership.Role.COORDINATOR:
        return
    others = Membership.objects.filter(
        network_id=membership.network_id, role=Membership.Role.COORDINATOR, ended_on=None, person__is_active=True
    ).exclude(pk=membership.pk)
    if not others.exists():
        raise Conflict(
            _("Ein Netzwerk braucht eine Koordination. Geben Sie diese Rolle zuerst einer anderen Person."),
            field="role",
        )


def _check_office(network_id: int, office_id: int | None, *, keeps: int | None = None) -> None:
    """An office must be the network's own; a closed one takes nobody new."""
    if office_id is None or office_id == keeps:
        return
    if not Office.objects.filter(pk=office_id, network_id=network_id, closed_on=None).exists():
        raise Conflict(_("Dieses Amt gibt es im Netzwerk nicht."), field="office")
