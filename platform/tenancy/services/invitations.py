"""Inviting people into a network, and accepting."""

from __future__ import annotations

import datetime
import hashlib
import secrets
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenancy.models import Invitation, Membership, Network, Office, Person
from tenancy.policies.networks import ONLY_COORDINATION, may_coordinate
from tenancy.services.memberships import start_membership
from tenancy.services.people import create_person
from tenancy.viewer import Viewer
from toolkit.access import Conflict, Denied, deny, require
from toolkit.acting import holding, verb
from toolkit.audit import record
from toolkit.mail import send_mail
from toolkit.telling import tell
from toolkit.unseen import insert_unseen

VALID_DAYS = 14
CONFIRMATION_DAYS = 2
MAX_USES = 200


@dataclass(frozen=True, slots=True)
class Issued:
    """A fresh invitation and its token, which is known only now: the database keeps a hash of it."""

    invitation: Invitation
    token: str

    @property
    def url(self) -> str:
        return invitation_url(self.token)


def invitation_url(token: str) -> str:
    """The address that a person opens to accept."""
    return f"{settings.SITE_URL}/einladung/{token}/"


def hash_of(token: str) -> str:
    """What is kept of a token (SHA-256, hex)."""
    return hashlib.sha256(token.encode()).hexdigest()


# --- the coordination -------------------------------------------------------------------------------------------


@verb
def invite_by_link(
    viewer: Viewer, network_id: int, *, role: str, office_id: int | None, uses: int, days: int = VALID_DAYS
) -> Issued:
    """A link that ``uses`` people may use until it expires; each of them proves a mail address first."""
    _ask(viewer, network_id, role, office_id)
    if not 1 <= uses <= MAX_USES:
        raise Conflict(_("Ein Link gilt für 1 bis %(max)d Personen.") % {"max": MAX_USES}, field="uses")
    if role == Membership.Role.COORDINATOR and uses > 1:
        raise Conflict(_("Ein Link für die Koordination gilt nur für eine Person."), field="uses")
    issued = _issue(network_id, role=role, office_id=office_id, uses=uses, days=days, by=viewer.person_id)
    _record("invitation.link", viewer, issued.invitation)
    return issued


@verb
def invite_by_mail(
    viewer: Viewer,
    network_id: int,
    *,
    email: str,
    role: str,
    office_id: int | None,
    given_name: str = "",
    family_name: str = "",
    days: int = VALID_DAYS,
) -> Issued:
    """Send one person an invitation; raises ``Conflict`` when they are in already, or invited already."""
    _ask(viewer, network_id, role, office_id)
    email = email.strip().lower()
    if Membership.objects.filter(person__email=email, network_id=network_id, role=role, ended_on=None).exists():
        raise Conflict(_("Diese Person ist in dieser Rolle schon im Netzwerk."), field="email")
    _let_lapse(network_id, email, role)
    try:
        with transaction.atomic():
            issued = _issue(
                network_id,
                role=role,
                office_id=office_id,
                uses=1,
                days=days,
                by=viewer.person_id,
                email=email,
                given_name=given_name,
                family_name=family_name,
            )
    except IntegrityError as error:
        raise Conflict(_("Diese Adresse ist schon eingeladen."), field="email") from error
    _record("invitation.sent", viewer, issued.invitation)
    _mail(issued)
    return issued


@transaction.atomic
def invite_first_coordinator(
    network_id: int, *, email: str, given_name: str, family_name: str, by: int | None, days: int = 30
) -> Issued:
    """Invite the one who applied, after the approval: the rule was asked by who approved. No mail is sent here.

    The caller writes one mail that brings the good news and ``url`` together.
    """
    return _issue(
        network_id,
        role=Membership.Role.COORDINATOR,
        office_id=None,
        uses=1,
        days=days,
        by=by,
        email=email.strip().lower(),
        given_name=given_name,
        family_name=family_name,
    )


@verb
def withdraw_invitation(viewer: Viewer, invitation_id: int) -> Invitation:
    """Take an invitation back; withdrawing twice changes nothing."""
    invitation = _locked(viewer, invitation_id)
    if invitation.withdrawn_at is None:
        invitation.withdrawn_at = timezone.now()
        invitation.save(update_fields=["withdrawn_at"])
        _record("invitation.withdrawn", viewer, invitation)
    return invitation


@verb
def renew_invitation(viewer: Viewer, invitation_id: int) -> Issued:
    """A new token and a new term; the old link stops working. One with an address is mailed again."""
    invitation = _locked(viewer, invitation_id)
    if invitation.withdrawn_at is not None or invitation.uses_left == 0:
        raise Conflict(_("Diese Einladung ist zurückgezogen oder verbraucht. Bitte laden Sie neu ein."))
    issued = _fresh_token(invitation, days=VALID_DAYS)
    _record("invitation.renewed", viewer, invitation)
    if invitation.email:
        _mail(issued)
    return issued


# --- the invited ------------------------------------------------------------------------------------------------


class Unusable(Conflict):
    """The invitation cannot be used (any more); ``str(error)`` says why."""


def invitation_by_token(token: str, *, at: datetime.datetime) -> Invitation:
    """The invitation behind a token. Raises ``Unusable`` with the reason when it cannot be used at this moment."""
    rows = Invitation.objects.select_related("network__municipality__state", "office", "invited_by", "via")
    with holding(hash_of(token)):
        invitation = rows.filter(token_hash=hash_of(token)).first()
    if invitation is None:
        raise Unusable(
            _("Diesen Einladungslink gibt es nicht. Vielleicht ist er unvollständig, oder es gibt einen neueren.")
        )
    _check_usable(invitation, at=at)
    return invitation


def ask_for_confirmation(token: str, *, email: str, at: datetime.datetime) -> None:
    """Somebody with a link gives an address: mail them an invitation of their own, which proves the address.

    Says nothing about whether the address is known. Asked again, the same person gets a new mail.
    """
    with holding(hash_of(token)), transaction.atomic():
        link = _locked_by_token(token, at=at)
        if link.email:
            raise Unusable(_("Diese Einladung ist für eine bestimmte Adresse."))
        own = secrets.token_urlsafe(24)
        email = email.strip().lower()
        now = timezone.now()
        # Who holds the link sees neither whom else it proved nor who is invited already.
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT tenancy_issue_confirmation(%s, %s, %s, %s)",
                [
                    email,
                    hash_of(own),
                    now + datetime.timedelta(days=CONFIRMATION_DAYS),
                    now + datetime.timedelta(days=VALID_DAYS),
                ],
            )
            until = cursor.fetchone()[0]
        if until is None:
            raise Conflict(
                _("Für diesen Link warten schon sehr viele Adressen auf Bestätigung. Bitte später versuchen.")
            )
        proof = Invitation(network_id=link.network_id, role=link.role, email=email, expires_at=until)
        _mail(Issued(proof, own), template="tenancy/mail/invitation_confirm")


def accept_as_newcomer(
    token: str, *, given_name: str, family_name: str, password: str, at: datetime.datetime
) -> Membership:
    """Make a login for the invited address and let the person in; the mail that brought the token proved it."""
    with holding(hash_of(token)), transaction.atomic():
        invitation = _locked_by_token(token, at=at)
        if not invitation.email:
            raise Unusable(_("Bitte bestätigen Sie zuerst Ihre E-Mail-Adresse."))
        person = create_person(invitation.email, given_name=given_name, family_name=family_name, password=password)
        return _accept(invitation, person)


def accept_as_member(viewer: Viewer, token: str, *, at: datetime.datetime) -> Membership:
    """Let somebody in who is signed in. An invitation to an address is only for the one whose address it is."""
    # Held before the transaction begins: who acts in it does not change.
    with holding(hash_of(token)):
        return _accept_as_member(viewer, token, at=at)


@verb
def _accept_as_member(viewer: Viewer, token: str, *, at: datetime.datetime) -> Membership:
    person = Person.objects.get(pk=viewer.someone, is_active=True)
    invitation = _locked_by_token(token, at=at)
    if not is_for(invitation, person):
        raise Unusable(_("Diese Einladung ging an eine andere Adresse. Melden Sie sich mit dieser Adresse an."))
    return _accept(invitation, person)


def is_for(invitation: Invitation, person: Person) -> bool:
    """Whether the person may accept: a link is for anyone, a mail for who proved the address as theirs."""
    if not invitation.email:
        return True
    rows = EmailAddress.objects.filter(user=person, email__iexact=invitation.email).values_list("verified", flat=True)
    # A login whose address nobody has asked about yet was made by us, for this address.
    return any(rows) if rows else invitation.email == person.email


def has_login(email: str) -> bool:
    """Whether somebody signs in with this address; told only to who holds the mail that was sent to it."""
    return Person.objects.filter(email=email.lower()).exists()


# --- within -----------------------------------------------------------------------------------------------------


def _ask(viewer: Viewer, network_id: int, role: str, office_id: int | None) -> None:
    require(may_coordinate(viewer, network_id))
    if role not in Membership.Role.values:
        raise Conflict(_("Diese Rolle gibt es nicht."), field="role")
    offices = Office.objects.filter(network_id=network_id, closed_on=None)
    if office_id is not None and not offices.filter(pk=office_id).exists():
        raise Conflict(_("Dieses Amt gibt es im Netzwerk nicht."), field="office")


def _issue(network_id: int, *, role: str, uses: int, days: int, by: int | None, **more: object) -> Issued:
    token = secrets.token_urlsafe(24)
    invitation = Invitation(
        network_id=network_id,
        role=role,
        uses_left=uses,
        invited_by_id=by,
        token_hash=hash_of(token),
        expires_at=timezone.now() + datetime.timedelta(days=days),
        **more,
    )
    # Who approves an application invites into a network that they do not look into.
    insert_unseen(invitation)
    return Issued(invitation, token)


def _fresh_token(invitation: Invitation, *, days: int) -> Issued:
    token = secrets.token_urlsafe(24)
    invitation.token_hash = hash_of(token)
    invitation.expires_at = timezone.now() + datetime.timedelta(days=days)
    invitation.save(update_fields=["token_hash", "expires_at"])
    return Issued(invitation, token)


def _let_lapse(network_id: int, email: str, role: str) -> None:
    """An expired invitation must not stand in the way of a new one."""
    Invitation.objects.filter(
        network_id=network_id, email=email, role=role, withdrawn_at=None, expires_at__lte=timezone.now()
    ).update(withdrawn_at=timezone.now())


def _locked(viewer: Viewer, invitation_id: int) -> Invitation:
    """The invitation, locked; raises ``Denied`` for who does not coordinate its network."""
    invitation = Invitation.objects.select_for_update().filter(pk=invitation_id).first()
    if invitation is None:
        raise Denied(deny(ONLY_COORDINATION))
    require(may_coordinate(viewer, invitation.network_id))
    return invitation


def _locked_by_token(token: str, *, at: datetime.datetime) -> Invitation:
    """The usable invitation, locked together with the link it came by. The token is held already."""
    invitation_by_token(token, at=at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenancy_lock_invitation()")
    locked = Invitation.objects.select_related("via").filter(token_hash=hash_of(token)).first()
    if locked is None:
        raise Unusable(_("Es gibt eine neuere Einladung. Bitte nehmen Sie den Link aus der letzten Mail."))
    if locked.via is not None:
        _check_usable(locked.via, at=at)
    _check_usable(locked, at=at)
    return locked


def _check_usable(invitation: Invitation, *, at: datetime.datetime) -> None:
    if invitation.withdrawn_at is not None:
        raise Unusable(_("Diese Einladung wurde zurückgezogen."))
    if invitation.uses_left == 0:
        raise Unusable(_("Diese Einladung ist schon verwendet worden."))
    if invitation.expires_at <= at:
        raise Unusable(_("Diese Einladung ist abgelaufen. Bitten Sie die Koordination um eine neue."))


def _accept(invitation: Invitation, person: Person) -> Membership:
    """Take one use and start the membership; the caller holds the locks."""
    office_id = invitation.office_id
    if office_id is not None and not Office.objects.filter(pk=office_id, closed_on=None).exists():
        office_id = None
    membership = start_membership(
        person.pk, invitation.network_id, invitation.role, office_id=office_id, by=invitation.invited_by_id
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenancy_take_invitation()")
        if not cursor.fetchone()[0]:
            raise Unusable(_("Diese Einladung ist schon verwendet worden."))
    if invitation.invited_by_id:
        network = Network.objects.get(pk=invitation.network_id)
        tell(
            [invitation.invited_by_id],
            kind="membership",
            text=format_lazy(
                gettext_lazy("{name} hat Ihre Einladung ins Netzwerk {network} angenommen."),
                name=person.name,
                network=network.name,
            ),
            url=reverse("tenancy:person-detail", args=[person.pk]),
        )
    return membership


def _mail(issued: Issued, *, template: str = "tenancy/mail/invitation") -> None:
    invitation = issued.invitation
    network = Network.objects.select_related("municipality", "role_term").get(pk=invitation.network_id)
    send_mail(
        [invitation.email],
        template,
        {
            "invitation": invitation,
            "network": network,
            "url": issued.url,
            "inviter": invitation.invited_by,
            "role": Membership.Role(invitation.role).label,
            "site_name": settings.SITE_NAME,
        },
    )


def _record(verb: str, viewer: Viewer, invitation: Invitation) -> None:
    record(
        verb,
        person_id=viewer.person_id,
        subject="invitation",
        subject_id=invitation.pk,
        network_id=invitation.network_id,
        changes={"role": [None, invitation.role], "office": [None, invitation.office_id]},
    )
