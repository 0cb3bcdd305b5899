"""What author and reporters hear of a decision: in the page, and the reasons by mail, whatever their wishes are."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from moderation.links import decision_path, full
from moderation.models import ModerationDecision, Report
from moderation.public import reportable
from tenancy.models import Person
from toolkit.mail import send_mail
from toolkit.telling import tell

Action = ModerationDecision.Action

TO_AUTHOR = {
    Action.HIDE: _("Ihr Beitrag „{title}“ wurde ausgeblendet. Lesen Sie, warum."),
    Action.KEEP: _("Ihr Beitrag „{title}“ wurde gemeldet und geprüft. Er bleibt sichtbar."),
    Action.RESTORE: _("Ihr Beitrag „{title}“ ist wieder sichtbar."),
}
TO_REPORTER = {
    Action.HIDE: _("Ihre Meldung zu „{title}“ wurde geprüft: Der Beitrag ist ausgeblendet."),
    Action.KEEP: _("Ihre Meldung zu „{title}“ wurde geprüft: Der Beitrag bleibt sichtbar."),
    Action.RESTORE: _("Zu „{title}“ wurde neu entschieden: Der Beitrag ist wieder sichtbar."),
}


def tell_author(decision: ModerationDecision, *, excerpt: str) -> None:
    """The statement of reasons for the author: what was decided, on which words, why, and how to object."""
    author = decision.author
    if author is None or not author.is_active:
        return
    sentence = format_lazy(TO_AUTHOR[Action(decision.action)], title=_short(decision.title))
    path = decision_path(decision.pk)
    tell([author.pk], kind="decision", text=sentence, url=path)
    send_mail(
        [author.email],
        "moderation/mail/author",
        {**_context(decision), "person": author, "excerpt": excerpt, "sentence": sentence, "address": full(path)},
        language=author.language,
    )


def tell_reporters(decision: ModerationDecision, reports: Iterable[Report]) -> None:
    """The outcome for everybody who reported the thing, visitors by mail alone."""
    reports = list(reports)
    sentence = format_lazy(TO_REPORTER[Action(decision.action)], title=_short(decision.title))
    people = Person.objects.filter(pk__in=[r.reporter_id for r in reports if r.reporter_id], is_active=True)
    addresses = {person.email: person.language for person in people}
    tell([person.pk for person in people], kind="decision", text=sentence)
    addresses |= {report.reporter_email: "de" for report in reports if report.reporter_email}
    for address, language in sorted(addresses.items()):
        send_mail(
            [address], "moderation/mail/reporter", {**_context(decision), "sentence": sentence}, language=language
        )


def _context(decision: ModerationDecision) -> dict[str, object]:
    what = reportable(decision.kind)
    return {"decision": decision, "association": decision.association.name, "kind": what.name if what else ""}


def _short(title: str) -> str:
    return title if len(title) <= 120 else title[:119].rstrip() + "…"
