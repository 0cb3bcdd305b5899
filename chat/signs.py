"""The signs (emoji) that are offered for reactions and in messages, with the name that is read out for each."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: In the order in which they are offered; the first six are at hand for reactions.
SIGNS: tuple[tuple[str, Promise], ...] = (
    ("👍", _("Daumen hoch")),
    ("🙏", _("Danke")),
    ("💡", _("Glühbirne")),
    ("🎉", _("Feier")),
    ("🙋", _("Gehobene Hand")),
    ("✅", _("Erledigt")),
    ("❤️", _("Herz")),
    ("😊", _("Lächeln")),
    ("😄", _("Lachen")),
    ("😂", _("Freudentränen")),
    ("😉", _("Zwinkern")),
    ("🤔", _("Nachdenken")),
    ("😮", _("Staunen")),
    ("😅", _("Erleichterung")),
    ("😕", _("Unsicher")),
    ("😢", _("Traurig")),
    ("🙈", _("Peinlich berührt")),
    ("👏", _("Applaus")),
    ("🙌", _("Jubel")),
    ("👌", _("Passt")),
    ("👋", _("Winken")),
    ("🤝", _("Handschlag")),
    ("💪", _("Kraft")),
    ("👎", _("Daumen runter")),
    ("👀", _("Schaue ich mir an")),
    ("🚀", _("Rakete")),
    ("⭐", _("Stern")),
    ("🔥", _("Feuer")),
    ("✨", _("Funken")),
    ("🌱", _("Pflänzchen")),
    ("☀️", _("Sonne")),
    ("☕", _("Kaffee")),
    ("🍰", _("Kuchen")),
    ("🎈", _("Ballon")),
    ("🏆", _("Pokal")),
    ("🧭", _("Kompass")),
    ("⚓", _("Anker")),
    ("🏛️", _("Rathaus")),
    ("🏢", _("Amt")),
    ("📅", _("Kalender")),
    ("⏰", _("Wecker")),
    ("📌", _("Stecknadel")),
    ("📎", _("Büroklammer")),
    ("📄", _("Dokument")),
    ("📊", _("Diagramm")),
    ("📞", _("Telefon")),
    ("💻", _("Rechner")),
    ("✉️", _("Brief")),
    ("🔗", _("Kette")),
    ("🔍", _("Lupe")),
    ("🛠️", _("Werkzeug")),
    ("❓", _("Fragezeichen")),
    ("❗", _("Ausrufezeichen")),
    ("⚠️", _("Warnung")),
    ("❌", _("Kreuz")),
    ("➕", _("Plus eins")),
)


def offered() -> list[list[str]]:
    """Pairs of sign and name in the language of the reader, for the page."""
    return [[sign, str(name)] for sign, name in SIGNS]
