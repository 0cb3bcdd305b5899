"""Rules of experiences and comments: who sees them, who may do what, and why not."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from exchange.models import Comment, Experience
from exchange.policies.published import NOT_YET
from tenancy.viewer import Seat, Viewer
from toolkit.access import ALLOW, Decision, deny
from toolkit.audience import Rung
from toolkit.rules import within_sight

#: What must be there before others read it; everything else helps, but nobody is stopped for it.
NEEDED_TO_PUBLISH = {
    "title": _("Titel"),
    "summary": _("Kurz gesagt"),
    "what_we_did": _("Was wir gemacht haben"),
}

_ONLY_AUTHOR = _("Das darf nur, wer die Erfahrung geschrieben hat.")
_LEFT = _("Sie gehören nicht mehr zu diesem Netzwerk. Bitte wenden Sie sich an dessen Koordination.")
_HIDDEN = _("Die Moderation hat diese Erfahrung ausgeblendet. Solange das so ist, lässt sie sich nicht ändern.")
_NOT_READABLE = _("Das geht erst, wenn die Erfahrung veröffentlicht ist.")
_ONLY_PROGRAMME = _("Das können Menschen aus den Netzwerken und den Landesverbänden.")


# --- which may I see? ----------------------------------------------------------------------------------------------


def visible_experiences(viewer: Viewer) -> QuerySet[Experience]:
    """All that the viewer may read, the own drafts, recalled and hidden ones included."""
    return within_sight(Experience.objects.all(), viewer)


def published_experiences(viewer: Viewer) -> QuerySet[Experience]:
    """What lists, search, feeds and REST show: published, not hidden, and within the viewer's sight."""
    return visible_experiences(viewer).filter(state=Experience.State.PUBLISHED, hidden_at=None)


def own_experiences(viewer: Viewer) -> QuerySet[Experience]:
    """The viewer's own, in whatever state."""
    if viewer.person_id is None:
        return Experience.objects.none()
    return visible_experiences(viewer).filter(author_id=viewer.person_id)


def visible_comments(viewer: Viewer) -> QuerySet[Comment]:
    """Comments within the viewer's sight; a hidden one is seen by its author, a withdrawn one by nobody."""
    return within_sight(Comment.objects.filter(withdrawn_at=None), viewer)


# --- may I do it, and if not, why? ---------------------------------------------------------------------------------


def _author_in_network(viewer: Viewer, experience: Experience) -> Decision:
    if viewer.person_id is None or experience.author_id != viewer.person_id:
        return deny(_ONLY_AUTHOR)
    return ALLOW if experience.network_id in viewer.writes_for else deny(_LEFT)


def may_write_experience(viewer: Viewer, network_id: int) -> Decision:
    """Whether the viewer may begin an experience for a network."""
    if not viewer.seats:
        return deny(_("Erfahrungen schreiben Menschen, die zu einem Netzwerk gehören."))
    if network_id not in viewer.writes_for:
        return deny(_("Sie können nur für Ihr eigenes Netzwerk schreiben."))
    return ALLOW


def may_edit_experience(viewer: Viewer, experience: Experience) -> Decision:
    """Whether the viewer may change the words: the author alone; a draft stays theirs even after leaving."""
    if viewer.person_id is None or experience.author_id != viewer.person_id:
        return deny(_ONLY_AUTHOR)
    if experience.hidden_at is not None:
        return deny(_HIDDEN)
    if experience.state == Experience.State.DRAFT:
        return ALLOW
    return _author_in_network(viewer, experience)


def missing_to_publish(experience: Experience) -> list[str]:
    """The names of what is still missing before the experience can be published."""
    return [name for name in NEEDED_TO_PUBLISH if not getattr(experience, name).strip()]


def may_publish_experience(viewer: Viewer, experience: Experience) -> Decision:
    """Whether the viewer may let the chosen rung read it."""
    allowed = _author_in_network(viewer, experience)
    if not allowed:
        return allowed
    if experience.hidden_at is not None:
        return deny(_HIDDEN)
    if experience.state == Experience.State.PUBLISHED:
        return deny(_("Diese Erfahrung ist bereits veröffentlicht."))
    missing = missing_to_publish(experience)
    if missing:
        words = ", ".join(str(NEEDED_TO_PUBLISH[name]) for name in missing)
        return deny(format_lazy("{sentence} {words}.", sentence=_("Vor dem Veröffentlichen fehlt noch:"), words=words))
    return may_choose_rung(viewer, experience, experience.rung) and _may_reach(experience, experience.rung)


def _may_reach(experience: Experience, rung: str) -> Decision:
    """Whether it may be read outside of its network, which must be published for that; reads the network."""
    if rung in (Rung.OFFICE, Rung.NETWORK) or experience.network.published_at is not None:
        return ALLOW
    return deny(NOT_YET)


def office_seat(viewer: Viewer, network_id: int) -> Seat | None:
    """The viewer's seat with an office in this network: only then is there a rung for one office."""
    return next((s for s in viewer.seats if s.network_id == network_id and s.office_id is not None), None)


def may_choose_rung(viewer: Viewer, experience: Experience, rung: str) -> Decision:
    """Whether the viewer may show it on this rung; the one for an office needs an office of the author's.

    A draft may wait on any rung for its network to be published.
    """
    if rung not in Rung.values:
        return deny(_("Diese Sichtbarkeit gibt es nicht."))
    # Only the author's own seat gives an experience its office: a coordination must not hand it to theirs.
    seat = office_seat(viewer, experience.network_id) if experience.author_id == viewer.person_id else None
    if rung == Rung.OFFICE and experience.office_id is None and seat is None:
        return deny(_("Diese Stufe gibt es nur für Menschen, die einem Amt zugeordnet sind."))
    return _may_reach(experience, rung) if experience.state == Experience.State.PUBLISHED else ALLOW


def may_change_audience(viewer: Viewer, experience: Experience) -> Decision:
    """Whether the viewer may change who reads a published one: its author, or the coordination of its network."""
    if experience.state != Experience.State.PUBLISHED or experience.hidden_at is not None:
        return deny(_NOT_READABLE)
    if experience.network_id in viewer.coordinates:
        return ALLOW
    author = _author_in_network(viewer, experience)
    if author:
        return ALLOW
    if viewer.person_id is not None and experience.author_id == viewer.person_id:
        return author
    return deny(_("Das darf, wer die Erfahrung geschrieben hat, und die Koordination des Netzwerks."))


def may_recall_experience(viewer: Viewer, experience: Experience) -> Decision:
    """Whether the viewer may take it back from its readers; the same people who may change the audience."""
    return may_change_audience(viewer, experience)


def may_delete_experience(viewer: Viewer, experience: Experience) -> Decision:
    """Whether the viewer may delete it for good: only one's own, and only what nobody else has read."""
    if viewer.person_id is None or experience.author_id != viewer.person_id:
        return deny(_ONLY_AUTHOR)
    if experience.published_at is not None:
        return deny(_("Was schon veröffentlicht war, lässt sich zurückziehen, aber nicht löschen."))
    return ALLOW


def _readable(experience: Experience) -> bool:
    return experience.state == Experience.State.PUBLISHED and experience.hidden_at is None


def may_comment(viewer: Viewer, experience: Experience) -> Decision:
    """Whether the viewer may write a comment; the viewer sees the experience already."""
    if not viewer.signed_in:
        return deny(_("Zum Kommentieren melden Sie sich bitte an."))
    if not viewer.in_programme:
        return deny(_ONLY_PROGRAMME)
    return ALLOW if _readable(experience) else deny(_NOT_READABLE)


def may_mark_helpful(viewer: Viewer, experience: Experience) -> Decision:
    """Whether the viewer may say „Hilfreich“; not about one's own."""
    if not viewer.signed_in:
        return deny(_("Dafür melden Sie sich bitte an."))
    if not viewer.in_programme:
        return deny(_ONLY_PROGRAMME)
    if not _readable(experience):
        return deny(_NOT_READABLE)
    if experience.author_id == viewer.person_id:
        return deny(_("Das sagen die anderen über Ihre Erfahrung."))
    return ALLOW


def may_see_commenters(viewer: Viewer) -> bool:
    """Whether names stand at comments. Who comments chose to speak to colleagues, not to every visitor.

    The author of an experience chose the public; so that name stands there for everybody.
    """
    return viewer.in_programme or viewer.is_operator


def may_edit_comment(viewer: Viewer, comment: Comment) -> Decision:
    """Whether the viewer may change the words of a comment: its author, while it stands."""
    if viewer.person_id is None or comment.author_id != viewer.person_id:
        return deny(_("Das darf nur, wer den Kommentar geschrieben hat."))
    if comment.withdrawn_at is not None:
        return deny(_("Dieser Kommentar wurde zurückgezogen."))
    if comment.hidden_at is not None:
        return deny(_("Die Moderation hat diesen Kommentar ausgeblendet."))
    return ALLOW


def may_withdraw_comment(viewer: Viewer, comment: Comment) -> Decision:
    """Whether the viewer may take a comment back; its author, and once only."""
    return may_edit_comment(viewer, comment)
