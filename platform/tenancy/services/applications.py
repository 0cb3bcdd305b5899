"""A municipality asks to be let in, and its association answers: apply, confirm, approve, decline."""

from __future__ import annotations

import datetime
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.text import format_lazy, slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenancy.mail_domains import domain_carries_name, mail_domain, registrable
from tenancy.models import Application, Municipality, Network
from tenancy.policies.applications import mail_domain_fits, may_apply_with, may_decide_application
from tenancy.queries.applications import moderators_of
from tenancy.queries.municipalities import living_municipality
from tenancy.services.invitations import hash_of, invite_first_coordinator
from tenancy.viewer import Viewer
from toolkit.access import Conflict, Denied, require
from toolkit.acting import holding, verb
from toolkit.audit import record
from toolkit.mail import send_mail
from toolkit.telling import tell
from toolkit.text import fold
from toolkit.unseen import insert_unseen

CONFIRM_DAYS = 3
#: How long the one who applied has to accept; holidays of a town hall are long.
FIRST_INVITATION_DAYS = 30
_SALT = "tenancy.application.confirm"
State = Application.State


class Unusable(Conflict):
    """The link that confirms cannot be used (any more); ``str(error)`` says why."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the applicant says; every text is clean already."""

    ags: str
    given_name: str
    family_name: str
    office_name: str
    email: str
    network_name: str
    note: str = ""


# --- the applicant ----------------------------------------------------------------------------------------------


@transaction.atomic
def apply(asked: Asked) -> Application:
    """Take an application and mail the link that confirms the address; nobody is told before it is confirmed.

    Raises ``Conflict`` at the field when the municipality is gone, has a published network, or the address is private.
    Whether it waits already, or is setting up its network, nobody learns here: anybody may ask for any municipality.
    """
    municipality = living_municipality(asked.ags)
    if municipality is None:
        raise Conflict(_("Diese Kommune kennen wir nicht. Bitte wählen Sie eine aus der Liste."), field="town")
    decision = may_apply_with(asked.email)
    if not decision:
        raise Conflict(decision.reason, field="email")
    if Network.objects.filter(municipality=municipality, published_at__isnull=False).exists():
        raise _in_already(municipality)
    _forget_unconfirmed()
    secret = secrets.token_urlsafe(24)
    application = Application(
        municipality=municipality,
        given_name=asked.given_name,
        family_name=asked.family_name,
        office_name=asked.office_name,
        email=asked.email.strip().lower(),
        network_name=asked.network_name,
        note=asked.note,
        domain_fits=mail_domain_fits(municipality, asked.email),
        token_hash=hash_of(secret),
    )
    # Only the mail makes it visible, to who holds its link.
    insert_unseen(application)
    token = signing.dumps(secret, salt=_SALT)
    _mail(application, "confirm", url=settings.SITE_URL + reverse("tenancy:apply-confirm", args=[token]))
    return application


def application_by_token(token: str) -> Application:
    """The application behind the link of the mail, confirmed or not. Raises ``Unusable`` with the reason."""
    with holding(_kept_of(token)):
        return _held(token)


def _held(token: str) -> Application:
    rows = Application.objects.select_related("municipality__state")
    found = rows.filter(token_hash=_kept_of(token)).first()
    if found is None:
        raise Unusable(_("Diesen Antrag gibt es nicht mehr. Bitte stellen Sie ihn noch einmal."))
    return found


def _kept_of(token: str) -> str:
    """The hash that the application of a link carries. Raises ``Unusable`` for what we never sent, or long ago."""
    try:
        secret = signing.loads(token, salt=_SALT, max_age=datetime.timedelta(days=CONFIRM_DAYS))
    except signing.SignatureExpired as error:
        raise Unusable(
            _("Dieser Link ist abgelaufen. Bitte stellen Sie den Antrag noch einmal, das dauert zwei Minuten.")
        ) from error
    except signing.BadSignature as error:
        raise Unusable(_("Diesen Link gibt es nicht. Vielleicht ist er im Mailprogramm umgebrochen.")) from error
    return hash_of(str(secret))


def confirm(token: str) -> Application:
    """The address is real: the application waits for its association, whose moderators are told. Twice is once.

    Raises ``Conflict`` when another application of the municipality was confirmed first, or the municipality is in.
    Which of these it is, only an address of the administration is told.
    """
    with holding(_kept_of(token)), transaction.atomic():
        return _confirm(token)


def _confirm(token: str) -> Application:
    application = _held(token)
    if application.state != State.UNCONFIRMED:
        return application
    if living_municipality(application.municipality_id) is None:
        raise Conflict(_("Diese Kommune gibt es nicht mehr."))
    fits = mail_domain_fits(application.municipality, application.email)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT tenancy_confirm_application(%s)", [fits])
            outcome = cursor.fetchone()[0]
    except IntegrityError:
        # Another one was confirmed at this very moment.
        outcome = "waiting"
    _refuse_second(application.municipality, outcome, fits=fits)
    application = _held(token)
    if outcome == "before":
        return application
    state_code = application.municipality.state_id
    record(
        "application.confirmed",
        person_id=None,
        subject="application",
        subject_id=application.pk,
        state_code=state_code,
    )
    tell(
        moderators_of(state_code),
        kind="application",
        text=format_lazy(
            gettext_lazy("{place} möchte mitmachen. Der Antrag wartet auf Ihre Entscheidung."),
            place=application.municipality.name,
        ),
        url=reverse("tenancy:application-detail", args=[application.pk]),
        key=f"application:{application.pk}",
        mail=True,
    )
    return application


def _forget_unconfirmed() -> None:
    """Who never confirmed is nobody to us: their names go once the link has been dead for as long as it lived."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenancy_forget_unconfirmed()")


def _refuse_second(municipality: Municipality, outcome: str, *, fits: bool) -> None:
    """A municipality is in at most once. That it is setting up, or waits, is told to its own administration alone."""
    if outcome not in ("in", "waiting"):
        return
    if outcome == "in" and (fits or Network.objects.filter(municipality=municipality).exists()):
        raise _in_already(municipality)
    if fits:
        raise Conflict(
            _("Für %(place)s wartet schon ein Antrag auf die Entscheidung des Landesverbands.")
            % {"place": municipality.name}
        )
    raise Conflict(
        _("Mit dieser Adresse können wir den Antrag nicht weitergeben. Bitte fragen Sie bei Ihrem Landesverband nach.")
    )


def _in_already(municipality: Municipality) -> Conflict:
    return Conflict(
        _("%(place)s ist schon dabei. Die Koordination des Netzwerks lädt Sie gern ein.")
        % {"place": municipality.name},
        field="town",
    )


# --- the association --------------------------------------------------------------------------------------------


@verb
def approve(viewer: Viewer, application_id: int, *, override_reason: str = "") -> Network:
    """Let the municipality in: its network is made, and the applicant invited to set it up, by mail.

    Raises ``Conflict`` when somebody has decided already, and when the mail domain does not fit and no reason is given.
    """
    application = _locked(viewer, application_id)
    municipality = application.municipality
    if not application.domain_fits and not override_reason:
        raise Conflict(
            _(
                "Die E-Mail-Adresse passt nicht zur Kommune. "
                "Bitte schreiben Sie, warum Sie den Antrag trotzdem zulassen."
            ),
            field="override_reason",
        )
    network = _open_network(application)
    _remember_domain(municipality, application.email)
    invitation = invite_first_coordinator(
        network.pk,
        email=application.email,
        given_name=application.given_name,
        family_name=application.family_name,
        by=viewer.someone,
        days=FIRST_INVITATION_DAYS,
    )
    override = "" if application.domain_fits else override_reason
    _decide(viewer, application, State.APPROVED, override_reason=override)
    record(
        "application.approved",
        person_id=viewer.someone,
        subject="application",
        subject_id=application.pk,
        network_id=network.pk,
        state_code=municipality.state_id,
        reason=override,
        changes={"state": [State.OPEN, State.APPROVED]},
    )
    _mail(application, "approved", url=invitation.url, until=invitation.invitation.expires_at)
    return network


@verb
def decline(viewer: Viewer, application_id: int, *, reason: str) -> Application:
    """Do not let the municipality in (now), and tell the applicant why. It may ask again.

    Raises ``Conflict`` when somebody has decided already, and without a reason.
    """
    application = _locked(viewer, application_id)
    if not reason:
        raise Conflict(_("Bitte schreiben Sie einen Grund. Er steht in der Mail."), field="reason")
    _decide(viewer, application, State.DECLINED, reason=reason)
    record(
        "application.declined",
        person_id=viewer.someone,
        subject="application",
        subject_id=application.pk,
        state_code=application.municipality.state_id,
        reason=reason,
        changes={"state": [State.OPEN, State.DECLINED]},
    )
    _mail(application, "declined", url=settings.SITE_URL + reverse("tenancy:apply"))
    return application


class Decided(Conflict):
    """Somebody else was faster; ``str(error)`` says who and when."""


def _locked(viewer: Viewer, application_id: int) -> Application:
    """The application, locked, open, and the viewer's to decide. Raises ``Decided`` when it is not open any more."""
    rows = Application.objects.select_related("municipality__state", "decided_by").select_for_update(of=("self",))
    # Of another Land's there is none, nor any whose address is not proved yet.
    application = rows.filter(pk=application_id).exclude(state=State.UNCONFIRMED).first()
    if application is None:
        raise Denied(may_decide_application(viewer, ""))
    require(may_decide_application(viewer, application.municipality.state_id))
    if application.state != State.OPEN:
        raise Decided(
            _("%(who)s hat diesen Antrag am %(when)s entschieden: %(what)s.")
            % {
                "who": application.decided_by.name if application.decided_by else _("Jemand"),
                "when": formats.date_format(timezone.localtime(application.decided_at), "d.m.Y, H:i"),
                "what": application.get_state_display(),
            }
        )
    return application


def _decide(
    viewer: Viewer, application: Application, state: str, *, reason: str = "", override_reason: str = ""
) -> None:
    application.state = state
    application.decided_at = timezone.now()
    application.decided_by_id = viewer.someone
    application.association_id = viewer.association_for(application.municipality.state_id)
    application.reason = reason
    application.override_reason = override_reason
    application.save(update_fields=["state", "decided_at", "decided_by", "association", "reason", "override_reason"])


def _open_network(application: Application) -> Network:
    """The network, unpublished, under an address of its own: several towns are called Neustadt."""
    municipality = application.municipality
    base = slugify(fold(municipality.name))[:60] or municipality.ags
    for slug in (base, f"{base}-{municipality.state.abbreviation.lower()}", f"{base}-{municipality.ags}"):
        try:
            with transaction.atomic():
                network = Network(municipality=municipality, slug=slug, name=application.network_name)
                # Who lets a city in does not look into what it sets up.
                insert_unseen(network)
                return network
        except IntegrityError as error:
            if "slug" not in str(error):
                raise Conflict(_("%(place)s ist schon dabei.") % {"place": municipality.name}) from error
    raise Conflict(_("%(place)s ist schon dabei.") % {"place": municipality.name})


def _remember_domain(municipality: Municipality, email: str) -> None:
    """The next one from there needs no explaining; of a domain that carries the name, all below it belong to it."""
    domain = mail_domain(email)
    if domain_carries_name(domain, municipality.name):
        domain = registrable(domain)
    locked = Municipality.objects.select_for_update(no_key=True).get(pk=municipality.pk)
    if domain and domain not in locked.mail_domains:
        locked.mail_domains.append(domain)
        locked.save(update_fields=["mail_domains"])


def _mail(application: Application, what: str, **more: object) -> None:
    send_mail(
        [application.email],
        f"tenancy/mails/application_{what}",
        {
            "application": application,
            "municipality": application.municipality,
            "site_name": settings.SITE_NAME,
            "days": CONFIRM_DAYS,
            **more,
        },
    )
