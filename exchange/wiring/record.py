"""What the acts of the exchange are called on the record that associations and coordinators read."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from moderation.public import register_verbs


def register() -> None:
    """Called once from ``AppConfig.ready``."""
    register_verbs(
        {
            "experience.audience_changed": _("Sichtbarkeit einer Erfahrung geändert"),
            "experience.recalled": _("Erfahrung zurückgezogen"),
            "format.created": _("Austauschformat angelegt"),
            "format.changed": _("Austauschformat geändert"),
            "format.city_invited": _("Kommune ins Austauschformat eingeladen"),
            "format.city_recalled": _("Einladung ins Austauschformat zurückgenommen"),
            "format.city_accepted": _("Einladung ins Austauschformat angenommen"),
            "format.city_declined": _("Einladung ins Austauschformat abgelehnt"),
            "format.city_asked": _("Um Aufnahme ins Austauschformat gebeten"),
            "format.asking_taken_back": _("Bitte um Aufnahme ins Austauschformat zurückgenommen"),
            "format.city_let_in": _("Kommune ins Austauschformat aufgenommen"),
            "format.city_refused": _("Kommune nicht ins Austauschformat aufgenommen"),
            "format.city_left": _("Austauschformat verlassen"),
            "format.edition_added": _("Folge eingetragen"),
            "format.edition_changed": _("Folge geändert"),
            "poll.created": _("Terminsuche begonnen"),
            "poll.changed": _("Terminsuche geändert"),
            "poll.asked": _("In einer Terminsuche mehr Menschen gefragt"),
            "poll.opened": _("Terminsuche verschickt"),
            "poll.closed": _("Terminsuche beendet"),
            "poll.decided": _("Termin festgelegt"),
            "poll.deleted": _("Entwurf einer Terminsuche gelöscht"),
            "council_days.added": _("Sitzungstage eingetragen"),
            "council_days.removed": _("Sitzungstage entfernt"),
            "workshop.created": _("Veranstaltung angelegt"),
            "workshop.changed": _("Veranstaltung geändert"),
            "workshop.opened": _("Veranstaltung geöffnet"),
            "workshop.cancelled": _("Veranstaltung abgesagt"),
            "workshop.deleted": _("Entwurf einer Veranstaltung gelöscht"),
            "workshop.seats_changed": _("Plätze einer Veranstaltung geändert"),
            "workshop.place_approved": _("Anmeldung zu einer Veranstaltung bestätigt"),
            "workshop.place_refused": _("Anmeldung zu einer Veranstaltung abgelehnt"),
            "workshop.host_invited": _("Kommune zur Veranstaltung eingeladen"),
            "workshop.host_recalled": _("Einladung zur Veranstaltung zurückgenommen"),
            "workshop.host_accepted": _("Einladung zur Veranstaltung angenommen"),
            "workshop.host_stepped_back": _("Kommune lädt zur Veranstaltung nicht mehr mit ein"),
            "workshop.session_added": _("Programmpunkt eingetragen"),
            "workshop.session_changed": _("Programmpunkt geändert"),
            "workshop.session_moved": _("Programmpunkt verschoben"),
            "workshop.session_removed": _("Programmpunkt gelöscht"),
            "workshop.open_space": _("Vorschläge zur Veranstaltung geregelt"),
            "workshop.series": _("Reihe von Veranstaltungen angelegt"),
            "workshop.material_added": _("Unterlagen zur Veranstaltung dazugelegt"),
            "workshop.material_removed": _("Unterlagen zur Veranstaltung weggenommen"),
            "workshop.host_declined": _("Einladung zur Veranstaltung abgelehnt"),
        }
    )
