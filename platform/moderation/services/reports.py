"""Report a thing, with the reported part as it stands now."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from moderation.links import queue_path
from moderation.models import Report
from moderation.policies.reports import listeners_of_reports, may_report, visible_thing
from moderation.public import ReportedThing
from tenancy.models import Association, Person, State
from tenancy.viewer import Viewer
from toolkit.access import Conflict, require
from toolkit.acting import verb
from toolkit.mail import send_mail
from toolkit.telling import tell
from toolkit.unseen import insert_unseen

EXCERPT_LIMIT = 8_000


class NothingToReport(LookupError):
    """There is no such thing, or the viewer may not see it; both look the same."""


@verb
def report_thing(
    viewer: Viewer, kind: str, object_id: int, *, reason: str, text: str, name: str = "", email: str = ""
) -> Report:
    """Report a thing to the association in charge; ``name`` and ``email`` are a visitor's.

    Raises ``NothingToReport``, ``Denied`` for the own contribution, ``Conflict`` while the same person's earlier
    report on it is open, and where no Land is in charge. A visitor's second report is taken without a word and not
    kept: whether an address has reported before is nobody else's business.
    """
    thing = visible_thing(viewer, kind, object_id)
    if thing is None:
        raise NothingToReport(f"{kind} {object_id}")
    require(may_report(viewer, thing))
    report = Report(
        kind=thing.kind,
        object_id=thing.object_id,
        title=thing.title[:200],
        excerpt=thing.excerpt[:EXCERPT_LIMIT],
        url=thing.url[:200],
        author_id=thing.author_id,
        network_id=thing.network_id,
        land_id=_land_in_charge(viewer, thing),
        reason=reason,
        text=text,
        reporter_id=viewer.person_id,
        reporter_place=_place_of(viewer),
        reporter_name="" if viewer.signed_in else name[:160],
        reporter_email="" if viewer.signed_in else email.lower(),
    )
    try:
        with transaction.atomic():
            insert_unseen(report)
    except IntegrityError as error:
        if report.reporter_email:
            return report
        raise Conflict(
            _("Sie haben diesen Beitrag schon gemeldet. Ihre Meldung wird noch geprüft, Sie müssen nichts weiter tun.")
        ) from error
    _tell_moderators(report)
    if report.reporter_email:
        send_mail([report.reporter_email], "moderation/mail/received", {"report": report}, language=viewer.language)
    return report


def _land_in_charge(viewer: Viewer, thing: ReportedThing) -> str:
    """The Land of the thing; of its author, or of who reports it, where a thing has none."""
    theirs: list[str] = []
    if not thing.state_code and thing.author_id is not None:
        associations = Association.objects.filter(moderators__person_id=thing.author_id, moderators__ended_on=None)
        theirs = [code for code in associations.values_list("state_id", flat=True) if code]
    for code in (thing.state_code, *theirs, *(seat.state_code for seat in viewer.seats), *viewer.moderated_states):
        if code and State.objects.filter(pk=code).exists():
            return code
    raise Conflict(
        _("Für diesen Beitrag ist kein Landesverband zuständig. Bitte schreiben Sie an die Adresse im Impressum.")
    )


def _place_of(viewer: Viewer) -> str:
    """The city from which a report comes; the association for who moderates. Never a name."""
    if viewer.seats:
        return viewer.seats[0].place[:120]
    if viewer.moderates:
        name = Association.objects.filter(pk=viewer.moderates[0][1]).values_list("name", flat=True).first()
        return (name or "")[:120]
    return ""


def _tell_moderators(report: Report) -> None:
    """Everybody who can decide hears of it; where nobody moderates, the operators hear of that and no more."""
    moderators = [person for person in listeners_of_reports(report.land_id) if person != report.author_id]
    if moderators:
        tell(
            moderators,
            kind="report",
            text=format_lazy(
                _("Eine Meldung wartet auf Ihre Entscheidung: {reason}"), reason=report.get_reason_display()
            ),
            url=queue_path(),
            key=f"reports:{report.land_id}",
            mail=True,
        )
        return
    tell(
        Person.objects.filter(is_operator=True).values_list("pk", flat=True),
        kind="report",
        text=format_lazy(_("In {land} wartet eine Meldung, aber dort moderiert niemand."), land=report.land.name),
        key=f"unmoderated:{report.land_id}",
        mail=True,
    )
