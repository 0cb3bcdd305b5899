"""Who may ask for a municipality, and who answers."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tenancy.mail_domains import domain_carries_name, is_freemail, mail_domain
from tenancy.models import Application, Municipality
from tenancy.viewer import Viewer
from toolkit.access import ALLOW, Decision, deny


def visible_applications(viewer: Viewer) -> QuerySet[Application]:
    """The confirmed applications of the Länder in which the viewer moderates; of all others nothing."""
    return Application.objects.exclude(state=Application.State.UNCONFIRMED).filter(
        municipality__state_id__in=viewer.moderated_states
    )


def may_read_applications(viewer: Viewer) -> bool:
    """Whether there is a queue of applications for the viewer at all."""
    return bool(viewer.moderated_states)


def may_decide_application(viewer: Viewer, state_code: str) -> Decision:
    """Whether the viewer may let a municipality of this Land in, or not."""
    if state_code in viewer.moderated_states:
        return ALLOW
    return deny(_("Darüber entscheidet die Moderation des Landesverbands."))


def mail_domain_fits(municipality: Municipality, email: str) -> bool:
    """Whether the address looks like one of the municipality's administration.

    Domains that the municipality is known by fit with all below them; else the name must be the bought part of the
    domain, alone or with a title. Freemailers never fit.
    """
    domain = mail_domain(email)
    if not domain or is_freemail(email):
        return False
    known = municipality.mail_domains
    return any(domain == one or domain.endswith(f".{one}") for one in known) or domain_carries_name(
        domain, municipality.name
    )


def may_apply_with(email: str) -> Decision:
    """Whether an application may come from this address: any official one, but no freemailer's."""
    if is_freemail(email):
        return deny(
            _(
                "Das ist eine private E-Mail-Adresse. Bitte nehmen Sie Ihre dienstliche: "
                "Daran erkennt der Verband, dass Sie für Ihre Kommune sprechen."
            )
        )
    return ALLOW
