"""What the server itself writes into a log: who came, who went, what changed, as code and numbers of people.

The sentence is made for each reader, in their language, when it is shown.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.html import escape
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

#: A sentence for each code: who did it, whom it concerns, and a word or number that goes with it.
SENTENCES = {
    "added": _("{by} hat {who} hinzugefügt."),
    "removed": _("{by} hat {who} entfernt."),
    "left": _("{by} hat die Gruppe verlassen."),
    "left_to": _("{by} ist nicht mehr dabei. Verantwortlich ist jetzt {who}."),
    "heir": _("Verantwortlich ist jetzt {who}."),
    "owner": _("{by} hat {who} mit verantwortlich gemacht."),
    "stepped_down": _("{by} ist nicht mehr verantwortlich."),
    "renamed": _("{by} hat den Namen geändert in „{value}“."),
    "owners_write": _("{by} hat festgelegt: Hier schreiben nur die Verantwortlichen."),
    "all_write": _("{by} hat festgelegt: Hier können alle schreiben."),
    "kept": _("Was hier steht, wird von jetzt an nach {days} geleert."),
    "kept_all": _("Was hier steht, wird von jetzt an nicht mehr nach einer Frist geleert."),
}


@dataclass(frozen=True, slots=True)
class Note:
    """A note as it is stored; an unknown or broken one is empty and shows nothing."""

    code: str = ""
    by: int | None = None
    who: tuple[int, ...] = ()
    value: str = ""
    days: int = 0

    @property
    def people(self) -> tuple[int, ...]:
        return self.who if self.by is None else (self.by, *self.who)


def read_note(body: str) -> Note:
    """The note in the body of a message of kind ``note``."""
    try:
        data: Any = json.loads(body)
        return Note(
            code=str(data["code"]),
            by=data.get("by"),
            who=tuple(data.get("who") or ()),
            value=str(data.get("value", "")),
            days=int(data.get("days") or 0),
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        return Note()


def days_text(days: int) -> str:
    """How long something is kept, in words."""
    return ngettext("einem Tag", "%(days)d Tagen", days) % {"days": days}


def note_text(note: Note, names: Mapping[int, str]) -> str:
    """The sentence of a note for its reader; empty for a code that is not known (any more)."""
    code = note.code
    if code == "left" and note.who:
        code = "left_to"
    elif code == "kept" and not note.days:
        code = "kept_all"
    sentence = SENTENCES.get(code)
    if sentence is None:
        return ""
    somebody = gettext("Jemand")
    return str(sentence).format(
        by=names.get(note.by or 0, somebody),
        who=_listed([names.get(person, somebody) for person in note.who]),
        value=note.value,
        days=days_text(note.days),
    )


def note_html(text: str) -> str:
    """The sentence, safe to show."""
    return f"<p>{escape(text)}</p>" if text else ""


def _listed(names: list[str]) -> str:
    """Names in a row: „Mara, Tim und Paula“."""
    if len(names) < 2:
        return "".join(names)
    return gettext("{names} und {last}").format(names=", ".join(names[:-1]), last=names[-1])
